"""Which Authorization headers hold a credential at all."""

import contextlib
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.domain.errors import NotAuthenticatedError
from phiward.domain.text import Secret
from phiward.identity.credentials import MAX_JWT_CHARACTERS, is_access_token, parse_credential
from phiward.identity.keys import REFUSED, issue, parse_bearer
from phiward.identity.sessions import new_token


def part(text: str) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


KEY = issue(datetime(2026, 11, 24, tzinfo=UTC), timedelta(days=1), random=bytes).text.value
SESSION = new_token(bytes).text.value
JWT = f"{part('{}')}.{part('{}')}.{part('signature')}"
LONGEST = f"{JWT}{'A' * ((MAX_JWT_CHARACTERS - len(JWT)) // 4 * 4)}"

BAD = [
    (None, "missing"),
    ("", "empty"),
    ("Bearer", "a scheme only"),
    ("Bearer ", "no credential"),
    (JWT, "no scheme"),
    (f"Basic {SESSION}", "another scheme"),
    (f"Bearer:{SESSION}", "a colon"),
    (f"Bearer\t{SESSION}", "a tab"),
    (f"Bearer {SESSION} ", "a space at the end"),
    (f"Bearer {SESSION}\n", "a line break at the end"),
    (f"Bearer {JWT}\n", "a line break after a JWT"),
    (f"Bearer {SESSION},{SESSION}", "two at once"),
    (f"Bearer {SESSION[:-1]}{'0' if SESSION[-1] != '0' else '1'}", "a wrong checksum"),
    (f"Bearer phw_{SESSION[4:]}", "a session token that says it is a key"),
    (f"Bearer phs_{KEY[4:]}", "a key that says it is a session token"),
    (f"Bearer {SESSION.upper()}", "another case"),
    ("Bearer phs_' OR '1'='1' --", "SQL"),
    ("Bearer ' UNION SELECT digest FROM session --", "SQL (CVE-2026-42208)"),
    ("Bearer a.b'; DROP TABLE session; --.c", "SQL in a JWT"),
    (f"Bearer {JWT}'--", "SQL after a JWT"),
    (f"Bearer {'.'.join(JWT.split('.')[:2])}", "two parts"),
    (f"Bearer {JWT}.{part('four')}", "four parts"),
    (f"Bearer {JWT}.{part('four')}.{part('five')}", "five parts, as an encrypted JWT has"),
    (f"Bearer {JWT.rsplit('.', 1)[0]}.", "no signature, as of `none`"),
    (f"Bearer .{JWT}", "an empty part"),
    ("Bearer a.b.c", "parts that are no base64url"),
    (f"Bearer AAAAA.{JWT.split('.', 1)[1]}", "a length that base64 cannot have"),
    (f"Bearer {JWT}=", "padding"),
    (f"Bearer {JWT.replace('.', '+.', 1)}", "the other base64 alphabet"),
    (f"Bearer phs_AAAA.{JWT.split('.', 1)[1]}", "a JWT that begins like a session token"),
    (f"Bearer phw_AAAA.{JWT.split('.', 1)[1]}", "a JWT that begins like a key"),
    (f"Bearer {LONGEST}AAAA", "more than 16 KiB"),
    (f"Bearer {'A' * 1_000_000}", "a megabyte"),
    (f"Bearer {JWT[:-1]}é", "a letter that is not ASCII"),
    (f"Bearer {JWT[:-1]}\x00", "a zero byte"),
    ("Bearer sk-1234567890", "another product's key"),
]


@pytest.mark.parametrize(("header", "reason"), BAD, ids=[reason for _, reason in BAD])
def test_a_malformed_credential_is_refused_with_the_same_words(header: str | None, reason: str) -> None:
    """As a personal key always was; the words tell nothing about what was wrong, and repeat nothing."""
    for parse in (parse_credential, parse_bearer):
        with pytest.raises(NotAuthenticatedError) as refused:
            parse(header)
        assert (str(refused.value), refused.value.rule, refused.value.param) == (REFUSED, None, None)


@settings(max_examples=300)
@given(st.text(max_size=80))
def test_any_text_is_a_credential_or_a_refusal(text: str) -> None:
    """Never another error."""
    for header in (text, f"Bearer {text}"):
        with contextlib.suppress(NotAuthenticatedError):
            assert header.endswith(parse_credential(header).value)


@pytest.mark.parametrize("scheme", ["Bearer ", "bearer ", "BEARER  "])
@pytest.mark.parametrize("credential", [KEY, SESSION, JWT, LONGEST], ids=["key", "session", "JWT", "16 KiB"])
def test_a_credential_is_returned_whole(scheme: str, credential: str) -> None:
    """With any case of the scheme; nothing of it is cut."""
    assert parse_credential(scheme + credential) == Secret(credential)


@pytest.mark.parametrize(("credential", "theirs"), [(KEY, False), (SESSION, False), (JWT, True)])
def test_only_what_has_no_prefix_of_ours_is_an_access_token(credential: str, theirs: bool) -> None:
    """It is verified with the provider's keys before the database is asked."""
    assert is_access_token(Secret(credential)) == theirs


def test_personal_keys_are_still_read_by_the_old_name() -> None:
    """And nothing else is."""
    assert parse_bearer(f"Bearer {KEY}") == Secret(KEY)
    for other in (SESSION, JWT):
        with pytest.raises(NotAuthenticatedError):
            parse_bearer(f"Bearer {other}")
