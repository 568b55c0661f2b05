"""`phiward vendor`: destinations, business associate agreements, accepted residual risks."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from phiward.cli.common import AsJson, Exit, fail, show
from phiward.cli.people import with_registrar
from phiward.deid.tagger.model_file import read_card, residual_risk
from phiward.domain.errors import InvalidRequestError
from phiward.domain.text import Secret
from phiward.domain.vendors import Baa, RiskAcceptance
from phiward.wiring.base import utc_now
from phiward.wiring.registrar import Registrar

app = typer.Typer(help="Manage where text may go, and on which agreement.", no_args_is_help=True)
FEATURE = "chat.completions"
Vendor = Annotated[str, typer.Option(help="The vendor's name, as in the agreement.")]
Service = Annotated[str, typer.Option(help="The service, as in the agreement.")]
Endpoint = Annotated[str, typer.Option(help="Base URL up to and including /v1; https, or http on loopback.")]
Feature = Annotated[str, typer.Option(help="The feature that the agreement covers.")]
Until = Annotated[datetime, typer.Option(help="End, exclusive, in UTC.", formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"])]
From = Annotated[
    datetime | None,
    typer.Option("--from", help="Begin, inclusive, in UTC. Default: now.", formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]),
]


def in_utc(at: datetime | None) -> datetime:
    """A time from the command line is UTC; none is now."""
    return utc_now() if at is None else at.replace(tzinfo=utc_now().tzinfo)


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="A name of your own for the destination.")],
    vendor: Vendor,
    service: Service,
    endpoint: Endpoint,
    model: Annotated[list[str], typer.Option(help="PUBLIC=UPSTREAM model names, or one name for both; repeatable.")],
    feature: Feature = FEATURE,
    self_hosted: Annotated[bool, typer.Option("--self-hosted", help="Runs inside the organisation.")] = False,
    api_key_file: Annotated[
        Path | None, typer.Option(help="File with the destination's API key; - for standard input.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Add a destination. Without an agreement in force it gets no free text."""
    models = dict(_pair(one) for one in model)

    async def work(registrar: Registrar) -> Any:
        return await registrar.vendors.add_destination(
            registrar.tenant,
            name,
            vendor=vendor,
            service=service,
            endpoint=endpoint,
            feature=feature,
            self_hosted=self_hosted,
            models=models,
            api_key=_read_key(api_key_file),
        )

    show({"name": name, "id": str(with_registrar(work)), "models": sorted(models)}, as_json=as_json)


def _pair(text: str) -> tuple[str, str]:
    public, _, upstream = text.partition("=")
    return public, upstream or public


def _read_key(file: Path | None) -> Secret | None:
    if file is None:
        return None
    try:
        return Secret((sys.stdin.read() if str(file) == "-" else file.read_text()).strip())
    except (OSError, UnicodeDecodeError):
        raise fail(InvalidRequestError("The file with the API key cannot be read.", param="api-key-file")) from None


@app.command("remove")
def remove(name: Annotated[str, typer.Argument(help="The destination's name.")], as_json: AsJson = False) -> None:
    """Stop sending anything to a destination; its API key is forgotten."""

    async def work(registrar: Registrar) -> Any:
        found = await registrar.vendors.destination_by_name(registrar.tenant, name)
        await registrar.vendors.deactivate_destination(registrar.tenant, found)

    with_registrar(work)
    show({"removed": name}, as_json=as_json)


@app.command("baa")
def baa(
    vendor: Vendor,
    service: Service,
    endpoint: Endpoint,
    until: Until,
    feature: Feature = FEATURE,
    begin: From = None,
    as_json: AsJson = False,
) -> None:
    """Record a business associate agreement for vendor, service, endpoint and feature."""

    async def work(registrar: Registrar) -> Any:
        return await registrar.vendors.add_baa(
            registrar.tenant,
            vendor=vendor,
            service=service,
            endpoint=endpoint,
            feature=feature,
            starts_at=in_utc(begin),
            ends_at=in_utc(until),
        )

    show({"baa": str(with_registrar(work)), "until": in_utc(until).isoformat()}, as_json=as_json)


