"""Refusals, in words that staff can read."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sessions.publication import Problem


class NotPublishable(Exception):
    """A cycle that lacks what registering needs; ``problems`` says what."""

    def __init__(self, problems: Sequence["Problem"]) -> None:
        super().__init__("Le cycle n’est pas prêt à être publié.")
        self.problems = list(problems)


class TransitionRefused(Exception):
    """What was asked is not possible from where the cycle stands."""

    def __init__(
        self, message: str = "Cette action n’est pas possible dans l’état du cycle."
    ) -> None:
        super().__init__(message)
