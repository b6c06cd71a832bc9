"""What a password must not be made of, beyond Django's own validators."""

import re
import unicodedata

from django.core.exceptions import ValidationError

# What somebody who knows the site would try first; the longest before those they contain.
OWN_WORDS = (
    *("institutregionaldelaville", "politiquedelaville", "hautsdefrance", "qualification"),
    *("inscriptions", "inscription", "formations", "formation", "motdepasse", "cycles", "cycle"),
    "irev",
)
# Characters that must remain once they are taken away.
REST = 8


class OwnWordsValidator:
    """Refuses a password made of the words of this site, and of little else."""

    def validate(self, password: str, user=None) -> None:
        bare = unicodedata.normalize("NFKD", password).casefold()
        rest = re.sub(r"[^a-z0-9]", "", bare)
        for word in OWN_WORDS:
            rest = rest.replace(word, "")
        if len(rest) < REST:
            raise ValidationError(
                "Ce mot de passe est fait de mots de ce site\u00a0: ajoutez-en d’autres.",
                code="own_words",
            )

    def get_help_text(self) -> str:
        return "Votre mot de passe ne peut pas être fait des seuls mots de ce site."
