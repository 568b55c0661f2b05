"""`phiward user`: people and their personal keys."""

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

import typer

from phiward.cli.common import AsJson, read_settings, run, show
from phiward.domain.people import PurposeOfUse, Role
from phiward.wiring.base import embedded_database
from phiward.wiring.registrar import Registrar, open_registrar

app = typer.Typer(help="Manage people and their personal keys.", no_args_is_help=True)
Login = Annotated[str, typer.Argument(help="The person's login, unique in the organisation.")]


def with_registrar(work: Any) -> Any:
    """Run `work(registrar)` with the database running."""

    async def inside() -> Any:
        settings = read_settings()
        with embedded_database(settings):
            async with open_registrar(settings) as registrar:
                return await work(registrar)

    return run(inside())


@app.command("add")
def add(
    login: Login,
    role: Annotated[list[Role], typer.Option(help="A role; give it several times for several.")],
    practitioner: Annotated[
        str | None, typer.Option(help="The record's own id of this person, e.g. Practitioner/123.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Add a person. Care relations of the record apply through --practitioner."""

    async def work(registrar: Registrar) -> Any:
        return await registrar.registry.add_person(registrar.tenant, login, role, practitioner)

    show({"login": login, "id": str(with_registrar(work)), "roles": [str(r) for r in role]}, as_json=as_json)


@app.command("key")
def key(
    login: Login,
    label: Annotated[str, typer.Option(help="What the key is for.")] = "personal key",
    days: Annotated[float, typer.Option(help="Days until it expires.", min=0.01, max=366)] = 90,
    patient: Annotated[str | None, typer.Option(help="Restrict the key to one patient, by any reference.")] = None,
    purpose: Annotated[PurposeOfUse | None, typer.Option(help="Restrict the key to one purpose of use.")] = None,
    as_json: AsJson = False,
) -> None:
    """Issue a personal key. It is shown this once; only its digest is stored."""

    async def work(registrar: Registrar) -> Any:
        registry, tenant = registrar.registry, registrar.tenant
        person = await registry.person_by_login(tenant, login)
        bound = await registry.patient_by_reference(tenant, patient) if patient else None
        return await registry.issue_key(
            tenant, person, timedelta(days=days), label, bound_patient=bound, bound_purpose=purpose
        )

    made = with_registrar(work)
    told = {"id": str(made.id), "expires_at": made.expires_at.isoformat()}
    if as_json:
        show({**told, "key": made.text.value}, as_json=True)
        return
    show(told, as_json=False, title="Keep the key now; it is not shown again.")
    print(made.text.value)  # on a line of its own, never wrapped


@app.command("revoke")
def revoke(
    key_id: Annotated[UUID, typer.Argument(help="The id of the key, from `phiward user list`.")],
    as_json: AsJson = False,
) -> None:
    """Revoke a key; it is refused from its next request on."""

    async def work(registrar: Registrar) -> Any:
        await registrar.registry.revoke_key(registrar.tenant, key_id)

    with_registrar(work)
    show({"revoked": str(key_id)}, as_json=as_json)


@app.command("deactivate")
def deactivate(login: Login, as_json: AsJson = False) -> None:
    """Deactivate a person and revoke every key, for good."""

    async def work(registrar: Registrar) -> Any:
        person = await registrar.registry.person_by_login(registrar.tenant, login)
        await registrar.registry.deactivate_person(registrar.tenant, person)

    with_registrar(work)
    show({"deactivated": login}, as_json=as_json)


@app.command("link")
def link(
    login: Login,
    issuer: Annotated[str, typer.Option(help="The identity provider's issuer, as in PHIWARD_OIDC_ISSUER.")],
    subject: Annotated[str, typer.Option(help="The provider's own id of this person (sub).")],
    email: Annotated[str | None, typer.Option(help="Where alerts for this person go.")] = None,
    as_json: AsJson = False,
) -> None:
    """Link a person to the identity provider, so that she can sign in."""

    async def work(registrar: Registrar) -> Any:
        person = await registrar.registry.person_by_login(registrar.tenant, login)
        await registrar.access.people.link_provider(registrar.tenant, person, issuer, subject)
        if email is not None:
            await registrar.access.people.set_email(registrar.tenant, person, email)

    with_registrar(work)
    show({"login": login, "linked": True}, as_json=as_json)


@app.command("offline-codes")
def offline_codes(login: Login, as_json: AsJson = False) -> None:
    """Enrol eight codes for emergencies while the identity provider is down. They are shown this once."""

    async def work(registrar: Registrar) -> Any:
        person = await registrar.registry.person_by_login(registrar.tenant, login)
        return await registrar.enrol_offline(person)

    codes = [code.value for code in with_registrar(work)]
    if as_json:
        show({"login": login, "codes": codes}, as_json=True)
        return
    show({"login": login, "codes": len(codes)}, as_json=False, title="Keep the codes now; they are not shown again.")
    for code in codes:
        print(code)


@app.command("list")
def list_people(
    keys: Annotated[bool, typer.Option("--keys", help="List keys instead of people.")] = False, as_json: AsJson = False
) -> None:
    """List people, or their keys (never the keys' text)."""

    async def work(registrar: Registrar) -> Any:
        registry, tenant = registrar.registry, registrar.tenant
        return await registry.keys(tenant) if keys else await registry.people(tenant)

    show([asdict(row) for row in with_registrar(work)], as_json=as_json, title="Keys" if keys else "People")
