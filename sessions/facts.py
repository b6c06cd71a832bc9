"""What only the organisation knows and the law asks its site to say: settings, shown in its texts.

No default stands in for them: what is missing is marked on the pages, and refused in production.
But for the state of accessibility: as long as no audit is done, the law has one word for it.
"""

from dataclasses import dataclass

from django.conf import settings

TO_COMPLETE = "à compléter"


@dataclass(frozen=True)
class Fact:
    # What staff write between braces in the texts of the site.
    word: str
    # The settings that say it, one after the other.
    settings: tuple[str, ...]

    @property
    def missing(self) -> list[str]:
        """Those of its settings that are empty, or left as ``.env.example`` gives them."""
        return [name for name in self.settings if _value(name).lower() in ("", TO_COMPLETE)]

    @property
    def text(self) -> str:
        """What to print; "" as long as a part of it is missing."""
        return "" if self.missing else ", ".join(_value(name) for name in self.settings)


FACTS = (
    Fact("adresse", ("ORGANISATION_ADDRESS",)),
    Fact("SIRET", ("ORGANISATION_SIRET",)),
    Fact("téléphone", ("ORGANISATION_PHONE",)),
    Fact("courriel", ("ORGANISATION_EMAIL",)),
    Fact("direction de la publication", ("PUBLICATION_DIRECTOR",)),
    Fact("hébergeur", ("HOSTING_NAME", "HOSTING_ADDRESS", "HOSTING_PHONE")),
    Fact("protection des données", ("DATA_PROTECTION_OFFICER",)),
    Fact("prestataires", ("DATA_PROCESSORS",)),
    # Which of them take data out of the European Union, with what guarantees; or that none does.
    Fact("transferts", ("DATA_TRANSFERS",)),
    Fact("date de la déclaration", ("ACCESSIBILITY_DECLARED_ON",)),
    Fact("état de conformité", ("ACCESSIBILITY_STATUS",)),
)


def _value(name: str) -> str:
    return getattr(settings, name).strip()
