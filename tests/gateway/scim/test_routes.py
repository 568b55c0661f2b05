"""SCIM over HTTP, against the real directory adapter on a real database."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx2
import psycopg
import pytest
import pytest_asyncio
from starlette.applications import Starlette

from phiward.adapters.postgres.database import Database
from phiward.adapters.postgres.directory import Directory
from phiward.audit.leaf import encode_leaf
from phiward.gateway.scim.routes import PREFIX, Scim
from tests.postgres import RunningDatabase

CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
BASE = "https://phiward.example"


@dataclass
class House:
    """Two organisations with a directory each."""

    admin: str
    app: Starlette
    tenants: tuple[UUID, UUID]
    tokens: tuple[str, str]

    def client(self, token: str | None = None) -> httpx2.AsyncClient:
        """As a directory calls."""
        headers = {"authorization": f"Bearer {token or self.tokens[0]}"}
        transport = httpx2.ASGITransport(app=self.app)
        return httpx2.AsyncClient(transport=transport, base_url=BASE + PREFIX, headers=headers)

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Past every policy."""
        with psycopg.connect(self.admin, options="-c search_path=phiward") as connection:
            cursor = connection.execute(statement.encode(), values)
            return cursor.fetchall() if cursor.description else []


@pytest_asyncio.fixture
async def house(running: RunningDatabase) -> AsyncIterator[House]:
    """Furnished anew for each test."""
    database = Database(running.warden, max_size=2)
    await database.open()
    directory = Directory(database, encode_leaf, lambda: datetime.now(UTC))
    tenants, tokens = (uuid4(), uuid4()), (f"scim-{uuid4()}", f"scim-{uuid4()}")
    made = House(running.admin, Starlette(routes=Scim(directory, BASE, 100_000).routes()), tenants, tokens)
    for tenant, token in zip(tenants, tokens, strict=True):
        made.sql("INSERT INTO tenant (id, name) VALUES (%s, %s)", tenant, str(tenant))
        made.sql(
            "INSERT INTO service (id, tenant, client_id, name, kind, digest)"
            " VALUES (%s, %s, 'dir', 'Directory', 'directory', %s)",
            uuid4(), tenant, hashlib.sha256(token.encode()).digest(),
        )  # fmt: skip
    yield made
    await database.close()


