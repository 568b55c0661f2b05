"""The page: self-contained, escaped, readable without colour."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.deid.evaluation.examples import Example, Marked
from phiward.deid.evaluation.page import MISSED, RIGHT, UNMARKED, page
from phiward.deid.evaluation.scores import Removed
from tests.rooms.deid.evaluation.helpers import CLEAN, NOTE, gone, scripted

VOID = {"meta"}


class Reader(HTMLParser):
    """Reads a page: every tag, whether each is closed, and the texts without the words that we add."""

    def __init__(self, text: str) -> None:
        """`text`: the page."""
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.texts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a text at its own element."""
        self.tags.add(tag)
        if dict(attrs).get("class") == "text":
            self.texts.append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Refuse what closes something else."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Collect a text, our own words apart."""
        if "div" in self.open and "b" not in self.open:
            self.texts[-1] += data


def shown(example: Example, *removed: Removed) -> str:
    """The article of one text."""
    made = page([scripted([example], removed)], [example], "v")
    (article,) = re.findall(r"<article>.*</article>", made, re.DOTALL)
    return article


def heading(made: str, name: str) -> int:
    """How many texts stand in a part of the page."""
    (count,) = re.findall(rf"<h2>{name} \((\d+)\)</h2>", made)
    return int(count)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("<script>alert(1)</script>", id="a script"),
        pytest.param("<img src=x onerror=alert(1)>", id="an attribute that runs"),
        pytest.param("</div></article></main>&amp;<!--", id="tags that close ours"),
    ],
)
def test_nothing_of_a_text_an_id_a_label_or_a_group_is_read_as_html(text: str) -> None:
    """Wherever it stands: plain, marked, removed, or missed."""
    size = len(text)
    example = Example(text, text * 3, (Marked(0, size, text + '" onload="x'), Marked(size, 2 * size, "B")), text)
    made = page([scripted([example], [gone(size, 3 * size, text)])], [example], text)
    assert not Reader(made).tags & {"script", "img"}
    assert ' onload="x' not in made
    assert "&lt;" in made


def test_nothing_is_fetched_and_nothing_runs() -> None:
    """No address, no script, no picture, no sheet of styles from elsewhere; and a policy that forbids them."""
    made = page([scripted([NOTE, CLEAN], [], [])], [NOTE, CLEAN], "v")
    assert "http://" not in made
    assert "https://" not in made
    assert "url(" not in made
    assert "@import" not in made
    assert not Reader(made).tags & {"script", "link", "img", "iframe", "object", "embed", "form", "a", "base"}
    assert "default-src 'none'" in made


def test_a_miss_is_said_in_a_word_inside_its_border() -> None:
    """With its category; what went of it is shaded."""
    assert '<u class="missed" title="NAME"><del>Zelda</del> Quux<b class="tag">missed NAME</b></u>' in shown(
        NOTE, gone(0, 5), gone(19, 29)
    )


def test_what_was_removed_without_a_mark_is_said_in_a_word() -> None:
    """Punctuation and spaces that went with an identifier are only shaded."""
    made = shown(NOTE, gone(0, 11), gone(11, 15), gone(19, 30))
    assert (
        '<u title="NAME"><del>Zelda Quux</del></u><del class="unmarked"> came<b class="tag">not marked</b></del>'
        in made
    )
    assert made.count("not marked") == 1
    assert "</u><del>.</del>" in made


def test_a_separator_that_stayed_is_no_miss() -> None:
    """As in the figures: letters and digits count."""
    made = shown(NOTE, gone(0, 10), gone(19, 21), gone(22, 24), gone(25, 29))
    assert "missed" not in made
    assert "<del>03</del>/<del>04</del>/<del>2024</del>" in made


def test_marks_that_overlap_are_shown_as_one() -> None:
    """With both labels, so that elements never cross."""
    example = Example("x", "Zelda Quux Clinic", (Marked(6, 17, "ORG"), Marked(0, 10, "NAME"), Marked(0, 5, "NAME")))
    assert '<u class="missed" title="NAME, ORG">Zelda Quux Clinic<b class="tag">missed NAME, ORG</b></u>' in shown(
        example
    )


def test_texts_with_an_error_come_first() -> None:
    """Missed, then removed without a mark, then the others; a text with both is with the missed."""
    both = Example("both", NOTE.text, NOTE.spans)
    examples = [CLEAN, Example("touched", CLEAN.text, ()), both]
    made = page([scripted(examples, [], [gone(0, 9)], [gone(11, 15)])], examples, "v")
    assert [heading(made, name) for name in (MISSED, UNMARKED, RIGHT)] == [1, 1, 1]
    assert re.findall(r"<h3>(.*?)</h3>", made) == ["both", "touched", "clean-1"]


def test_the_figures_of_every_system_stand_above_the_texts() -> None:
    """With heads that a screen reader can name, and the versions at work."""
    runs = [scripted([NOTE], [gone(0, 10)]), scripted([NOTE], [])]
    made = page(runs, [NOTE], "tagger 5872")
    table = made[made.index("<table>") : made.index("</table>")]
    assert table.count('scope="col"') == 3
    assert '<th scope="row">identifiers removed whole</th><td>50.00 % (1 of 2)</td><td>0.00 % (0 of 2)</td>' in table
    assert made.index("</table>") < made.index("tagger 5872") < made.index("<article>")
    assert '<html lang="en">' in made


def test_what_html_cannot_hold_is_replaced() -> None:
    """NUL and other controls; lines stay lines."""
    assert 'dir="auto">a\ufffdb\nc\ufffd</div>' in shown(Example("x", "a\x00b\nc\x1b", ()))


@given(st.data())
def test_the_text_stands_in_the_page_whole(data: st.DataObject) -> None:
    """However it is marked and removed; and every element closes."""
    text = data.draw(st.text(alphabet='aB1 <&>"\n😀', min_size=1, max_size=20))
    places = st.tuples(st.integers(0, len(text) - 1), st.integers(1, len(text))).filter(lambda pair: pair[0] < pair[1])
    example = Example("x", text, tuple(Marked(*pair, "NAME") for pair in data.draw(st.lists(places, max_size=3))))
    removed = [gone(*pair) for pair in data.draw(st.lists(places, max_size=3))]
    read = Reader(page([scripted([example], removed)], [example], "v"))
    assert read.texts == [text]
    assert read.open == []
