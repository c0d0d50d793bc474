"""Open what is asked of land cover, and tell of a raster what it is and names."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gisclusters.domain.issue import Issue, info
from gisclusters.domain.source import Source
from gisclusters.errors import UsageError
from gisclusters.readers.raster import LandCover, open_land_cover
from gisclusters.readers.raster_legend import WORLDCOVER
from gisclusters.readers.raster_pairs import require_comparable
from gisclusters.rules.land_cover import (
    Confusion,
    LandCoverRules,
    load_confusion,
    load_land_cover_rules,
)
from gisclusters.words import has_text, text


@dataclass(frozen=True, slots=True, kw_only=True)
class LandCoverQuestion:
    """The files and numbers a person gave."""

    landcover: Path | None = None
    before: Path | None = None
    confusion: Path | None = None
    band: int | None = None
    ring_m: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The same, open and read; ``issues`` are what is doubtful about the rasters."""

    now: LandCover | None
    before: LandCover | None
    confusion: Confusion | None
    rules: LandCoverRules
    issues: tuple[Issue, ...]

    @property
    def rasters(self) -> list[LandCover]:
        """Those there are, today's first."""
        return [each for each in (self.now, self.before) if each is not None]

    @property
    def sources(self) -> list[Source]:
        """What identifies them in a run."""
        return [each.source for each in self.rasters]

    def options(self) -> dict[str, Any]:
        """What of the question identifies a run besides its sources; empty without a raster."""
        if self.now is None:
            return {}
        matrix = self.confusion
        return {
            "band": self.now.band,
            "image_rules": f"{self.rules.rule_set.name} {self.rules.rule_set.version}",
            "ring_m": self.rules.ring_m,
            "confusion": None if matrix is None else {
                "name": matrix.rule_set.name, "version": matrix.rule_set.version,
                "sha256": matrix.rule_set.sha256, "rows": matrix.rows,
                "patch_pixels": matrix.patch_pixels,
            },
        }  # fmt: skip


def opened(question: LandCoverQuestion, stack: ExitStack) -> Opened:
    """Open the rasters on ``stack`` and hold them against each other.

    Raises UsageError (``landcover_needed``, ``rules_unreadable``), InputRefusedError for a
    raster that cannot be used or two that cannot be compared.
    """
    if question.landcover is None:
        for option, value in (
            ("--landcover-before", question.before),
            ("--confusion", question.confusion),
            ("--band", question.band),
            ("--ring-m", question.ring_m),
        ):
            if value is not None:
                raise UsageError("errors.landcover_needed", option=option)
    confusion = None if question.confusion is None else load_confusion(question.confusion)
    rules = load_land_cover_rules().with_ring(question.ring_m)
    now = before = None
    issues: list[Issue] = []
    if question.landcover is not None:
        now = stack.enter_context(open_land_cover(question.landcover, band=question.band))
        issues += band_told(now)
    if question.before is not None and now is not None:
        before = stack.enter_context(open_land_cover(question.before, band=question.band))
        issues += [*band_told(before), *require_comparable(before, now)]
    return Opened(now=now, before=before, confusion=confusion, rules=rules, issues=tuple(issues))


def band_told(cover: LandCover) -> list[Issue]:
    """Which band was read, where there are several."""
    if cover.bands == 1:
        return []
    return [info("landcover_band_chosen", layer=cover.name, value=cover.band, count=cover.bands)]


def described(
    cover: LandCover, classes: Sequence[int], built_classes: Sequence[int] | None
) -> dict[str, Any]:
    """What a raster is, and its ``classes`` by name; a class without a name has None."""
    days = cover.legend.days or (None, None)
    return {
        "name": cover.name,
        "band": cover.band,
        "image_from": days[0],
        "image_to": days[1],
        "version": cover.legend.version,
        "classes": [
            {
                "class": code,
                **class_names(cover, code),
                "counts_as_built": None if built_classes is None else code in built_classes,
            }
            for code in classes
        ],
    }


def class_names(cover: LandCover, code: int) -> dict[str, str | None]:
    """Ours for a legend known to us, else the name the raster gives, in whatever language."""
    key = f"landcover.{WORLDCOVER}_{code}"
    if cover.legend.known_as == WORLDCOVER and has_text(key):
        return {"name_vi": text(key, "vi"), "name_en": text(key, "en")}
    name = cover.legend.names.get(code)
    return {"name_vi": name, "name_en": name}
