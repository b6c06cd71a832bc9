import logging

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from registrations.account_sessions import end_sessions
from registrations.models import SecondFactor

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Délie le téléphone d’un compte, qui en reliera un autre à sa prochaine connexion. "
        "À ne faire qu’après avoir reconnu la personne, de vive voix."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("username", metavar="compte")

    def handle(self, *, username: str, **options) -> None:
        account = get_user_model().objects.filter(username=username).first()
        if account is None:
            raise CommandError("Ce compte n’existe pas.")
        n_deleted, _ = SecondFactor.objects.filter(account=account).delete()
        if not n_deleted:
            raise CommandError("Ce compte n’a relié aucun téléphone.")
        end_sessions(account)
        log.warning("second factor of user %s was reset", account.pk)
        self.stdout.write("Le téléphone est délié.")
