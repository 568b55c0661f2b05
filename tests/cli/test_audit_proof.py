"""`phiward audit prove`, `check-proof` and `export`, as an operator and as a stranger run them."""

import json
import os
import subprocess
import sys
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest

from phiward.adapters.postgres.administration import COMMAND_LINE
from phiward.audit.leaf import encode_leaf
from phiward.domain.audit import EntryKind
from phiward.wiring.base import administrator, embedded_database
from tests.adapters.postgres.log_entries import entry
from tests.cli.conftest import Installation
from tests.cli.test_audit import at

WATCHED = """
import sys
ALLOWED = {ALLOWED!r}

def watch(event, arguments):
    path = str(arguments[0]) if arguments else ""
    reads_ours = event in ("open", "os.listdir", "os.scandir") and path.startswith({FOLDER!r}) and path not in ALLOWED
    if reads_ours or event.startswith(("socket.", "sqlite3.", "subprocess.", "os.posix_spawn", "os.fork")):
        print("forbidden", event, path, file=sys.stderr)
        sys.exit(99)

from phiward.cli.main import main
sys.addaudithook(watch)
main()
"""


@pytest.fixture(scope="module")
def key(installation: Installation) -> str:
    """The log's public key."""
    return str(installation.json("audit", "key")["verifier_key"])


@pytest.fixture(scope="module")
def interaction(installation: Installation) -> UUID:
    """An intent and its outcome, put on record by hand."""
    made = uuid4()
    settings = at(installation.folder)
    with embedded_database(settings), psycopg.connect(administrator(settings)) as connection:
        for kind in (EntryKind.INTENT, EntryKind.OUTCOME):
            one = entry(made, kind)
            connection.execute(
                "INSERT INTO phiward.audit_entry (id, tenant, interaction, kind, worker, recorded_at, leaf)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s)",
                [one.id, one.tenant, made, str(kind), COMMAND_LINE, one.recorded_at, encode_leaf(one, COMMAND_LINE)],
            )
    return made


@pytest.fixture(scope="module")
def proof(installation: Installation, interaction: UUID) -> Path:
    """Of the outcome."""
    installation.json("audit", "prove", str(interaction), "--out", str(installation.folder / "made.tlog-proof"))
    return installation.folder / "made-outcome.tlog-proof"


def lines(installation: Installation, name: str) -> list[dict[str, object]]:
    """The facts of every entry of the log, by an export."""
    place = installation.folder / name
    installation.json("audit", "export", "--jsonl", str(place))
    return [json.loads(line)["leaf"]["facts"] for line in place.read_text().splitlines()]


def test_what_is_not_on_record_cannot_be_proved(installation: Installation, tmp_path: Path) -> None:
    """Exit 2, no file; and no id is no id."""
    ran = installation.run("audit", "prove", str(uuid4()), "--out", str(tmp_path / "proof"))
    assert (ran.code, ran.out, list(tmp_path.iterdir())) == (2, "", [])
    assert "Nothing stands on record" in ran.err
    assert installation.run("audit", "prove", "no-id").code == 2


def test_several_proofs_need_a_file(installation: Installation, interaction: UUID, tmp_path: Path) -> None:
    """Standard output has room for one; a file that is there is not overwritten."""
    ran = installation.run("audit", "prove", str(interaction))
    assert (ran.code, ran.out) == (2, "")
    (tmp_path / "proof").write_text("here")
    assert installation.run("audit", "prove", str(interaction), "--out", str(tmp_path / "proof")).code == 2
    assert (tmp_path / "proof").read_text() == "here"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        pytest.param(("no-such-file", "--key", "KEY"), "no proof", id="no such proof"),
        pytest.param(("PROOF", "--key", "hospital.example+00000000+AAAA"), "key", id="no key"),
        pytest.param(("PROOF", "--key", "PROOF"), "key", id="a file that holds no key"),
        pytest.param(("PROOF",), "key", id="no key at all"),
    ],
)
def test_bad_use_of_the_check_is_no_verdict(
    installation: Installation, proof: Path, key: str, words: tuple[str, ...], why: str
) -> None:
    """Exit 2: neither holds nor fails to."""
    given = [{"KEY": key, "PROOF": str(proof)}.get(one, one) for one in words]
    ran = installation.run("audit", "check-proof", *given)
    assert (ran.code, ran.out) == (2, ""), why
    assert ran.err


def test_an_altered_proof_does_not_hold(installation: Installation, proof: Path, key: str, tmp_path: Path) -> None:
    """Exit 1, with the reason and nothing of the entry."""
    bent = tmp_path / "bent"
    bent.write_bytes(proof.read_bytes().replace(b"\nindex ", b"\nindex 1", 1))
    ran = installation.run("audit", "check-proof", str(bent), "--key", key)
    assert ran.code == 1
    assert "DOES NOT HOLD" in ran.out
    told = installation.run("audit", "check-proof", str(bent), "--key", key, "--json")
    assert (told.code, told.told["holds"], set(told.told)) == (1, False, {"holds", "reason"})


