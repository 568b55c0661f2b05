"""Sessions begin, change their token and end, in a real database on the warden's role."""

import asyncio
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from phiward.domain.errors import NotAuthenticatedError
from phiward.domain.people import CredentialKind, PersonId, PurposeOfUse, Role
from phiward.domain.text import Secret
from phiward.identity.credentials import parse_credential
from phiward.identity.keys import REFUSED
from phiward.identity.sessions import Because, SessionLimits
from tests.adapters.postgres.organisation import DAY, Organisation, now
from tests.adapters.postgres.session_house import ISSUER, SessionHouse, new, session_house
from tests.postgres import RunningDatabase

MINUTE = timedelta(minutes=1)
TOKEN_KIND = {"kind": CredentialKind.ACCESS_TOKEN}


@pytest_asyncio.fixture
async def house(db: Any, running: RunningDatabase) -> AsyncIterator[SessionHouse]:
    """An organisation of its own for each test."""
    async with session_house(db, running) as made:
        yield made


def jwt(text: str | None = None) -> Secret:
    """Stands for a verified access token: sessions look at its digest only."""
    return Secret(
        "eyJhbGciOiJSUzI1NiJ9." + urlsafe_b64encode((text or str(uuid4())).encode()).decode().rstrip("=") + ".c2ln"
    )


async def adopt(house: SessionHouse, token: Secret, person: PersonId, **other: Any) -> UUID:
    """As the gateway does with a token that is a minute old and lives for an hour."""
    issued_at, ends = other.pop("issued_at", now() - MINUTE), other.pop("ends", now() + timedelta(hours=1))
    made = new(person, **{**TOKEN_KIND, **other})
    return await house.sessions.adopt(house.tenant, token, made, issued_at=issued_at, token_expires_at=ends)


async def test_nobody_from_elsewhere_gets_a_session(house: SessionHouse, db: Any) -> None:
    """An inactive, unknown or foreign person, service or patient; nothing is written."""
    other = await Organisation.found(db)
    person, gone = await house.home.person(), await house.home.person()
    await house.home.registry.deactivate_person(house.home.tenant, gone)
    before = await house.home.log()
    delegated = {"kind": CredentialKind.DELEGATED}
    for made in (
        new(gone), new(PersonId(uuid4())), new(await other.person()),
        new(person, bound_patient=await other.patient("mrn-theirs")),
        new(person, **delegated), new(person, **delegated, service=uuid4()), new(person, service=await house.service()),
        new(person, kind=CredentialKind.PERSONAL_KEY),
    ):  # fmt: skip
        with pytest.raises(NotAuthenticatedError):
            await house.sessions.begin(house.tenant, made)
        with pytest.raises(NotAuthenticatedError):
            await house.sessions.adopt(house.tenant, jwt(), made, issued_at=now(), token_expires_at=now() + DAY)
    assert await house.home.log() == before


async def test_only_an_active_person_of_this_organisation_is_found(house: SessionHouse, db: Any) -> None:
    """By what the provider calls her, and by both its names."""
    person = await house.home.person(Role.NURSE, Role.RESEARCHER)
    await house.home.execute("UPDATE person SET issuer = %s, subject = 'zora' WHERE id = %s", ISSUER, person)
    found = await house.sessions.person_of(house.tenant, ISSUER, "zora")
    assert found is not None
    assert (found.id, found.roles) == (person, frozenset({Role.NURSE, Role.RESEARCHER}))
    other = (await Organisation.found(db)).tenant
    for asked in ((house.tenant, ISSUER, "Zora"), (house.tenant, f"{ISSUER}/", "zora"), (other, ISSUER, "zora")):
        assert await house.sessions.person_of(*asked) is None
    await house.home.registry.deactivate_person(house.home.tenant, person)
    assert await house.sessions.person_of(house.tenant, ISSUER, "zora") is None


