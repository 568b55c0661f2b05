"""Why a document gives no text: fixed sentences, so that nothing of the document can stand in an error."""

from enum import StrEnum


class Reason(StrEnum):
    """A sentence without full stop. What goes from the reading process to ours is the member's name alone."""

    UNREACHABLE = "it cannot be opened, or is not a plain file"
    BROKEN = "it is broken, or is not what its media type says"
    CUT_SHORT = "it is cut short"
    ENCRYPTED = "it is encrypted; save it without a password and send it again"
    TOO_LARGE = "it is larger than the limit, or unpacks to more than the limits allow"
    TOO_MANY_PAGES = "it has more pages than the limit"
    TOO_MANY_PIXELS = "it holds a picture with more pixels than the limit"
    NO_TEXT = "no text was found in it"
    MACROS = "it is not a plain Word document (DOCX); save it as one without macros"
    HOLDS_OTHERS = "it only wraps other documents; send those"
    LIVE_FORM = "it is a form that a program must build first (XFA); print it to PDF and send that"
    DECLARES_TYPES = "it declares a document type (DTD), which is never read"
    NEEDS_TESSERACT = "reading a scan needs tesseract (Debian package tesseract-ocr)"
    NEEDS_PDFTOPPM = "reading a scanned PDF needs pdftoppm (Debian package poppler-utils)"
    NOT_DECODED = "its characters are not UTF-8, and no other character set is declared"
    UNKNOWN_CHARSET = "it declares a character set that is not read"
    CONTROLS = "it holds control characters; it is not a text"
    RICH_TEXT = "RTF is not read; save it as PDF, DOCX or plain text"
    OLD_WORD = "Word documents of before 2007 (.doc) are not read; save it as PDF or DOCX"
    UNKNOWN_TYPE = "documents of this media type are not read"
    CRASHED = "the process that read it ended without an answer; it is broken or needs more than the limits allow"
    TOO_SLOW = "reading it took longer than the limit"


class Refused(Exception):
    """A document, or its page `page` (from 1), that gives no text. Never leaves this package."""

    def __init__(self, reason: Reason, page: int | None = None) -> None:
        super().__init__(reason.name)
        self.reason = reason
        self.page = page
