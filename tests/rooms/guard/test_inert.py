"""Active content: each construct made text, and nothing else changed."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.guard.inert import TAKEN_OUT, inert

HOSTS = frozenset({"uptodate.example"})
ACTIVE = [
    ("an image", "see ![chart](https://evil.example/a.png) now", "see chart now"),
    ("an image with a title", '![c](https://evil.example/a "t")', "c"),
    ("an image of an allowed host", "![c](https://uptodate.example/a)", "c"),
    ("an image within a link", "[![a](https://evil.example/1)](https://evil.example/2)", "a"),
    ("an image by reference", "![c][1]\n[1]: https://evil.example/a", f"![c][1]\n[1]: {TAKEN_OUT}"),
    ("a link", "[here](https://evil.example/?q=1)", "here"),
    ("a link with brackets in its address", "[here](https://evil.example/(a))", "here"),
    ("a link to a place of our own", "[here](/logout)", "here"),
    ("a link in angle brackets", "[here](<https://evil.example/a b>)", "here"),
    ("a link that is not closed", "[here](https://evil.example/a", f"[here] ({TAKEN_OUT}"),
    ("the second half of a link", "words](https://evil.example/a) more", "words] more"),
    ("a definition of a place of our own", "[1]: /logout", "[1] : /logout"),
    ("an autolink", "<https://evil.example/a>", TAKEN_OUT),
    ("a bare address", "see https://evil.example/a?b=c.", f"see {TAKEN_OUT}"),
    ("a bare address without a scheme", "see www.evil.example/a now", f"see {TAKEN_OUT} now"),
    ("an address without a scheme", "see //evil.example/a now", f"see {TAKEN_OUT} now"),
    ("a scheme of another kind", "ftp://evil.example/a", TAKEN_OUT),
    ("a user that looks like a host", "https://uptodate.example@evil.example/a", TAKEN_OUT),
    ("another port of an allowed host", "https://uptodate.example:8443/a", TAKEN_OUT),
    ("a backslash", "https://uptodate.example\\@evil.example/", TAKEN_OUT),
    ("an allowed host without encryption", "http://uptodate.example/a", TAKEN_OUT),
    ("an image tag", '<img src="https://evil.example/a">text', "text"),
    ("an event handler", "<b onmouseover=alert(1)>bold</b>", "bold"),
    ("a script", "<script>alert(1)</script>", "alert(1)"),
    ("a frame", "<iframe src=//evil.example></iframe>", ""),
    ("a form", "<form action=/x><input></form>", ""),
    ("a picture that runs", "<svg/onload=alert(1)>", ""),
    ("a style", "<style>@import 'x'</style>", "@import 'x'"),
    ("a comment", "a<!-- <b> -->c", "ac"),
    ("a tag within a tag", "<scr<b>ipt>x", "x"),
    ("a tag that is not closed", "<img src=x onerror=alert(1)", "< img src=x onerror=alert(1)"),
    ("a sign at the end", "x <", "x < "),
    ("script in an address", "javascript:alert(1)", TAKEN_OUT),
    ("data in an address", "data:text/html;base64,PHNj", TAKEN_OUT),
    ("an address of mail", "mailto:a@example.org?body=x", "a@example.org?body=x"),
    ("tag characters", "ok\U000e005a\U000e0065", "ok"),
    ("text turned round", "a\u202eb", "ab"),
    ("an escape of a terminal", "a\x1b[31mb", "a[31mb"),
]


@pytest.mark.parametrize(("text", "expected"), [pytest.param(*row[1:], id=row[0]) for row in ACTIVE])
def test_active_content_is_made_text(text: str, expected: str) -> None:
    """Its words stay, its address goes; it is counted."""
    made = inert(text, HOSTS)
    assert made.text == expected
    assert made.count > 0


TEXTS = [
    ("comparisons", "BP < 120 and > 90, <5 mg, x<3"),
    ("citation marks", "It is stable [1][2] (note 3) [note 1, 2]."),
    ("a placeholder", "[DATE_1] and [NAME_9: x]"),
    ("a heading with data", "Data: sodium 138. Labs: normal. Tel: 555"),
    ("a stroke", "and/or, 128/78, mg/dL, n//a"),
    ("an e-mail address", "ada@example.org"),
    ("a link to an allowed host", "[guide](https://uptodate.example/a?b=c)"),
    ("an address of an allowed host", "https://UpToDate.example/a"),
    ("line ends", "a\r\n\tb\n\n- c"),
    ("an emoji of several characters", "\U0001f468\u200d\U0001f469"),
]


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in TEXTS])
def test_text_that_is_only_text_stays_as_it_is(text: str) -> None:
    """To the last character."""
    made = inert(text, HOSTS)
    assert (made.text, made.count) == (text, 0)


def test_what_is_nested_too_deeply_is_not_shown() -> None:
    """One level after the other is undone, and not without end."""
    assert inert("[" * 9 + "x" + "](y)" * 9).text == "x"
    assert inert("[" * 90 + "x" + "](y)" * 90).text is None


_LIVE = re.compile(r"<[A-Za-z/!?]|\]\(|[a-z]+://|javascript:|www\.", re.IGNORECASE)
PARTS = st.sampled_from(
    [
        *(text for _, text, _ in ACTIVE),
        "<",
        ">",
        "[",
        "]",
        "(",
        ")",
        "!",
        "://",
        "http",
        "//",
        ":",
        "www.",
        "java",
        "script",
        "a",
        " ",
        "\n",
    ]
)


@given(st.lists(PARTS, max_size=8).map("".join))
@settings(max_examples=400, deadline=None)
def test_nothing_active_is_left_whatever_was_put_together(text: str) -> None:
    """And what was made inert once is inert: no second reading finds more."""
    made = inert(text)
    if made.text is not None:
        assert _LIVE.search(made.text) is None
        assert inert(made.text).text == made.text