async def test_a_session_is_what_it_was_made_of(house: SessionHouse) -> None:
    """As row-level security resolves it, and as the log tells it; the token is nowhere."""
    person, patient, shown = await house.home.person(), await house.home.patient("mrn-1"), now() - MINUTE
    service = await house.service()
    issued = await house.begin(
        person, kind=CredentialKind.DELEGATED, service=service, bound_patient=patient, scopes=frozenset({"b", "a"}),
        bound_purpose=PurposeOfUse.TREAT, auth_time=shown, acr="mfa", limits=SessionLimits(MINUTE, 5 * MINUTE),
    )  # fmt: skip
    assert parse_credential(f"Bearer {issued.text.value}") == issued.text
    caller = await house.caller(issued.text)
    assert caller is not None
    assert (caller.person, caller.credential_id, caller.kind) == (person, issued.id, CredentialKind.DELEGATED)
    assert (caller.service, caller.bound_patient, caller.bound_purpose) == (service, patient, PurposeOfUse.TREAT)
    assert caller.scopes == {"a", "b"}
    assert (caller.auth_time, caller.acr, caller.idle_seconds) == (shown, "mfa", 60)
    assert timedelta(seconds=290) < caller.expires_at - now() <= 5 * MINUTE
    told = await house.last()
    assert (told["action"], told["session"], told["before"]) == ("session.began", str(issued.id), None)
    assert (told["after"]["service"], told["after"]["acr"]) == (str(service), "mfa")
    everything = str(house.as_admin("SELECT s::text FROM session s")) + str(await house.home.log())
    assert issued.text.value not in everything


async def test_a_login_ends_what_the_browser_held_before(house: SessionHouse) -> None:
    """So that nobody can have fixed it (ASVS 5.0 7.2.4)."""
    first = await house.begin()
    second = await house.sessions.begin(house.tenant, new(await house.home.person()), replaces=first.text)
    assert await house.caller(first.text) is None
    assert await house.caller(second.text) is not None
    assert (await house.last())["replaced"] == str(first.id)


async def test_a_rotated_session_is_the_same_under_another_token(house: SessionHouse) -> None:
    """The old token is dead at once; when and how she showed who she is is new; the end is not."""
    old = await house.begin(auth_time=now() - 60 * MINUTE, acr="password")
    shown = now()
    fresh = await house.sessions.rotate(house.tenant, old.id, held=old.text, auth_time=shown, acr="mfa")
    assert await house.caller(old.text) is None
    caller = await house.caller(fresh.text)
    assert caller is not None
    assert (fresh.id, fresh.expires_at, caller.credential_id) == (old.id, old.expires_at, old.id)
    assert (caller.auth_time, caller.acr) == (shown, "mfa")
    told = await house.last()
    assert (told["action"], told["before"]["acr"], told["after"]["acr"]) == ("session.rotated", "password", "mfa")
    kept = await house.sessions.rotate(house.tenant, old.id)
    caller = await house.caller(kept.text)
    assert caller is not None
    assert (caller.auth_time, caller.acr) == (shown, "mfa")


async def test_what_has_ended_is_not_rotated(house: SessionHouse, db: Any) -> None:
    """Ended, idle, too old, an access token's, another organisation's, of an inactive person, or by an old token."""
    moved = ("revoked_at = now()", "seen_at = now() - interval '15 minutes'", "expires_at = now()")
    over = [await house.begin() for _ in moved]
    for session, change in zip(over, moved, strict=True):
        house.as_admin(f"UPDATE session SET {change} WHERE id = %s", session.id)  # noqa: S608
    person = await house.home.person()
    inactive = await house.begin(person)
    house.as_admin("UPDATE person SET active = false WHERE id = %s", person)
    adopted = await adopt(house, jwt(), await house.home.person())
    for one in (*(session.id for session in over), inactive.id, adopted, uuid4()):
        with pytest.raises(NotAuthenticatedError):
            await house.sessions.rotate(house.tenant, one)
    stands = await house.begin()
    with pytest.raises(NotAuthenticatedError):
        await house.sessions.rotate((await Organisation.found(db)).tenant, stands.id)
    await house.sessions.rotate(house.tenant, stands.id, held=stands.text)
    with pytest.raises(NotAuthenticatedError):
        await house.sessions.rotate(house.tenant, stands.id, held=stands.text)


async def test_of_two_who_rotate_with_one_token_one_wins(house: SessionHouse) -> None:
    """At the same moment; the other is logged out, whoever it was."""
    old = await house.begin()
    rotations = [house.sessions.rotate(house.tenant, old.id, held=old.text) for _ in range(4)]
    done = await asyncio.gather(*rotations, return_exceptions=True)
    won = [one for one in done if not isinstance(one, BaseException)]
    assert len(won) == 1
    assert await house.caller(won[0].text) is not None
    assert [str(one) for one in done if isinstance(one, BaseException)] == [REFUSED] * 3


