"""Every resource is accounted for, and accounts add up."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.records.account import Account, TypeCount, tally

_KINDS = st.sampled_from(["Patient", "Encounter", "Claim"])
_COUNTS = st.dictionaries(_KINDS, st.integers(1, 9)).map(Counter)
_SKIPS = st.dictionaries(st.tuples(_KINDS, st.sampled_from(["no text", "no date"])), st.integers(1, 9))
_ACCOUNTS = st.builds(tally, _COUNTS, _COUNTS, _SKIPS)


@given(_COUNTS, _COUNTS, _SKIPS)
@settings(max_examples=50)
def test_the_total_is_the_sum_of_all_that_came_in(
    imported: Counter[str], unchanged: Counter[str], skipped: dict[tuple[str, str], int]
) -> None:
    """Nothing is lost between the counters and the account."""
    account = tally(imported, unchanged, skipped)
    assert account.total == imported.total() + unchanged.total() + sum(skipped.values())
    assert account.imported == imported.total()


@given(_ACCOUNTS, _ACCOUNTS)
@settings(max_examples=50)
def test_two_accounts_add_up(one: Account, other: Account) -> None:
    """In any order, and nothing added to one is that one."""
    assert (one + other).total == one.total + other.total
    assert one + other == other + one
    assert one + Account() == one


def test_the_rows_of_a_table_name_every_reason() -> None:
    """Sorted by type; reasons with their numbers."""
    account = Account({"B": TypeCount(1), "A": TypeCount(0, 2, {"no text": 3, "no date": 1})})
    assert list(account.rows()) == [
        ("A", 6, 0, 2, 4, "1 no date; 3 no text"),
        ("B", 1, 1, 0, 0, ""),
    ]


def test_references_that_lead_nowhere_stand_beside_the_sum() -> None:
    """They are not resources."""
    account = Account({}, {"nobody": 2}) + Account({}, {"nobody": 1})
    assert account.unresolved == {"nobody": 3}
    assert account.total == 0
