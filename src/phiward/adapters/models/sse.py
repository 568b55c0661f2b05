"""Server-sent events from bytes, however they were cut.

Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
Only `data` matters here. Lines end with LF, CRLF or CR; a CRLF or a character of UTF-8 may be cut in
two; comments and other fields are passed over; a byte order mark may lead.
"""

from phiward.domain.errors import UpstreamError

MAX_EVENT_BYTES = 1_048_576
_BOM = b"\xef\xbb\xbf"


class EventParser:
    """`feed` returns the data of the events that are complete by now."""

    def __init__(self, max_event_bytes: int = MAX_EVENT_BYTES) -> None:
        """`max_event_bytes`: a longer event is a fault of the server."""
        self._limit = max_event_bytes
        self._rest = b""
        self._data: list[bytes] = []
        self._size = 0
        self._first = True

    def feed(self, piece: bytes) -> list[bytes]:
        """Raises UpstreamError for an event that grows beyond the limit."""
        buffer = self._rest + piece
        if self._first and buffer:
            if len(buffer) < len(_BOM) and _BOM.startswith(buffer):
                self._rest = buffer
                return []
            buffer = buffer.removeprefix(_BOM)
            self._first = False
        if b"\r" in buffer:
            held = b"\r" if buffer.endswith(b"\r") else b""
            buffer = buffer[: len(buffer) - len(held)].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        else:
            held = b""
        lines = buffer.split(b"\n")
        self._rest = lines.pop() + held
        events = [data for line in lines if (data := self._line(line)) is not None]
        if self._size + len(self._rest) > self._limit:
            raise UpstreamError("The model's server sent an event that is too large.")
        return events

    def finish(self) -> list[bytes]:
        """The stream ended: an event without its empty line still counts here, for lenient servers."""
        last = [self._line(line) for line in (self._rest.rstrip(b"\r"), b"")]
        self._rest = b""
        return [data for data in last if data is not None]

    def _line(self, line: bytes) -> bytes | None:
        if not line:
            data, self._data, self._size = self._data, [], 0
            return b"\n".join(data) if data else None
        if line.startswith(b"data:"):
            value = line[6:] if line[5:6] == b" " else line[5:]
            self._data.append(value)
            self._size += len(value)
        return None
