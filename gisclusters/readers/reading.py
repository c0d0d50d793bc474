"""One file on its way to a layer: opened, its CRS settled, its rows checked, whole or in parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from gisclusters.domain.issue import Issue, error
from gisclusters.domain.source import Source
from gisclusters.domain.telling import together
from gisclusters.errors import InputRefusedError
from gisclusters.layers.checking import Defaults, Earlier
from gisclusters.layers.kinds import Kind, kind_named
from gisclusters.layers.layer import Ground, Layer
from gisclusters.layers.schema import check_rows
from gisclusters.readers.archives import Unpacked
from gisclusters.readers.dossier import dossier_file
from gisclusters.readers.exchanged import by_rows
from gisclusters.readers.field_package import MEASURED, is_package
from gisclusters.readers.files import TABLE_FORMS, checksum, sniff, unpack
from gisclusters.readers.ground import read_ground
from gisclusters.readers.options import ReadOptions
from gisclusters.readers.reference import settle_crs
from gisclusters.readers.rows import Opened, chosen_layer, named_rows, open_rows
from gisclusters.readers.siblings import sibling
from gisclusters.readers.sidecar import read_sidecar
from gisclusters.readers.vector import VectorParts, VectorRows, vector_parts
from gisclusters.readers.vector_files import Box, is_layered, layers_of
from gisclusters.scratch import scratch_folder

_SHAPES_LOST = {"geometry_unreadable", "feature_malformed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """A file as checked layers, one after another, each a part of its rows.

    ``count`` (rows) and ``bounds`` (in the CRS as received) are of the whole, None where only
    the layers themselves tell.  Layers are asked for one by one; a file of which any row is
    refused raises InputRefusedError with the problems of all its parts, after the last.
    """

    layers: Iterator[Layer]
    count: int | None = None
    bounds: Box | None = None


class Reading:
    """A file being read: what is the same for all of its rows."""

    def __init__(self, kind: Kind, path: Path, found: Unpacked, options: ReadOptions) -> None:
        self.kind, self.path, self.real, self.form = kind, path, found.path, found.form
        self.options = replace(options, layer=found.layer)
        self._left = found.issues
        self.sidecar = read_sidecar(path)
        self._crs: str | None = None
        self._settled = False

    @cached_property
    def sha256(self) -> str:
        """Of the file as received."""
        return checksum(self.path)

    @property
    def size_bytes(self) -> int:
        """Of the one file to read; of a Shapefile with its attributes."""
        if self.real.is_dir():
            return sum(part.stat().st_size for part in self.real.rglob("*"))
        attributes = sibling(self.real, ".dbf") if self.form == "shapefile" else None
        return sum(part.stat().st_size for part in {self.real, attributes} if part is not None)

    def whole(self) -> Layer:
        """All rows at once."""
        rows = open_rows(self.kind, self.real, self.form, self.options, self.sidecar)
        try:
            return self._checked(rows)
        except InputRefusedError as refusal:
            raise self._by_rows(refusal.issues, len(rows.frame)) from refusal

    @contextmanager
    def parts(self, size: int) -> Iterator[Parts]:
        """The rows up to ``size`` at a time; the form is one of ``PARTED_FORMS``."""
        layer = chosen_layer(self.kind, self.real, self.form, self.options)
        encoding = self.options.encoding or self.sidecar.encoding
        with vector_parts(self.real, self.form, layer, encoding, size=size) as found:
            bounds = found.bounds
            if bounds is not None and self.options.axes == "ne":
                bounds = (bounds[1], bounds[0], bounds[3], bounds[2])
            yield Parts(layers=self._part_by_part(found, layer), count=found.count,
                        bounds=bounds)  # fmt: skip

    def _part_by_part(self, found: VectorParts, layer: str | None) -> Iterator[Layer]:
        told: list[Issue] = []
        refused = False
        before, earlier = 0, Earlier()
        for part in found.parts:
            try:
                rows = named_rows(self.kind, self.real, part, layer, self.options, self.sidecar)
                checked = self._checked(rows, before=before, earlier=earlier)
            except InputRefusedError as refusal:
                if not self._settled and self.kind.shape != "none":
                    raise InputRefusedError(
                        [*refusal.issues, *self._of_later_rows(found, part)]
                    ) from refusal
                refused = True
                told += refusal.issues
            else:
                told += checked.issues
                yield checked
            before += len(part.frame)
            told = together(told, layer=self._called(layer))
        if refused:
            raise self._by_rows(told, before)
        if not before:  # the file counts rows that are not there
            yield self.whole()

    def _by_rows(self, issues: Iterable[Issue], rows: int) -> InputRefusedError:
        turned = self.options.axes == "ne" and self.form not in TABLE_FORMS
        return InputRefusedError(by_rows(issues, rows=rows, turned=turned))

    def _of_later_rows(self, found: VectorParts, part: VectorRows) -> list[Issue]:
        """What is known already of the rows behind a part."""
        told = {(each.code, each.row) for each in part.issues}
        return [each.in_layer(self.path.name) for each in found.issues
                if each.row is not None and (each.code, each.row) not in told]  # fmt: skip

    def _called(self, layer: str | None) -> str:
        return self.path.name if layer is None else f"{self.path.name}:{layer}"

    def _checked(self, rows: Opened, *, before: int = 0, earlier: Earlier | None = None) -> Layer:
        left, self._left = self._left, ()
        issues = [issue.in_layer(self.path.name) for issue in (*left, *rows.issues)]
        if self.kind.shape != "none" and not self._settled:
            issues += self._settle(rows, issues)
        source = Source(
            role=self.kind.name, name=self.path.name, sha256=self.sha256,
            crs_as_received=self._crs, rows=len(rows.frame), layer=rows.layer,
            decision=self.options.decision, decided_on=self.options.decided_on,
        )  # fmt: skip
        try:
            layer = check_rows(
                self.kind.name, rows.frame, crs=self._crs, source=source,
                defaults=self._defaults(before), issues=tuple(issues),
                grounds=MappingProxyType(self._grounds(rows.frame)),
                accept_repairs=self.options.accept_repairs, earlier=earlier,
            )  # fmt: skip
        except InputRefusedError as refusal:
            found = [self._empty(issue, rows.layer) for issue in _told_once(refusal.issues)]
            raise InputRefusedError(found) from refusal
        return replace(layer, received_text=rows.received)

    def _empty(self, issue: Issue, layer: str | None) -> Issue:
        """That there are no rows, with the other layers of the file that could be meant."""
        if issue.code != "no_rows" or layer is None or self.form in TABLE_FORMS:
            return issue
        found = layers_of(self.real, self.form) if is_layered(self.form) else []
        if layer == MEASURED == self.kind.name and is_package(name for name, _ in found):
            return error("nothing_measured", layer=issue.layer, value=layer)
        others = [name for name, shapes in found
                  if name != layer and (shapes or self.kind.shape == "none")]  # fmt: skip
        if not others:
            return issue
        return error("layer_empty", layer=issue.layer, value=layer, others=" / ".join(others))

    def _settle(self, rows: Opened, issues: list[Issue]) -> list[Issue]:
        """Find the CRS of the file by its first rows; every problem so far is told at once."""
        try:
            self._crs, more = settle_crs(
                self.path.name, rows.crs, self.options, self.sidecar, doubt=rows.crs_doubted,
                assumed=rows.points is not None and rows.points.crs_assumed,
            )  # fmt: skip
        except InputRefusedError as refusal:
            raise InputRefusedError([*issues, *refusal.issues]) from refusal
        self._settled = True
        if rows.points is not None:
            from gisclusters.readers.coordinates import pairs_agree  # noqa: PLC0415 - tables only

            more += pairs_agree(rows.points, self._crs, self.path.name)
        return more

    def _grounds(self, frame: pd.DataFrame) -> dict[str, Ground]:
        if self.kind.name != "plans" or self._crs is None:
            return {}
        stem = self.sidecar.id or self.path.stem
        ids = set(frame["plan_id"].dropna()) if "plan_id" in frame else set()
        return {str(name).strip(): self._ground for name in ids | {stem}}

    @cached_property
    def _ground(self) -> Ground:
        said = self.options.ground if self.options.ground is not None else self.sidecar.ground
        place = self.real if self.form == "gpkg" else self.path
        return read_ground(place, self.form, said, crs=str(self._crs),
                           places=self.options.known.places)  # fmt: skip

    def _defaults(self, before: int) -> Defaults:
        values = dict(self.sidecar.values)
        if self.sidecar.id is not None:
            values["plan_id"] = self.sidecar.id
        said = {"category": self.options.category, "decision": self.options.decision}
        return Defaults(
            stem=self.sidecar.id or self.path.stem, values=MappingProxyType(values),
            option_values=MappingProxyType({k: v for k, v in said.items() if v is not None}),
            accuracy_m=self.sidecar.accuracy_m, option_accuracy_m=self.options.accuracy_m,
            map_scale=self.sidecar.map_scale, rows_before=before,
        )  # fmt: skip


@contextmanager
def begun(kind: str, path: Path | str, options: ReadOptions) -> Iterator[Reading]:
    """A file, out of its archive where it is in one, ready to be read."""
    wanted = kind_named(kind)
    path = dossier_file(Path(path), wanted.name)
    with unpacked(path, options) as found:
        yield Reading(wanted, path, found, options)


@contextmanager
def unpacked(path: Path, options: ReadOptions) -> Iterator[Unpacked]:
    """The one file to read and its form: ``path``, or what lies in it where it is an archive."""
    form = sniff(path)
    if form not in {"zip", "gzip"}:
        yield Unpacked(path=path, form=form, layer=options.layer)
        return
    with scratch_folder() as folder:
        yield unpack(path, folder, options.layer)


def _told_once(issues: tuple[Issue, ...]) -> list[Issue]:
    """Without `missing` for shapes that are missing because they could not be read."""
    known = {issue.row for issue in issues if issue.code in _SHAPES_LOST}
    return [
        issue for issue in issues
        if not (issue.code == "geometry_unusable" and issue.value == "missing"
                and issue.row in known)
    ]  # fmt: skip
