"""The process that reads one document: the order as its argument, the document on its input, the answer on its output.

It loads what the format needs, seals itself, and only then reads. Run by `phiward.adapters.extraction.sandbox`.
"""

import importlib
import os
import sys
from collections.abc import Callable

from phiward.adapters.extraction.answer import Read, frame
from phiward.adapters.extraction.order import Order
from phiward.adapters.extraction.reasons import Reason, Refused
from phiward.adapters.extraction.sealing import seal

_DECODERS = ("cp1252", "latin-1", "utf-16", "utf-16-be", "utf-16-le", "ascii", "mac-roman", "cp437", "charmap")


def answer(read: Callable[[bytes, Order], Read], data: bytes, order: Order) -> bytes:
    """What is said of the document. Anything the reader stumbles over is BROKEN."""
    try:
        if len(data) > order.limits.max_bytes:
            raise Refused(Reason.TOO_LARGE)
        return frame(read(data, order))
    except Refused as refused:
        return frame(refused)
    except MemoryError:
        return frame(Refused(Reason.TOO_LARGE))
    except Exception:
        return frame(Refused(Reason.BROKEN))


def main() -> None:
    """Read one document and end."""
    order = Order.of(sys.argv[1])
    reader = importlib.import_module(f"{__package__}.{order.kind}")
    for name in _DECODERS:  # the next user may not reach the interpreter's own folder
        "".encode(name)
    seal(order)
    said = answer(reader.read, sys.stdin.buffer.read(order.limits.max_bytes + 1), order)
    sys.stdout.buffer.write(said)
    sys.stdout.buffer.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
