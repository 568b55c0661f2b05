"""Searching the log, on a real database: by the indexes of its leaves, and told from the leaves themselves."""

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from phiward.adapters.postgres import trail_search as module
from phiward.adapters.postgres.trail_search import TrailSearch, query
from phiward.audit.catalogue import EVENTS
from phiward.audit.forms import ID, Many, Maybe, Part
from phiward.audit.leaf import canonical_leaf
from phiward.domain.audit import Entry, EntryKind, Outcome
from phiward.domain.errors import StorageError
from phiward.domain.people import PurposeOfUse, TenantId
from phiward.domain.trail import NAMING, Search, Trail, TrailEntry, Verdict
from tests.adapters.postgres.console_house import now
from tests.adapters.postgres.office_house import OfficeHouse, office_house
from tests.events import facts_of
from tests.postgres import RunningDatabase

ONE, TWO = str(UUID(int=1)), str(UUID(int=2))
QUESTION: dict[str, Any] = {**facts_of(EntryKind.INTENT), "purpose": "TREAT"}


def numbered(house: OfficeHouse) -> None:
    """As the sequencer does it."""
    house.base.sql(
        "UPDATE audit_entry e SET shard = 'test', leaf_index = n.place + (SELECT coalesce(max(leaf_index) + 1, 0)"
        " FROM audit_entry) FROM (SELECT id, row_number() OVER (ORDER BY recorded_at) - 1 AS place FROM audit_entry"
        " WHERE leaf_index IS NULL) n WHERE n.id = e.id"
    )


async def found(house: OfficeHouse, search: Search) -> Trail:
    """By the auditor."""
    return await TrailSearch(house.auditor).find(house.base.tenant, search)


def asked(house: OfficeHouse, person: UUID, outcome: str | None = "released", **more: Any) -> UUID:
    """A question, and how it ended."""
    facts = {**QUESTION, "person": str(person), "patients": [str(house.base.patient)], **more}
    ago = facts.pop("ago", timedelta(minutes=5))
    interaction = house.log(EntryKind.INTENT, ago=ago, **facts)
    if outcome:
        house.log(EntryKind.OUTCOME, interaction=interaction, ago=ago, outcome=outcome)
    return interaction


async def test_the_gateways_own_role_does_not_search(running: RunningDatabase) -> None:
    """The log is the auditor's to read; the warden's pool is refused."""
    async with office_house(running) as house:
        with pytest.raises(StorageError):
            await TrailSearch(house.base.warden).find(house.base.tenant, Search())


async def test_each_thing_that_is_asked_narrows_what_is_found(running: RunningDatabase) -> None:
    """By person, patient, purpose, result and time; and no entry of another organisation."""
    async with office_house(running) as house:
        alice, bob, other = house.base.alice, house.base.bob, uuid4()
        told = {
            "released": asked(house, alice),
            "withheld": asked(house, alice, "withheld"),
            "gone": asked(house, bob, "client_gone"),
            "under way": asked(house, bob, None),
            "research": asked(house, bob, purpose="HRESCH", patients=[str(other)]),
            "of two": asked(house, bob, patients=[str(other), str(house.base.patient)]),
            "old": asked(house, alice, ago=timedelta(days=40)),
            "refused": house.log(EntryKind.REFUSAL, **{**facts_of(EntryKind.REFUSAL), "person": str(alice)}),
            "act": house.log(
                EntryKind.ADMINISTRATION, action="audit.proved", actor=f"person:{alice}", entry=str(uuid4())
            ),
        }
        house.log(EntryKind.INTENT, tenant=uuid4(), **QUESTION)
        house.log(EntryKind.LOG, **facts_of(EntryKind.LOG))
        numbered(house)
        names = {interaction: name for name, interaction in told.items()}
        table = [
            (Search(), set(told), "everything but what the log says of itself, and outcomes by themselves"),
            (Search(person=alice), {"released", "withheld", "old", "refused", "act"}, "questions and acts alike"),
            (Search(patient=house.base.patient), {"released", "withheld", "gone", "under way", "of two", "old"}, "one"),
            (Search(patient=other), {"research", "of two"}, "also where he is one of several"),
            (Search(purpose=PurposeOfUse.HRESCH), {"research"}, "rare purposes"),
            (Search(purpose=PurposeOfUse.TREAT), set(told) - {"research", "refused", "act"}, "the usual purpose"),
            (Search(verdict=Verdict.REFUSED), {"refused"}, "before anything left"),
            (Search(verdict=Verdict.WITHHELD), {"withheld"}, "by its outcome"),
            (Search(verdict=Verdict.BROKEN_OFF), {"gone"}, "by its outcome"),
            (Search(verdict=Verdict.ADMINISTRATION), {"act"}, "acts"),
            (Search(verdict=Verdict.ALLOWED), set(told) - {"refused", "act"}, "whatever left"),
            (Search(since=now() - timedelta(days=1)), set(told) - {"old"}, "from a day"),
            (Search(until=now() - timedelta(days=1)), {"old"}, "until a day"),
            (Search(person=bob, verdict=Verdict.WITHHELD), set(), "together"),
            (Search(person=alice, patient=house.base.patient, verdict=Verdict.WITHHELD), {"withheld"}, "all of it"),
            (Search(person=uuid4()), set(), "nobody"),
        ]
        for search, expected, reason in table:
            trail = await found(house, search)
            assert {names.get(one.interaction, "?") for one in trail.entries} == expected, (search, reason)
            times = [one.at for one in trail.entries]
            assert times == sorted(times, reverse=True)
        ((released,),) = [
            [one for one in (await found(house, Search())).entries if one.interaction == told["released"]]
        ]
    assert (released.ended or {})["outcome"] == "released"
    assert released.person == alice


