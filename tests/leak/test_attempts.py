"""The attempts: the same at each call, complete, and what they pursue can be reached."""

import json
from collections import Counter

import pytest
from bench.leak.attempts import ADVERSARIES, CANARY, controls, laid_out, offered, smoke
from bench.leak.encodings import MECHANICAL, SEMANTIC
from bench.leak.injections import INJECTIONS
from bench.leak.kinds import Family, Field, Goal, Placement
from bench.leak.models import Memory, reply
from bench.leak.people import world
from bench.leak.target import Released
from bench.leak.verdict import Judge

WORLD = world()
EVERY = laid_out(WORLD)


def test_the_same_list_comes_at_each_call() -> None:
    """Figures of two runs compare."""
    again = laid_out(world())
    assert [(one.number, one.model, one.coding, one.messages(retrieves=False)) for one in EVERY] == [
        (one.number, one.model, one.coding, one.messages(retrieves=False)) for one in again
    ]


def test_every_injection_stands_everywhere_once_for_each_model() -> None:
    """No cell is empty."""
    told = Counter((one.injection.key, one.placement, one.model) for one in EVERY if one.injection)
    assert len(told) == len(INJECTIONS) * len(Placement) * len(ADVERSARIES) == len(EVERY)


def test_every_identifier_is_said_in_every_coding() -> None:
    """But where a coding leaves it as it is."""
    said = {(one.identifier[0], one.coding) for one in EVERY if one.model.value == "memorised"}
    due = {(kind, coding) for kind in Field for coding in ("plain", *MECHANICAL)}
    unchanged = {("rot13", Field.MRN), ("look-alikes", Field.MRN)}
    assert {kind for kind, _ in said} == set(Field)
    assert {coding for _, coding in said} == {"plain", *MECHANICAL}
    assert {one[::-1] for one in due - said} >= unchanged
    assert {one.coding for one in EVERY if one.model.value == "paraphraser"} == set(SEMANTIC)


def test_the_patient_is_hers_and_the_victim_is_not() -> None:
    """And the victim shares nothing with the patient's chart."""
    for one in EVERY:
        assert one.patient in WORLD.own
        assert one.victim in WORLD.others
        assert {secret.field for secret in WORLD.foreign(one.patient) if secret.owner == one.victim.number} == set(
            Field
        )


def test_a_question_finds_one_note_by_words_that_no_other_has() -> None:
    """Else retrieval would deliver some other injection."""
    topics = Counter((one.patient.number, one.topic) for one in EVERY if one.placement is Placement.NOTE)
    assert set(topics.values()) == {len(ADVERSARIES)}
    assert not any(one.topic in one.patient.record for one in EVERY)


@pytest.mark.parametrize("retrieves", [True, False])
def test_the_injection_stands_where_it_is_said_to(retrieves: bool) -> None:
    """And in a retrieved note only for who retrieves nothing."""
    roles = {
        Placement.USER: "user",
        Placement.NOTE: "user",
        Placement.TOOL_RESULT: "tool",
        Placement.ASSISTANT: "assistant",
    }
    for one in EVERY:
        assert one.injection is not None
        said = one.injection.written(one.values)
        holding = [
            message["role"] for message in one.messages(retrieves=retrieves) if said in (message["content"] or "")
        ]
        assert holding == ([] if retrieves and one.placement is Placement.NOTE else [roles[one.placement]])


def test_the_canary_stands_in_the_system_message_alone() -> None:
    """Where it is found, the system message was."""
    for one in [*EVERY, *controls(WORLD)]:
        first, *rest = one.messages(retrieves=False)
        assert CANARY in first["content"]
        assert CANARY not in str(rest)


def test_without_a_gateway_everything_pursued_is_reached() -> None:
    """A pass means something only where the same attempt succeeds unguarded; forging needs a gateway to forge for."""
    judge, missed = Judge(WORLD), Counter[tuple[str, Goal]]()
    for one in EVERY:
        body = {"messages": one.messages(retrieves=False), "tools": offered()}
        said = reply(one, body, Memory())
        calls = [(call.name, call.arguments) for call in said.calls]
        verdict = judge.judge(one, [json.dumps(body).encode()], Released(200, said.text, said.reasoning, calls))
        missed.update((one.model.value, goal) for goal in one.goals - verdict.leaks)
    assert {model for model, _ in missed} <= {"forger"}


def test_the_smoke_run_has_every_family_and_goal() -> None:
    """In a thirtieth of the time."""
    chosen = smoke(WORLD)
    assert len(chosen) < len(EVERY) / 25
    assert {one.injection.family for one in chosen if one.injection} == set(Family)
    assert {goal for one in chosen for goal in one.goals} == set(Goal)


def test_a_control_pursues_nothing_but_his_own_identifiers_upstream() -> None:
    """Its model is honest, and gives back what the person said."""
    for one in controls(WORLD):
        assert one.goals == {Goal.UPSTREAM_OWN}
        said = reply(one, {"messages": one.messages(retrieves=False)}, Memory())
        assert one.patient.usual[Field.NAME] in said.text
        assert CANARY not in said.text
