"""A process that seals itself, then tries one thing. Its arguments: the order, a user id or 0, the act, its word."""

import contextlib
import json
import os
import resource
import shutil
import socket
import subprocess
import sys

from phiward.adapters.extraction.order import Order
from phiward.adapters.extraction.sealing import seal

ACTS = {
    "nothing": lambda word: None,
    "socket": lambda word: socket.socket(),
    "write": lambda word: open(word, "w"),  # noqa: SIM115 - it must not even open
    "read": lambda word: open(word).read(),  # noqa: SIM115
    "remove": os.remove,
    "system": os.system,
    "fork": lambda word: os.fork(),
    "run": lambda word: subprocess.run([word], check=True),
    "shell": lambda word: subprocess.run(["/bin/bash", "-c", word], check=True),  # a program that the order allows
    "descriptor": lambda word: [open(os.devnull) for _ in range(100)],  # noqa: SIM115
    "memory": lambda word: bytearray(2 * 1024 * 1024 * 1024),
    "root": lambda word: os.setuid(0),
    "limit": lambda word: resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY,) * 2),
    "core": lambda word: resource.getrlimit(resource.RLIMIT_CORE) == (0, 0) or 1 / 0,
    "late": lambda word: shutil.which("cat"),
}


def main() -> None:
    """Prints what holds, then how the act ended, and as whom."""
    order, uid, act, word = Order.of(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
    if uid:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    held, ended = seal(order), "done"
    with contextlib.suppress(SystemExit):
        try:
            ACTS[act](word)
        except BaseException as error:
            ended = type(error).__name__
    print(json.dumps([sorted(held), ended, os.geteuid()]), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
