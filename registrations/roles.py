"""What each role may do: Django groups, with exactly these rights.

A participant has no account. Coordinators log in at ``/coordination/``; to open ``/admin/`` too,
an account of the team has ``is_staff``.
"""

from django.apps import apps as installed_apps
from django.apps.registry import Apps

STAFF = "Équipe IREV"
COORDINATION = "Coordination"

_ALL = ("add", "change", "delete", "view")

# Rights by model: the four of Django by their first word, others by their whole name.
ROLES: dict[str, dict[str, tuple[str, ...]]] = {
    STAFF: {
        "training.Cycle": _ALL,
        "training.Phase": _ALL,
        "training.Session": _ALL,
        "training.Slot": _ALL,
        "training.SlotGroup": _ALL,
        "training.AudienceGroup": _ALL,
        "training.Profile": _ALL,
        "training.Reminder": _ALL,
        "training.Speaker": _ALL,
        "training.Resource": _ALL,
        # Not deleted: what a page said, and when, is asked for later.
        "training.PageVersion": ("add", "change", "view"),
        # Not deleted: past registrations would lose it.
        "training.Territory": ("add", "change", "view"),
        # Not deleted: cancelled.
        "registrations.Registration": (
            *("add", "change", "view"),
            *("coordinate", "view_access_needs"),
        ),
        "registrations.Invitation": ("add", "change", "view"),
        "registrations.Replacement": ("view",),
        "registrations.Seat": ("view",),
        "registrations.RegistrationEvent": ("view",),
        "registrations.Message": ("view", "change"),
        "registrations.Destruction": ("view",),
    },
    COORDINATION: {"registrations.Registration": ("coordinate",)},
}


def sync_roles(apps: Apps = installed_apps) -> None:
    """Gives each role its rights and no other. Repeating it changes nothing.

    For migrations, ``apps`` as these receive it: models and rights that do not exist yet are left
    to the migration that makes them, which calls this again.
    """
    Group = apps.get_model("auth", "Group")
    for name, rights in ROLES.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.set(
            permission
            for label, actions in rights.items()
            for permission in _permissions(apps, label, actions)
        )


def _permissions(apps: Apps, label: str, actions: tuple[str, ...]) -> list:
    """The rows that Django makes itself, but only once all migrations are over."""
    try:
        model = apps.get_model(label)
    except LookupError:
        return []
    options = model._meta
    names = {
        f"{action}_{options.model_name}": f"Can {action} {options.verbose_name}"
        for action in options.default_permissions
    } | dict(options.permissions)
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label=options.app_label, model=options.model_name
    )
    codenames = (f"{word}_{options.model_name}" if word in _ALL else word for word in actions)
    Permission = apps.get_model("auth", "Permission")
    return [
        Permission.objects.get_or_create(
            content_type=content_type, codename=codename, defaults={"name": names[codename]}
        )[0]
        for codename in codenames
        if codename in names
    ]
