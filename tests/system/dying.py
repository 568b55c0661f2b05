"""A phiward command that kills itself: `python -m tests.system.dying POINT COUNT phiward's words…`.

At the COUNT-th time that it comes to POINT it ends by SIGKILL: nothing is closed, nothing is cleaned up.
"""

import os
import signal
import sys
from typing import Any

from phiward.adapters.embedding.deferred import DeferredEmbedder
from phiward.adapters.postgres.indexing import indexer
from phiward.adapters.postgres.intake import writer

POINTS = {
    "documents": (writer, "store_documents"),
    "file": (writer.RecordsWriter, "import_file"),
    "embedding": (DeferredEmbedder, "embed"),
    "mark": (indexer, "_mark"),
    "patient": (indexer.Indexer, "_index"),
}
"""What was just done when the process dies: within the file's transaction, after it, and so on through the index."""


def die_after(owner: Any, name: str, count: int) -> None:
    """Replace a coroutine function by one after whose `count`-th end nobody lives."""
    real, seen = getattr(owner, name), 0

    async def mortal(*given: Any, **named: Any) -> Any:
        nonlocal seen
        done = await real(*given, **named)
        seen += 1
        if seen == count:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    setattr(owner, name, mortal)


def run() -> None:
    """The command, in this process."""
    from phiward.cli.main import main

    owner, name = POINTS[sys.argv[1]]
    die_after(owner, name, int(sys.argv[2]))
    sys.argv[1:] = sys.argv[3:]
    main()


if __name__ == "__main__":
    run()
