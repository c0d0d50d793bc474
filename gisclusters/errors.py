"""The family of errors that gisclusters raises on purpose.

Inner code raises the error where the problem is understood; the command line and the
service translate it to an exit code or a status in one table each.
"""

from __future__ import annotations

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


class UsageError(GisClustersError, ValueError):
    """The question itself is put wrongly: options that contradict, an unknown name.

    ``key`` names the sentence in the catalogue, ``params`` fill it.
    """

    def __init__(self, key: str, **params: object) -> None:
        self.key = key
        self.params = params
        super().__init__(f"{key}: {params}" if params else key)


class UnavailableError(GisClustersError, OSError):
    """A store, a server or an outside program is missing, locked or of another version."""

    def __init__(self, key: str, **params: object) -> None:
        self.key = key
        self.params = params
        super().__init__(f"{key}: {params}" if params else key)


class StoppedError(GisClustersError):
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
