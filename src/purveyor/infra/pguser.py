"""Whom the embedded PostgreSQL runs as.

PostgreSQL refuses to run as root. Started by root, it runs as a system user that is let through the folders above its
data and its programs, and through nothing else.
"""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

SYSTEM_USER = "purveyor-pg"

_ACL = "system.posix_acl_access"
_USER_OBJ, _USER, _GROUP_OBJ, _MASK, _OTHER = 0x01, 0x02, 0x04, 0x10, 0x20
_NO_ID = 0xFFFFFFFF


@dataclass(frozen=True)
class ServerUser:
    """The operating-system account that the server's process gets."""

    uid: int
    gid: int
    switches: bool
    """True when the process has to drop its rights, because root starts it."""

    def popen(self) -> dict[str, object]:
        """Arguments for `subprocess` that start a program as this user."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.switches else {}


def server_user(data: Path) -> ServerUser:
    """The user for the server whose data lie in `data`: its owner where it exists, so that it never changes."""
    if os.geteuid() != 0:
        return ServerUser(os.geteuid(), os.getegid(), switches=False)
    if data.exists() and data.stat().st_uid != 0:
        found = data.stat()
        return ServerUser(found.st_uid, found.st_gid, switches=True)
    entry = _system_user()
    return ServerUser(entry.pw_uid, entry.pw_gid, switches=True)


def _system_user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        pass
    useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if useradd:
        command = [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
        subprocess.run(command, capture_output=True, check=False)
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        return pwd.getpwnam("nobody")


def let_through(user: ServerUser, path: Path) -> None:
    """Lets `user` pass the folders above `path`, and only pass: it can open what it knows by name and may read."""
    if not user.switches:
        return
    for folder in path.resolve().parents:
        if not _passes(user, folder.stat()):
            _allow_pass(user, folder)


def _passes(user: ServerUser, found: os.stat_result) -> bool:
    if found.st_uid == user.uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid == user.gid:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)


def _allow_pass(user: ServerUser, folder: Path) -> None:
    """An access-control entry for this one user; on a file system without them, the right to pass for others."""
    try:
        os.setxattr(folder, _ACL, _acl_with(user.uid, folder))
    except (OSError, AttributeError):
        folder.chmod(folder.stat().st_mode | stat.S_IXOTH)


def _acl_with(uid: int, folder: Path) -> bytes:
    """The folder's list of rights plus `x` for `uid`, in the kernel's format (version 2: tag, rights, id)."""
    try:
        raw = os.getxattr(folder, _ACL)
        entries = {(tag, who): rights for tag, rights, who in struct.iter_unpack("<HHI", raw[4:])}
    except OSError:
        mode = folder.stat().st_mode
        entries = {
            (_USER_OBJ, _NO_ID): mode >> 6 & 7,
            (_GROUP_OBJ, _NO_ID): mode >> 3 & 7,
            (_OTHER, _NO_ID): mode & 7,
        }
    entries[(_USER, uid)] = entries.get((_USER, uid), 0) | 1
    group = entries[(_GROUP_OBJ, _NO_ID)]
    entries[(_MASK, _NO_ID)] = entries.get((_MASK, _NO_ID), group) | 1
    return struct.pack("<I", 2) + b"".join(
        struct.pack("<HHI", tag, rights, who) for (tag, who), rights in sorted(entries.items())
    )


def make_readable(user: ServerUser, folder: Path) -> None:
    """Makes the programs under `folder` readable to `user` where a strict umask hid them at installation."""
    if not user.switches or _passes(user, folder.stat()):
        return
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            mode = path.stat().st_mode
            wider = stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0)
            path.chmod(mode | wider)
