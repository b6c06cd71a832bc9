from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from registrations import outbox
from registrations.bounces import read_notice
from registrations.mailboxes import Mailbox, MailboxError, open_mailbox
from sessions.typography import count


class Command(BaseCommand):
    help = (
        "Lit dans la boîte de BOUNCES_URL les avis de non-remise, et marque les adresses qui ne "
        "reçoivent pas. Ce qui est lu est marqué comme lu et reste dans la boîte."
    )

    def handle(self, **options) -> None:
        if not settings.BOUNCES_URL:
            raise CommandError(
                "BOUNCES_URL est absente\u00a0: donnez dans .env la boîte où reviennent les avis "
                "de non-remise\u202f; .env.example l’explique."
            )
        try:
            with open_mailbox(settings.BOUNCES_URL) as mailbox:
                n_read, n_returned = _read(mailbox)
        except MailboxError as error:
            raise CommandError(str(error)) from error
        read = count(n_read, "courriel lu", "courriels lus")
        returned = count(n_returned, "avis de non-remise", "avis de non-remise")
        self.stdout.write(f"{read}, {returned}.")


def _read(mailbox: Mailbox) -> tuple[int, int]:
    """Deals with what is unread: how many mails, and how many said that one of ours came back."""
    n_read = n_returned = 0
    for key, raw in mailbox.unread():
        notice = read_notice(raw)
        if notice is not None:
            taken_back = outbox.take_back(
                notice.message_ids, notice.answer, notice.address_failure, now=timezone.now()
            )
            n_returned += taken_back is not None
        # Only now that it is committed: a run that dies in between reads it again, to no effect.
        mailbox.mark_read(key)
        n_read += 1
    return n_read, n_returned
