"""Landlock: this process, and all that it starts, sees only the files it is granted, and opens no TCP connection.

Needs Linux 5.13 for files and 6.7 for TCP; where the kernel lacks it, nothing is changed.
Source: Linux Documentation/userspace-api/landlock.rst.
"""

import ctypes
import os
import stat
import struct
from collections.abc import Iterable
from pathlib import Path

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION, _PATH_BENEATH = 1, 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}  # version of the interface: number of rights it knows; later ones 16
_TCP_VERSION, _SCOPE_VERSION = 4, 6
_ALL_TCP, _ALL_SCOPES = 0b11, 0b11  # bind and connect; abstract Unix sockets and signals


def restrict(readable: Iterable[Path], devices: Iterable[Path]) -> bool:
    """From now on only `readable` folders and files can be read and run, only `devices` read and written.

    Open descriptors stay open. True when it holds, False when the kernel does not know it. The caller has set
    no_new_privs. A path that is not there grants nothing.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _ASK_VERSION)
    if version < 1:
        return False
    handled = struct.pack(
        "=QQQ",
        (1 << _FILE_RIGHTS.get(version, 16)) - 1,
        _ALL_TCP if version >= _TCP_VERSION else 0,
        _ALL_SCOPES if version >= _SCOPE_VERSION else 0,
    )
    ruleset = libc.syscall(_CREATE_RULESET, handled, ctypes.c_size_t(_size(version)), 0)
    if ruleset < 0:
        return False
    for path in readable:
        _grant(libc, ruleset, path, _EXECUTE | _READ_FILE | _READ_DIR)
    for path in devices:
        _grant(libc, ruleset, path, _READ_FILE | _WRITE_FILE)
    held = libc.syscall(_RESTRICT_SELF, ruleset, 0) == 0
    os.close(ruleset)
    return bool(held)


def _size(version: int) -> int:
    return 24 if version >= _SCOPE_VERSION else 16 if version >= _TCP_VERSION else 8


def _grant(libc: ctypes.CDLL, ruleset: int, path: Path, rights: int) -> None:
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(handle).st_mode):
            rights &= ~_READ_DIR  # which a file cannot have
        libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, struct.pack("=Qi", rights, handle), 0)
    finally:
        os.close(handle)