def message(login: str, **more: Any) -> dict[str, Any]:
    """A User."""
    return {"schemas": [CORE], "userName": login, **more}


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ({}, "none"),
        ({"authorization": "Basic abc"}, "another scheme"),
        ({"authorization": "Bearer "}, "an empty token"),
        ({"authorization": "Bearer ' OR 1=1 -- and more characters"}, "SQL"),
        ({"authorization": f"Bearer {'x' * 5000}"}, "too long"),
        ({"authorization": f"Bearer scim-{uuid4()}"}, "unknown"),
    ],
)
async def test_nobody_without_a_directorys_token_is_answered(house: House, header: dict[str, str], reason: str) -> None:
    """401 for each of them, on every route."""
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=house.app), base_url=BASE + PREFIX) as client:
        for method, path in (
            ("GET", "/Users"),
            ("POST", "/Users"),
            ("GET", "/Schemas"),
            ("DELETE", f"/Users/{uuid4()}"),
        ):
            answer = await client.request(method, path, headers=header)
            assert answer.status_code == 401, reason
            assert answer.json()["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]


async def test_a_token_that_was_deactivated_or_is_over_is_not_in_force(house: House) -> None:
    """From the next request on."""
    async with house.client() as client:
        assert (await client.get("/Users")).status_code == 200
        house.sql("UPDATE service SET expires_at = now() WHERE tenant = %s", house.tenants[0])
        assert (await client.get("/Users")).status_code == 401
        house.sql("UPDATE service SET expires_at = NULL, active = false WHERE tenant = %s", house.tenants[0])
        assert (await client.get("/Users")).status_code == 401


async def test_people_of_another_organisation_are_like_people_who_do_not_exist(house: House) -> None:
    """Read, change, remove: the same 404; found by no filter."""
    async with house.client(house.tokens[1]) as theirs:
        other = (await theirs.post("/Users", json=message("their.nurse"))).json()["id"]
    async with house.client() as client:
        patch = {"schemas": [PATCH], "Operations": [{"op": "replace", "value": {"active": False}}]}
        for method, body in (("GET", None), ("PUT", message("x")), ("PATCH", patch), ("DELETE", None)):
            foreign, unknown, nonsense = [
                await client.request(method, f"/Users/{key}", json=body) for key in (other, uuid4(), "no-id")
            ]
            assert foreign.status_code == unknown.status_code == nonsense.status_code == 404
            assert foreign.content == unknown.content == nonsense.content
        found = (await client.get("/Users", params={"filter": 'userName eq "their.nurse"'})).json()
        assert found["totalResults"] == 0
    assert house.sql("SELECT active FROM person WHERE id = %s", other) == [(True,)]


async def test_a_person_whom_the_directory_adds_has_no_role(house: House) -> None:
    """Somebody here gives it."""
    async with house.client() as client:
        answer = await client.post("/Users", json=message("New.Nurse", externalId="e-9"))
    assert answer.status_code == 201
    assert answer.headers["location"].endswith(answer.json()["id"])
    assert house.sql("SELECT login, roles, active FROM person WHERE id = %s", answer.json()["id"]) == [
        ("new.nurse", [], True)
    ]


async def test_the_same_name_or_directory_id_twice_is_a_conflict(house: House) -> None:
    """409 with scimType uniqueness; nothing is changed."""
    async with house.client() as client:
        await client.post("/Users", json=message("one", externalId="e-1"))
        for body in (message("ONE"), message("two", externalId="e-1")):
            answer = await client.post("/Users", json=body)
            assert (answer.status_code, answer.json()["scimType"]) == (409, "uniqueness")


@pytest.mark.parametrize("way", ["PATCH", "PUT", "DELETE"])
async def test_deactivation_ends_every_key_and_session_at_once(house: House, way: str) -> None:
    """Whichever way the directory takes; what was revoked stays revoked."""
    async with house.client() as client:
        person = (await client.post("/Users", json=message("leaver"))).json()["id"]
        house.sql(
            "INSERT INTO personal_key (id, person, digest, label, expires_at)"
            " VALUES (%s, %s, %s, 'k', now() + interval '1 day')",
            uuid4(), person, uuid4().bytes * 2,
        )  # fmt: skip
        house.sql(
            "INSERT INTO session (id, tenant, person, digest, kind, created_at, seen_at, expires_at)"
            " VALUES (%s, %s, %s, %s, 'browser', now(), now(), now() + interval '8 hours')",
            uuid4(), house.tenants[0], person, uuid4().bytes * 2,
        )  # fmt: skip
        body: Any = {"PUT": message("leaver", active=False), "DELETE": None}.get(
            way, {"schemas": [PATCH], "Operations": [{"op": "Replace", "path": "active", "value": "False"}]}
        )
        answer = await client.request(way, f"/Users/{person}", json=body)
        assert answer.status_code == (204 if way == "DELETE" else 200)
        left = "SELECT count(*) FROM {} WHERE person = %s AND revoked_at IS NULL"
        assert house.sql(left.format("personal_key"), person) == [(0,)]
        assert house.sql(left.format("session"), person) == [(0,)]
        again = await client.put(f"/Users/{person}", json=message("leaver", active=True))
        assert again.json()["active"] is True
        assert house.sql(left.format("session"), person) == [(0,)]


async def test_a_directory_neither_gives_nor_takes_the_roles_that_are_given_here(house: House) -> None:
    """An administrator stays one, whatever the directory sends; a nurse role comes and goes."""
    async with house.client() as client:
        person = (await client.post("/Users", json=message("chief"))).json()["id"]
        house.sql("UPDATE person SET roles = '{administrator}' WHERE id = %s", person)
        refused = await client.put(f"/Users/{person}", json=message("chief", roles=[{"value": "privacy_officer"}]))
        assert refused.status_code == 400
        given = await client.put(f"/Users/{person}", json=message("chief", roles=[{"value": "nurse"}]))
        assert {one["value"] for one in given.json()["roles"]} == {"administrator", "nurse"}


async def test_every_change_is_on_record_with_before_and_after(house: House) -> None:
    """By the directory's own id, without a name."""
    async with house.client() as client:
        person = (await client.post("/Users", json=message("named", displayName="Nora Named"))).json()["id"]
        await client.delete(f"/Users/{person}")
    leaves = [row[0] for row in house.sql("SELECT leaf FROM audit_entry WHERE tenant = %s", house.tenants[0])]
    text = b"\n".join(leaves).decode()
    assert "directory.person_added" in text
    assert '"before":{"active":true' in text
    assert "directory:" in text
    assert "Nora" not in text


async def test_people_are_listed_in_pages(house: House) -> None:
    """startIndex from 1, count at most 200."""
    async with house.client() as client:
        for number in range(5):
            await client.post("/Users", json=message(f"person{number}"))
        page = (await client.get("/Users", params={"startIndex": 3, "count": 2})).json()
        assert (page["totalResults"], page["startIndex"], page["itemsPerPage"]) == (5, 3, 2)
        found = (await client.get("/Users", params={"filter": 'userName eq "PERSON3"'})).json()
        assert [one["userName"] for one in found["Resources"]] == ["person3"]
        for wrong in ('name.familyName sw "A"', "userName eq person3", 'userName eq "a" or id eq "b"'):
            answer = await client.get("/Users", params={"filter": wrong})
            assert (answer.status_code, answer.json()["scimType"]) == (400, "invalidFilter")


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (b"{", 400, "no JSON"),
        (b"[]", 400, "no object"),
        (b"x" * 200_000, 413, "too large"),
        (b'{"userName": "a b"}', 400, "no login"),
    ],
)
async def test_a_body_that_cannot_be_read_is_refused(house: House, body: bytes, status: int, reason: str) -> None:
    """Without repeating it."""
    async with house.client() as client:
        answer = await client.post("/Users", content=body)
    assert answer.status_code == status, reason
    assert answer.json()["status"] == str(status)


async def test_what_is_supported_is_said(house: House) -> None:
    """Configuration, types and schema, as a directory asks for them first."""
    async with house.client() as client:
        config = (await client.get("/ServiceProviderConfig")).json()
        assert (config["patch"]["supported"], config["bulk"]["supported"]) == (True, False)
        assert (await client.get("/ResourceTypes")).json()["Resources"][0]["endpoint"] == "/Users"
        names = {one["name"] for one in (await client.get("/Schemas")).json()["Resources"][0]["attributes"]}
        assert {"userName", "active", "externalId"} <= names
