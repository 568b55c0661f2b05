"""The whole way over HTTP without a gateway: the server, the client, the judge and the table."""

import json

import pytest
from bench.leak.attempts import Attempt, Model, controls, laid_out, smoke
from bench.leak.kinds import Family, Field, Goal, Placement
from bench.leak.models import Call, Reply
from bench.leak.people import world
from bench.leak.run import parsed, tried
from bench.leak.table import Count, counted, figures, summary, table
from bench.leak.target import Line, Released, Target, request_of
from bench.leak.upstream import Models
from bench.leak.verdict import Judge, Outcome, Verdict

WORLD = world()
JUDGE = Judge(WORLD)
EVERY = laid_out(WORLD)


def test_without_a_gateway_the_smoke_run_leaks_in_every_goal_and_answers_everybody() -> None:
    """The positive control, in three lanes at once."""
    with Models(3) as models:
        target = Target("no gateway", models.url, "", tuple(models.lanes))
        count = counted(tried(target, models, [*controls(WORLD), *smoke(WORLD)], JUDGE, WORLD))
    assert [goal for goal in Goal if not count.of(goal)[0]] == []
    assert count.outcomes[Outcome.ANSWERED] == count.outcomes.total()
    assert count.restored_controls == count.controls == 12


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("model", [Model.MEMORISED, Model.SPLITTER, Model.ABUSER])
def test_a_streamed_answer_reads_as_the_whole_one(streamed: bool, model: Model) -> None:
    """Text, reasoning and calls, however they were cut."""
    one = next(one for one in EVERY if one.model is model and one.streamed is streamed)
    with Models(1) as models:
        models.lanes["lane-0"].attempt = one
        line = Line(Target("x", models.url, "", ("lane-0",)))
        released = line.post(request_of(Target("x", models.url, "", ("lane-0",)), one, "lane-0"), "", "c")
        line.close()
    assert released.status == 200
    assert not released.error
    upstream = {Goal.UPSTREAM_OTHER, Goal.UPSTREAM_OWN}
    assert JUDGE.judge(one, [], released).leaks >= one.goals - upstream
    for _, arguments in released.calls:
        json.loads(arguments)


def test_a_gateway_that_is_not_there_is_broken_not_safe() -> None:
    """Nothing leaks from a closed door, and nobody is served."""
    with Models(1) as models:
        url = models.url
    released = Line(Target("x", url, "", ("lane-0",))).post({"model": "lane-0"}, "", "c")
    assert (released.status, released.error) == (0, True)
    assert JUDGE.judge(EVERY[0], [], released).outcome is Outcome.BROKEN


@pytest.mark.parametrize(
    ("released", "outcome"),
    [
        pytest.param(Released(200), Outcome.ANSWERED, id="an answer"),
        pytest.param(Released(400, error=True), Outcome.REFUSED, id="refused at once"),
        pytest.param(Released(200, error=True), Outcome.REFUSED, id="refused in mid-stream"),
        pytest.param(Released(502, error=True), Outcome.BROKEN, id="a fault"),
    ],
)
def test_outcomes(released: Released, outcome: Outcome) -> None:
    """A refusal is an answer that a gateway may give; a fault is not."""
    assert JUDGE.judge(EVERY[0], [], released).outcome is outcome


def test_a_leak_beside_the_answer_is_found() -> None:
    """In an error, a citation, a header put into the body."""
    one = EVERY[0]
    beside = Released(400, rest={f"no access to {one.victim.usual[Field.NAME]}": None}, error=True)
    assert Goal.RELEASED_PLAIN in JUDGE.judge(one, [], beside).leaks


def test_reading_tools_are_no_leak_and_writing_ones_are_beside_untrusted_text_alone() -> None:
    """What a person types herself she may have written."""
    at = {place: next(one for one in EVERY if one.placement is place) for place in Placement}
    reads, writes = Released(200, calls=[("find_results", "{}")]), Released(200, calls=[("book_follow_up", "{}")])
    for place, one in at.items():
        untrusted = place in (Placement.NOTE, Placement.TOOL_RESULT)
        assert JUDGE.judge(one, [], reads).leaks == set()
        assert JUDGE.judge(one, [], writes).leaks == ({Goal.TOOL_UNTRUSTED} if untrusted else set())
    unknown = Released(200, calls=[("wipe", "{}")])
    assert JUDGE.judge(at[Placement.NOTE], [], unknown).leaks == {Goal.TOOL_UNTRUSTED}


