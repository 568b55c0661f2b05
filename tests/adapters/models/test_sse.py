"""Events are the same however their bytes were cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.adapters.models.sse import EventParser
from phiward.domain.errors import UpstreamError

STREAMS = [
    (b'data: {"a":1}\n\ndata: [DONE]\n\n', [b'{"a":1}', b"[DONE]"], "the usual"),
    (b"data: a\r\n\r\ndata: b\r\n\r\n", [b"a", b"b"], "CRLF"),
    (b"data: a\r\rdata: b\r\r", [b"a", b"b"], "CR alone"),
    (b"\xef\xbb\xbfdata: a\n\n", [b"a"], "a byte order mark leads"),
    (b"data: a\ndata: b\n\n", [b"a\nb"], "data over two lines"),
    (b": ping\n\ndata: a\n\n", [b"a"], "a comment"),
    (b"event: x\nid: 1\nretry: 5\ndata:a\n\n", [b"a"], "other fields, and no space after the colon"),
    ("data: é€😀\n\n".encode(), ["é€😀".encode()], "characters of two, three and four bytes"),
    (b"data: a", [b"a"], "the last event lacks its empty line"),
    (b"\n\n\n", [], "nothing but empty lines"),
]


@pytest.mark.parametrize(("stream", "events", "reason"), STREAMS, ids=[row[2] for row in STREAMS])
def test_every_cut_in_two_gives_the_same_events(stream: bytes, events: list[bytes], reason: str) -> None:
    """Exhaustive over both cuts."""
    for first in range(len(stream) + 1):
        for second in range(first, len(stream) + 1):
            parser = EventParser()
            pieces = (stream[:first], stream[first:second], stream[second:])
            got = [data for piece in pieces for data in parser.feed(piece)] + parser.finish()
            assert got == events


@given(st.lists(st.binary(max_size=12)), st.lists(st.integers(0, 200), max_size=8))
def test_any_bytes_cut_anywhere_give_what_the_whole_gives(blocks: list[bytes], cuts: list[int]) -> None:
    """Also for what is no event stream at all."""
    stream = b"\n\n".join(b"data: " + block for block in blocks)
    whole = EventParser()
    expected = whole.feed(stream) + whole.finish()
    places = sorted({0, len(stream), *(min(cut, len(stream)) for cut in cuts)})
    parser = EventParser()
    got = [data for a, b in zip(places, places[1:], strict=False) for data in parser.feed(stream[a:b])]
    assert got + parser.finish() == expected


def test_an_event_without_end_is_refused_before_it_fills_the_memory() -> None:
    """The SDK sets no limit; the gateway must."""
    parser = EventParser(max_event_bytes=1000)
    with pytest.raises(UpstreamError):
        for _ in range(100):
            parser.feed(b"data: " + b"x" * 100)
    parser = EventParser(max_event_bytes=1000)
    with pytest.raises(UpstreamError):
        for _ in range(100):
            parser.feed(b"data: " + b"x" * 100 + b"\n")
