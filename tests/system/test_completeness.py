"""Completeness: every act from outside leaves exactly its events in the log, and nothing is missing from the table.

Rows run in order against one served house (tests/system/acts.py has them).
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from uuid import UUID

import pytest
import typer.main
from tools.pages import walk
from typer.testing import CliRunner

from phiward.audit.catalogue import EVENTS
from phiward.cli.main import program
from phiward.domain.patients import PatientRef
from phiward.wiring.base import open_vault
from tests.cli.test_routes import served as routes
from tests.system.acts import ROWS
from tests.system.completeness import STRONG, Row, Scene, environment
from tests.system.harness import Hospital

PRODUCED_ELSEWHERE = {
    "tenant.added": "by the first command of an installation; the house begins with it (asserted below)",
    "session.began": "by a sign-in: tests/system/test_sign_in.py, with a browser; the house begins with three",
    "session.rotated": "by a step-up: tests/adapters/test_sign_in.py and tests/system/test_sign_in.py",
    "session.ended": "by signing out: tests/system/test_sign_in.py; tests/adapters/postgres/test_sessions.py",
    "person.logged_out": "by signing out everywhere: tests/adapters/postgres/test_sessions.py",
    "sessions.swept": "by the clock: tests/adapters/postgres/test_sessions.py",
    "offline.used": "only while the provider is down: tests/adapters/postgres/test_offline.py",
    "offline.refused": "the same",
    "credential.shared": "by two people at once: tests/adapters/postgres/test_sightings.py",
    "emergency.review_overdue": "by the calendar: tests/adapters/postgres/test_reviews.py",
    "embedding.sent": "only with an embedding model elsewhere: tests/flow/test_embedding.py",
    "embedding.received": "the same",
    "embedding.failed": "the same",
    **{
        str(
            event.name
        ): "by the log itself: tests/wiring/test_integrity.py, tests/adapters/postgres/test_heartbeat.py, "
        "tests/rooms/audit/test_succession.py, tests/system/test_audit_faults.py"
        for event in EVENTS
        if str(event.name).startswith("log.")
    },
    "anchor.probed": "needs a bucket: tests/cli/test_audit_anchor.py, and tests/worm with a real one",
    "key.destroyed": "for good: tests/adapters/postgres/test_destruction_of_patients.py",
    "destruction.certified": "the same",
    "answer.words_read": "by a page: tests/adapters/postgres/test_report_desk.py",
    "answer.report_closed": "the same",
    "grant.reason_read": "by a page: tests/adapters/postgres/test_grant_reasons.py",
    "answer.reported": "by a page: tests/console/test_answers.py, tests/adapters/postgres/test_answer_reports.py",
    "audit.searched": "by a page: tests/wiring/test_trail.py, tests/console/stories/test_audit.py",
    "audit.entry_read": "the same",
}
"""Events that no row leaves, and where they are left instead."""
READ_NOTHING_SENSITIVE = {
    "GET /v1/models": "names of models",
    "GET /healthz": "whether the process runs",
    "GET /readyz": "which parts are up",
    "GET /metrics": "counts",
    f"GET {'/v1/emergency-access'}": "one's own open grants",
    "GET /admin/v1/policy": "the rules",
    "GET /admin/v1/openapi.json": "the API",
    "GET /scim/v2/ServiceProviderConfig": "what the API can",
    "GET /scim/v2/ResourceTypes": "the same",
    "GET /scim/v2/Schemas": "the same",
    "phiward audit key": "a public key",
    "phiward audit verify": "codes and counts of the log; the gateway's own check leaves log.verified",
    "phiward audit anchor list": "how far each anchor reaches",
    "phiward audit anchor verify-worm": "anchor.probed, where there is a bucket: tests/cli/test_audit_anchor.py",
    "phiward audit check-proof": "a file and a public key, on any machine",
    "phiward audit restored": "log.opened, where entries were lost: tests/rooms/audit/test_succession.py",
    "phiward retention certificate": "opaque ids and counts",
    "phiward retention destroy shard": "log.shard_destroyed: tests/adapters/postgres/test_destruction.py",
    "phiward retention due": "opaque ids and dates",
    "phiward retention hold list": "opaque ids and codes",
    "phiward retention reapply": "what was destroyed before: tests/adapters/postgres/test_destruction_of_patients.py",
    "phiward retention show": "the schedule",
    "phiward signer adopt": "another process, under another user",
    "phiward signer key": "a public key",
    "phiward signer serve": "another process, under another user",
    "phiward witness key": "a public key",
    "phiward witness serve": "another process, under another administrator",
    "phiward bench": "measures itself",
    "phiward calibrate": "reads a file of judgments",
    "phiward corpus list": "names and counts of texts without PHI",
    "phiward deid": "a text in, a text out; nothing is stored",
    "phiward demo": "a house of its own, of these commands",
    "phiward document list": "ids, dates and kinds",
    "phiward eval deid": "measures a file",
    "phiward grant list": "opaque ids and codes",
    "phiward migrate": "the form of the database, before there is a log",
    "phiward model": "a server of its own",
    "phiward policy check": "the rules",
    "phiward quarantine list": "opaque ids",
    "phiward relation cover list": "opaque ids",
    "phiward relation list": "opaque ids",
    "phiward relation unit list": "names of units",
    "phiward relation unit show": "opaque ids",
    "phiward review list": "opaque ids and codes",
    "phiward role list": "roles",
    "phiward serve": "what it does is every other row",
    "phiward user list": "people and keys, never a key's text",
    "phiward vendor list": "vendors",
    "phiward version": "the version",
}
"""Routes and commands that read nothing sensitive and change nothing."""
BY_BROWSER = {"POST /oauth/token": "tests/gateway/test_token.py, tests/adapters/test_admission.py: session.began"}
"""Routes that need an identity provider."""
PROGRAMS = "/v1/", "/admin/", "/scim/", "/oauth/", "/healthz", "/readyz", "/metrics"
"""Everything else is a page: it acts by the same rooms as these rows, and what it leaves stands in tests/console.

