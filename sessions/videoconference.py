"""Addresses of videoconference rooms: the ones participants may be given, and from which service.

A room may live on any host; a service that is recognised only adds a name and a word of help.
"""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

MAX_LENGTH = 2000


@dataclass(frozen=True)
class JoinLink:
    """What may be said of a room from its address, in French, to the people who will join."""

    provider: str
    help: str


@dataclass(frozen=True)
class _Service:
    host: str  # pattern of the whole host name
    link: JoinLink


@dataclass(frozen=True)
class _WrongLink:
    """An address that staff often copy in place of the one for participants."""

    host: str  # pattern of the whole host name
    path: str  # pattern found at the start of the path
    query: dict[str, str]  # a parameter of the query and the pattern of its whole value
    code: str
    message: str


_IN_A_BROWSER = "Ouvrez le lien dans un navigateur récent et indiquez votre nom."
_UNKNOWN = JoinLink("Visioconférence", _IN_A_BROWSER)

_SERVICES = (
    _Service(r"visio\.numerique\.gouv\.fr", JoinLink("Visio (La Suite numérique)", _IN_A_BROWSER)),
    _Service(
        r"webinaire\.numerique\.gouv\.fr",
        JoinLink(
            "Webinaire de l’État",
            f"{_IN_A_BROWSER} Choisissez « Microphone » pour pouvoir parler.",
        ),
    ),
    _Service(r"webconf\.numerique\.gouv\.fr", JoinLink("Webconf de l’État", _IN_A_BROWSER)),
    _Service(
        r"(.+\.)?(meet\.jit\.si|jitsi\..+|meet\.element\.io)", JoinLink("Jitsi", _IN_A_BROWSER)
    ),
    _Service(
        r"(.+\.)?zoom\.us",
        JoinLink("Zoom", "Sans l’application, choisissez « Rejoindre depuis votre navigateur »."),
    ),
    _Service(
        r"teams\.(microsoft|live)\.com|teams\.cloud\.microsoft",
        JoinLink(
            "Microsoft Teams", "Sans l’application, choisissez « Continuer sur ce navigateur »."
        ),
    ),
    _Service(r"meet\.google\.com", JoinLink("Google Meet", _IN_A_BROWSER)),
    _Service(
        r"(.+\.)?webex\.com",
        JoinLink("Webex", "Sans l’application, rejoignez depuis le navigateur."),
    ),
    _Service(r"app\.livestorm\.co", JoinLink("Livestorm", _IN_A_BROWSER)),
    _Service(r"(.+\.)?whereby\.com", JoinLink("Whereby", _IN_A_BROWSER)),
    _Service(
        r"(.+\.)?(bbb|bigbluebutton|greenlight)\..+", JoinLink("BigBlueButton", _IN_A_BROWSER)
    ),
)

_ANY = r".*"
_ZOOM = r"(.+\.)?zoom\.us"
_ZOOM_HOST = (
    "Ce lien Zoom démarre la réunion avec les droits de l’animateur. "
    "Collez le lien d’invitation des participants, qui contient /j/."
)
_BBB_PERSON = (
    "Ce lien BigBlueButton ne vaut que pour une personne et une séance. "
    "Collez le lien d’invitation des participants."
)

_WRONG_LINKS = (
    _WrongLink(
        _ANY,
        r"/meeting/signin/moderateur/",
        {},
        "moderator_link",
        "Ce lien Webinaire donne les droits de modération. "
        "Collez le lien des participants, qui contient /signin/invite/.",
    ),
    _WrongLink(_ZOOM, r"/s/", {}, "moderator_link", _ZOOM_HOST),
    _WrongLink(_ZOOM, r"/wc/\d+/start", {}, "moderator_link", _ZOOM_HOST),
    _WrongLink(_ZOOM, r"/", {"zak": r".+"}, "moderator_link", _ZOOM_HOST),
    _WrongLink(
        _ANY,
        r"/bigbluebutton/api/join",
        {"role": r"(?i:moderator)"},
        "moderator_link",
        "Ce lien BigBlueButton donne les droits de modération. "
        "Collez le lien d’invitation des participants.",
    ),
    _WrongLink(_ANY, r"/bigbluebutton/api/join", {}, "personal_link", _BBB_PERSON),
    _WrongLink(_ANY, r"/html5client", {"sessionToken": r".+"}, "personal_link", _BBB_PERSON),
    _WrongLink(
        r"teams\.microsoft\.com",
        r"/meetingOptions",
        {},
        "settings_link",
        "Ce lien Teams ouvre les options de la réunion. Collez le lien pour la rejoindre.",
    ),
)


def check_join_url(url: str) -> JoinLink:
    """Tell the service of a link that participants can be given, or say what is wrong with it.

    Raises `ValidationError` with a French message for the field of the link. The address itself
    is never in the message: it may hold a password.
    """
    parts = _parse(url)
    host = (parts.hostname or "").rstrip(".")
    query = parse_qs(parts.query)
    for wrong in _WRONG_LINKS:
        if (
            re.fullmatch(wrong.host, host)
            and re.match(wrong.path, parts.path)
            and all(
                re.fullmatch(pattern, query.get(name, [""])[0])
                for name, pattern in wrong.query.items()
            )
        ):
            raise ValidationError(wrong.message, code=wrong.code)
    return next(
        (service.link for service in _SERVICES if re.fullmatch(service.host, host)), _UNKNOWN
    )


def _parse(url: str) -> SplitResult:
    """Split an https address that says nothing but where a page is."""
    if len(url) > MAX_LENGTH:
        raise ValidationError(
            "Ce lien dépasse 2 000 caractères : vérifiez que vous n’avez collé que lui.",
            code="too_long",
        )
    if re.search(r"\s", url) or not url.isprintable():
        raise ValidationError(
            "Ce lien contient une espace ou un caractère invisible : collez le lien seul.",
            code="whitespace",
        )
    if url.lower().startswith("http://"):
        raise ValidationError(
            "Ce lien commence par http:// : utilisez l’adresse en https://, "
            "qui protège les échanges.",
            code="not_https",
        )
    if not url.lower().startswith("https://"):
        raise ValidationError(
            "Saisissez un lien complet, qui commence par https://.", code="not_a_link"
        )
    try:
        URLValidator(schemes=["https"])(url)
        parts = urlsplit(url)
    except (ValidationError, ValueError):
        raise ValidationError(
            "Ce lien n’est pas une adresse valide : copiez-le de nouveau depuis l’invitation.",
            code="invalid",
        ) from None
    if "@" in parts.netloc:
        raise ValidationError(
            "Ce lien contient un identifiant avant le nom du site : retirez ce qui précède "
            "le signe @.",
            code="credentials",
        )
    return parts
