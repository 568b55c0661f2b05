"""`phiward policy`: what the rules are, whether they decide as people decided, and why one question is answered so."""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID, uuid4

import typer

from phiward.cli.common import AsJson, Exit, fail, read_settings, show
from phiward.cli.people import with_registrar
from phiward.domain.access import NO_STANDING, DataClass, DocumentKind, Standing
from phiward.domain.acts import AdministrativeAct
from phiward.domain.errors import InvalidRequestError, PhiwardError
from phiward.domain.patients import PatientRef
from phiward.domain.people import Caller, CredentialKind, PersonId, PurposeOfUse, Role
from phiward.domain.text import Secret
from phiward.domain.vendors import DestinationClass
from phiward.policy.cases import Case, read_case
from phiward.policy.decide import Policy
from phiward.policy.explain import Explanation, explain
from phiward.policy.golden import Checked, Result, check, read_golden
from phiward.policy.rules import shipped_policies
from phiward.wiring.base import utc_now
from phiward.wiring.registrar import Registrar
from phiward.wiring.standing import standing_of

app = typer.Typer(help="Check the rules of access, and explain a decision.", no_args_is_help=True)
OWN_RULES = "Folder of the organisation's own rules, read after the shipped ones. Default: PHIWARD_POLICY_DIR."
Folder = Annotated[Path | None, typer.Option(help=OWN_RULES)]


@app.command("check")
def check_rules(
    folder: Annotated[Path | None, typer.Argument(help=OWN_RULES)] = None,
    as_json: AsJson = False,
) -> None:
    """Check every rule against the schema and the golden decisions, and print each with its effect and reason.

    Exit codes: 0 all hold, 1 a golden decision does not hold, 2 a rule is unsound or cannot be read.
    """
    now = utc_now()
    try:
        folder = folder or read_settings().policy_dir
        policy = Policy.load(extra=folder)
        table = read_golden(shipped_policies(), now) + (() if folder is None else read_golden(folder, now))
    except PhiwardError as error:
        raise fail(error) from None
    checked = check(policy, table, now)
    other = [_row(one) for one in checked if one.result is not Result.HOLDS]
    wrong = any(one.result is Result.WRONG for one in checked)
    rules = [
        {"effect": rule.effect, "rule": rule.id, "reason": rule.reason, "file": rule.file, "own": rule.own}
        for rule in policy.rules
    ]
    if as_json:
        show({"holds": not wrong, "rules": rules, "golden": len(checked), "other": other}, as_json=True)
    else:
        _list(policy)
        if other:
            show(other, as_json=False, title="Golden decisions that are decided otherwise")
        typer.echo(f"{len(rules)} rules, {len(checked)} golden decisions, {len(other)} of them decided otherwise.")
    if wrong:
        raise typer.Exit(Exit.DOES_NOT_HOLD)


def _list(policy: Policy) -> None:
    """By file, as they are read; lines of text, because a reason is a sentence."""
    for at, rule in enumerate(policy.rules):
        if at == 0 or rule.file != policy.rules[at - 1].file:
            typer.echo(f"{rule.file}{' (your own)' if rule.own else ''}")
        typer.echo(f"  {rule.effect:6} {rule.id}: {rule.reason}")


def _row(one: Checked) -> dict[str, Any]:
    return {
        "result": str(one.result),
        "because": one.golden.because,
        "expected": one.golden.rule,
        "allowed": one.golden.allowed,
        "decided": one.rule,
    }