def test_a_stranger_checks_a_proof_with_the_key_alone(
    proof: Path, key: str, interaction: UUID, installation: Installation, tmp_path: Path
) -> None:
    """No database, no secret, no setting: whatever else of the installation is touched ends the program."""
    held = tmp_path / "log.key"
    held.write_text(key + "\n")
    for given in (key, str(held)):
        script = WATCHED.format(ALLOWED=[str(proof)], FOLDER=str(installation.folder))
        words = ["audit", "check-proof", str(proof), "--key", given, "--json"]
        ours = {
            f"PHIWARD_{name}_DIR": str(installation.folder / name.lower()) for name in ("DATA", "SECRETS", "ANCHOR")
        }
        environment = {**os.environ, **ours, "PHIWARD_PORT": "not a number"}
        done = subprocess.run(
            [sys.executable, "-c", script, *words],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        assert told["holds"]
        assert (told["entry"]["interaction"], told["entry"]["kind"]) == (str(interaction), "outcome")
    script = WATCHED.format(ALLOWED=[], FOLDER=str(installation.folder))
    done = subprocess.run([sys.executable, "-c", script, *words], capture_output=True, timeout=60, check=False)
    assert done.returncode == 99  # the watch is not blind


def test_a_proof_is_told_to_people(installation: Installation, proof: Path, key: str) -> None:
    """What holds, and what the entry says."""
    ran = installation.run("audit", "check-proof", str(proof), "--key", key)
    assert ran.code == 0
    assert "✓ holds" in ran.out
    assert "outcome" in ran.out
    assert "facts.outcome" in ran.out


def test_one_proof_goes_to_standard_output(installation: Installation, key: str, tmp_path: Path) -> None:
    """As a file that the check takes."""
    first = json.loads(tiles_entry(installation, tmp_path))["leaf"]["id"]
    ran = installation.run("audit", "prove", first)
    assert ran.out.startswith("c2sp.org/tlog-proof@v1\n")
    (tmp_path / "proof").write_text(ran.out)
    told = installation.json("audit", "check-proof", str(tmp_path / "proof"), "--key", key)
    assert told["entry"]["id"] == first


def tiles_entry(installation: Installation, folder: Path) -> str:
    """The first line of an export."""
    installation.json("audit", "export", "--jsonl", str(folder / "log.jsonl"))
    return (folder / "log.jsonl").read_text().splitlines()[0]


def test_proofs_and_exports_are_on_record(installation: Installation, interaction: UUID) -> None:
    """Each entry that was proved, each shard that was exported, before it was handed out."""
    ids = [one["entry"] for one in installation.json("audit", "prove", str(interaction))]
    before = lines(installation, "before.jsonl")
    proved = [one["entry"] for one in before if one.get("action") == "audit.proved"]
    assert proved[-2:] == ids
    after = lines(installation, "after.jsonl")
    assert [one for one in after if one.get("action") == "audit.exported"][-1]["entries"] == len(before)
    assert len(after) == len(before) + 1


@pytest.mark.parametrize(
    "words",
    [
        pytest.param((), id="neither form"),
        pytest.param(("--tiles", "PLACE", "--jsonl", "PLACE"), id="both"),
        pytest.param(("--tiles", "PLACE", "--shard", "1999"), id="no such shard"),
        pytest.param(("--tiles", "TAKEN"), id="a folder that is taken"),
        pytest.param(("--jsonl", "TAKEN"), id="a file that is taken"),
        pytest.param(("--tiles", "NOWHERE"), id="a place that cannot be written"),
    ],
)
def test_an_export_that_cannot_be_made_leaves_nothing(
    installation: Installation, tmp_path: Path, words: tuple[str, ...]
) -> None:
    """Exit 2, and says what to do."""
    (tmp_path / "taken").mkdir()
    (tmp_path / "file").write_text("")
    places = {
        "PLACE": tmp_path / "export",
        "TAKEN": tmp_path / "taken",
        "NOWHERE": tmp_path / "file" / "export",
    }
    ran = installation.run("audit", "export", *(str(places.get(one, one)) for one in words))
    assert (ran.code, ran.out) == (2, "")
    assert "What to do" in ran.err
    assert sorted(one.name for one in tmp_path.iterdir()) == ["file", "taken"]


def test_tiles_of_every_shard_stand_in_folders_of_their_own(installation: Installation, tmp_path: Path) -> None:
    """And of one shard, in the folder itself."""
    (every,) = installation.json("audit", "export", "--tiles", str(tmp_path / "every"))
    (one,) = installation.json("audit", "export", "--tiles", str(tmp_path / "one"), "--shard", every["shard"])
    (folder,) = (tmp_path / "every").iterdir()
    for place, told in ((folder, every), (tmp_path / "one", one)):
        origin, size, *_ = (place / "checkpoint").read_text().splitlines()
        assert origin.startswith("phiward.local/audit")
        assert int(size) == told["size"] == told["entries"]
        assert (place / "tile" / "entries").is_dir()
    assert not (tmp_path / "every.partial").exists()
    assert "Exported" in installation.run("audit", "export", "--tiles", str(tmp_path / "told")).out


def test_an_edited_log_gives_no_evidence(
    installation: Installation, proof: Path, interaction: UUID, tmp_path: Path
) -> None:
    """Exit 1: neither a proof of the edited entry nor an export; a stranger would refuse both."""
    assert proof.exists()  # so that the entries have their number
    settings = at(installation.folder)
    edit = "UPDATE phiward.audit_entry SET leaf = convert_to(replace(convert_from(leaf, 'UTF8'), %s, %s), 'UTF8')"
    swap = ["physician", "physicist"]
    for old, new in (swap, swap[::-1]):
        with embedded_database(settings), psycopg.connect(administrator(settings)) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute(edit + " WHERE interaction = %s", [old, new, interaction])
        place = str(tmp_path / new)
        codes = [
            installation.run("audit", "prove", str(interaction), "--out", place).code,
            installation.run("audit", "export", "--tiles", place).code,
        ]
        assert codes == ([1, 1] if new == "physicist" else [0, 0])
