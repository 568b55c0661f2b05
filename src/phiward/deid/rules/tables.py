"""Tables in text: the header of a column, or the first cell of a row, says what the cells are.

Pipes (Markdown too), tabs, semicolons and commas part cells; a quoted cell of a CSV may hold the comma. A
table has at least two rows. Columns without a known header are left to the other detectors. Where the first
cells of two rows or more are labels (`MRN | 4821`), each labels its own row.

| header | cells that go |
|---|---|
| Patient, Name, Provider, Contact, … | NAME: all with a letter; `Name` among drugs or tests is no person |
| Address, City | ADDRESS, CITY: all with a letter or a digit; ZIP: all with three digits |
| DOB, Date, Admitted, … | DATE: all with a digit or a month but a bare year; the time of day stays |
| MRN, Phone, Fax, SSN, Member ID, Account, … | all with a digit, a bare dash or `none` never |
| Email | EMAIL: all with an @ |
| Age | AGE: from 90 |
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from phiward.deid.spans import Span
from phiward.deid.words import TITLES, never_a_name
from phiward.domain.placeholders import Category

_WORDS = {
    Category.NAME: """name|patient|patients|patient name|pt|pt name|client|client name|resident|resident name
        |full name|first name|last name|middle name|given name|family name|surname
        |maiden name|first|last|member name|subscriber name
        |provider|provider name|physician|attending|attending physician|doctor|dr|surgeon|nurse|rn|pcp|clinician
        |referring provider|referring physician|ordering provider|ordered by|signed by|seen by|author|contact
        |contact name|emergency contact|next of kin|guardian|spouse|mother|father|caregiver|employer|facility|hospital
        |pharmacy|practice|staff|nombre|therapist|case manager|responsible party|guarantor|insured|preferred name""",
    Category.DATE: """dob|date of birth|birth date|birthdate|d o b|date|visit date|admit date|admission date|admitted
        |discharge date|discharged|date of service|dos|service date|appointment|appointment date|appt|appt date
        |encounter date|collected|collection date|start date|end date|last visit|next visit|date of death|dod
        |date admitted|date seen|report date|order date|result date|onset date|received|surgery date|procedure date""",
    Category.MRN: """mrn|mr|mr no|mrn no|medical record|medical record number|medical record no|record number|record no
        |chart|chart number|chart no|patient id|patient number|patient no|pt id|hospital number|encounter|encounter id
        |encounter number|visit id|visit number|csn|accession|accession number|har|fin""",
    Category.PHONE: """phone|phone number|phone no|telephone|tel|mobile|mobile phone|cell|cell phone|home phone
        |work phone|contact number|contact phone|pager|ext""",
    Category.FAX: "fax|fax number|fax no",
    Category.EMAIL: "email|e mail|email address|mail",
    Category.SSN: "ssn|social security|social security number|ss|last 4 ssn|ssn last 4",
    Category.PLAN: """member id|member number|member|subscriber id|policy|policy number|policy no|insurance id
        |insurance number|medicare|medicare number|mbi|medicaid|medicaid id|group number|plan id|claim|claim number""",
    Category.ACCOUNT: "account|account number|account no|acct|acct no|invoice|invoice number|billing number",
    Category.LICENSE: "license|license number|licence|npi|dea|dea number|driver s license|dl",
    Category.DEVICE: "serial|serial number|serial no|device id|udi|s n",
    Category.VEHICLE: "vin|plate|license plate",
    Category.IP: "ip|ip address",
    Category.ID: """id|id number|id no|specimen id|study id|subject id|participant id|employee id|badge|case number
        |passport""",
    Category.ADDRESS: "address|street|street address|home address|mailing address|addr|residence",
    Category.CITY: "city|town|county|birthplace|place of birth",
    Category.ZIP: "zip|zip code|zipcode|postal code|postcode",
    Category.AGE: "age|age y|age yrs|age years",
}
_HEADERS = {label.strip(): category for category, labels in _WORDS.items() for label in labels.split("|")}
_BARE = frozenset(
    ["name", "first", "last", "id", "contact", "member", "mr", "ss", "ext", "received", "encounter", "rn"]
)
"""Headers that say something only beside a header that says more."""

_EVERYBODY = re.compile(r"\b(?:name|names|patients?|pt|client|resident|first|last|surname|nombre|insured)\b")
"""Headers of names under which an ordinary word is a name too: An, Do, Said. Elsewhere `Nursing staff` stays."""

_CLINICAL = re.compile(
    r"\b(?:dose|dosage|strength|route|frequency|freq|sig|medication|drug|test|result|results|value|unit|units|range|"
    r"reference|flag|lab|analyte|diagnosis|icd|loinc|cpt|vaccine|lot|manufacturer)\b"
)
_NOTHING = frozenset(
    ["", "n/a", "na", "none", "nil", "unknown", "unk", "pending", "tbd", "self", "-", "--", "null", "nan"]
)
_MONTH = re.compile(r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_TIME = re.compile(r"(?:T|,?\s+(?:at\s+)?)[0-9]{1,2}:[0-9]{2}.*", re.DOTALL)
_OLD = re.compile(r"(9[0-9]|1[0-4][0-9])(?![0-9])")
_RULE_ROW = re.compile(r"[\s|:+=-]*-[\s|:+=-]*")
_CSV_CELL = re.compile(r'\s*"(?:[^"\n]|"")*"\s*(?=[,;]|$)|[^,;\n]*')
_LEADING_PIPE = re.compile(r"\s*(?:[\w .]{1,40}:\s*)?\|")
_MAX_HEADER = 40
_LEAST = {Category.ZIP: 3, Category.PHONE: 4, Category.FAX: 4, Category.SSN: 4}


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell of a row, trimmed of blanks, quotes and emphasis: its text and where it begins."""

    text: str
    start: int

    @property
    def label(self) -> str:
        """Its words in lower case, where it is short enough for a header; what stands before a colon is none."""
        text = self.text.rstrip(": ")
        return _plain(text.rpartition(":")[2]) if len(text) <= 2 * _MAX_HEADER else ""

    @property
    def header(self) -> Category | None:
        """What it labels, where it is a known header."""
        return _HEADERS.get(self.label)


