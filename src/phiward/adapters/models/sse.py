"""Server-sent events from bytes, however they were cut.

Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
Only `data` matters here. Lines end with LF, CRLF or CR; a CRLF or a character of UTF-8 may be cut in
two; comments and other fields are passed over; a byte order mark may lead. Unlike a browser, the last
event counts without its empty line, because some servers leave it out.
"""

from typing import Final

from phiward.domain.errors import UpstreamError

MAX_EVENT_BYTES: Final = 1_048_576
"""The longest line, and the most data of one event. The SDKs set no limit, so the gateway must."""

_BOM = b"\xef\xbb\xbf"


class EventParser:
    """`feed` returns the data of the events that are complete by now.

    The same events, then the same error if there is one, for every way of cutting the stream.
    """

    def __init__(self, max_event_bytes: int = MAX_EVENT_BYTES) -> None:
        """`max_event_bytes`: a longer event is a fault of the server."""
        self._limit = max_event_bytes
        self._rest: list[bytes] = []  # pieces of the line that has not ended yet
        self._rest_size = 0
        self._data: list[bytes] = []
        self._data_size = 0
        self._at_start = True
        self._skip_line_feed = False
        self._too_large = False

    def feed(self, piece: bytes) -> list[bytes]:
        """Raises UpstreamError for an event beyond the limit: at once, or at the next call after events."""
        self._refuse()
        if self._at_start:
            piece = self._without_mark(piece)
        if b"\r" in piece or self._skip_line_feed:
            piece = self._one_line_end(piece)
        first, *lines = piece.split(b"\n")
        self._rest.append(first)
        self._rest_size += len(first)
        self._too_large = self._rest_size > self._limit
        if not lines:
            self._refuse()
            return []
        rest = lines.pop()
        whole, self._rest, self._rest_size = b"".join(self._rest), [rest], len(rest)
        events = self._events([whole, *lines])
        if not events:
            self._refuse()
        return events

    def finish(self) -> list[bytes]:
        """The stream ended: an event without its empty line still counts here. Raises as `feed`."""
        self._refuse()
        last, self._rest, self._rest_size = b"".join(self._rest), [], 0
        events = self._events([last, b""])
        self._refuse()
        return events

    def _refuse(self) -> None:
        if self._too_large:
            raise UpstreamError("The model's server sent an event that is too large.")

    def _without_mark(self, piece: bytes) -> bytes:
        piece = b"".join(self._rest) + piece
        self._rest, self._rest_size = [], 0
        if len(piece) < len(_BOM) and _BOM.startswith(piece):
            self._rest, self._rest_size = [piece], len(piece)
            return b""
        self._at_start = False
        return piece.removeprefix(_BOM)

    def _one_line_end(self, piece: bytes) -> bytes:
        """CR and CRLF become LF. A CR ends its line at once; a LF that follows later is passed over."""
        if not piece:
            return piece
        if self._skip_line_feed:
            piece = piece.removeprefix(b"\n")
        self._skip_line_feed = piece.endswith(b"\r")
        return piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n")

    def _events(self, lines: list[bytes]) -> list[bytes]:
        """The events that these whole lines end; stops where one is too large."""
        events: list[bytes] = []
        for line in lines:
            if line:
                self._line(line)
                if self._too_large:
                    break
            elif self._data:
                events.append(self._data[0] if len(self._data) == 1 else b"\n".join(self._data))
                self._data, self._data_size = [], 0
        return events

    def _line(self, line: bytes) -> None:
        if line.startswith(b"data:"):
            value = line[6:] if line[5:6] == b" " else line[5:]
        elif line == b"data":
            value = b""
        else:
            value = None
        if value is not None:
            self._data.append(value)
            self._data_size += len(value) + 1
        self._too_large = len(line) > self._limit or self._data_size > self._limit
