"""`phiward model`: the small built-in model server."""

from pathlib import Path
from typing import Annotated

import typer

from phiward.model.server import serve_model


def model(
    port: Annotated[int, typer.Option(help="TCP port on 127.0.0.1; 0 takes a free one.")] = 8401,
    show_received: Annotated[
        bool, typer.Option(help="Keep the last request bodies and show them at GET /_received. For demonstrations.")
    ] = False,
    ready_file: Annotated[
        Path | None, typer.Option(help="Write {url} as JSON to this file once requests are served.")
    ] = None,
) -> None:
    """Serve answers that quote the given context. It is not a language model, and says so."""
    serve_model(port, show_received=show_received, ready_file=ready_file)
