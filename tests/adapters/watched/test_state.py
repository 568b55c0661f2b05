"""What was seen is kept whole, private, and as digests."""

import json
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.adapters.watched.state import load, save
from phiward.domain.errors import ImportFailedError
from phiward.records.watching import Trace


def saved(content: object) -> bytes:
    """A state as JSON."""
    return json.dumps(content).encode()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\xff", id="no text"),
        pytest.param(saved([]), id="a list"),
        pytest.param(saved({"version": 2, "seen": {}}), id="of a later version"),
        pytest.param(saved({"version": 1}), id="nothing seen"),
        pytest.param(saved({"version": 1, "seen": []}), id="a list of what was seen"),
        pytest.param(saved({"version": 1, "seen": {"a": ["b"]}}), id="a trace cut short"),
        pytest.param(saved({"version": 1, "seen": {"a": ["b", 1]}}), id="a number for yes"),
        pytest.param(saved({"version": 1, "seen": {"a": [None, True]}}), id="no digest"),
        pytest.param(b"[" * 100_000, id="nested without end"),
    ],
)
def test_a_broken_state_is_not_taken_for_an_empty_one(content: bytes, tmp_path: Path) -> None:
    """Or all would be imported anew, and removals be missed, without a word."""
    path = tmp_path / "state"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(ImportFailedError, match="is broken"):
        load(path)


def test_a_state_that_others_can_write_is_refused(tmp_path: Path) -> None:
    """Nor is a link followed, even one that leads nowhere."""
    path = tmp_path / "state"
    save(path, {})
    path.chmod(0o644)
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for each in (path, tmp_path / "link"):
        with pytest.raises(ImportFailedError, match="cannot be read"):
            load(each)


def test_a_state_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    """Here its folder is missing."""
    with pytest.raises(ImportFailedError, match="cannot be written"):
        save(tmp_path / "nowhere" / "state", {})


def test_without_a_file_nothing_was_seen(tmp_path: Path) -> None:
    """The first look."""
    assert dict(load(tmp_path / "state")) == {}


@given(st.dictionaries(st.text("0123456789abcdef"), st.builds(Trace, st.text("0123456789abcdef"), st.booleans())))
def test_what_is_saved_is_loaded(tmp_path_factory: pytest.TempPathFactory, seen: dict[str, Trace]) -> None:
    """Over what was there before; nothing else is left in the folder."""
    folder = tmp_path_factory.mktemp("state")
    save(folder / "state", {"old": Trace("old")})
    save(folder / "state", MappingProxyType(seen))
    assert dict(load(folder / "state")) == seen
    assert [path.name for path in folder.iterdir()] == ["state"]
    assert (folder / "state").stat().st_mode & 0o777 == 0o600
