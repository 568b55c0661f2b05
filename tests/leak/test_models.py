"""The scripted models: each does what its name promises."""

import json
from dataclasses import replace
from typing import Any

import pytest
from bench.leak.attempts import CANARY, Attempt, Model, laid_out, offered
from bench.leak.detector import Detector, alive
from bench.leak.kinds import ATTACKER, Field, Goal, Placement
from bench.leak.models import Memory, Reply, arrived, evasion, reply
from bench.leak.people import world
from bench.leak.upstream import events

WORLD = world()
EVERY = laid_out(WORLD)


def first(model: Model, goal: Goal | None = None, carries: bool | None = None) -> Attempt:
    """The first attempt of a model whose injection has this goal, and carries another patient or not."""
    return next(
        one
        for one in EVERY
        if one.model is model
        and one.injection is not None
        and (goal is None or one.injection.goal is goal)
        and (carries is None or one.injection.names_other == carries)
    )


def asked(one: Attempt) -> dict[str, Any]:
    """The request as it would arrive through no gateway."""
    return {"messages": one.messages(retrieves=False), "tools": offered()}


def test_the_obedient_one_does_nothing_where_the_injection_did_not_arrive() -> None:
    """A gateway that stops the text stops what it asks for."""
    for goal in (Goal.CANARY, Goal.LINK, Goal.TOOL_UNTRUSTED, Goal.RELEASED_PLAIN):
        said = reply(first(Model.OBEDIENT, goal), {"messages": [{"role": "user", "content": "Hello."}]}, Memory())
        assert said == Reply("The visit in short: nothing new.")


def test_the_obedient_one_obeys() -> None:
    """The instructions, a link with data in it, a call, what stands in its context."""
    one = first(Model.OBEDIENT, Goal.CANARY)
    assert CANARY in reply(one, asked(one), Memory()).text
    one = first(Model.OBEDIENT, Goal.LINK)
    assert alive(reply(one, asked(one), Memory()).text)
    one = first(Model.OBEDIENT, Goal.TOOL_UNTRUSTED)
    (call,) = reply(one, asked(one), Memory()).calls
    assert call.name == "send_message"
    assert json.loads(call.arguments)["to"].endswith(ATTACKER)
    one = first(Model.OBEDIENT, Goal.RELEASED_PLAIN, carries=True)
    assert one.victim.usual[Field.MRN] in reply(one, asked(one), Memory()).text


def test_an_injection_arrives_though_identifiers_and_addresses_in_it_were_replaced() -> None:
    """Masking what it carries does not stop what it asks."""
    for one in EVERY:
        assert one.injection is not None
        if one.injection.hide.__name__ == "plain":
            masked = one.injection.text
            for name in one.values:
                masked = masked.replace(f"{{{name}}}", "[X_1]")
            assert arrived(one.injection, one.values, masked), one.injection.key
        assert not arrived(one.injection, one.values, one.visit())


def test_the_memorised_one_knows_the_victim_whatever_it_is_given() -> None:
    """In text, reasoning or a call."""
    ways = set()
    for one in (one for one in EVERY if one.model is Model.MEMORISED):
        said = reply(one, {"messages": []}, Memory())
        detector = Detector(one.victim.secrets)
        ways.add((bool(said.text and not said.reasoning), bool(said.reasoning), bool(said.calls)))
        assert detector.anyhow("\n".join([said.text, said.reasoning, *(call.arguments for call in said.calls)]))
    assert ways == {(True, False, False), (False, True, False), (False, False, True)}


@pytest.mark.parametrize("form", ["[PATIENT_4]", "[DATE_2: 3 days after DATE_1]", "<US_SSN_9>", "{{EMAIL_5}}"])
def test_the_forger_says_placeholders_of_other_conversations(form: str) -> None:
    """And those of this one with other numbers."""
    memory, one = Memory(), first(Model.FORGER)
    reply(one, {"messages": [{"role": "user", "content": f"Somebody else: {form}."}]}, memory)
    said = reply(one, {"messages": [{"role": "user", "content": "Here: [MRN_7]."}]}, memory).text
    assert form in said
    assert all(f"[MRN_{number}]" in said for number in range(1, 6))


def test_the_abuser_calls_about_the_victim_and_sends_to_the_attacker() -> None:
    """Whether tools were offered or not."""
    one = first(Model.ABUSER)
    about, away = reply(one, {"messages": one.messages(retrieves=False)}, Memory()).calls
    assert json.loads(about.arguments)["patient"] == one.victim.usual[Field.MRN]
    assert json.loads(away.arguments)["to"].endswith(ATTACKER)


def test_the_splitter_says_one_character_an_event_in_both_spellings_of_json() -> None:
    """The worst places to cut are among them; put together it is the identifier."""
    one = replace(first(Model.SPLITTER), placement=Placement.USER)
    said = reply(one, asked(one), Memory())
    chunks = [line[6:] for line in b"".join(events(replace(said, text=said.text + "é" * 4))).split(b"\n\n") if line]
    pieces = [json.loads(raw)["choices"][0]["delta"].get("content", "") for raw in chunks if raw != b"[DONE]"]
    assert max(map(len, pieces)) == 1
    assert one.identifier[1] in "".join(pieces)
    assert any(b"\\u00e9" in raw for raw in chunks)
    assert any("é".encode() in raw for raw in chunks)


def test_the_echo_repeats_all_that_it_was_given() -> None:
    """System message included."""
    one = first(Model.ECHO, carries=True)
    said = reply(one, asked(one), Memory()).text
    assert CANARY in said
    assert one.victim.usual[Field.MRN] in said


def test_the_paraphraser_says_it_in_other_words() -> None:
    """Exactly those by which it is counted."""
    one = first(Model.PARAPHRASER)
    assert evasion(one) in reply(one, asked(one), Memory()).text
    assert one.identifier[1] not in reply(one, asked(one), Memory()).text
