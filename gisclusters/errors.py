"""The family of errors that gisclusters raises on purpose.

Inner code raises the error where the problem is understood; the command line and the
service translate it to an exit code or a status in one table each.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gisclusters.domain.issue import Issue


class GisClustersError(Exception):
    """Anything that gisclusters refuses or cannot do, said in words for a person."""


class InputRefusedError(GisClustersError, ValueError):
    """The input holds problems; nothing was stored.  ``issues`` lists every one of them."""

    def __init__(self, issues: Iterable[Issue]) -> None:
        self.issues: tuple[Issue, ...] = tuple(issues)
        super().__init__(
            "; ".join(str(issue) for issue in self.issues if issue.level == "error")
            or "input refused"
        )


class _SaidError(GisClustersError):
    """An error whose sentence stands in the catalogue: ``key`` names it, ``params`` fill it."""

    key: str
    params: dict[str, object]

    def __str__(self) -> str:
        """The sentence in English, for who calls from Python."""
        from gisclusters.words import has_text, text  # noqa: PLC0415 - only where it is read

        with suppress(KeyError):  # a field that was not given: better a bare answer than a fault
            if has_text(self.key):
                return text(self.key, "en", **self.params)
        return f"{self.key}: {self.params}" if self.params else self.key


class UsageError(_SaidError, ValueError):
    """The question itself is put wrongly: options that contradict, an unknown name.

    ``key`` names the sentence in the catalogue, ``params`` fill it.
    """

    def __init__(self, key: str, **params: object) -> None:
        self.key = key
        self.params = params
        super().__init__(key)


class UnavailableError(_SaidError, OSError):
    """A store, a server or an outside program is missing, locked or of another version."""

    def __init__(self, key: str, **params: object) -> None:
        self.key = key
        self.params = params
        super().__init__(key)


class StoppedError(_SaidError):
    """A person stopped the work (Ctrl-C); ``key`` names the sentence that says what came of it."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.params: dict[str, object] = {}
        super().__init__(key)


class CrsMismatchError(GisClustersError, ValueError):
    """Two frames were compared before being brought to the same CRS."""


class InvalidGeometryError(GisClustersError, ValueError):
    """Shapes that cannot be measured; ``ids`` names them, ``reasons`` says why and where."""

    def __init__(self, ids: Sequence[object], reasons: Sequence[str]) -> None:
        self.ids = tuple(ids)
        self.reasons = tuple(reasons)
        shown = ", ".join(
            f"{name}: {reason}"
            for name, reason in zip(self.ids[:10], self.reasons[:10], strict=True)
        )
        more = f" (and {len(self.ids) - 10} more)" if len(self.ids) > 10 else ""
        super().__init__(f"invalid geometry in {shown}{more}")
