"""The reading process gives up what it does not need, before it sees a byte of the document.

Resource limits (no core dump, no file written), a network of its own with nothing in it, the rights of root, then all
files but programs and libraries (Landlock). Last an audit hook refuses what Python code would have no reason to do;
it stops mistakes and simple tricks, the kernel's limits stop the rest. What the kernel does not permit is left out:
as an ordinary user in a container without user namespaces, the network is refused by Landlock and the hook alone.
Sources: setrlimit(2), unshare(2), prctl(2), PEP 578.
"""

import ctypes
import os
import resource
import signal
import sys
from pathlib import Path

from phiward.adapters.extraction.landlock import restrict
from phiward.adapters.extraction.order import Order

NOBODY = 65534
_NEW_USER, _NEW_NET = 0x10000000, 0x40000000
_SET_PDEATHSIG, _SET_NO_NEW_PRIVS = 1, 38
_MAX_OPEN_FILES = 64
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_NEVER = (
    "socket.", "os.system", "os.exec", "os.spawn", "os.posix_spawn", "os.fork", "pty.", "ctypes.dlopen",
    "os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.chmod", "os.chown",
)  # fmt: skip
_SYSTEM = ("/usr", "/bin", "/lib", "/lib64", "/etc/fonts", "/etc/ld.so.cache", "/var/cache/fontconfig")
_OURS = Path(__file__).resolve().parents[2]


def seal(order: Order) -> frozenset[str]:
    """Give it all up for good. Says what holds: "network", "rights" (not root), "files", as the kernel permitted."""
    _limit(order)
    libc = ctypes.CDLL(None, use_errno=True)
    held = set()
    was_root = os.geteuid() == 0
    if libc.unshare(_NEW_NET if was_root else _NEW_USER | _NEW_NET) == 0:
        held.add("network")
    if was_root:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    held.add("rights")
    libc.prctl(_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.prctl(_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)  # after the change of user, which would undo it
    readable = [*_SYSTEM, sys.prefix, sys.base_prefix, *order.programs]
    if restrict([_OURS, *map(Path, readable)], [Path(os.devnull)]):
        held.add("files")
    sys.addaudithook(_Hook(frozenset(order.programs)))
    return frozenset(held)


def _limit(order: Order) -> None:
    limits = order.limits
    for kind, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, _MAX_OPEN_FILES),
        (resource.RLIMIT_FSIZE, limits.max_text_bytes),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_AS, limits.memory_bytes),
    ):
        resource.setrlimit(kind, (most, most))


class _Hook:
    """Refuses by raising PermissionError, which ends the reading of the document."""

    __slots__ = ("_programs",)

    def __init__(self, programs: frozenset[str]) -> None:
        self._programs = programs

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            is_new = not isinstance(path, int) and path != os.devnull  # a number is a descriptor that is open already
            refused = is_new and isinstance(flags, int) and bool(flags & _WRITES)
        elif event == "subprocess.Popen":
            refused = arguments[0] not in self._programs
        else:
            refused = event.startswith(_NEVER)
        if refused:
            raise PermissionError
