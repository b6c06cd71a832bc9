from django.db import migrations

from registrations.roles import sync_roles


def give_rights(apps, schema_editor):
    sync_roles(apps)


class Migration(migrations.Migration):
    """The team writes the texts of the site, which ``training`` has just got."""

    dependencies = [
        ("registrations", "0009_purges"),
        ("training", "0004_site_pages"),
    ]

    operations = [migrations.RunPython(give_rights, migrations.RunPython.noop, elidable=False)]
