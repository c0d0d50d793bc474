"""The clusters of a store with their parcels, measured as of any day without reading them again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from gisclusters.domain.issue import Issue
from gisclusters.domain.run import RuleSet
from gisclusters.domain.source import Source
from gisclusters.efficiency import measure_efficiency
from gisclusters.efficiency.leases import current_leases
from gisclusters.errors import UsageError
from gisclusters.layers.layer import Layer
from gisclusters.layers.values import fold
from gisclusters.rules.efficiency import EfficiencyRules, load_efficiency_rules
from gisclusters.store import Store
from gisclusters.workflows.check_overlaps import require_clusters
from gisclusters.workflows.measure_efficiency import _of_clusters as rows_of_clusters

_UNITS = ("xa ", "phuong ", "thi tran ", "dac khu ", "tinh ", "thanh pho ", "tp ")


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured on one day: clusters (with the fields of their layer), parcels."""

    clusters: pd.DataFrame
    parcels: pd.DataFrame
    issues: tuple[Issue, ...]
    rules: RuleSet


@dataclass(frozen=True, slots=True)
class Scope:
    """The clusters of one place: ``level`` is ``cluster``, ``commune``, ``province`` or ``all``.

    ``by`` says how they were told: ``ids``, ``field`` (the place named in the cluster's row),
    ``places`` (where the boundary lies in the stored place) or ``store`` (all there are).
    ``ended``: a stored place of that name exists, none on the day.
    """

    level: str
    name: str
    by: str
    ids: tuple[str, ...] = ()
    ended: bool = False


