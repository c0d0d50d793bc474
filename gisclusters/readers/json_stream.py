"""JSON from a file piece by piece: no more of it in memory than the value being read.

The values themselves are read by the decoder of the standard library; this is the window it
looks through.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import IO, Any

from gisclusters.readers.json_keys import Members, members

_PIECE = 1 << 20
_SPACE = re.compile(r"[ \t\r\n]*")
_NEAR = 16
"""A fault this close to the end of what was read may only mean that more is to come."""


class JsonText:
    """The text of a file in UTF-8, with or without its mark, and a place in it.

    ``watched`` is a pattern of which ``seen`` counts the places in all that was read; a match has
    at most eight signs.  ``repeats`` grows with every object in which a name stands twice (such
    an object is one of ``Members``).  Every method raises ValueError, naming line, column and
    character (or the byte that is no UTF-8), and RecursionError for values nested too deep.
    """

    def __init__(self, file: IO[bytes], *, watched: re.Pattern[str] | None = None) -> None:
        self._file = file
        self._utf8 = codecs.getincrementaldecoder("utf-8-sig")()
        self._watched = watched
        self._decoder = json.JSONDecoder(object_pairs_hook=self._members)
        self._held, self._place, self._ended = "", 0, False
        self._before, self._lines, self._column, self._bytes = 0, 0, 0, 0
        self.seen = 0
        self.repeats = 0

    def sign(self, also: str = "") -> str:
        """The next sign that is no space (nor one of ``also``), left where it is; "" at the end."""
        while True:
            self._place = _SPACE.match(self._held, self._place).end()  # type: ignore[union-attr]
            if self._place < len(self._held):
                found = self._held[self._place]
                if found not in also:
                    return found
                self._place += 1
            elif not self._more():
                return ""

    def take(self, expected: str) -> str:
        """Step over the next sign, which must be one of ``expected``."""
        found = self.sign()
        if not found or found not in expected:
            shown = " or ".join(f"'{each}'" for each in expected)
            raise self._fault(f"Expecting {shown}", self._place)
        self._place += 1
        return found

    def value(self) -> Any:
        """The next value, whole."""
        self.sign()
        while True:
            try:
                found, end = self._decoder.raw_decode(self._held, self._place)
            except json.JSONDecodeError as fault:
                cut = fault.msg.startswith("Unterminated") or fault.pos >= len(self._held) - _NEAR
                said = self._fault(fault.msg, fault.pos)
                if not cut or not self._more(len(self._held) - self._place):
                    raise said from None
                continue
            if end == len(self._held) and self._more():  # a number may go on
                continue
            self._place = end
            return found

    def members(self) -> Iterator[str]:
        """The names in an object; the value after each must be taken before the next is asked."""
        self.take("{")
        if self.sign() == "}":
            self._place += 1
            return
        while True:
            if self.sign() != '"':
                raise self._fault("Expecting property name enclosed in double quotes", self._place)
            name = self.value()
            self.take(":")
            yield name
            if self.take(",}") == "}":
                return

    def items(self) -> Iterator[Any]:
        """The values of an array, one after another."""
        self.take("[")
        if self.sign() == "]":
            self._place += 1
            return
        while True:
            yield self.value()
            if self.take(",]") == "]":
                return

    def _members(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = members(pairs)
        self.repeats += isinstance(found, Members)
        return found

    def _more(self, least: int = 0) -> bool:
        """Read on and let go of what lies behind; False where the file has ended."""
        if self._ended:
            return False
        piece = self._file.read(max(_PIECE, least))
        self._ended = not piece
        pending = len(self._utf8.getstate()[0])
        try:
            text = self._utf8.decode(piece, final=self._ended)
        except UnicodeDecodeError as fault:
            place = self._bytes - pending + fault.start
            raise ValueError(f"no UTF-8 ({fault.reason}): byte {place}") from None
        self._bytes += len(piece)
        self._let_go()
        if self._watched is not None:
            tail = self._held[-8:]
            self.seen += sum(
                found.end() > len(tail) for found in self._watched.finditer(tail + text)
            )
        self._held += text
        return bool(text) or not self._ended

    def _let_go(self) -> None:
        gone = max(self._place - 8, 0)
        passed = self._held[:gone]
        lines = passed.count("\n")
        self._lines += lines
        self._column = len(passed) - passed.rfind("\n") - 1 + (0 if lines else self._column)
        self._before += gone
        self._held, self._place = self._held[gone:], self._place - gone

    def _fault(self, words: str, place: int) -> ValueError:
        passed = self._held[:place]
        lines = passed.count("\n")
        column = place - passed.rfind("\n") + (0 if lines else self._column)
        return ValueError(f"{words}: line {self._lines + lines + 1} column {column} "
                          f"(char {self._before + place})")  # fmt: skip