async def test_pages_lose_nothing_and_show_nothing_twice(
    running: RunningDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the place of the last; also where they are ordered by their ends, and while entries come."""
    monkeypatch.setattr(module, "PAGE", 3)
    async with office_house(running) as house:
        made = {asked(house, house.base.alice, "withheld", ago=timedelta(minutes=n // 2)) for n in range(8)}
        numbered(house)
        for search in (Search(), Search(verdict=Verdict.WITHHELD)):
            seen: list[UUID] = []
            trail = await found(house, search)
            while True:
                seen += [one.interaction for one in trail.entries]
                if trail.next is None:
                    break
                trail = await found(house, replace(search, before=trail.next))
            assert len(seen) == len(set(seen))
            assert set(seen) == made


async def test_what_waits_for_its_number_is_counted_and_not_searched(running: RunningDatabase) -> None:
    """A second later it is found."""
    async with office_house(running) as house:
        asked(house, house.base.alice, None)
        trail = await found(house, Search(person=house.base.alice))
        assert (trail.entries, trail.waiting > 0) == ((), True)
        numbered(house)
        assert len((await found(house, Search(person=house.base.alice))).entries) == 1


async def test_an_entry_is_read_with_the_others_of_its_interaction(running: RunningDatabase) -> None:
    """And nothing of another organisation, whatever id is asked for."""
    async with office_house(running) as house:
        asked(house, house.base.alice)
        numbered(house)
        look = TrailSearch(house.auditor)
        (one,) = (await found(house, Search(person=house.base.alice))).entries
        again = await look.one(house.base.tenant, one.id)
        assert again == one
        beside, sealed = await look.beside(house.base.tenant, one)
        assert ([each.kind for each in beside], sealed) == (["outcome"], ())
        assert await look.one(uuid4(), one.id) is None
        names = await look.names(house.base.tenant, (one,))
        assert names.people == {house.base.alice: "alice"}
        assert await look.person(house.base.tenant, "alice") == house.base.alice
        assert await look.person(house.base.tenant, "nobody") is None
        assert await look.person(house.base.tenant, "alice\x00") is None


@pytest.mark.parametrize(
    ("facts", "actor", "patients", "reason"),
    [
        ({"person": "p1", "patients": [ONE, TWO]}, "person:p1", [ONE, TWO], "a question"),
        ({"patients": []}, None, None, "nobody"),
        ({"patients": [ONE], "zone": [TWO]}, None, [ONE], "what stands behind the list is no patient"),
        ({"note": 'he said "person":"x"', "person": "p1"}, "person:p1", None, "a quote within a text is no key"),
        ({"person": "péter"}, None, None, "what is no id is found by nobody, and breaks nothing"),
    ],
)
def test_a_fact_is_found_by_its_bytes_in_a_canonical_leaf(
    running: RunningDatabase, facts: dict[str, Any], actor: str | None, patients: list[str] | None, reason: str
) -> None:
    """The same as reading the JSON, at a fifth of the cost."""
    one = Entry(uuid4(), TenantId(uuid4()), uuid4(), EntryKind.INTENT, now(), facts)
    with psycopg.connect(running.admin, options="-c search_path=phiward") as connection:
        row = connection.execute(
            "SELECT leaf_actor('intent', %(leaf)s), leaf_patients('intent', %(leaf)s)::text[]",
            {"leaf": canonical_leaf(one, UUID(int=1))},
        ).fetchone()
    assert row is not None
    assert row[1] == patients, reason
    assert actor is None or row[0] == actor, reason


@pytest.mark.parametrize(
    "leaf", [b"", b"x", b"\xff\xfe", b'"patients":[', b'"patients":[{', b'"person":"', b"\x00" * 9]
)
def test_what_is_no_leaf_is_indexed_as_nothing_and_stops_no_edit(running: RunningDatabase, leaf: bytes) -> None:
    """An edit that an index refused would be hidden from the verifier."""
    with psycopg.connect(running.admin, options="-c search_path=phiward") as connection:
        (row,) = connection.execute(
            "SELECT leaf_actor('intent', %(l)s), leaf_patients('intent', %(l)s), leaf_text(%(l)s, 'outcome'),"
            " leaf_patients('administration', %(l)s)",
            {"l": leaf},
        ).fetchall()
    assert row[1:] == (None, None, None)


def test_a_search_is_made_of_fixed_texts() -> None:
    """What somebody typed is a value of the statement, never a part of it."""
    every = Search(uuid4(), uuid4(), PurposeOfUse.HRESCH, Verdict.WITHHELD, now(), now())
    assert str(every.person) not in query(every)
    assert str(every.patient) not in query(every)


def whom(forms: Any, ids: list[str]) -> dict[str, Any]:
    """Facts that name a patient wherever these forms can, each time another one; what else they say is left out."""
    made: dict[str, Any] = {}
    for name, form in forms.items():
        inner = form.form if isinstance(form, Maybe) else form
        if isinstance(inner, Part):
            made[name] = whom(inner.facts, ids)
        elif name in NAMING and (inner is ID or (isinstance(inner, Many) and inner.form is ID)):
            ids.append(str(uuid4()))
            made[name] = ids[-1] if inner is ID else [ids[-1]]
    return made


ACTS = [one for one in EVENTS if EntryKind.ADMINISTRATION in one.kinds and whom(one.facts, [])]


@pytest.mark.parametrize("event", ACTS, ids=lambda one: one.name)
def test_every_act_about_a_patient_is_found_by_him_and_says_so(running: RunningDatabase, event: Any) -> None:
    """Grants, relations, consents, flags, keys, holds: the index and the page agree, whichever way he is named."""
    ids: list[str] = []
    facts = {"action": event.name, "actor": "root (uid 0)", **whom(event.facts, ids)}
    one = Entry(uuid4(), TenantId(uuid4()), uuid4(), EntryKind.ADMINISTRATION, now(), facts)
    with psycopg.connect(running.admin, options="-c search_path=phiward") as connection:
        (indexed,) = connection.execute(
            "SELECT leaf_patients('administration', %s)::text[]", [canonical_leaf(one, UUID(int=1))]
        ).fetchone() or (None,)
    told = TrailEntry(one.id, one.interaction, "administration", now(), "test", 1, facts).patients
    assert set(indexed or ()) == set(ids)
    assert set(map(str, told)) == set(ids)


def names_of(forms: Any) -> set[str]:
    """Of facts, at the top and in parts."""
    inner = [(name, form.form if isinstance(form, Maybe) else form) for name, form in forms.items()]
    return {name for name, _ in inner}.union(*(names_of(form.facts) for _, form in inner if isinstance(form, Part)))


def test_no_event_names_a_patient_in_a_way_that_is_not_searched() -> None:
    """Whoever adds one is told here."""
    names = set().union(*(names_of(one.facts) for one in EVENTS if EntryKind.ADMINISTRATION in one.kinds))
    assert {name for name in names if "patient" in name} <= NAMING
    assert [one.name for one in EVENTS if "to" in names_of(one.facts)] == ["quarantine.refiled"]


def test_what_an_index_calls_may_run_in_a_parallel_worker(running: RunningDatabase) -> None:
    """Before PostgreSQL 17 no block that catches may: the index of a large log could not be built, nor searched."""
    with psycopg.connect(running.admin) as connection:
        rows = connection.execute(
            "SELECT proname FROM pg_proc WHERE pronamespace = 'phiward'::regnamespace AND proparallel = 's'"
            " AND prosrc ~* '\\mexception\\M'"
        ).fetchall()
    assert rows == []


OLD = "recorded_at - interval '90 days'"


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        ("kind = 'retrieval'", "a refusal made to look like an answer"),
        (f"recorded_at = {OLD}", "moved out of the days that are looked into"),
        ("interaction = gen_random_uuid()", "torn from what belongs to it"),
        ("id = gen_random_uuid()", "under another name"),
        ("leaf = convert_to(replace(convert_from(leaf, 'UTF8'), id::text, gen_random_uuid()::text), 'UTF8')",
         "with the leaf of another entry"),
        ("leaf = convert_to(replace(convert_from(leaf, 'UTF8'), tenant::text, gen_random_uuid()::text), 'UTF8')",
         "with the leaf of another organisation"),
    ],
)  # fmt: skip
async def test_a_row_that_says_something_else_than_its_leaf_is_told_by_the_leaf(
    running: RunningDatabase, edit: str, reason: str
) -> None:
    """A proof is of a leaf: an edited column beside it must neither be shown nor pass."""
    async with office_house(running) as house:
        kept = house.log(EntryKind.REFUSAL, **{**facts_of(EntryKind.REFUSAL), "person": str(house.base.alice)})
        numbered(house)
        (before,) = (await found(house, Search(person=house.base.alice))).entries
        assert (before.fits, before.interaction) == (True, kept)
        with psycopg.connect(running.admin, options="-c search_path=phiward") as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute(f"UPDATE audit_entry SET {edit} WHERE id = %s".encode(), [before.id])  # noqa: S608
        (after,) = (await found(house, Search(person=house.base.alice))).entries
        assert not after.fits, reason
        assert (after.kind, after.at, after.interaction) == (before.kind, before.at, before.interaction), reason


async def test_an_outcome_of_something_else_does_not_pass_as_what_became_of_it(running: RunningDatabase) -> None:
    """Its leaf says whose it is."""
    async with office_house(running) as house:
        asked(house, house.base.alice, "client_gone")
        numbered(house)
        with psycopg.connect(running.admin, options="-c search_path=phiward") as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute(
                "UPDATE audit_entry SET leaf = convert_to(replace(convert_from(leaf, 'UTF8'), interaction::text,"
                " gen_random_uuid()::text), 'UTF8') WHERE kind = 'outcome'"
            )
        (one,) = (await found(house, Search(person=house.base.alice))).entries
    assert not one.fits


@pytest.mark.parametrize(
    "leaf",
    [b"x", b"[]", b"{}", b'{"at":3,"facts":{}}', b'{"facts":[],"id":"","tenant":"","interaction":"","kind":"","at":""}',
     b'{"facts":{"destination":"x","patients":3,"documents":4,"person":[]}}'],
)  # fmt: skip
async def test_one_entry_that_somebody_edited_hides_none_of_the_others(running: RunningDatabase, leaf: bytes) -> None:
    """It is told as what does not fit, among the rest."""
    async with office_house(running) as house:
        asked(house, house.base.alice, None)
        asked(house, house.base.alice, None, destination="x", patients=[ONE, "y"])
        spoilt = asked(house, house.base.alice, None)
        numbered(house)
        with psycopg.connect(running.admin, options="-c search_path=phiward") as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute("UPDATE audit_entry SET leaf = %s WHERE interaction = %s", [leaf, spoilt])
        trail = await found(house, Search())
        await TrailSearch(house.auditor).names(house.base.tenant, trail.entries)
    assert sorted(one.fits for one in trail.entries) == [False, True, True]


@pytest.mark.parametrize("kind", ["intent", "administration"])
async def test_an_entry_that_names_what_no_index_can_hold_still_gets_its_number(
    running: RunningDatabase, kind: str
) -> None:
    """Else one row that somebody put into the log would stop all those after it from being numbered."""
    chance = random.Random(1)
    noise = "".join(chance.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=10_000))
    facts = {"patients": [noise], "patient": noise, "actor": noise, "person": noise, "purpose": noise}
    async with office_house(running) as house:
        house.log(EntryKind(kind), **facts)
        numbered(house)
        assert (await found(house, Search())).waiting == 0


@pytest.mark.parametrize("outcome", list(Outcome))
async def test_every_end_but_the_good_one_is_found_by_one_result_alone(
    running: RunningDatabase, outcome: Outcome
) -> None:
    """Also one that is added later: what did not end well is never in neither."""
    async with office_house(running) as house:
        asked(house, house.base.alice, str(outcome))
        numbered(house)
        ends = [
            one for one in (Verdict.WITHHELD, Verdict.BROKEN_OFF) if (await found(house, Search(verdict=one))).entries
        ]
    expected = {Outcome.RELEASED: [], Outcome.WITHHELD: [Verdict.WITHHELD]}.get(outcome, [Verdict.BROKEN_OFF])
    assert ends == expected
