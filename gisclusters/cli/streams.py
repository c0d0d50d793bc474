"""Standard output and error that may go away: a closed pipe ends quietly, a full disk in words."""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any, TextIO, cast

from gisclusters.errors import UnavailableError

_GONE = {errno.EPIPE, errno.EBADF, errno.ESHUTDOWN} | ({errno.EINVAL} if os.name == "nt" else set())
"""What a stream answers that nobody reads any more."""


class Patient:
    """A stream that nobody has to read.

    Once it cannot be written, what follows goes nowhere.  That is told by UnavailableError
    (``output_unwritable``) where ``told``, once; a reader who went away is never told of.
    """

    def __init__(self, stream: TextIO, *, told: bool) -> None:
        self._stream, self._told = stream, told

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, words: Any) -> int:
        """Write as the stream does; nothing is nothing, though unbuffered streams may object."""
        if isinstance(words, str) and not words:  # with bytes the stream says what it thinks
            return 0
        try:
            return self._stream.write(words)
        except OSError as fault:
            self._give_up(fault)
            return len(words)

    def flush(self) -> None:
        """Flush as the stream does."""
        try:
            self._stream.flush()
        except OSError as fault:
            self._give_up(fault)

    def _give_up(self, fault: OSError) -> None:
        """What the stream still holds, and all that comes, goes nowhere."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._stream.fileno())
        os.close(nowhere)
        if self._told and fault.errno not in _GONE:
            raise UnavailableError(
                "errors.output_unwritable", path=self._stream.name, reason=fault.strerror
            ) from fault


def open_streams() -> None:
    """Give the process both streams, whatever it was started with, and make them patient."""
    for number in range(3):  # a closed one would be the number of the next file that is opened
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    for name, told in (("stdout", True), ("stderr", False)):
        stream = getattr(sys, name) or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
        setattr(sys, name, cast("TextIO", Patient(stream, told=told)))


@dataclass(slots=True)
class Stops:
    """Whether a person pressed Ctrl-C."""

    heard: bool = False


@contextmanager
def stops() -> Iterator[Stops]:
    """Remember a Ctrl-C besides raising it.

    Raised in the middle of an import it leaves half a module, and what comes to light is
    whatever that module lacks.
    """
    told = Stops()
    before = signal.getsignal(signal.SIGINT)
    ours = before is signal.default_int_handler and (
        threading.current_thread() is threading.main_thread()
    )

    def hear(number: int, frame: FrameType | None) -> None:
        told.heard = True
        signal.default_int_handler(number, frame)

    if ours:
        signal.signal(signal.SIGINT, hear)
    try:
        yield told
    finally:
        if ours:
            signal.signal(signal.SIGINT, before)
