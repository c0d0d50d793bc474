"""Files that people asked for: refused before any work, and never seen half written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gisclusters.errors import GisClustersError, UnavailableError, UsageError


def check_place(path: Path, forms: Collection[str], *, force: bool) -> None:
    """Refuse an output: unknown form, missing folder, existing file.

    ``forms`` are the endings that may be written.  Raises UsageError (``out_format``,
    ``out_folder``, ``out_is_folder``, ``out_exists``), UnavailableError (``out_unwritable``).
    """
    if path.suffix.casefold() not in forms:
        raise UsageError("errors.out_format", path=str(path), known=" ".join(forms))
    if not path.parent.is_dir():
        raise UsageError("errors.out_folder", path=str(path.parent))
    if path.is_dir():
        raise UsageError("errors.out_is_folder", path=str(path))
    if not os.access(path.parent, os.W_OK):
        raise UnavailableError("errors.out_unwritable", path=str(path.parent))
    if path.exists() and not force:
        raise UsageError("errors.out_exists", path=str(path))


@contextmanager
def draft_of(path: Path) -> Iterator[Path]:
    """A file beside ``path`` to write into; it takes that place when the block ends well.

    Raises UnavailableError (``out_failed``) where the system does not let it be written.
    """
    with writable(path):
        suffix = path.suffix.casefold()
        handle, name = tempfile.mkstemp(prefix=".gisclusters-", suffix=suffix, dir=path.parent)
        os.close(handle)
        draft = Path(name)
        try:
            yield draft
            draft.chmod(_mode_of_new_files())
            draft.replace(path)
        finally:
            with suppress(OSError):
                draft.unlink(missing_ok=True)


@contextmanager
def writable(path: Path) -> Iterator[None]:
    """Say which file could not be written, also where a library hid the system's answer.

    Raises UnavailableError (``out_failed``).
    """
    try:
        yield
    except GisClustersError:
        raise
    except Exception as fault:
        system = _system_fault(fault)
        if system is None:
            raise
        reason = system.strerror or str(system)
        raise UnavailableError("errors.out_failed", path=str(path), reason=reason) from fault


def _system_fault(fault: BaseException | None) -> OSError | None:
    """The refusal of the system that a fault is, or came from."""
    while fault is not None and not isinstance(fault, OSError):
        fault = fault.__cause__
    return fault


def _mode_of_new_files() -> int:
    """What a file made in the ordinary way may be read by; a draft is made for its owner alone."""
    mask = os.umask(0o022)
    os.umask(mask)
    return 0o666 & ~mask