Every address of both stands in tests/cli/test_routes.py.
"""
ADMIN_LISTS = "GET /admin/v1/", "GET /scim/v2/Users"
"""Lists of opaque ids, codes and the staff's own names."""


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    """A served hospital with an officer, an administrator and a helper, who have just signed in."""
    hospital = Hospital(environment={"PHIWARD_STEP_UP_ACR": json.dumps([STRONG])}, patients=3)
    try:
        for login, role in (("root", "administrator"), ("helper", "nurse")):
            hospital.command("user", "add", login, "--role", role)
        hospital.start()
        made = Scene(hospital)
        for login in ("physician-a", "officer", "root"):
            made.sign_in(login)
        yield made
    finally:
        hospital.close()


def test_the_house_begins_with_what_made_it(scene: Scene) -> None:
    """The organisation, the import, people, a key, destinations, sessions; and nothing else."""
    names = [name for _, name in scene.log()]
    assert names == [
        "tenant.added", "records.imported", "charts.indexed", "person.added", "person.added", "key.issued",
        "destination.added", "destination.added", "person.added", "person.added", *["session.began"] * 3,
    ]  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_an_act_leaves_exactly_its_events(scene: Scene, row: Row) -> None:
    """In order; an event that nobody expected fails, and so does one that is missing."""
    before = {key for key, _ in scene.log()}
    row.act(scene)
    left = tuple(name for key, name in scene.log() if key not in before)
    assert left == row.events


def test_after_its_key_is_destroyed_an_interaction_is_told_from_its_leaf_alone(scene: Scene) -> None:
    """Whose, about whom, which documents, where to and by which rule; and that the texts never open again."""
    scene.chat(metadata={"retrieve": "true"})
    words = ("audit", "show", scene.made["interaction"], "--reconstruct", "--as", "officer")
    before = scene.command(*words)
    assert before["sent"]
    (intent,) = [one for one in before["entries"] if one["kind"] == "intent"]
    with ExitStack() as keys:
        patient = PatientRef(UUID(intent["facts"]["patients"][0]))
        open_vault(scene.settings(), keys).destroy(scene.tenant(), patient)
    after = scene.command(*words)
    assert (after["destroyed"], after["holds"]) == (True, True)
    assert (after["sent"], after["received"], after["retrieved"], after["replaced"]) == (None, None, None, None)
    assert after["entries"] == before["entries"]
    assert {one["name"]: one["state"] for one in after["texts"]}["sent"] == "destroyed"
    assert after["circumstances"] == before["circumstances"] != {}
    with environment(scene.hospital):
        words_for_people = CliRunner().invoke(program(), list(words)).stdout
    assert "can never be opened again" in words_for_people


def test_every_event_of_the_catalogue_is_left_by_a_row_or_named_with_where_it_is() -> None:
    """And what is named is really left by none."""
    known = {str(event.name) for event in EVENTS}
    left = {name for row in ROWS for name in row.events}
    assert left <= known
    assert known - left == PRODUCED_ELSEWHERE.keys()


def test_every_route_stands_in_the_table_or_among_those_that_read_nothing() -> None:
    """A new route fails until somebody says what it leaves."""
    rows = {row.of for row in ROWS}
    search = {"POST /v1/vector_stores/{store}/search", "GET /v1/interactions/{interaction}/citations"}
    there = {f"{method} {path}" for method, path in routes() if path.startswith(PROGRAMS)} | search
    named = rows | READ_NOTHING_SENSITIVE.keys() | BY_BROWSER.keys()
    assert [one for one in sorted(there - named) if not one.startswith(ADMIN_LISTS)] == []
    assert [one for one in sorted(named - there) if not one.startswith("phiward ")] == []


def test_every_command_stands_in_the_table_or_among_those_that_read_nothing() -> None:
    """A new command fails until somebody says what it leaves."""
    there = {" ".join(path) for path, _ in walk(typer.main.get_command(program()), ("phiward",))}
    named = {one for one in {row.of for row in ROWS} | READ_NOTHING_SENSITIVE.keys() if one.startswith("phiward ")}
    assert named <= there
    assert sorted(there - named) == []


def test_the_table_says_for_each_row_why() -> None:
    """And no row stands there twice."""
    assert len({row.id for row in ROWS}) == len(ROWS)
