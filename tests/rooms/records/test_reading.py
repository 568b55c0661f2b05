"""Paths to files and files to resources."""

import json
from pathlib import Path

import pytest

from phiward.domain.errors import ImportFailedError
from phiward.records.reading import Limits, read, sources

from .fhir_files import CANARY, bundle, encounter, patient, practitioner, write


def test_a_folder_without_files_is_refused(tmp_path: Path) -> None:
    """An import of nothing is a mistake, not a success."""
    write(tmp_path, "text", "notes.rtf")
    with pytest.raises(ImportFailedError, match=r"None of these files"):
        sources(tmp_path)


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    """An RTF named on the command line is not silently passed over."""
    with pytest.raises(ImportFailedError, match=r"Only these files are read: .*\.ndjson"):
        sources(write(tmp_path, "text", "notes.rtf"))


def test_a_path_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """With the name in `param` and not in the message."""
    with pytest.raises(ImportFailedError) as caught:
        sources(tmp_path / CANARY)
    assert CANARY not in str(caught.value)


def test_a_file_larger_than_the_limit_is_refused(tmp_path: Path) -> None:
    """Before it is parsed."""
    (source,) = sources(write(tmp_path, patient()))
    with pytest.raises(ImportFailedError, match="larger than 100 bytes"):
        list(read(source, Limits(max_file_bytes=100)))


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    """The limit of the folder holds."""
    for number in range(3):
        write(tmp_path, patient(), f"{number}.json")
    with pytest.raises(ImportFailedError, match="More than 2 files"):
        sources(tmp_path, Limits(max_files=2))


def test_a_file_that_vanished_is_an_import_error(tmp_path: Path) -> None:
    """Not an OSError, whose text repeats the path."""
    path = write(tmp_path, patient())
    (source,) = sources(path)
    path.unlink()
    with pytest.raises(ImportFailedError, match="cannot be read"):
        list(read(source))


def test_hidden_files_and_links_are_left_out(tmp_path: Path) -> None:
    """A link could lead anywhere, a hidden file is an editor's."""
    kept = write(tmp_path, patient(), "deep/er/a.json")
    write(tmp_path, "broken", ".b.json")
    write(tmp_path, "broken", ".git/c.json")
    (tmp_path / "d.json").symlink_to(kept)
    assert [source.path for source in sources(tmp_path)] == [kept]


def test_a_broken_line_of_ndjson_is_named_by_its_number(tmp_path: Path) -> None:
    """Line and column count within the file."""
    lines = [json.dumps(patient()), "", '{"resourceType": "Patient", oops}']
    (source,) = sources(write(tmp_path, "\n".join(lines), "Patient.ndjson"))
    with pytest.raises(ImportFailedError, match="line 3, column 29: this is not JSON"):
        list(read(source))


def test_a_broken_field_of_ndjson_is_named_by_line_and_path(tmp_path: Path) -> None:
    """Structure is named by path, within its line."""
    (source,) = sources(write(tmp_path, '{"resourceType": "Patient"}\n{"id": "x"}\n', "x.ndjson"))
    with pytest.raises(ImportFailedError, match="File 1 of 1, line 2, resourceType: "):
        list(read(source))


def test_an_empty_ndjson_file_is_refused(tmp_path: Path) -> None:
    """As an empty JSON file is."""
    (source,) = sources(write(tmp_path, "\n\n", "x.ndjson"))
    with pytest.raises(ImportFailedError, match="it is empty"):
        list(read(source))


def test_ndjson_holds_one_resource_a_line(tmp_path: Path) -> None:
    """Blank lines, a byte order mark, CRLF and a line separator inside a text do no harm."""
    odd = json.dumps(patient("b", language="\u2028"), ensure_ascii=False)
    text = "\ufeff" + json.dumps(patient("a")) + "\r\n\r\n" + odd + "\n"
    (source,) = sources(write(tmp_path, text, "x.ndjson"))
    assert [(r.content["id"], r.place.line) for r in read(source)] == [("a", 1), ("b", 3)]


@pytest.mark.parametrize("kind", ["transaction", "batch", "collection", "searchset", "document"])
def test_bundles_of_these_types_are_read(tmp_path: Path, kind: str) -> None:
    """Each entry is one resource, at its path."""
    (source,) = sources(write(tmp_path, bundle(patient(), encounter(), kind=kind)))
    assert [(r.type, r.place.path) for r in read(source)] == [
        ("Patient", "entry[0].resource"),
        ("Encounter", "entry[1].resource"),
    ]


def test_a_single_resource_is_read(tmp_path: Path) -> None:
    """With a byte order mark as well, and without printing what it holds."""
    (source,) = sources(write(tmp_path, "\ufeff" + json.dumps(practitioner(note=CANARY))))
    (resource,) = read(source)
    assert resource.type == "Practitioner"
    assert CANARY not in repr(resource)
