"""What a person must know before relying on what a raster shows."""

from __future__ import annotations

from collections.abc import Sequence

from gisclusters.domain.issue import Issue, info, warning
from gisclusters.efficiency.image import Image, Seen, classes_seen

_MOST_LISTED = 20


def image_doubts(image: Image, seen: Sequence[Seen]) -> list[Issue]:
    """What the ± leaves out, built classes that are nowhere, classes the matrix does not know."""
    found = classes_seen(seen)
    strange = sorted({code for each in seen for code in each.strange})
    issues = []
    if found and not set(found) & set(image.built_classes):
        issues.append(
            warning(
                "landcover_built_nowhere",
                value=_listed(image.built_classes),
                classes=_listed(found),
            )
        )
    if image.confusion is None:
        issues.append(info("landcover_pixels_only"))
    elif strange:
        issues.append(warning("landcover_not_in_matrix", classes=_listed(strange)))
    return issues


def _listed(codes: Sequence[int]) -> str:
    shown = ", ".join(str(code) for code in codes[:_MOST_LISTED])
    return shown if len(codes) <= _MOST_LISTED else f"{shown}, …"
