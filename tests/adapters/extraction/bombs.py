"""Documents that are small and become large, and a listener that nobody may call."""

import socket
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

MEBIBYTE = 1024 * 1024
_ADLER = 65521


def zeros(mebibytes: int) -> bytes:
    """So many zero bytes as a zlib stream; 2 GiB are made in an instant, since every block is the same."""
    maker = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = maker.compress(bytes(MEBIBYTE)) + maker.flush(zlib.Z_FULL_FLUSH)
    end = maker.flush()
    check = (mebibytes * MEBIBYTE % _ADLER) << 16 | 1
    return b"\x78\xda" + block * mebibytes + end + check.to_bytes(4, "big")


@dataclass
class Listener:
    """A server on loopback: its port, and how many connections it saw."""

    port: int
    calls: list[str] = field(default_factory=list)


@contextmanager
def listener() -> Iterator[Listener]:
    """Listens until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        found = Listener(server.getsockname()[1])

        def accept() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                found.calls.append("connection")
                connection.close()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield found
        server.shutdown(socket.SHUT_RDWR)
        thread.join(5)
