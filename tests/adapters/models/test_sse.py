"""Events are the same however their bytes were cut."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.adapters.models.sse import EventParser
from phiward.domain.errors import UpstreamError

TOO_LARGE = b"too large"
LIMIT = 40
LONG = 120

STREAMS = [
    (b'data: {"a":1}\n\ndata: [DONE]\n\n', [b'{"a":1}', b"[DONE]"], "the usual"),
    (b"data: a\r\n\r\ndata: b\r\n\r\n", [b"a", b"b"], "CRLF"),
    (b"data: a\r\rdata: b\r\r", [b"a", b"b"], "CR alone"),
    (b"data: a\r\n\n\rdata: b\n\r\n", [b"a", b"b"], "line ends mixed"),
    (b"\xef\xbb\xbfdata: a\n\n", [b"a"], "a byte order mark leads"),
    (b"data: a\n\n\xef\xbb\xbfdata: b\n\n", [b"a"], "a byte order mark later is part of a name that nobody knows"),
    (b"data: a\ndata: b\n\n", [b"a\nb"], "data over two lines"),
    (b"data: a\r\ndata: b\r\n\r\n", [b"a\nb"], "the same with CRLF: half of it is no empty line"),
    (b"data: a\ndata\ndata:\n\n", [b"a\n\n"], "empty data, with and without a colon"),
    (b": ping\n\ndata: a\n\n:\n\n", [b"a"], "comments"),
    (b"event: x\nid: 1\nretry: 5\ndata:a\n\n", [b"a"], "other fields, and no space after the colon"),
    (b"data:  a\n\n", [b" a"], "only one space is taken away"),
    (b"database: a\n\nDATA: b\n\n", [], "names that only look like it"),
    ("data: é€😀\n\n".encode(), ["é€😀".encode()], "characters of two, three and four bytes"),
    (b"data: a", [b"a"], "the last event lacks its empty line"),
    (b"data: a\n", [b"a"], "the last event lacks its second line end"),
    (b"data: a\r", [b"a"], "the same with CR"),
    (b"\n\n\n", [], "nothing but empty lines"),
    (b"", [], "nothing"),
    (b"data: a\n\ndata: " + b"x" * LIMIT + b"\n\ndata: b\n\n", [b"a", TOO_LARGE], "an event beyond the limit"),
    (b"data: a\n\n:" + b"x" * LIMIT + b"\n\n", [b"a", TOO_LARGE], "a comment beyond the limit"),
    (b"data: a\n\n" + b"data: 1234\n" * 9, [b"a", TOO_LARGE], "many small lines of one event"),
    (b"data: a\n\n" + b"data:\n" * 60, [b"a", TOO_LARGE], "many empty lines of one event"),
    (b"data: a\n\n" + b"x" * (LIMIT + 1), [b"a", TOO_LARGE], "a line without end"),
    (b"data: " + b"x" * 30 + b"\n\n" + b"data: " + b"y" * 30 + b"\n\n", [b"x" * 30, b"y" * 30], "two near the limit"),
]


def read(*pieces: bytes, limit: int = LIMIT) -> list[bytes]:
    """The events of these pieces; then, where it is refused, a mark."""
    parser, events = EventParser(limit), []
    try:
        for piece in pieces:
            events += parser.feed(piece)
        return events + parser.finish()
    except UpstreamError:
        return [*events, TOO_LARGE]


@pytest.mark.parametrize(("stream", "events", "reason"), STREAMS, ids=[row[2] for row in STREAMS])
def test_every_cut_in_three_gives_the_same_events(stream: bytes, events: list[bytes], reason: str) -> None:
    """Exhaustive over both cuts, over one in a long row, and byte by byte; a refusal comes after the same events."""
    assert read(*(stream[place : place + 1] for place in range(len(stream)))) == events
    for first in range(len(stream) + 1):
        for second in range(first, len(stream) + 1 if len(stream) <= LONG else first + 1):
            assert read(stream[:first], stream[first:second], stream[second:]) == events


_BYTES = st.lists(
    st.sampled_from([b"data: ", b"data:", b"\n", b"\r", b"\r\n", b":", b"\xef\xbb\xbf", b"a", "é".encode(), b"x" * 20]),
    max_size=30,
).map(b"".join)


@given(_BYTES, st.lists(st.integers(0, 300), max_size=8))
@settings(max_examples=200)
def test_any_bytes_cut_anywhere_give_what_the_whole_gives(stream: bytes, cuts: list[int]) -> None:
    """Also for what is no event stream at all, and for what is refused."""
    places = sorted({0, len(stream), *(min(cut, len(stream)) for cut in cuts)})
    pieces = [stream[a:b] for a, b in pairwise(places)]
    assert read(*pieces) == read(stream)


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), min_size=1, max_size=9), max_size=9))
@settings(max_examples=100)
def test_what_was_written_as_events_is_read_as_events(texts: list[str]) -> None:
    """For any text of one line."""
    stream = "".join(f"data: {text}\n\n" for text in texts).encode()
    assert read(stream) == [text.encode() for text in texts]


def test_an_event_is_there_as_soon_as_its_last_line_end_is() -> None:
    """A CR ends a line at once: waiting for a LF that may follow would hold the text back."""
    parser = EventParser()
    assert parser.feed(b"data: a\r\n\r") == [b"a"]
    assert parser.feed(b"\ndata: b\n\n") == [b"b"]


def test_an_event_without_end_is_refused_before_it_fills_the_memory() -> None:
    """The SDKs set no limit; the gateway must. At most the limit and one piece are held."""
    parser = EventParser(max_event_bytes=1000)
    parser.feed(b"data: " + b"x" * 900)
    with pytest.raises(UpstreamError, match="too large"):
        parser.feed(b"x" * 100)
    with pytest.raises(UpstreamError, match="too large"):
        parser.feed(b"\n\ndata: a\n\n")