@app.command("end-baa")
def end_baa(
    baa_id: Annotated[UUID, typer.Argument(help="The agreement's id, from `phiward vendor list`.")],
    as_json: AsJson = False,
) -> None:
    """End an agreement now; what it covered stops."""

    async def work(registrar: Registrar) -> Any:
        await registrar.vendors.end_baa(registrar.tenant, baa_id)

    with_registrar(work)
    show({"ended": str(baa_id)}, as_json=as_json)


@app.command("accept-risk")
def accept_risk(
    name: Annotated[str, typer.Argument(help="The destination's name.")],
    by: Annotated[str, typer.Option(help="Login of the person who accepts the risk.")],
    reason: Annotated[str, typer.Option(help="Why, in words for the record; no patient's data.")],
    until: Until,
    begin: From = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; the measured recall is shown all the same.")] = False,
    as_json: AsJson = False,
) -> None:
    """Record that a named person accepts the residual risk of sending transformed free text.

    Shows what was measured of the tagger that is shipped, and puts it on record with the acceptance.
    """
    measured = residual_risk(read_card())
    typer.echo(measured, err=True)
    if not yes and sys.stdin.isatty() and not typer.confirm("Accept this risk?", err=True):
        raise typer.Exit(Exit.CANNOT_TELL)

    async def work(registrar: Registrar) -> Any:
        tenant = registrar.tenant
        destination = await registrar.vendors.destination_by_name(tenant, name)
        person = await registrar.registry.person_by_login(tenant, by)
        return await registrar.vendors.accept_risk(
            tenant, destination, person, reason, starts_at=in_utc(begin), ends_at=in_utc(until), measured=measured
        )

    show({"acceptance": str(with_registrar(work)), "until": in_utc(until).isoformat()}, as_json=as_json)


@app.command("revoke-risk")
def revoke_risk(
    acceptance: Annotated[UUID, typer.Argument(help="The acceptance's id, from `phiward vendor list`.")],
    as_json: AsJson = False,
) -> None:
    """End an accepted risk now."""

    async def work(registrar: Registrar) -> Any:
        await registrar.vendors.revoke_acceptance(registrar.tenant, acceptance)

    with_registrar(work)
    show({"ended": str(acceptance)}, as_json=as_json)


@app.command("list")
def list_vendors(as_json: AsJson = False) -> None:
    """List destinations, agreements and accepted risks, past ones included."""

    async def work(registrar: Registrar) -> Any:
        vendors, tenant = registrar.vendors, registrar.tenant
        return (
            await vendors.destinations(tenant),
            await vendors.agreements(tenant),
            await vendors.acceptances(tenant),
        )

    destinations, agreements, acceptances = with_registrar(work)
    told = {
        "destinations": [_destination(one) for one in destinations],
        "agreements": [_agreement(one) for one in agreements],
        "accepted risks": [_acceptance(one) for one in acceptances],
    }
    if as_json:
        show(told, as_json=True)
        return
    for title, rows in told.items():
        show(rows, as_json=False, title=title.capitalize())


def _destination(row: Any) -> dict[str, Any]:
    one = row.destination
    return {
        "name": one.name,
        "vendor": one.vendor,
        "service": one.service,
        "endpoint": one.endpoint,
        "feature": one.feature,
        "self_hosted": one.self_hosted,
        "models": [public for public, _ in one.models],
        "api_key": row.has_api_key,
        "active": row.active,
    }


def _agreement(one: Baa) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "vendor": one.vendor,
        "service": one.service,
        "endpoint": one.endpoint,
        "feature": one.feature,
        "from": one.starts_at.isoformat(),
        "until": one.ends_at.isoformat(),
        "in_force": one.starts_at <= utc_now() < one.ends_at,
    }


def _acceptance(one: RiskAcceptance) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "destination": str(one.destination),
        "accepted_by": str(one.accepted_by),
        "reason": one.reason,
        "from": one.starts_at.isoformat(),
        "until": one.ends_at.isoformat(),
        "in_force": one.starts_at <= utc_now() < one.ends_at,
    }
