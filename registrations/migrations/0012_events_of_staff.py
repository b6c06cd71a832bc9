from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


def mark_known_accounts(apps, schema_editor):
    events = apps.get_model("registrations", "RegistrationEvent").objects.all()
    events.exclude(by=None).update(by_staff=True)
    # Of accounts deleted before, this is all that the journal tells: staff alone do these.
    events.filter(verb__in=("forced", "refused")).update(by_staff=True)


class Migration(migrations.Migration):
    dependencies = [
        ("registrations", "0011_second_factors"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="registrationevent",
            name="by_staff",
            field=models.BooleanField(db_default=False, default=False, verbose_name="par l’équipe"),
        ),
        migrations.RunPython(mark_known_accounts, migrations.RunPython.noop, elidable=False),
        migrations.AddConstraint(
            model_name="registrationevent",
            constraint=models.CheckConstraint(
                condition=Q(by=None) | Q(by_staff=True),
                name="event_of_an_account_is_staffs",
                violation_error_message="Ce que fait un compte est fait par l’équipe.",
            ),
        ),
    ]
