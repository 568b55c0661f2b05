"""HTML as a reader sees it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.deid.conversation import Conversation
from phiward.deid.deidentifier import Deidentifier
from phiward.deid.markup import is_markup, readings
from phiward.deid.restore import reidentify
from phiward.deid.rules.catalogue import rule_detectors
from phiward.deid.spans import Span
from phiward.domain.errors import UnsafeContentError
from phiward.domain.placeholders import Category
from tests.rooms.deid.helpers import OKAFOR, TODAY

RULES = Deidentifier(rule_detectors())
TAGS = ["<b>", "</i>", "<span class='x'>", "</span>", "<!---->", "<!-- x -->", '<a href="#">', "&#8203;", "<wbr/>"]
PLAIN = [
    "Seen: Margaret Okafor today",
    "Dr. Testwell called on 03/05/2024",
    "SSN 123-45-6789, MRN 4829155",
    "mail jane@example.org or 555-234-5678",
    "12 Elm Street, Springfield, IL 62704",
]


def hide(text, known=None):
    """The transformed text, by the rules alone; the way back is checked on the way."""
    one = RULES.conversation(known, TODAY)
    hidden = one.hide(text)
    assert reidentify(hidden, one.placeholders) == text
    return hidden


def seen(text):
    """What a reader sees."""
    return next(readings(text)).text


class Broken:
    """A detector with a fault."""

    def find(self, text):
        """Fails."""
        raise RuntimeError(text)


def test_a_broken_detector_stops_markup_too():
    """Fail closed."""
    with pytest.raises(UnsafeContentError):
        Conversation([Broken()], TODAY).hide("<b>Margaret</b>")


@pytest.mark.parametrize("text", ["a < b and c > d", "AT&T, R&D", "x<5", "5 > 3", "<Okafor>", "<z@x.example>", ""])
def test_signs_alone_are_no_markup(text):
    """Clinical text compares numbers, and people put names in brackets."""
    assert not is_markup(text)


SEEN = [
    ("<b>Mar</b>garet", "Margaret", "an inline tag inside a word"),
    ("<B CLASS='x'>Mar</B >garet", "Margaret", "capitals and attributes"),
    ("<x:b>Mar</x:b>garet", "Margaret", "a prefix of XHTML"),
    ("Zoe&nbsp;Testa", "Zoe Testa", "an entity"),
    ("O&#39;Brien &#x41;", "O'Brien A", "numbers for signs"),
    ("Oka&#8203;for &#1054;", "Okafor O", "what disguises a letter"),
    ("Oka<![CDATA[for]]>", "Okafor", "character data"),
    ("<td>Testa</td><td>Zoe</td>", "\tTesta\tZoe", "cells part"),
    ("<table>\n <tr>\n <td>a\nb</td>\n <td><p>c</p></td></tr>\n</table>", "\n\n\ta b\t c \n", "a row is a line"),
    ("<p>Testa</p><p>Zoe</p>", "\nTesta\n\nZoe\n", "paragraphs part"),
    ("a<br/>b", "a\nb", "a line break"),
    ("<!-- Zoe -->x", "x", "a comment is no text"),
    ("<a title='x > y'>z</a>", "z", "a sign inside quotes"),
    ("<Testa>x</Testa>", "<Testa>x</Testa>", "only elements of HTML are tags"),
]


@pytest.mark.parametrize(("text", "copy", "reason"), SEEN, ids=[reason for *_, reason in SEEN])
def test_the_copy_is_what_a_reader_sees(text, copy, reason):
    """Tags neither split nor join words."""
    assert seen(text) == copy


def test_attributes_and_comments_are_a_second_reading():
    """Quoted or not, with their entities read."""
    _, said = readings("<img alt=\"Oka&#102;or\" src='a.png' width=5><!-- Zoe -->")
    assert said.text == "Okafor\na.png\n5\n Zoe \n"


@given(st.text(alphabet="ab<>&;/!- tdpri\n#39='\"", max_size=80))
def test_offsets_lead_back_for_any_text(text):
    """One for each sign, none outside the text, none running backwards."""
    for reading in readings(text):
        assert len(reading.starts) == len(reading.ends) == len(reading.text)
        assert reading.starts == sorted(reading.starts)
        assert all(0 <= start <= end <= len(text) for start, end in zip(reading.starts, reading.ends, strict=True))


@given(st.sampled_from(PLAIN), st.lists(st.tuples(st.integers(0, 60), st.sampled_from(TAGS)), min_size=1, max_size=5))
def test_what_is_found_in_plain_text_is_found_however_tags_cut_it(plain, cuts):
    """`<b>Mar</b>garet Oka<i>for</i>`: every letter that goes from the plain text goes from the other too."""
    one = RULES.conversation(OKAFOR, TODAY)
    one.hide(plain)
    hidden = {place for span in one.spans for place in range(span.start, span.end)}
    text, places = "", {}
    for place, letter in enumerate(plain):
        text += "".join(tag for at, tag in cuts if at == place)
        places[place] = len(text)
        text += letter
    other = RULES.conversation(OKAFOR, TODAY)
    assert reidentify(other.hide(text), other.placeholders) == text
    covered = {place for span in other.spans for place in range(span.start, span.end)}
    assert {plain[place] for place in hidden if places[place] not in covered} <= set(" ")


HIDDEN = [
    ("<p>M<b>arg</b>aret Okafor</p>", "<p>[PATIENT_1]</p>", "tags inside go along, those around stay"),
    ("<td>Okafor</td><td>Margaret</td>", "<td>[PATIENT_1]</td><td>[PATIENT_2]</td>", "a name over two cells"),
    ('<img alt="Dr. Testwell">', '<img alt="[NAME_1]">', "a name in an attribute"),
    ('<a title="Oka&#102;or">x</a>', '<a title="[PATIENT_1]">x</a>', "an entity in an attribute"),
    ("<!-- Okafor --><p>x</p>", "<!-- [PATIENT_1] --><p>x</p>", "a comment"),
    ("<b Margaret Okafor>", "<b [PATIENT_1]>", "what only looks like a tag"),
    ("Oka\\u003cb\\u003efor", "[PATIENT_1]", "tags behind the escapes of JSON"),
    ("<tr><th>Name</th><th>DOB</th></tr>\n<tr><td>testa</td><td>3/5</td></tr>",
     "<tr><th>Name</th><th>DOB</th></tr>\n<tr><td>[NAME_1]</td><td>[DATE_1]</td></tr>", "a table"),
    ("BP <b>120/80</b> &amp; stable", "BP <b>120/80</b> &amp; stable", "nobody is named"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "hidden", "reason"), HIDDEN, ids=[reason for *_, reason in HIDDEN])
def test_identifiers_go_and_the_markup_around_them_stays(text, hidden, reason):
    """The inverse is exact."""
    assert hide(text, OKAFOR) == hidden


def test_a_span_over_blocks_is_parted():
    """The structure of the page is not swallowed; blanks at its edges are not either."""
    text = "<p>Zoe </p><p></p><p>Testa</p>"
    reading = next(readings(text))
    whole = Span(0, len(reading.text), Category.NAME, "d")
    assert [text[span.start : span.end] for span in reading.map_back(whole)] == ["Zoe", "Testa"]
