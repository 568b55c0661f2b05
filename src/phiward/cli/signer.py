"""`phiward signer`: signs the checkpoints of the audit log under another user than the gateway.

It needs no settings, keys or database of the installation; everything stands in its options and its folder.
"""

import os
from pathlib import Path
from typing import Annotated

import typer

from phiward.audit.guarded import GuardedSigner
from phiward.audit.note import MAX_NOTE_BYTES
from phiward.audit.shards import origin_of
from phiward.cli.common import AsJson, fail, run, show
from phiward.domain.errors import ConfigurationError, PhiwardError
from phiward.logs import configure_logs
from phiward.signer.memory import KEY_FILE, FileMemory, first_start, key_of, locked
from phiward.signer.memory import adopt as adopt_checkpoint
from phiward.signer.server import SignerServer, serve_signer

app = typer.Typer(help="Sign the audit log's checkpoints apart from the gateway.", no_args_is_help=True)
State = Annotated[Path, typer.Option(help="Folder of the signer's key and memory; made at the first start.")]
Log = Annotated[str, typer.Option(help="The log's name, as in PHIWARD_AUDIT_NAME.")]
LOG = "phiward.local/audit"


@app.command("serve")
def serve(
    socket: Annotated[Path, typer.Option(help="Unix socket to listen on.")],
    state: State,
    log: Log = LOG,
    allow_uid: Annotated[
        list[int] | None, typer.Option(help="User id that may ask; default: the signer's own. Repeatable.")
    ] = None,
) -> None:
    """Sign what extends the checkpoint that was signed last, and nothing else."""
    configure_logs("INFO")
    allowed = frozenset(allow_uid or [os.geteuid()])

    async def work() -> None:
        with locked(state):
            first_start(state, log)
            server = SignerServer(GuardedSigner(key_of(state, log), FileMemory(state, log)), log, allowed)
            await serve_signer(
                server,
                socket,
                others=allowed != {os.geteuid()},
                ready=lambda: print(f"the signer answers on {socket}", flush=True),
            )

    run(work())


@app.command("key")
def key(state: State, log: Log = LOG, as_json: AsJson = False) -> None:
    """Print the log's public key; make key and memory where there are none."""
    try:
        if not (state / KEY_FILE).exists():
            with locked(state):
                first_start(state, log)
        show({"verifier_key": key_of(state, log).verifier.text()}, as_json=as_json)
    except PhiwardError as error:
        raise fail(error) from None


@app.command("adopt")
def adopt(
    checkpoint: Annotated[Path, typer.Argument(help="File with the last signed checkpoint (a note) of the log.")],
    state: State,
    log: Log = LOG,
    as_json: AsJson = False,
) -> None:
    """Begin from a checkpoint: for a key that was moved here, or whose memory was lost."""
    try:
        with locked(state):
            head = adopt_checkpoint(state, log, _read(checkpoint))
    except PhiwardError as error:
        raise fail(error) from None
    show({"origin": origin_of(log, head.shard), "size": head.size, "root": head.root.hex()}, as_json=as_json)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_NOTE_BYTES + 1)
    except OSError as error:
        raise ConfigurationError("The file with the checkpoint cannot be read.") from error