async def test_log_out_ends_one_and_log_out_everywhere_all(house: SessionHouse) -> None:
    """And nobody else's; a second time no session ends, but what was issued in between is let in no more."""
    one, two = await house.home.person(), await house.home.person()
    first, second, third, hers = [await house.begin(person) for person in (one, one, one, two)]
    assert [each.id for each in await house.sessions.list(house.tenant, one)] == [third.id, second.id, first.id]
    assert await house.sessions.end(house.tenant, first.id, Because.LOGOUT)
    assert (await house.last())["after"] == {"open": False, "because": "logout"}
    assert await house.caller(first.text) is None
    assert await house.caller(second.text) is not None
    assert await house.sessions.end_all(house.tenant, one) == 2
    told = await house.home.log()
    assert sorted(told[-1]["sessions"]) == sorted([str(second.id), str(third.id)])
    assert await house.sessions.end_all(house.tenant, one) == 0
    assert not await house.sessions.end(house.tenant, first.id, Because.LOGOUT)
    (again,) = [each for each in await house.home.log() if each not in told]
    assert (again["action"], again["person"]) == ("person.logged_out", str(one))
    assert await house.sessions.list(house.tenant, one) == ()
    assert await house.caller(hers.text) is not None


async def test_another_organisations_sessions_cannot_be_ended_or_listed(house: SessionHouse, db: Any) -> None:
    """A foreign id is like an unknown one."""
    person = await house.home.person()
    session, other = await house.begin(person), (await Organisation.found(db)).tenant
    assert not await house.sessions.end(other, session.id, Because.LOGOUT)
    assert await house.sessions.end_all(other, person) == 0
    assert await house.sessions.list(other, person) == ()
    assert await house.caller(session.text) is not None


async def test_the_provider_logs_out_its_own_sessions(house: SessionHouse) -> None:
    """By its `sid`; another provider's of the same name goes on, and no older token of it comes in again."""
    mine, theirs = await house.home.person(), await house.home.person()
    await house.home.execute("UPDATE person SET issuer = %s, subject = id::text WHERE id = %s", ISSUER, mine)
    ended, goes_on = [await house.begin(person, provider_session="sid-1") for person in (mine, theirs)]
    assert await house.sessions.end_by_provider_session(house.tenant, ISSUER, "sid-1") == 1
    assert await house.caller(ended.text) is None
    assert await house.caller(goes_on.text) is not None
    with pytest.raises(NotAuthenticatedError):
        await adopt(house, jwt(), mine, provider_session="sid-1")
    await adopt(house, jwt(), mine, provider_session="sid-2")


async def test_whoever_deactivates_a_person_ends_her_sessions_for_good(house: SessionHouse) -> None:
    """By a trigger: also where the directory makes her active again (ASVS 5.0 7.4.2)."""
    person = await house.home.person()
    session = await house.begin(person)
    await house.home.registry.deactivate_person(house.home.tenant, person)
    await house.home.execute("UPDATE person SET active = true WHERE id = %s", person)
    assert await house.caller(session.text) is None
    assert house.as_admin("SELECT ended_because FROM session WHERE id = %s", session.id) == [("deactivated",)]


async def test_an_access_token_has_one_session_however_often_it_comes(house: SessionHouse) -> None:
    """Also at the same moment; one entry in the log. It ends with the token."""
    person, token, ends = await house.home.person(), jwt(), now() + 5 * MINUTE
    made = await asyncio.gather(*(adopt(house, token, person, ends=ends) for _ in range(8)))
    assert len({*made, await adopt(house, token, person, ends=ends)}) == 1
    caller = await house.caller(token)
    assert caller is not None
    assert (caller.credential_id, caller.kind, caller.expires_at) == (made[0], CredentialKind.ACCESS_TOKEN, ends)
    assert [one["action"] for one in await house.home.log()].count("session.began") == 1


async def test_an_access_token_lives_no_longer_than_a_session(house: SessionHouse) -> None:
    """Whatever its provider says."""
    token = jwt()
    await adopt(house, token, await house.home.person(), ends=now() + 3 * DAY)
    caller = await house.caller(token)
    assert caller is not None
    assert caller.expires_at - now() <= timedelta(hours=8)


