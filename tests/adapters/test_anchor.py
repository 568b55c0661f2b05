"""Checkpoints outside the database, through crashes and damage."""

import multiprocessing
import os
import stat
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.adapters.anchor import FILE, FolderAnchor
from phiward.domain.errors import ConfigurationError

NOTE = "log\n3\nAAAA\n\n— log c2lnbmF0dXJl\n".encode()
RECORD = orjson.dumps({"note": NOTE.decode()}) + b"\n"


def test_a_folder_that_cannot_be_made_is_a_setting_to_correct(tmp_path: Path) -> None:
    """Here a file stands in its place."""
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match="PHIWARD_ANCHOR_DIR"):
        FolderAnchor(tmp_path / "file" / "anchor")


@pytest.mark.parametrize("left", range(1, len(RECORD)))
def test_a_torn_record_is_passed_over_and_the_next_one_is_read(tmp_path: Path, left: int) -> None:
    """Wherever the crash cut it; but for its line end a record is whole and counts."""
    anchor, file = FolderAnchor(tmp_path), tmp_path / FILE
    anchor.append(NOTE)
    file.write_bytes(RECORD + RECORD[:left])
    whole = [NOTE, NOTE] if left == len(RECORD) - 1 else [NOTE]
    assert anchor.read() == whole
    anchor.append(b"next")
    assert anchor.read() == [*whole, b"next"]


def test_zeros_that_a_crash_left_are_passed_over(tmp_path: Path) -> None:
    """Some file systems lengthen a file before its bytes are there."""
    anchor, file = FolderAnchor(tmp_path), tmp_path / FILE
    file.write_bytes(RECORD + bytes(40))
    assert anchor.read() == [NOTE]
    anchor.append(b"next")
    assert anchor.read() == [NOTE, b"next"]


@pytest.mark.parametrize(
    ("strange", "shown"),
    [
        pytest.param(b"x" + RECORD, b"x" + RECORD[:-1], id="a record with a letter before it"),
        pytest.param(b'{"other":"x"}\n', b'{"other":"x"}', id="another object"),
        pytest.param(b'{"note":"a" b"}\n', b'{"note":"a" b"}', id="no JSON"),
        pytest.param(b'{"note":"other"}\n', b"other", id="another note"),
        pytest.param(b"text\n", b"text", id="text"),
    ],
)
def test_a_line_that_somebody_changed_is_shown_to_the_verifier(tmp_path: Path, strange: bytes, shown: bytes) -> None:
    """No signature fits it, so that it is a finding and not a silence; its neighbours stay."""
    (tmp_path / FILE).write_bytes(RECORD + strange + RECORD)
    assert FolderAnchor(tmp_path).read() == [NOTE, shown, NOTE]


def test_a_disk_that_takes_only_a_part_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A short write is no success; what it left is passed over."""
    anchor, real = FolderAnchor(tmp_path), os.write
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", lambda descriptor, data: real(descriptor, data[:5]))
        with pytest.raises(OSError, match="whole"):
            anchor.append(NOTE)
    assert anchor.read() == []
    anchor.append(NOTE)
    assert anchor.read() == [NOTE]


def test_a_link_in_place_of_the_file_is_not_followed(tmp_path: Path) -> None:
    """Somebody would lead the checkpoints elsewhere."""
    (tmp_path / FILE).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic"):
        FolderAnchor(tmp_path).append(NOTE)
    assert not (tmp_path / "elsewhere").exists()


def test_nothing_written_yet_is_no_checkpoint(tmp_path: Path) -> None:
    """A first start."""
    assert FolderAnchor(tmp_path / "new").read() == []


def test_folder_and_file_are_the_owners_alone(tmp_path: Path) -> None:
    """No database role can reach them."""
    FolderAnchor(tmp_path / "anchor").append(NOTE)
    assert stat.S_IMODE((tmp_path / "anchor").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "anchor" / FILE).stat().st_mode) == 0o600


def _append(folder: Path, name: bytes) -> None:
    for number in range(20):
        FolderAnchor(folder).append(b"%s %d" % (name, number))


def test_processes_that_append_at_once_lose_nothing(tmp_path: Path) -> None:
    """Each writes whole records, one at a time."""
    start = multiprocessing.get_context("spawn")
    others = [start.Process(target=_append, args=(tmp_path, name)) for name in (b"a", b"b")]
    for one in others:
        one.start()
    for one in others:
        one.join()
        assert one.exitcode == 0
    assert sorted(FolderAnchor(tmp_path).read()) == sorted(b"%s %d" % (a, n) for a in (b"a", b"b") for n in range(20))


@settings(max_examples=50)
@given(notes=st.lists(st.text(max_size=300), max_size=6))
def test_what_was_appended_is_read_in_order(tmp_path_factory: pytest.TempPathFactory, notes: list[str]) -> None:
    """Whatever the notes hold."""
    folder = tmp_path_factory.mktemp("anchor")
    for note in notes:
        FolderAnchor(folder).append(note.encode())
    assert FolderAnchor(folder).read() == [note.encode() for note in notes]
