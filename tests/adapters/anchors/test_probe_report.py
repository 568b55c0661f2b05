"""What a probe concludes from its steps."""

from itertools import product

import pytest

from phiward.adapters.anchors.probe_report import Probe, Verdict

HOLDS, BROKEN, UNTOLD, NOTED = Verdict.HOLDS, Verdict.BROKEN, Verdict.UNTOLD, Verdict.NOTED


def probe(*verdicts: Verdict) -> Probe:
    """One with these steps."""
    made = Probe()
    for number, verdict in enumerate(verdicts):
        made.note(f"step_{number}", f"act {number}", "refused", "refused", verdict)
    return made


@pytest.mark.parametrize(
    ("verdicts", "holds"),
    [
        pytest.param((), None, id="nothing was tried"),
        pytest.param((UNTOLD,), None, id="nothing was answered"),
        pytest.param((HOLDS, UNTOLD), None, id="one act is not told"),
        pytest.param((HOLDS, UNTOLD, BROKEN), False, id="what was allowed outweighs what is not told"),
        pytest.param((HOLDS, HOLDS), True, id="all was refused"),
        pytest.param((HOLDS, NOTED), True, id="what says nothing of the lock does not count"),
    ],
)
def test_a_probe_holds_only_when_every_step_does(verdicts: tuple[Verdict, ...], holds: bool | None) -> None:
    """And cannot tell otherwise."""
    assert probe(*verdicts).holds is holds


def test_one_more_step_never_makes_it_better() -> None:
    """For every pair of verdicts: from not holding there is no way back."""
    order = {True: 2, None: 1, False: 0}
    for first, second in product((HOLDS, BROKEN, UNTOLD), repeat=2):
        assert order[probe(first, second).holds] <= order[probe(first).holds]


def test_what_was_allowed_is_named() -> None:
    """In the words of the act."""
    assert probe(HOLDS, BROKEN, UNTOLD).allowed == ("act 1",)
