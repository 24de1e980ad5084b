"""What the CSV files of different banks look like."""


class Dialect:
    """Which column holds what, and how it is written.

    Amounts are in the column amount, or in debit and credit (both without sign). With kind, a column says
    whether the (unsigned) amount went out; its values that mean so are in outgoing.
    """

    def __init__(
        self, name, date, text, amount=None, debit=None, credit=None, kind=None, outgoing=("D",),
        date_formats=("%Y-%m-%d",), delimiter=",", decimal=".", encodings=("utf-8-sig",), extra=(),
    ):
        self.name = name
        self.date = date
        self.text = text
        self.amount = amount
        self.debit = debit
        self.credit = credit
        self.kind = kind
        self.outgoing = outgoing
        self.date_formats = date_formats
        self.delimiter = delimiter
        self.decimal = decimal
        self.encodings = encodings
        self.extra = extra

    def columns(self):
        """Names of the columns that must be there."""
        names = [self.date, self.amount, self.debit, self.credit, self.kind]
        names.extend(self.text)
        return [normalise(name) for name in names if name]

    def split_header(self, line):
        return [normalise(cell) for cell in line.split(self.delimiter)]

    def __repr__(self):
        return "Dialect({!r})".format(self.name)


def normalise(name):
    """A column's name without quotes, case and spare space."""
    return " ".join(name.strip().strip('"').split()).casefold()


DIALECTS = [
    Dialect("plain", "date", ("description",), amount="amount", extra=("balance", "reference")),
    Dialect(
        "highstreet", "Transaction Date", ("Details",), debit="Money Out", credit="Money In",
        date_formats=("%d/%m/%Y", "%d/%m/%y", "%d %b %Y"), extra=("balance",),
    ),
    Dialect(
        "girokonto", "Buchungstag", ("Empfänger", "Verwendungszweck"), amount="Betrag",
        date_formats=("%d.%m.%Y", "%d.%m.%y"), delimiter=";", decimal=",",
        encodings=("utf-8-sig", "cp1252"), extra=("saldo",),
    ),
    Dialect(
        "card", "Posted", ("Merchant",), amount="Value", kind="D/C", outgoing=("D", "DB"),
        date_formats=("%m/%d/%Y",), delimiter="\t",
    ),
]


def detect(lines, dialects=None):
    """The dialect of a file and the number of its header line.

    Banks put lines of their own above the header; of several dialects that fit the same line the one with
    most columns is taken. None if nothing fits.
    """
    for number, line in enumerate(lines):
        fitting = []
        for dialect in DIALECTS if dialects is None else dialects:
            if set(dialect.columns()) <= set(dialect.split_header(line)):
                fitting.append(dialect)
        if fitting:
            return max(fitting, key=lambda dialect: len(dialect.columns())), number
    return None
