"""The rules for names, addresses, telephones and texts, beyond the corpus of `test_fields.py`."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from registrations.cleaning import (
    clean_email,
    clean_line,
    clean_name,
    clean_phone,
    clean_text,
    email_key,
    format_phone,
    format_phone_from_abroad,
    rate_key,
)

NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("", ""),
        ("'t Hooft", "'t Hooft"),
        ("de La Tour-d’Auvergne", "de La Tour-d’Auvergne"),
        ("Null", "Null"),
        ("محمد", "محمد"),
        ("श्री\u200dराम", "श्री\u200dराम"),
        ("Marti·nez (Lola)", "Marti·nez (Lola)"),
        ("evil.com", "evil. com"),
        ("J.R.R.Tolkien", "J.R.R. Tolkien"),
        ("Jean\u200bPaul", "JeanPaul"),
        ("\u3164Jean", "Jean"),
        ("E\u200b\u0301lodie", "Élodie"),
        ("É" * 100, "É" * 100),
        ("E\u0301" * 100, "É" * 100),
        ("X Æ A-12", "X Æ A-12"),
        ("Louis 14", "Louis 14"),
    ],
)
def test_clean_name_accepts(value, name):
    assert clean_name(value) == name


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("É" * 101, "too_long"),
        ("=1+1 Jean", "char"),
        ("Jean_Paul", "char"),
        ("Jean😀", "char"),
        ("Jean/Paul", "char"),
        ("(Jean)", "first_char"),
        ("1er Jean", "first_char"),
        ("Appelez le 0612345678", "digits"),
        ("pour gagner 1000 euros au casino", "digits"),
        ("Appelez le 06 12 34 56 78", "digits"),
        ("Jean ١٢٣", "digits"),
        ("www.evil", "url"),
        ("HTTP evil", "url"),
        ("Jean\u200cPaul", "joiner"),
        ("محمد\u200d", "joiner"),
        ("Jean\ud800", "control"),
        ("Jean\ue000", "control"),
    ],
)
def test_clean_name_refuses(value, code):
    with pytest.raises(ValidationError) as refusal:
        clean_name(value)

    assert refusal.value.code == code


def test_clean_name_shows_the_character_to_remove():
    with pytest.raises(ValidationError) as refusal:
        clean_name("jean@example.org")

    assert refusal.value.messages == [
        f"Retirez le caractère «{NBSP}@{NBSP}». Un nom contient des lettres, des chiffres, "
        "des espaces, des apostrophes, des traits d’union, des points, des virgules ou des "
        "parenthèses."
    ]


def test_clean_name_says_what_to_do_of_digits():
    with pytest.raises(ValidationError) as refusal:
        clean_name("Jean 0612345678")

    assert refusal.value.messages == [
        f"Retirez les chiffres{NBSP}: un nom en a deux au maximum. Un numéro de téléphone a son "
        "propre champ."
    ]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("user@example.org.", "syntax"),
        ("user@sub.localhost", "domain"),
        ("user@exämple", "domain"),
        ("user@-example.org", "domain"),
        ("user@xn--zzzzzzzz.fr", "domain"),
        ("rené@example.org", "local_part"),
        ("user@example.org\x00", "control"),
        ("user@example.org\r\nBcc: x@y.fr", "control"),
        ("u\ufffdser@example.org", "undecodable"),
        ("a" * 64 + "@" + "b." * 94 + "fr", "too_long"),
        ("a" * 2000 + "@example.org", "too_long"),
    ],
)
def test_clean_email_refuses(value, code):
    with pytest.raises(ValidationError) as refusal:
        clean_email(value)

    assert refusal.value.code == code


def test_email_key_ignores_case_only():
    keys = {email_key(clean_email(email)) for email in ("Jean@EXAMPLE.org", "jEAN@example.org")}

    assert keys == {"jean@example.org"}


@pytest.mark.parametrize(
    ("email", "key"),
    [
        ("Jean.Paul+Stage+2@example.org", "jeanpaul@example.org"),
        ("j.ean@googlemail.com", "jean@gmail.com"),
        ("jean@gmail.com", "jean@gmail.com"),
    ],
)
def test_rate_key_folds_the_variants_of_a_mailbox(email, key):
    assert rate_key(email) == key


@pytest.mark.parametrize(
    ("value", "phone"),
    [
        ("", ""),
        ("03.20.25.10.29", "+33320251029"),
        ("03/20/25/10/29", "+33320251029"),
        ("0033 6 12 34 56 78", "+33612345678"),
        ("٠٦١٢٣٤٥٦٧٨", "+33612345678"),
        ("＋33 6 12 34 56 78", "+33612345678"),
        ("06‑12‑34‑56‑78", "+33612345678"),
        ("\u202a06 12 34 56 78\u202c", "+33612345678"),
        ("0262 12 34 56", "+262262123456"),
        ("0263 12 34 56", "+262263123456"),
        ("0639 12 34 56", "+262639123456"),
        ("0693 12 34 56", "+262693123456"),
        ("0590 12 34 56", "+590590123456"),
        ("0691 12 34 56", "+590691123456"),
        ("0594 12 34 56", "+594594123456"),
        ("0596 12 34 56", "+596596123456"),
        ("0697 12 34 56", "+596697123456"),
        # Typed with the code of mainland France, which does not lead there.
        ("+33 692 12 34 56", "+262692123456"),
    ],
)
def test_clean_phone_accepts(value, phone):
    assert clean_phone(value) == phone


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("=0612345678", "char"),
        ("06 12 34 56 78\n", "control"),
        ("06 12 34 56 78 99", "impossible"),
        ("32470123456", "impossible"),
        ("+33 8 99 12 34 56", "premium"),
        ("0" * 1_000_000, "char"),
    ],
)
def test_clean_phone_refuses(value, code):
    with pytest.raises(ValidationError) as refusal:
        clean_phone(value)

    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("phone", "text"),
    [
        ("+33612345678", "06 12 34 56 78"),
        ("+33320251029", "03 20 25 10 29"),
        ("+262692123456", "0692 12 34 56"),
        ("+590690123456", "0690 12 34 56"),
        ("+32470123456", "+32 470 12 34 56"),
        ("", ""),
        ("standard", "standard"),
    ],
)
def test_format_phone(phone, text):
    assert format_phone(phone).replace(NBSP, " ") == text


def test_format_phone_does_not_break_over_two_lines():
    assert " " not in format_phone("+33612345678")


@pytest.mark.parametrize(
    ("phone", "text"),
    [
        ("+33612345678", "+33 6 12 34 56 78"),
        ("+262692123456", "+262 692 12 34 56"),
        ("+32470123456", "+32 470 12 34 56"),
        ("", ""),
        ("standard", "standard"),
    ],
)
def test_format_phone_from_abroad(phone, text):
    assert format_phone_from_abroad(phone) == text


@pytest.mark.parametrize(
    ("value", "line"),
    [
        (" Ville  de\tLille ", "Ville de Lille"),
        ("DDETS (ex-DDCS) & Cie n° 5", "DDETS (ex-DDCS) & Cie n° 5"),
        ("=1+1", "=1+1"),
        ("3e étage", "3e étage"),
    ],
)
def test_clean_line_accepts(value, line):
    assert clean_line(value, 200) == line


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("Ville\nde Lille", "control"),
        ("--", "no_letter"),
        ("a" * 201, "too_long"),
        ("a\ufffd", "undecodable"),
    ],
)
def test_clean_line_refuses(value, code):
    with pytest.raises(ValidationError) as refusal:
        clean_line(value, 200)

    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a  b \r\n\r\n\r\n\r\nc", "a b\n\nc"),
        ("a\u2028b\rc", "a\nb\nc"),
        ("👩\u200d💻 merci", "👩\u200d💻 merci"),
        ("é" * 1000, "é" * 1000),
        # A new line counts once, though browsers send two characters.
        ("a\r\n" * 400, "a\n" * 399 + "a"),
    ],
)
def test_clean_text_accepts(value, text):
    assert clean_text(value, 1000) == text


def test_clean_text_says_how_long_a_text_may_be():
    with pytest.raises(ValidationError) as refusal:
        clean_text("é" * 1001, 1000)

    assert refusal.value.messages == [
        f"Raccourcissez ce texte{NBSP}: 1\N{NARROW NO-BREAK SPACE}000 caractères au maximum."
    ]


@pytest.mark.parametrize(
    "clean",
    [clean_name, clean_email, clean_phone, lambda value: clean_text(value, 1000)],
    ids=["name", "email", "phone", "text"],
)
@settings(deadline=None)  # the first call loads the tables of numbers and names
@given(
    value=st.one_of(
        st.text(),
        st.text(alphabet="Aé' -.·,()\u200c\u200dمم\u0301\u00a0ﬁ"),
        st.from_regex(r"[a-zA-Z.+é]{1,5}@[a-zäA.]{1,9}\.(fr|org)", fullmatch=True),
        st.from_regex(r"(\+33|0)[0-9 .]{9,12}", fullmatch=True),
    )
)
def test_cleaning_twice_changes_nothing_more(clean, value):
    try:
        cleaned = clean(value)
    except ValidationError:
        return

    assert clean(cleaned) == cleaned