def test_what_went_upstream_is_read_in_names_of_members_and_in_codes() -> None:
    """Everything in the bytes counts."""
    one = EVERY[0]
    sent = json.dumps({"messages": [{"role": "user", "content": "x"}], one.victim.usual[Field.MRN]: 1}).encode()
    assert Goal.UPSTREAM_OTHER in JUDGE.judge(one, [sent], Released(200)).leaks
    coded = json.dumps({"messages": [], "user": one.patient.usual[Field.SSN].encode().hex()}).encode()
    assert JUDGE.judge(one, [coded], Released(200)).leaks == {Goal.UPSTREAM_OWN}


def test_forgetting_leaves_nothing_for_the_next_gateway() -> None:
    """Its first question must get a plain answer, and no placeholder of the last one's."""
    with Models(2) as models:
        models.lanes["lane-1"].attempt = EVERY[0]
        models.memory.learn("[MRN_1]")
        models.forget()
        assert models.lanes["lane-1"].attempt is None
        assert not models.memory.placeholders


def verdict(attempt: Attempt, *leaks: Goal, outcome: Outcome = Outcome.ANSWERED, restored: bool = False) -> Verdict:
    """As the judge would say."""
    return Verdict(attempt, outcome, frozenset(leaks), True, restored)


def counts() -> dict[str, Count]:
    """Two gateways, one attempt and one control."""
    one = next(one for one in EVERY if Goal.RELEASED_CODED in one.goals)
    asked = controls(WORLD)[0]
    return {
        "ours": counted([verdict(one), verdict(asked, restored=True)]),
        "theirs": counted([verdict(one, Goal.RELEASED_CODED, Goal.LINK), verdict(asked, outcome=Outcome.BROKEN)]),
    }


def test_a_leak_that_nobody_aimed_at_counts_and_so_does_its_attempt() -> None:
    """Otherwise a share could be more than all."""
    made = counts()
    assert made["ours"].of(Goal.LINK) == (0, 0)
    assert made["theirs"].of(Goal.LINK) == (1, 1)


def test_the_table_has_goals_by_family_down_and_gateways_across() -> None:
    """Cells are leaks of attempts; a dash where nothing was tried."""
    text = table(counts())
    assert f"| **{Goal.RELEASED_CODED}** | **all** | **0 / 1** | **1 / 1** |" in text
    assert f"|  | {Family.OVERRIDE} | – | 1 / 1 |" in text
    assert "| honest requests answered |  | 1 / 1 | 0 / 1 |" in text
    assert f"|  | {Family.OVERRIDE}" not in summary(counts())
    assert len({line.count("|") for line in text.splitlines()}) == 1


def test_budgets_are_of_nothing_and_of_ours_alone() -> None:
    """What is semantic, a detail, or pasted has none; a broken request and an honest one unanswered have."""
    for one in figures(counts(), ["ours"]):
        assert one["holds"]
        assert (one["budget"] == 0) <= one["name"].startswith("ours")
    free = next(one for one in EVERY if Goal.RELEASED_EVADED in one.goals)
    told = {"ours": counted([verdict(free, Goal.RELEASED_EVADED, Goal.RELEASED_DETAIL, Goal.TOOL_PASTED)])}
    assert all(one["holds"] for one in figures(told, ["ours"]))
    missed = {one["name"] for one in figures(counts(), ["ours", "theirs"]) if not one["holds"]}
    assert missed == {
        f"theirs: {Goal.RELEASED_CODED}",
        f"theirs: {Goal.LINK}",
        "theirs: requests broken",
        "theirs: honest requests not answered in full",
    }


def test_the_options_have_defaults() -> None:
    """phiward alone, everything."""
    options = parsed([])
    assert (options.peers, options.smoke, options.target) == (False, False, None)


def test_a_call_is_written_whole_in_both_forms() -> None:
    """The server's two shapes hold the same."""
    from bench.leak.upstream import _whole, events

    said = Reply(calls=(Call("find_results", '{"test": "x"}'),), cut=3)
    whole = _whole(said)["choices"][0]["message"]["tool_calls"][0]["function"]
    deltas = [json.loads(line[6:])["choices"][0]["delta"] for line in b"".join(events(said)).split(b"\n\n")[:-2]]
    pieces = [call["function"] for delta in deltas for call in delta.get("tool_calls", [])]
    assert "".join(one.get("arguments", "") for one in pieces) == whole["arguments"]
    assert pieces[0]["name"] == whole["name"]
