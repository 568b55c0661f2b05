"""An append-only file through crashes and damage."""

import os
import stat
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.adapters.anchors.lines import append_line, read_lines

RECORD = {"note": "a\nb"}
LINE = orjson.dumps(RECORD) + b"\n"


@pytest.mark.parametrize("left", range(1, len(LINE)))
def test_a_torn_record_is_counted_and_the_next_one_is_read(tmp_path: Path, left: int) -> None:
    """Wherever the crash cut it; but for its line end a record is whole."""
    file = tmp_path / "lines"
    file.write_bytes(LINE + LINE[:left])
    append_line(file, {"note": "next"})
    whole = left == len(LINE) - 1
    assert read_lines(file) == ([RECORD, *([RECORD] if whole else []), {"note": "next"}], int(not whole))


def test_a_disk_that_takes_only_a_part_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A short write is no success."""
    real = os.write
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", lambda descriptor, data: real(descriptor, data[:5]))
        with pytest.raises(OSError, match="whole"):
            append_line(tmp_path / "lines", RECORD)
    append_line(tmp_path / "lines", RECORD)
    assert read_lines(tmp_path / "lines") == ([RECORD], 1)


def test_a_link_in_place_of_the_file_is_not_followed(tmp_path: Path) -> None:
    """Somebody would lead the records elsewhere."""
    (tmp_path / "lines").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic"):
        append_line(tmp_path / "lines", RECORD)
    assert not (tmp_path / "elsewhere").exists()


def test_lines_that_are_no_records_are_counted(tmp_path: Path) -> None:
    """A list, a number, text and zeros."""
    (tmp_path / "lines").write_bytes(b'[1]\n7\ntext\n\x00\x00\n\n{"a": "b"}\n')
    assert read_lines(tmp_path / "lines") == ([{"a": "b"}], 4)


def test_no_file_is_no_record_and_a_new_one_is_the_owners_alone(tmp_path: Path) -> None:
    """0600."""
    assert read_lines(tmp_path / "lines") == ([], 0)
    append_line(tmp_path / "lines", RECORD)
    assert stat.S_IMODE((tmp_path / "lines").stat().st_mode) == 0o600


@settings(max_examples=50)
@given(texts=st.lists(st.text(max_size=100), max_size=6))
def test_what_was_appended_is_read_in_order(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    """Whatever it holds."""
    file = tmp_path_factory.mktemp("lines") / "lines"
    for text in texts:
        append_line(file, {"note": text})
    assert read_lines(file) == ([{"note": text} for text in texts], 0)
