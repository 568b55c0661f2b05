"""Invented HL7 version 2 messages for the tests of this folder. Every patient in them is made up."""

from collections import Counter

from phiward.domain.documents import Section, SourceFormat
from phiward.records.hl7v2.framing import messages
from phiward.records.hl7v2.message import Message, parse
from phiward.records.ports import Extracted
from phiward.records.results import Place

CANARY = "ZZYZX-CANARIA"
"""A name that no message of an error may repeat."""

HERE = Place(1, 1, "invented.hl7")
PID = f"PID|1||MRN-7^^^HOSP^MR||{CANARY}^QUILLA^TESTA||19700131|F|||1 INVENTED ST^^TOWNSHIP^MA^02139||5550101"
PV1 = "PV1|1|I|W^1^2||||D-1^DOCTOR^ADA^^^^MD|D-2^REFERRER^BEN||||||||||V|VISIT-9^^^HOSP^VN"


def msh(kind: str = "ADT^A08", sent: str = "20240101120000", charset: str = "", **more: str) -> str:
    """MSH of a message that was sent at `sent`."""
    processing, version = more.get("processing", "P"), more.get("version", "2.5.1")
    tail = f"||||||{charset}" if charset else ""
    return f"MSH|^~\\&|SYSTEM|HOSP|US|WE|{sent}||{kind}|C-1|{processing}|{version}{tail}"


def message(*segments: str) -> str:
    """Segments, each ended."""
    return "".join(f"{segment}\r" for segment in segments)


def pv1(admitted: str = "", discharged: str = "", base: str = PV1) -> str:
    """PV1 with PV1-44 and PV1-45."""
    fields = base.split("|")
    fields += [""] * (45 - len(fields)) + [""]
    fields[44], fields[45] = admitted, discharged
    return "|".join(fields)


def segment(name: str, **fields: str) -> str:
    """A segment by field numbers: segment("OBR", f3="X")."""
    numbers = {int(key[1:]): value for key, value in fields.items()}
    return "|".join([name, *(numbers.get(number, "") for number in range(1, max(numbers, default=0) + 1))])


def parsed(*segments: str) -> Message:
    """One message, parsed."""
    (raw,) = messages(message(*segments).encode(), HERE)
    return parse(raw)


def nothing() -> Counter[str]:
    """An empty count of what is unresolved."""
    return Counter()


class Reads:
    """An extractor that reads application/pdf and makes two pages of it."""

    def reads(self, media_type: str) -> bool:
        """PDF only."""
        return media_type == "application/pdf"

    def extract(self, data: bytes, media_type: str, place: Place) -> Extracted:
        """The bytes as the first page."""
        first = data.decode()
        text = f"{first}\n\nsecond"
        pages = (Section(0, len(first), "Page 1"), Section(len(first) + 2, len(text), "Page 2"))
        return Extracted(text, SourceFormat.PDF, pages)
