"""A fetched item is whole, or not there."""

from io import BytesIO
from pathlib import Path

import pytest

from phiward.adapters.watched.copying import Body, copied
from phiward.domain.errors import ImportFailedError
from phiward.records.watching import Item


class Failing:
    """A connection that breaks."""

    def read(self, most: int, /) -> bytes:
        """Never anything."""
        raise ConnectionResetError


@pytest.mark.parametrize(
    ("body", "size"),
    [
        pytest.param(BytesIO(b"12"), 3, id="fewer bytes than were listed"),
        pytest.param(BytesIO(b"1234"), 3, id="more bytes"),
        pytest.param(Failing(), 3, id="the connection breaks"),
    ],
)
def test_what_is_not_as_listed_leaves_no_file(body: Body, size: int, tmp_path: Path) -> None:
    """Not even a part of it."""
    with pytest.raises(ImportFailedError):
        copied(body, Item("a", size, "1"), tmp_path / "to")
    assert list(tmp_path.iterdir()) == []


def test_no_file_is_written_over(tmp_path: Path) -> None:
    """Nor through a link."""
    (tmp_path / "there").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    for name in ("there", "link", "nowhere/to"):
        with pytest.raises(ImportFailedError, match="cannot be made"):
            copied(BytesIO(b"1"), Item("a", 1, "1"), tmp_path / name)
    assert (tmp_path / "there").read_text() == "mine"


@pytest.mark.parametrize("size", [0, 3, 3_000_000])
def test_the_copy_is_for_its_owner_alone(size: int, tmp_path: Path) -> None:
    """And holds the same bytes."""
    copied(BytesIO(b"x" * size), Item("a", size, "1"), tmp_path / "to")
    assert (tmp_path / "to").read_bytes() == b"x" * size
    assert (tmp_path / "to").stat().st_mode & 0o777 == 0o600
