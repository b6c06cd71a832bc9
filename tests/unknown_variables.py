"""Makes a template's unknown variable an error, in our templates."""

import sys
from pathlib import Path
from types import FrameType

OUR_TEMPLATES = str(Path(__file__).resolve().parent.parent / "templates")


class UnknownVariable(str):
    """For the engine's ``string_if_invalid``: raises instead of printing nothing.

    Django's own templates, and those of other apps, count on unknown variables being empty; only
    a variable written in a template of ours raises.
    """

    __slots__ = ()

    def __contains__(self, text: object) -> bool:
        return text == "%s"

    def __mod__(self, variable: object) -> str:
        template = _template_being_rendered()
        if template.startswith(OUR_TEMPLATES):
            raise UnknownVariableError(f"{template} uses {variable}, which nobody gave it")
        return ""


class UnknownVariableError(Exception):
    pass


def _template_being_rendered() -> str:
    """The file of the innermost node that is being rendered."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        node = frame.f_locals.get("self")
        origin = getattr(node, "origin", None)
        if origin is not None and frame.f_code.co_name.startswith("render"):
            return str(origin)
        frame = frame.f_back
    return ""
