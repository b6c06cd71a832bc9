"""One list that holds what is hard to write, and what a reader must find in it."""

from datetime import UTC, date, datetime

from registrations.exports.tables import Column, Kind, Sheet

COLUMNS = [
    Column("Nom", width=30),
    Column("Téléphone", Kind.PHONE, width=18),
    Column("Séances", Kind.INTEGER, width=8),
    Column("Né le", Kind.DATE, width=12),
    Column("Inscrit le", Kind.MOMENT, width=18),
    Column("Présent", Kind.YES_NO, width=8),
]

# 6 April 2021, 9h00 in Paris.
MOMENT = datetime(2021, 4, 6, 7, 0, 30, 999, tzinfo=UTC)
LOCAL = datetime(2021, 4, 6, 9, 0, 30)  # noqa: DTZ001 - what a spreadsheet shows

ROWS = [
    ("Œuvrard 𠮷田 Żółć", "+33612345678", 3, date(2021, 4, 6), MOMENT, True),
    ('=HYPERLINK("http://evil","x")', "", 0, None, None, False),
    (" deux  espaces \n& <b>\t=1", "+262692123456", None, date(2028, 2, 29), MOMENT, None),
    ("0612345678", None, -2, None, None, None),
    ("1E5", None, None, None, None, None),
    ("\x00a\x07b\x1bc\ufffe\ud800\r\nd", None, None, None, None, None),
    ("https://irev.fr", None, None, None, None, None),
]

# The same rows as a reader gives them: text, numbers and dates of the clock of Paris.
CELLS = [
    ["Œuvrard 𠮷田 Żółć", "+33 6 12 34 56 78", 3, date(2021, 4, 6), LOCAL, "oui"],
    ['=HYPERLINK("http://evil","x")', None, 0, None, None, "non"],
    [" deux  espaces \n& <b> =1", "+262 692 12 34 56", None, date(2028, 2, 29), LOCAL, None],
    ["0612345678", None, -2, None, None, None],
    ["1E5", None, None, None, None, None],
    ["abc\nd", None, None, None, None, None],
    ["https://irev.fr", None, None, None, None, None],
]


def a_sheet(title="Inscrits", rows=ROWS):
    """Give the list, its rows coming from a generator as those of a query do."""
    return Sheet(title, COLUMNS, (row for row in rows))
