from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from sessions.territories import TERRITORIES, load_territories
from sessions.typography import count


class Command(BaseCommand):
    help = (
        "Ajoute les territoires des Hauts-de-France qui manquent. "
        "Ceux qui existent, reconnus à leur code, ne sont pas modifiés."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file",
            nargs="?",
            type=Path,
            default=TERRITORIES,
            metavar="FICHIER",
            help="un autre fichier CSV, de mêmes colonnes que %(default)s",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path = options["file"]
        try:
            territories = load_territories(path)
        except OSError as error:
            raise CommandError(f"{path} n’existe pas ou ne peut pas être lu.") from error
        except ValidationError as error:
            raise CommandError(
                "\n".join(
                    [
                        f"Rien n’a été ajouté. Dans {path}\u00a0:",
                        *(f"- {message}" for message in error.messages),
                        "Corrigez, enregistrez en CSV UTF-8, puis relancez la commande.",
                    ]
                )
            ) from error
        self.stdout.write(f"{count(len(territories), 'territoire ajouté', 'territoires ajoutés')}.")