_Row = list[_Cell]


class Tables:
    """Finds the cells that a header announces."""

    def find(self, text: str) -> Iterable[Span]:
        """Spans of whole cells, in the category of their column or row."""
        if "\n" not in text:
            return
        for separator in ("|", "\t", ",", ";"):
            if separator in text:
                for table in _tables(text, separator):
                    yield from _labelled(table, strict=separator in ",;")


def _tables(text: str, separator: str) -> Iterator[list[_Row]]:
    """Runs of lines that `separator` parts into cells; blank lines and rules between rows are no rows."""
    rows: list[_Row] = []
    start = 0
    for line in text.split("\n"):
        if line.strip() and not _RULE_ROW.fullmatch(line):
            cells = _cells(line, start, separator) if separator in line else []
            other = separator in ",;" and len(cells) != len(rows[0]) if rows else False
            if rows and (len(cells) < 2 or other):
                yield rows
                rows = []
            if len(cells) >= 2:
                rows.append(cells)
        start += len(line) + 1
    yield rows


def _cells(line: str, start: int, separator: str) -> _Row:
    if separator == "|":
        lead = _LEADING_PIPE.match(line)
        skipped = lead.end() if lead else 0
        return _split(line[skipped:].rstrip().removesuffix("|"), start + skipped, separator)
    if separator == "\t" or '"' not in line:
        return _split(line, start, separator)
    cells: _Row = []
    at = 0
    while at <= len(line):
        match = _CSV_CELL.match(line, at)
        end = match.end() if match else len(line)
        cells.append(_trimmed(line[at:end], start + at))
        at = end + 1
    return cells


def _split(line: str, start: int, separator: str) -> _Row:
    cells: _Row = []
    for piece in line.split(separator):
        cells.append(_trimmed(piece, start))
        start += len(piece) + 1
    return cells


def _trimmed(piece: str, start: int) -> _Cell:
    inner = piece.lstrip(" \t\r\"'*_`")
    return _Cell(inner.rstrip(" \t\r\"'*_`"), start + len(piece) - len(inner))


def _plain(text: str) -> str:
    return " ".join(re.sub(r"\([^)]*\)|[^a-z0-9]+", " ", text.lower()).split())


def _labelled(table: list[_Row], *, strict: bool) -> Iterator[Span]:
    """The cells that go; `strict` where the separator is a sign of prose too: then more must speak for a table."""
    if len(table) < 2:
        return
    rows = [row for row in map(_by_row, table) if row]
    if len({label.label for label, _ in rows}) >= 2 and (not strict or len(rows) == len(table)):
        for label, values in rows:
            yield from _each(label, values)
        return
    columns: dict[int, _Cell] = {}
    for row in table:
        headers = _headers(row, half=strict or bool(columns))
        if headers:
            columns = headers
            continue
        for at, header in columns.items():
            yield from _each(header, row[at : at + 1])


def _by_row(row: _Row) -> tuple[_Cell, _Row] | None:
    """The label of a row and its values, where the first cell labels and the second does not."""
    cells = [cell for cell in row if cell.text]
    if len(cells) < 2 or not cells[0].header or cells[1].header:
        return None
    return cells[0], [cell for cell in cells[1:] if not cell.header]


def _headers(row: _Row, *, half: bool) -> dict[int, _Cell]:
    """The columns that `row` names, where it is a header; with `half` only where half of its cells are labels."""
    known = {at: cell for at, cell in enumerate(row) if cell.header}
    written = sum(1 for cell in row if cell.text)
    if not known or (half and 2 * len(known) < written):
        return {}
    clear = {at: cell for at, cell in known.items() if cell.label not in _BARE}
    if any(cell.header not in (Category.DATE, Category.AGE) for cell in clear.values()):
        return known
    if any(_CLINICAL.search(cell.label) for cell in row):
        return clear
    if clear or len(known) > 1:
        return known
    return {at: cell for at, cell in known.items() if cell.header is Category.NAME}


def _each(header: _Cell, cells: Iterable[_Cell]) -> Iterator[Span]:
    category = header.header
    for cell in cells:
        if category is None or cell.text.lower() in _NOTHING:
            continue
        ordinary = category is Category.NAME and not _EVERYBODY.search(header.label)
        if ordinary and all(never_a_name(word) or word in TITLES for word in _plain(cell.text).split()):
            continue
        length = _length(category, cell.text)
        if length:
            yield Span(cell.start, cell.start + length, category, "table", 58)


def _length(category: Category, text: str) -> int:
    """How much of the cell goes."""
    digits = sum(letter.isdigit() for letter in text)
    letters = any(letter.isalpha() for letter in text)
    match category:
        case Category.NAME:
            return len(text) if letters else 0
        case Category.ADDRESS | Category.CITY:
            return len(text) if letters or digits else 0
        case Category.DATE:
            if _YEAR.fullmatch(text) or not (digits or _MONTH.match(text)):
                return 0
            time = _TIME.search(text)
            return time.start() if time else len(text)
        case Category.EMAIL:
            return len(text) if "@" in text else 0
        case Category.AGE:
            old = _OLD.match(text)
            return old.end() if old else 0
        case _:
            return len(text) if digits >= _LEAST.get(category, 1) else 0
