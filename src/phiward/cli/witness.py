"""`phiward witness`: a witness of audit logs, run by somebody else than who runs the log.

It needs no settings, keys or database of a phiward installation; everything stands in its options and its folder.
"""

from pathlib import Path
from typing import Annotated

import typer

from phiward.audit.note import Verifier
from phiward.audit.witness import KnownLogs
from phiward.cli.common import AsJson, fail, run, show
from phiward.domain.errors import AuditIntegrityError, ConfigurationError, PhiwardError
from phiward.logs import configure_logs
from phiward.witness.folder import open_folder
from phiward.witness.server import Place, create_app, serve_witness

app = typer.Typer(help="Witness audit logs under another administrator.", no_args_is_help=True)
State = Annotated[Path, typer.Option(help="Folder of the witness's key and memory; made at the first start.")]
Name = Annotated[str, typer.Option(help="The witness's name, like an address without a scheme.")]


@app.command("serve")
def serve(
    state: State,
    name: Name,
    log: Annotated[list[str], typer.Option(help="Public key of a log, as `phiward audit key` prints it. Repeatable.")],
    host: Annotated[str, typer.Option(help="Address to listen on. Not loopback: a certificate is demanded.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option(min=0, max=65535, help="TCP port; 0 takes a free one.")] = 8402,
    tls_certificate: Annotated[Path | None, typer.Option(help="PEM certificate chain.")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="PEM private key of the certificate.")] = None,
) -> None:
    """Cosign the checkpoints of known logs while each extends all that was seen before."""
    configure_logs("INFO")

    async def work() -> None:
        place = Place(host, port, tls_certificate, tls_key)
        logs = _known(log)
        cosigner, store = open_folder(state, name)
        try:
            await serve_witness(create_app(cosigner, logs, store), place, ready=_ready)
        finally:
            store.close()

    run(work())


def _ready(url: str) -> None:
    print(f"the witness answers on {url}", flush=True)


def _known(keys: list[str]) -> KnownLogs:
    try:
        return KnownLogs(Verifier.parse(one) for one in keys)
    except AuditIntegrityError as error:
        raise ConfigurationError("--log: a key cannot be read, or two are of one log.") from error


@app.command("key")
def key(state: State, name: Name, as_json: AsJson = False) -> None:
    """Print the witness's public key; make key and memory where there are none."""
    try:
        cosigner, store = open_folder(state, name)
    except PhiwardError as error:
        raise fail(error) from None
    store.close()
    show({"witness_key": cosigner.key.text()}, as_json=as_json)
