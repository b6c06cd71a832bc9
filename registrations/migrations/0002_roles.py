from django.db import migrations

from registrations.roles import sync_roles


def give_rights(apps, schema_editor):
    sync_roles(apps)


class Migration(migrations.Migration):
    dependencies = [
        ("registrations", "0001_initial"),
        ("training", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="registration",
            options={
                "ordering": ["last_name", "first_name", "pk"],
                "permissions": [
                    ("coordinate", "Peut voir les listes d’inscrits et les exporter"),
                    ("view_access_needs", "Peut lire les besoins d’accessibilité"),
                ],
                "verbose_name": "inscription",
                "verbose_name_plural": "inscriptions",
            },
        ),
        migrations.RunPython(give_rights, migrations.RunPython.noop, elidable=False),
    ]
