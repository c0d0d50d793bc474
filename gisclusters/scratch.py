"""Temporary folders that do not outlive a killed process for long.

Each has a lock that ends with its process; the first folder of a process takes away those
whose lock nobody holds any more.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO

_PREFIX = "gisclusters-tmp-"
_INNER = "work"
_FORGOTTEN_AFTER_S = 60
"""A younger folder may be one whose lock is about to be taken."""


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """An empty folder, removed with all that is in it; what killed processes left goes too."""
    root = Path(tempfile.gettempdir())
    _swept(root)
    with locked_folder(root, _PREFIX) as outer:
        folder = outer / _INNER
        folder.mkdir()
        yield folder


@contextmanager
def locked_folder(root: Path, prefix: str) -> Iterator[Path]:
    """A folder with a file ``lock`` that is held while the block lasts."""
    with (
        tempfile.TemporaryDirectory(prefix=prefix, dir=root, ignore_cleanup_errors=True) as name,
        (Path(name) / "lock").open("wb") as lock,
    ):
        _lock(lock)
        yield Path(name)


def sweep(root: Path, prefix: str) -> None:
    """Remove the folders of a prefix that nobody holds any more: those of killed processes."""
    for folder in root.glob(f"{prefix}*"):
        with contextlib.suppress(OSError):
            if folder.is_symlink() or time.time() - folder.stat().st_mtime < _FORGOTTEN_AFTER_S:
                continue
            if _is_left(folder / "lock"):
                shutil.rmtree(folder, ignore_errors=True)


@cache
def _swept(root: Path) -> None:
    sweep(root, _PREFIX)


def _is_left(lock: Path) -> bool:
    """Whether nobody holds a lock.  Raises OSError where it is not there or not ours."""
    if os.name == "nt":  # an open file cannot be removed there
        lock.unlink()
        return True
    with lock.open("r+b") as file:
        return _lock(file)


def _lock(file: IO[bytes]) -> bool:
    """Take a lock that ends with this process; False where another has it, or nobody can."""
    try:
        import fcntl  # noqa: PLC0415 - Windows has none
    except ImportError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
