"""The release gate: passage by passage, each checked, each withheld with its reason."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.domain.errors import UnsafeContentError
from phiward.guard import release as module
from phiward.guard.passage import PassageCheck, Rule
from phiward.guard.pieces import MAX_PASSAGE
from phiward.guard.release import ReleaseGate, mark
from phiward.guard.tails import TAIL

from .encoded import b64
from .house import GRANTED, INDEX

CANARY = "phw-canary-7f3a"


def gate() -> ReleaseGate:
    """For an answer about Margaret."""
    return ReleaseGate(INDEX, GRANTED, own=["Susan Okafor"], seen=lambda _: False, canaries=[CANARY])


WITHHELD = [
    ("a known identifier", "Zelda Quagmire", Rule.KNOWN),
    ("an encoded one", b64("Zelda Quagmire"), Rule.ENCODED),
    ("a number that nobody had seen", "987-65-4320", Rule.UNSEEN),
    ("the canary", CANARY, Rule.CANARY),
    ("one in the address of an image", f"![x](https://evil.example/{b64('Zelda Quagmire')})", Rule.ENCODED),
    ("one that appears when tags go", "Zel<b></b>da Quagmire", Rule.KNOWN),
    ("one that appears when characters go that steer a screen", "Zel\u0007da Quagmire", Rule.KNOWN),
    ("what is nested beyond reading", "[" * 90 + "x" + "](y)" * 90, Rule.ACTIVE),
    ("more code than is read", " ".join([b64("some readable words and more " * 9)] * 5), Rule.UNREADABLE),
]


@pytest.mark.parametrize(("text", "rule"), [pytest.param(*row[1:], id=row[0]) for row in WITHHELD])
def test_a_passage_that_may_not_go_out_is_replaced_by_its_reason(text: str, rule: Rule) -> None:
    """The passages around it go out, and nothing of it does."""
    one = gate()
    assert one.feed(f"She is well.\n{text}\n") + one.feed("Come back.\n") + one.finish() == (
        f"She is well.\n{mark(rule)}\nCome back.\n"
    )
    assert one.withheld == {rule: 1}


def test_every_reason_is_said_and_repeats_nothing() -> None:
    """In words of its own, that the evidence gate knows as a withheld passage."""
    assert len({mark(rule) for rule in Rule}) == len(Rule)
    assert all(mark(rule).startswith("[withheld: ") for rule in Rule)


def test_what_is_clean_goes_out_as_it_is() -> None:
    """To the last space."""
    text = "Margaret Okafor is well.  Her daughter, Susan Okafor, agrees!\r\n\n- 5 mg [1]\n\tBP < 120/80\n"
    one = gate()
    assert one.feed(text) + one.finish() == text
    assert (one.withheld, one.inert) == ({}, 0)


def test_active_content_goes_out_as_text_and_is_counted() -> None:
    """The words of a link stay."""
    one = gate()
    assert one.feed("See [the guide](https://evil.example/?q=1) <b>now</b>.") + one.finish() == "See the guide now."
    assert one.inert == 3


def test_a_host_that_may_be_opened_stays() -> None:
    """As the operator listed it."""
    one = ReleaseGate(INDEX, GRANTED, hosts=frozenset({"guide.example"}))
    text = "See [the guide](https://guide.example/a)."
    assert one.feed(text) + one.finish() == text


def test_a_passage_goes_out_when_it_is_whole() -> None:
    """It waits for nothing that comes after it."""
    one = gate()
    assert one.feed("She is well. He") == "She is well. "
    assert one.feed(" is too.") == ""
    assert one.finish() == "He is too."


def test_what_may_begin_an_identifier_waits_for_the_next_passage() -> None:
    """And goes out with it, or is withheld with it."""
    one = gate()
    assert one.feed("She asked Mryqn\n") == "She asked "
    assert one.feed("about it.\n") == "Mryqn\nabout it.\n"
    other = gate()
    assert other.feed("She asked Mryqn\n") == "She asked "
    assert other.feed("Dhntzver\n") == mark(Rule.ENCODED) + "\n"


SPLIT = [
    ("rot13 over a line end", "asked Mryqn\nDhntzver\n", "Mryqn"),
    ("from the end over a line end", "asked erimgauQ\nadleZ\n", "erimgauQ"),
    ("spaced over a line end", "asked Z e l d a\nQ u a g m i r e\n", "Z e l"),
    ("base64 over lines", "WmVsZGEg\nUXVhZ21p\ncmU=\n", "WmVs"),
    ("quoted-printable over lines", "=5A=65=6C=64=61=20=\n=51=75=61=67=6D=69=72=65\n", "=5A"),
    ("a number behind a full stop", "asked 400. 199 99\n", "400"),
    ("a name behind an initial", "asked Mryqn D. Dhntzver\n", None),
]


@pytest.mark.parametrize(("text", "begins"), [pytest.param(*row[1:], id=row[0]) for row in SPLIT])
def test_an_identifier_over_two_passages_is_withheld_whole(text: str, begins: str | None) -> None:
    """No beginning of it goes out before."""
    one, out = gate(), ""
    for character in text:
        out += one.feed(character)
        assert begins is None or begins not in out
    out += one.finish()
    assert (one.withheld.total() == 1) is (begins is not None)


def test_what_was_released_is_read_again_with_what_follows() -> None:
    """A name with its last word first, which the index holds in one order alone; half of it proved nothing."""
    one = gate()
    assert one.feed("She asked Date\n") == "She asked Date\n"
    assert one.feed("Ada came.\n") + one.finish() == mark(Rule.ENCODED) + "\n"


def test_a_check_that_fails_releases_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the fault; what it saw is not in the error."""
    for fault in (ValueError("Zelda"), MemoryError(), RecursionError(), TimeoutError()):
        one = gate()
        assert one.feed("She is well.\n") == "She is well.\n"
        with monkeypatch.context() as patched:
            patched.setattr(PassageCheck, "broken", raises(fault))
            with pytest.raises(UnsafeContentError) as caught:
                one.feed("Zelda Quagmire is too.\n")
        assert "Zelda" not in str(caught.value)
        assert caught.value.__cause__ is None
        assert caught.value.__context__ is None
        for call in (lambda one=one: one.feed("More.\n"), one.finish):
            with pytest.raises(UnsafeContentError):
                call()


