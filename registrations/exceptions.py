"""What the services refuse. The text of each is fit to be shown to the person who asked."""


class Refusal(Exception):
    """A request that the rules do not allow; ``str()`` gives the sentence to show, in French."""

    message = "Cette action n’est pas possible."

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else self.message


class RegistrationClosed(Refusal):
    message = "Les inscriptions à ce cycle ne sont pas ouvertes."


class MailboxFull(Refusal):
    message = (
        "Cette adresse et ses variantes ont déjà cinq inscriptions à ce cycle, le plus possible. "
        "Annulez-en une par le lien reçu par courriel, ou faites-vous inscrire par l’équipe."
    )


class TransitionRefused(Refusal):
    message = "L’état de l’inscription ne permet plus cette action. Rechargez la page."


class AddressTaken(Refusal):
    message = "Une autre inscription à ce cycle utilise déjà cette adresse."


class GroupFull(Refusal):
    message = "Ce groupe est complet\u00a0: l’inscription reste dans le groupe actuel."


class NoRoom(Refusal):
    message = "Il n’y a plus de place dans une des séances."


class OfferLapsed(Refusal):
    message = "Cette place n’est plus proposée\u00a0: le délai de réponse est passé."


class TooManyChanges(Refusal):
    """Its text says how long to wait."""


class InvitationRefused(Refusal):
    message = "Cette invitation n’est plus valable, ou n’est pas pour vous."


class ReplacementRefused(Refusal):
    message = "Cette demande de remplacement n’est plus valable."


class ClockDoubted(Refusal):
    message = "L’heure est à vérifier\u00a0: rien n’est effacé."


class NotOneList(Refusal):
    message = (
        "Un fichier CSV ne tient qu’une liste\u00a0: choisissez les inscriptions d’un seul cycle, "
        "ou un autre format."
    )
