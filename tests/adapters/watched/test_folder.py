"""A watched folder, with real files."""

import os
from pathlib import Path

import pytest

from phiward.adapters.watched.folder import FolderWatch
from phiward.domain.errors import ImportFailedError
from phiward.records.watching import Item, WatchedPlace


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a note, a note below, and what is no item."""
    made = tmp_path / "in"
    (made / "ward").mkdir(parents=True)
    (made / "a.txt").write_text("K 4.1")
    (made / "ward" / "b.txt").write_text("Na 140")
    (made / ".hidden").write_text("x")
    (made / ".folder").mkdir()
    (made / ".folder" / "c.txt").write_text("x")
    (tmp_path / "outside.txt").write_text("secret")
    (made / "link.txt").symlink_to(tmp_path / "outside.txt")
    (made / "linked").symlink_to(tmp_path)
    os.mkfifo(made / "pipe")
    return made


async def keys(place: Path) -> list[str]:
    """The keys of all items."""
    return [item.key for item in (await FolderWatch(place).list()).items]


async def test_a_folder_that_is_not_there_is_not_an_empty_one(tmp_path: Path) -> None:
    """Or all that was taken from it would count as removed."""
    for path in (tmp_path / "nowhere", tmp_path / "file"):
        (tmp_path / "file").touch()
        with pytest.raises(ImportFailedError, match="cannot be read"):
            await FolderWatch(path).list()


async def test_links_hidden_files_and_pipes_are_no_items(place: Path) -> None:
    """Only plain files are."""
    assert await keys(place) == ["a.txt", "ward/b.txt"]


async def test_a_name_that_is_no_text_is_counted_and_not_listed(place: Path) -> None:
    """It is not silently dropped."""
    (place / os.fsdecode(b"\xff.txt")).touch()
    (place / "a\nb.txt").touch()
    listing = await FolderWatch(place).list()
    assert (len(listing.items), listing.refused) == (2, 2)


async def test_a_folder_that_goes_away_meanwhile_is_not_there(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is a file."""
    real = os.walk

    def walk(*words: object, **named: object) -> object:
        for folder, folders, names in real(*words, **named):  # type: ignore[call-overload]
            if folder == str(place):
                (place / "ward" / "b.txt").unlink()
                (place / "ward").rmdir()
                (place / "a.txt").unlink()
            yield folder, folders, names

    monkeypatch.setattr(os, "walk", walk)
    assert await keys(place) == []


@pytest.mark.parametrize(
    "key",
    [
        pytest.param("link.txt", id="a link"),
        pytest.param("linked/outside.txt", id="through a linked folder"),
        pytest.param("gone.txt", id="gone"),
        pytest.param("ward", id="a folder"),
        pytest.param("pipe", id="a pipe"),
    ],
)
async def test_what_was_not_listed_is_not_fetched(key: str, place: Path, tmp_path: Path) -> None:
    """Even where size and version would agree."""
    path = place / key
    found = path.stat() if path.exists() else os.stat(place)
    item = Item(key, found.st_size, str(found.st_mtime_ns))
    with pytest.raises(ImportFailedError, match="changed or went away"):
        await FolderWatch(place).fetch(item, tmp_path / "to")
    assert not (tmp_path / "to").exists()


async def test_a_file_that_changed_since_it_was_listed_is_not_fetched(place: Path, tmp_path: Path) -> None:
    """Also where its size is the same."""
    item = (await FolderWatch(place).list()).items[0]
    (place / "a.txt").write_text("K 9.9")
    os.utime(place / "a.txt", ns=(1, int(item.version) + 1))
    with pytest.raises(ImportFailedError, match="changed or went away"):
        await FolderWatch(place).fetch(item, tmp_path / "to")


async def test_a_file_that_changes_while_it_is_copied_is_not_fetched(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The copy could hold a half of each."""
    from phiward.adapters.watched import folder

    real = folder.copied

    def copied(body: object, item: Item, to: Path) -> None:
        real(body, item, to)  # type: ignore[arg-type]
        os.utime(place / "a.txt", ns=(1, 1))

    monkeypatch.setattr(folder, "copied", copied)
    item = (await FolderWatch(place).list()).items[0]
    with pytest.raises(ImportFailedError, match="changed or went away"):
        await FolderWatch(place).fetch(item, tmp_path / "to")
    assert not (tmp_path / "to").exists()


async def test_a_file_is_fetched_as_it_was_listed(place: Path, tmp_path: Path) -> None:
    """Also from a folder below; a renamed file is another item."""
    watched: WatchedPlace = FolderWatch(place)
    for number, (item, text) in enumerate(zip((await watched.list()).items, ("K 4.1", "Na 140"), strict=True)):
        await watched.fetch(item, tmp_path / str(number))
        assert (tmp_path / str(number)).read_text() == text
    (place / "a.txt").rename(place / "c.txt")
    assert await keys(place) == ["c.txt", "ward/b.txt"]
