"""The trace of a request: every stage once, in order, with what decided and when."""

from phiward.domain.trace import Did, Stage, Trace


class Ticks:
    """A clock that a test moves, in seconds."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """Now."""
        return self.now


def test_a_stage_that_nobody_ends_passed_when_the_next_begins() -> None:
    """So that no stage is forgotten, and none is told twice."""
    ticks = Ticks()
    trace = Trace(ticks)
    trace.begin(Stage.AUTHENTICATE)
    ticks.now += 0.0025
    trace.begin(Stage.AUTHORISE)
    ticks.now += 1
    trace.end(Did.REFUSED, "no_care_relation")
    trace.end()
    assert trace.take() == [["authenticate", "passed", None, 2], ["authorise", "refused", "no_care_relation", 1002]]


def test_what_was_taken_is_not_told_again() -> None:
    """The intent tells the stages before it, the outcome those after."""
    trace = Trace(Ticks())
    trace.begin(Stage.TRANSFORM)
    trace.end(Did.CHANGED)
    assert [step[0] for step in trace.take()] == ["transform"]
    trace.add(Stage.CALLS, Did.REFUSED, "not_offered")
    assert trace.take() == [["calls", "refused", "not_offered", 0]]
    assert trace.take() == []


def test_the_first_event_of_a_stream_ends_the_call_and_the_others_end_nothing() -> None:
    """However many there are."""
    trace = Trace(Ticks())
    trace.begin(Stage.CALL)
    for _ in range(3):
        trace.next(Stage.CALL, Stage.ANSWER)
    trace.end(Did.CHANGED)
    assert [step[:2] for step in trace.take()] == [["call", "passed"], ["answer", "changed"]]