@app.command("explain")
def explain_decision(
    login: Annotated[str | None, typer.Option("--as", help="The person's login.")] = None,
    patient: Annotated[str | None, typer.Option(help="The patient, by any reference; - reads it from input.")] = None,
    purpose: Annotated[PurposeOfUse, typer.Option(help="Purpose of use.")] = PurposeOfUse.TREAT,
    destination: Annotated[DestinationClass, typer.Option(help="Where it would go.")] = DestinationClass.SELF_HOSTED,
    document: Annotated[DocumentKind | None, typer.Option(help="Ask what of such a document may be read.")] = None,
    data_class: Annotated[
        list[DataClass] | None, typer.Option("--class", "--data-class", help="A class of it; repeatable.")
    ] = None,
    act: Annotated[AdministrativeAct | None, typer.Option(help="Ask about an administrative act instead.")] = None,
    credential: Annotated[CredentialKind, typer.Option(help="What she showed.")] = CredentialKind.BROWSER,
    scope: Annotated[list[str] | None, typer.Option(help="A scope of it; repeatable.")] = None,
    service: Annotated[bool, typer.Option("--service", help="A service acts on her behalf.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="She showed a moment ago who she is.")] = False,
    facts: Annotated[Path | None, typer.Option(help="A case in JSON instead of the database; - for input.")] = None,
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Explain which rule decides a question, and which facts it sees. Asking about a patient is on record.

    Exit codes: 0 allowed, 1 not allowed, 2 cannot tell.
    """
    now = utc_now()
    try:
        policy = Policy.load(extra=folder or read_settings().policy_dir)
        if facts is not None:
            case = read_case(_read(facts), now)
        elif login is None:
            raise InvalidRequestError("Say whose question it is, or give --facts.", param="--as")
        elif document is not None and patient is None:
            raise InvalidRequestError("A document has a patient.", param="--patient")
        else:
            reference = sys.stdin.read().strip() if patient == "-" else patient
            caller, ref, standing = with_registrar(lambda registrar: _facts(registrar, login, reference, now))
            label = None if document is None else (document, frozenset(data_class or ()))
            case = Case(
                _shown(caller, credential, scope or [], service, now if fresh else None, ref),
                ref,
                standing,
                purpose,
                destination,
                label,
                act,
            )
    except PhiwardError as error:
        raise fail(error) from None
    said = explain(policy, case, now)
    _tell(said, as_json=as_json)
    if not said.allowed:
        raise typer.Exit(Exit.DOES_NOT_HOLD)


def _read(file: Path) -> Any:
    try:
        return json.loads(sys.stdin.read() if str(file) == "-" else file.read_text("utf-8"))
    except (OSError, ValueError):
        raise InvalidRequestError("The case cannot be read as JSON.", param="--facts") from None


def _shown(
    caller: Caller, kind: CredentialKind, scopes: list[str], service: bool, fresh: datetime | None, ref: UUID | None
) -> Caller:
    """The person with the credential that is asked about; a patient's scope is taken as bound to this patient."""
    return Caller(
        caller.person,
        caller.tenant,
        caller.roles,
        caller.credential_id,
        caller.expires_at,
        caller.session,
        bound_patient=PatientRef(ref) if ref is not None and scopes else None,
        kind=kind,
        service=uuid4() if service else None,
        scopes=frozenset(scopes),
        auth_time=fresh,
        acr="fresh" if fresh else None,
    )


async def _facts(
    registrar: Registrar, login: str, reference: str | None, now: datetime
) -> tuple[Caller, PatientRef | None, Standing]:
    """What the database knows of person and patient, in force now."""
    registry, tenant = registrar.registry, registrar.tenant
    person = await registry.person_by_login(tenant, login)
    row = next(one for one in await registry.people(tenant) if one.id == person)
    if not row.active:
        raise InvalidRequestError("This person is deactivated, and every request of hers is refused.", param="--as")
    known = frozenset(map(str, Role))
    roles = frozenset(Role(name) for name in row.roles if name in known)
    caller = Caller(PersonId(person), tenant, roles, uuid4(), now, Secret("none"))
    if reference is None:
        return caller, None, NO_STANDING
    ref = await registry.patient_by_reference(tenant, reference)
    return caller, ref, await standing_of(registrar.reports, registrar.access.grants, tenant, person, ref, now)


def _tell(said: Explanation, *, as_json: bool) -> None:
    reason = said.led[0].reason if said.led else getattr(said.verdict, "reason", "")
    told: dict[str, Any] = {"allowed": said.allowed, "rule": said.verdict.rule, "reason": reason}
    if said.fields is not None:
        told["fields"] = [str(field) for field in said.fields]
    agreed = [rule.id for rule in said.led if rule.id != said.verdict.rule]
    if as_json:
        show({**told, "agreed": agreed, "facts": said.facts}, as_json=True)
        return
    typer.echo(f"{'Allowed' if said.allowed else 'Not allowed'} by {said.verdict.rule}: {reason}")
    if said.fields is not None:
        typer.echo(f"Fields that may be read: {', '.join(told['fields']) or 'none'}.")
    if agreed:
        typer.echo(f"Rules that say the same: {', '.join(agreed)}.")
    show([{"fact": name, "value": value} for name, value in said.facts.items()], as_json=False, title="Facts")