class MeasuredStore:
    """The layers of a store that an efficiency run needs, loaded once."""

    def __init__(
        self, store: Store, *, ids: Sequence[str] = (), rules: str = "vn_efficiency"
    ) -> None:
        subjects = store.load("clusters", ids=list(ids) or None)
        require_clusters(subjects, ids)
        self._leases = next(iter(store.load("leases")), None)
        self.indicators: list[Layer] = list(store.load("indicators"))
        self._places: list[Layer] = list(store.load("places"))
        self._rules: EfficiencyRules = load_efficiency_rules(rules)
        self.subjects: list[Layer] = list(subjects)
        self._around: list[tuple[Layer | None, Layer | None]] = [
            (rows_of_clusters(store, "lots", names, subject.crs),
             rows_of_clusters(store, "parcels", names, subject.crs))
            for subject in subjects
            for names in [[str(name) for name in subject.frame["cluster_id"]]]
        ]  # fmt: skip

    @property
    def rule_set(self) -> RuleSet:
        """The rules that every day is judged by."""
        return self._rules.rule_set

    @property
    def crs(self) -> str:
        """The working CRSs."""
        return ", ".join(sorted({layer.crs for layer in self.subjects if layer.crs}))

    @property
    def sources(self) -> list[Source]:
        """Everything a figure may rest on."""
        found = [layer.source for layer in self.subjects]
        found += [layer.source for pair in self._around for layer in pair if layer is not None]
        found += [] if self._leases is None else [self._leases.source]
        return found + [layer.source for layer in self.indicators]

    def scope_of(self, level: str, name: str, as_of: date) -> Scope:
        """The clusters in a commune or province, and how they were told.

        A place of that name stored for the day decides by where the boundary's inner point lies;
        else the name in the cluster's own row.  Raises UsageError (``place_no_clusters``).
        """
        wanted = _plain(name)
        named = [
            (bool(holds), layer.crs, row.geometry)
            for layer in self._places
            for row, holds in zip(layer.shapes.itertuples(), layer.in_force(as_of), strict=True)
            if row.level == level and _plain(row.name) == wanted
        ]
        shapes = [(crs, shape) for holds, crs, shape in named if holds]
        found: list[str] = []
        for subject in self.subjects:
            points = subject.shapes.geometry.representative_point()
            for crs, shape in shapes:
                if crs == subject.crs:
                    inside = points.within(shape).to_numpy()
                    found += subject.frame.loc[inside, "cluster_id"].astype(str).tolist()
        by = "places"
        if not found:
            by = "field"
            found = [
                str(row["cluster_id"])
                for subject in self.subjects
                for row in subject.frame.to_dict("records")
                if _plain(row[level]) == wanted
            ]
        if not found:
            raise UsageError("errors.place_no_clusters", value=name)
        ended = bool(named) and not shapes
        return Scope(level, name, by, tuple(sorted(set(found))), ended)

    def measure(self, as_of: date, *, in_force_only: bool = True) -> Measured:
        """The efficiency report of every zone as one table, as of ``as_of``.

        ``in_force_only`` leaves out clusters that are not, or no longer, in force on the day.
        The status of a cluster is the one the store has today.
        """
        clusters, parcels, issues = [], [], []
        for subject, around in zip(self.subjects, self._around, strict=True):
            lots, holdings = around
            layer = subject.where(subject.in_force(as_of)) if in_force_only else subject
            if not len(layer):
                continue
            if len(layer) < len(subject):
                lots, holdings = (_without(each, subject, layer) for each in (lots, holdings))
            report = measure_efficiency(
                layer, lots, holdings, as_of=as_of, leases=self._leases, rules=self._rules
            )
            fields = pd.DataFrame(layer.frame.drop(columns="geometry")).reset_index(drop=True)
            more = [name for name in fields if name not in report.clusters]
            clusters.append(pd.concat([report.clusters, fields[more]], axis=1))
            parcels.append(self._with_lessees(report.parcels, holdings, as_of))
            issues += [*subject.issues, *report.issues]
        if not clusters:
            raise UsageError("errors.no_cluster_in_force", day=as_of)
        return Measured(
            pd.concat(clusters, ignore_index=True), pd.concat(parcels, ignore_index=True),
            tuple(issues), self._rules.rule_set,
        )  # fmt: skip

    def _with_lessees(
        self, rows: pd.DataFrame, holdings: Layer | None, as_of: date
    ) -> pd.DataFrame:
        if holdings is None:
            return rows.assign(lessee=None)
        current = current_leases(holdings, self._leases, as_of=as_of).frame
        lessees = pd.Series(
            current["lessee"].to_numpy(), index=holdings.frame["parcel_id"].to_numpy()
        )
        return rows.assign(lessee=rows["parcel_id"].map(lessees).to_numpy())


def scoped_store(
    store: Store,
    *,
    ids: Sequence[str] = (),
    commune: str | None = None,
    province: str | None = None,
    as_of: date,
    rules: str = "vn_efficiency",
) -> tuple[MeasuredStore, Scope]:
    """The clusters asked for, by id or by place, else all of them.

    Raises UsageError (``cluster_unknown``, ``store_no_clusters``, ``place_no_clusters``).
    """
    if ids:
        found = MeasuredStore(store, ids=ids, rules=rules)
        return found, Scope("cluster", ", ".join(ids), "ids", tuple(ids))
    whole = MeasuredStore(store, rules=rules)
    level, name = ("commune", commune) if commune is not None else ("province", province)
    if name is None:
        return whole, Scope("all", "", "store")
    scope = whole.scope_of(level, name, as_of)
    return MeasuredStore(store, ids=scope.ids, rules=rules), scope


def _without(around: Layer | None, whole: Layer, kept: Layer) -> Layer | None:
    """What lies in clusters that are left out goes with them."""
    if around is None:
        return None
    gone = set(whole.frame["cluster_id"]) - set(kept.frame["cluster_id"])
    return around.where(~around.frame["cluster_id"].isin(gone))


def _plain(name: object) -> str:
    """A place without its kind, case and accents; ``(mới)`` stays, it is part of the name."""
    if not isinstance(name, str):
        return ""
    words = fold(name)
    return next((words.removeprefix(each) for each in _UNITS if words.startswith(each)), words)
