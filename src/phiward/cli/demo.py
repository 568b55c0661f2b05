"""`phiward demo`: the shortest tour. A question about a synthetic patient, and the proof of what left."""

import json
import shlex
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.console import Console

from phiward.cli.common import AsJson, Exit, run
from phiward.cli.demo_house import LOGIN, House, silent
from phiward.cli.demo_show import Check, Told, show_links, show_told
from phiward.domain.errors import ConfigurationError
from phiward.wiring.auditor import open_auditor, sequence_all
from phiward.wiring.integrity import check_log
from phiward.wiring.registrar import open_registrar

MODEL = "clinic-assistant"


def demo(
    check: Annotated[
        bool, typer.Option("--check", help="Do not stay up: print JSON, exit 0 only if every promise held.")
    ] = False,
    port: Annotated[int, typer.Option(help="TCP port of the gateway; 0 takes a free one.")] = 8400,
    svg: Annotated[Path | None, typer.Option(help="Also write what is shown as an SVG picture.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show a question about a patient going out without identifiers and coming back answered."""
    started = time.monotonic()
    progress = Console(stderr=True, highlight=False)
    quiet = check or as_json
    with House(
        port=0 if check else port, console=True, say=silent if quiet else lambda what: progress.print(f"[dim]{what}[/]")
    ) as house:
        told = tour(house)
        told.seconds["in all"] = time.monotonic() - started
        if quiet:
            print(json.dumps(as_data(told), indent=2))
        else:
            show_told(told, next_steps(house), svg)
        if not quiet:
            show_links(house.links)
        if not check:
            _stay(house, progress)
    if not told.holds:
        raise typer.Exit(Exit.DOES_NOT_HOLD)


def _stay(house: House, console: Console) -> None:
    console.print(f"The gateway stays up on {house.url} until you press Ctrl-C. All patients are synthetic.")
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        console.print("Stopping; the synthetic hospital is removed.")


def tour(house: House) -> Told:
    """Ask, look at the wire, and check every promise that is shown."""
    client = _client(house)
    typed = (
        f"{house.patient_name} (MRN {house.patient_mrn}, born {house.patient['birthDate']}) asks again: "
        "which medication was changed, to what dose, and what follow-up was planned?"
    )
    chunks = list(_ask(client, house.patient_mrn, MODEL, typed, stream=True))
    pieces = [c.choices[0].delta.content for c in chunks if c.choices and c.choices[0].delta.content]
    answered = "".join(pieces)
    bodies = house.received()
    if not bodies:
        raise ConfigurationError("The model's server received nothing.")
    sent = json.dumps(bodies[-1], ensure_ascii=False)
    identifiers = house.identifiers()
    checks = [
        _nothing_left(sent, identifiers),
        _restored(answered, pieces, identifiers),
        _refused(client, house, "no-agreement", house.patient_mrn, "no_baa", "No agreement, no free text"),
        _same_for_strangers(client, house),
        _revoked(house),
        _entered_once(house),
    ]
    interaction = next(c.phiward["interaction"] for c in chunks if getattr(c, "phiward", None))
    proof, logged = run(_audit(house, interaction))
    return Told(typed, _wire(bodies[-1]), answered, identifiers, proof, (*checks, *logged), dict(house.seconds))


def _entered_once(house: House) -> Check:
    """A link of its own signs in once; those that are printed stay unused."""
    told = house.enter()
    again = house.enter()
    seen = f"first: {told}, again: {again}"
    return Check("A link to the console signs in once", (told, again) == (303, 404), seen)


def _client(house: House) -> Any:
    """The OpenAI SDK; the one line that an application changes is its base_url."""
    try:
        from openai import OpenAI  # noqa: PLC0415 - only the demonstration needs it
    except ImportError as error:
        raise ConfigurationError("The demonstration needs the package `openai`: pip install phiward[demo].") from error
    return OpenAI(base_url=house.url, api_key=house.key, max_retries=0)


def _ask(client: Any, patient: str, model: str, question: str, *, stream: bool) -> Any:
    return client.chat.completions.create(
        model=model,
        messages=[{"role": "user", "content": question}],
        stream=stream,
        extra_headers={"X-Phiward-Patient": patient, "X-Phiward-Purpose": "TREAT"},
        extra_body={"metadata": {"retrieve": "true"}},
    )


def _nothing_left(sent: str, identifiers: tuple[str, ...]) -> Check:
    found = [word for word in identifiers if word.lower() in sent.lower()]
    seen = f"{len(identifiers)} known identifiers looked for in {len(sent)} characters, {len(found)} found"
    return Check("The model saw no known identifier of the patient", not found, seen)


def _restored(answered: str, pieces: list[str], identifiers: tuple[str, ...]) -> Check:
    found = [word for word in identifiers if word in answered]
    holds = len(pieces) > 1 and bool(found) and "[PATIENT_" not in answered
    return Check("The caller got the names and dates back, streamed", holds, f"{len(pieces)} pieces")


def _refused(client: Any, house: House, model: str, patient: str, code: str, promise: str) -> Check:
    seen = _code_of(client, patient, model)
    before = len(house.received())
    return Check(promise, seen == code and len(house.received()) == before, f"refused with `{seen}`")


def _same_for_strangers(client: Any, house: House) -> Check:
    answers = {_code_of(client, patient, MODEL) for patient in (house.stranger_mrn, "00000000", "' OR 1=1 --")}
    seen = f"someone else's, unknown and malformed: {', '.join(sorted(answers))}"
    return Check("Nobody learns who is a patient here", answers == {"patient_not_found"}, seen)


def _code_of(client: Any, patient: str, model: str) -> str:
    from openai import APIStatusError  # noqa: PLC0415 - only the demonstration needs it

    try:
        _ask(client, patient, model, "Which medication?", stream=False)
    except APIStatusError as error:
        return str(error.code)
    return "answered"


def _revoked(house: House) -> Check:
    second, key_id = run(_second_key(house))
    client = _client(house).with_options(api_key=second)
    before = _code_of(client, house.patient_mrn, MODEL)
    run(_revoke(house, key_id))
    after = _code_of(client, house.patient_mrn, MODEL)
    holds = (before, after) == ("answered", "invalid_api_key")
    return Check("A revoked key fails on its next request", holds, f"before: {before}, after: {after}")


async def _second_key(house: House) -> tuple[str, UUID]:
    async with open_registrar(house.settings) as registrar:
        person = await registrar.registry.person_by_login(registrar.tenant, LOGIN)
        issued = await registrar.registry.issue_key(registrar.tenant, person, timedelta(hours=1), "to be revoked")
    return issued.text.value, issued.id


async def _revoke(house: House, key_id: UUID) -> None:
    async with open_registrar(house.settings) as registrar:
        await registrar.registry.revoke_key(registrar.tenant, key_id)


async def _audit(house: House, interaction: str) -> tuple[dict[str, Any], list[Check]]:
    await sequence_all(house.settings)
    report = (await check_log(house.settings)).report
    async with open_auditor(house.settings) as auditor:
        entries = {entry["kind"]: entry for entry in await auditor.interaction(UUID(interaction))}
    intent, outcome = entries["intent"], entries["outcome"]
    left = ", ".join(f"{number} {name}" for name, number in intent["facts"]["identifier_classes"].items())
    proof = {
        "interaction": interaction,
        "intent": f"entry {intent['index']}, durable at {intent['at']}",
        "outcome": f"entry {outcome['index']}, durable at {outcome['at']}: {outcome['facts']['outcome']}",
        "replaced before it left": left,
        "where to": f"{intent['facts']['model']} ({intent['facts']['destination_class']})",
        "tree": f"{report.newest.size} entries, root {report.newest.root[:32]}…",
        "checkpoints": "signed, and kept outside the database too",
    }
    before = intent["at"] < outcome["at"]
    checks = [
        Check("The intent was on record before the outcome", before, "both stand in the signed tree"),
        Check("The audit log verifies", report.holds, f"{report.entries} entries, {len(report.findings)} findings"),
    ]
    return proof, checks


def _wire(body: dict[str, Any]) -> str:
    return "\n\n".join(f"{m['role']}: {m.get('content') or ''}" for m in body["messages"])


def as_data(told: Told) -> dict[str, Any]:
    """The JSON of `--check`."""
    return {
        "holds": told.holds,
        "checks": [{"promise": c.promise, "holds": c.holds, "detail": c.detail} for c in told.checks],
        "typed": told.typed,
        "received": told.received,
        "answered": told.answered,
        "audit": told.proof,
        "seconds": {name: round(value, 2) for name, value in told.seconds.items()},
    }


def next_steps(house: House) -> tuple[str, ...]:
    """Three commands that work while the demonstration stays up; one line each, to be copied."""
    environment = " ".join(f"{name}={shlex.quote(value)}" for name, value in house.environment().items())
    body = json.dumps(
        {
            "model": MODEL,
            "messages": [{"role": "user", "content": "Any allergies?"}],
            "metadata": {"retrieve": "true"},
        }
    )

    def asking(patient: str) -> str:
        headers = {
            "Authorization": f"Bearer {house.key}",
            "Content-Type": "application/json",
            "X-Phiward-Patient": patient,
            "X-Phiward-Purpose": "TREAT",
        }
        options = " ".join(f"-H {shlex.quote(f'{name}: {value}')}" for name, value in headers.items())
        return f"curl {house.url}/chat/completions {options} -d {shlex.quote(body)}"

    return (
        f"Ask about her yourself:\n{asking(house.patient_mrn)}",
        f"Ask about somebody else's patient:\n{asking(house.stranger_mrn)}",
        f"Check the audit log:\n{environment} {shlex.quote(sys.argv[0])} audit verify",
    )