def raises(fault: Exception) -> object:
    """A check that has this fault."""

    def broken(*_: object) -> None:
        raise fault

    return broken


@pytest.mark.parametrize("stage", ["inert", "tail_start"])
def test_every_stage_may_fail(monkeypatch: pytest.MonkeyPatch, stage: str) -> None:
    """Not the check alone."""
    monkeypatch.setattr(module, stage, raises(ValueError()))
    with pytest.raises(UnsafeContentError):
        gate().feed("She is well.\n")


def test_the_text_that_was_checked_is_the_text_that_goes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is made inert is checked in that form, last."""
    checked: list[str] = []
    real = PassageCheck.broken
    monkeypatch.setattr(
        PassageCheck, "broken", lambda self, text, before="": checked.append(text) or real(self, text, before)
    )
    one = gate()
    out = one.feed("See <b>this</b> now.\n") + one.finish()
    assert out == "See this now.\n"
    assert checked[-1] == out


@given(st.text(alphabet="aZ1-. [_@'\u200b\n", max_size=400))
@settings(max_examples=100, deadline=None)
def test_hold_back_is_bounded_whatever_comes(text: str) -> None:
    """A passage, and the tail of the one before."""
    one = gate()
    for character in text:
        one.feed(character)
        assert len(one._tail) <= TAIL + 100
        assert len(one._cutter._held) <= MAX_PASSAGE


def test_one_word_without_end_is_withheld() -> None:
    """It cannot be cut, so it is not read; what follows its last part is."""
    one = gate()
    out = one.feed("x" * (2 * MAX_PASSAGE)) + one.feed("x well.\nCome back.") + one.finish()
    assert out == f"{mark(Rule.UNREADABLE)} " * 2 + "x well.\nCome back."


def test_a_mark_and_what_follows_it_make_no_link() -> None:
    """Nor do two passages."""
    one = gate()
    out = one.feed("x" * MAX_PASSAGE) + one.feed("(/logout) now.\n[a]\f(/logout)") + one.finish()
    assert "](" not in out


def test_it_prints_no_text() -> None:
    """What waits is PHI."""
    one = gate()
    one.feed("Zelda\n")
    assert "Zelda" not in repr(one)