async def test_tokens_that_share_a_thousand_characters_are_two(house: SessionHouse) -> None:
    """Nothing is kept by a part of a token (CVE-2026-35030)."""
    one, two = await house.home.person(), await house.home.person()
    first, second = jwt("x" * 1_000 + "1"), jwt("x" * 1_000 + "2")
    assert first.value[:1_000] == second.value[:1_000]
    assert parse_credential(f"Bearer {first.value}") == first != parse_credential(f"Bearer {second.value}")
    await adopt(house, first, one)
    assert await house.caller(second) is None
    await adopt(house, second, two)
    callers = [await house.caller(token) for token in (first, second)]
    assert [caller and caller.person for caller in callers] == [one, two]
    await house.sessions.end(house.tenant, await adopt(house, first, one), Because.LOGOUT)
    assert await house.caller(first) is None
    assert await house.caller(second) is not None


async def test_an_access_token_that_was_ended_does_not_come_in_again(house: SessionHouse) -> None:
    """Although its provider would still let it; neither as it is nor in exchange for another."""
    person, token = await house.home.person(), jwt()
    await house.sessions.end(house.tenant, await adopt(house, token, person), Because.LOGOUT)
    with pytest.raises(NotAuthenticatedError):
        await adopt(house, token, person)
    with pytest.raises(NotAuthenticatedError):
        await house.sessions.begin(house.tenant, new(person), made_from=token, issued_at=now() - MINUTE)


async def test_a_token_from_before_the_log_out_everywhere_does_not_come_in(house: SessionHouse) -> None:
    """Although it was never used here; one issued afterwards does."""
    person = await house.home.person()
    await house.begin(person)
    await house.sessions.end_all(house.tenant, person)
    with pytest.raises(NotAuthenticatedError):
        await adopt(house, jwt(), person)
    with pytest.raises(NotAuthenticatedError):
        await house.sessions.begin(house.tenant, new(person), made_from=jwt(), issued_at=now() - MINUTE)
    await adopt(house, jwt(), person, issued_at=now() + timedelta(seconds=1))


async def test_one_persons_token_is_not_anothers(house: SessionHouse, db: Any, running: RunningDatabase) -> None:
    """Neither here nor in another organisation: the caller of `adopt` made a mistake."""
    token = jwt()
    await adopt(house, token, await house.home.person())
    with pytest.raises(NotAuthenticatedError):
        await adopt(house, token, await house.home.person())
    async with session_house(db, running) as other:
        with pytest.raises(NotAuthenticatedError):
            await adopt(other, token, await other.home.person())


@pytest.mark.parametrize("moved", ["revoked_at", "expires_at", "seen_at"])
async def test_what_ended_thirty_days_ago_is_swept(house: SessionHouse, moved: str) -> None:
    """Not a minute earlier, and not by a clock that runs ahead."""
    minute = {"seen_at": 15}.get(moved, 0)
    old, younger, stands = [await house.begin() for _ in range(3)]
    for session, more in ((old, 1), (younger, -1)):
        house.as_admin(
            f"UPDATE session SET {moved} = now() - interval '30 days' - make_interval(mins => %s)"  # noqa: S608
            " WHERE id = %s",
            minute + more, session.id,
        )  # fmt: skip
    await house.sessions.sweep(now() - DAY)
    left = "SELECT id FROM session WHERE tenant = %s ORDER BY created_at"
    assert len(house.as_admin(left, house.tenant)) == 3
    for clock in (now() + 365 * DAY, now()):
        await house.sessions.sweep(clock)
        assert house.as_admin(left, house.tenant) == [(younger.id,), (stands.id,)]
    told = await house.last()
    assert (told["action"], told["sessions"]) == ("sessions.swept", 1)


async def test_no_access_token_outlives_the_memory_of_its_end(house: SessionHouse) -> None:
    """It would come in again after the sweep."""
    person = await house.home.person()
    with pytest.raises(NotAuthenticatedError):
        await adopt(house, jwt(), person, ends=now() + 30 * DAY + MINUTE)
    await adopt(house, jwt(), person, ends=now() + 30 * DAY - MINUTE)


async def test_every_refusal_has_the_same_words(house: SessionHouse) -> None:
    """As for a key that is unknown."""
    never: datetime = now()
    for work in (
        house.sessions.rotate(house.tenant, uuid4()),
        house.sessions.begin(house.tenant, new(PersonId(uuid4()))),
        house.sessions.adopt(house.tenant, jwt(), new(PersonId(uuid4())), issued_at=never, token_expires_at=never),
    ):
        with pytest.raises(NotAuthenticatedError) as refused:
            await work
        assert str(refused.value) == REFUSED
