"""The leases of a cluster along time: what was agreed, what happened, what falls due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from gisclusters.publish.canvas import GRID, HEAD, INK, SOFT, WARN, Canvas, Drawing
from gisclusters.publish.efficiency_charts import WIDTH_MM, source_line
from gisclusters.publish.efficiency_rows import action_frame, parcels_of
from gisclusters.publish.result import Result
from gisclusters.words import Lang, text

MOST_ROWS = 20
"""Leases in one drawing; more make further drawings."""

_LABEL_MM, _RIGHT_MM, _ROW_MM, _TOP_MM, _FOOT_MM = 62.0, 8.0, 6.2, 20.0, 12.0
_BACK_YEARS, _AHEAD_YEARS = 6, 4
_LETTERS = 36
_EVENTS = ("handed_over_on", "planned_start_on", "planned_finish_on", "started_on", "finished_on",
           "producing_on", "use_stopped_on", "extension_until", "deadline")  # fmt: skip

Row = dict[str, Any]


def timelines(cluster: Row, result: Result, lang: Lang) -> list[Drawing]:
    """The leases of a cluster, what asks for an act first; none without a date or a day asked."""
    today = result.run.as_of
    order = {row["parcel_id"]: place for place, row in
             reversed(list(enumerate(action_frame(cluster).to_dict("records"))))}  # fmt: skip
    rows = [row for row in parcels_of(cluster) if row.get("lease")
            and any(_day(row, name) for name in (*_EVENTS, "lease_from"))]  # fmt: skip
    if today is None or not rows:
        return []
    rows.sort(key=lambda row: (order.get(row["parcel_id"], len(order)), row["parcel_id"]))
    first, last = _window(rows, today)
    parts = -(-len(rows) // MOST_ROWS)
    each = -(-len(rows) // parts)  # as many on every drawing
    return [
        _Timeline(rows[start : start + each], first, last, today).drawn(
            cluster, result, lang, part=part, parts=parts
        )
        for part, start in enumerate(range(0, len(rows), each), 1)
    ]


def _window(rows: Sequence[Row], today: date) -> tuple[date, date]:
    """Whole years around every event, at most some years back and ahead."""
    days = [day for row in rows for name in _EVENTS if (day := _day(row, name))] + [today]
    first = max(min(days).year, today.year - _BACK_YEARS)
    last = min(max(days).year, today.year + _AHEAD_YEARS)
    return date(first, 1, 1), date(last + 1, 1, 1)


class _Timeline:
    def __init__(self, rows: Sequence[Row], first: date, last: date, today: date) -> None:
        self.rows, self.first, self.last, self.today = rows, first, last, today
        self.foot = _TOP_MM + len(rows) * _ROW_MM
        self.canvas = Canvas(WIDTH_MM, self.foot + _FOOT_MM)
        self.scale = (WIDTH_MM - _LABEL_MM - _RIGHT_MM) / (last - first).days

    def x(self, day: date) -> float:
        """Where a day lies; what lies outside the window at its edge."""
        inside = min(max(day, self.first), self.last)
        return _LABEL_MM + (inside - self.first).days * self.scale

    def within(self, day: date | None) -> bool:
        return day is not None and self.first <= day <= self.last

    def drawn(self, cluster: Row, result: Result, lang: Lang, *, part: int, parts: int) -> Drawing:
        name = f" – {cluster['name']}" if cluster.get("name") else ""
        title = f"{cluster['cluster_id']}{name}: " + text(
            "efficiency.chart_timeline", lang, part=part, parts=parts, as_of=self.today
        )
        self.canvas.text(0, 5, title, 4.4, bold=True, fill=HEAD)
        self._key(lang)
        self._years()
        for place, row in enumerate(self.rows):
            self._row(_TOP_MM + place * _ROW_MM, row, lang)
        x = self.x(self.today)
        self.canvas.line(x, _TOP_MM - 1.5, x, self.foot, WARN, 0.5, "1.6 1")
        words = text("efficiency.chart_as_of", lang, on=self.today)
        self.canvas.text(x, self.foot + 7.4, words, 2.8, "middle", WARN, bold=True)
        self.canvas.text(0, self.canvas.height_mm - 1.5, source_line(result, lang), 2.6, fill=SOFT)
        return self.canvas.finish(title)

    def _key(self, lang: Lang) -> None:
        x, y = 0.0, 10.0
        for name in ("lease", "planned", "actual", "extension", "handed_over", "producing",
                     "stopped", "deadline"):  # fmt: skip
            self._sample(name, x, y)
            words = text(f"efficiency.chart_{name}", lang)
            self.canvas.text(x + 8.5, y + 3, words, 2.9)
            x += 13 + len(words) * 1.7

    def _sample(self, name: str, x: float, y: float) -> None:
        if name in {"lease", "planned", "actual", "extension"}:
            self._bar(name, x, x + 7, y)
        else:
            self._sign(name, x + 4, y)

    def _bar(self, name: str, x1: float, x2: float, y: float) -> None:
        if name == "lease":
            self.canvas.rect(x1, y + 0.4, x2 - x1, 4, "#e9eef3", "#8a99a8", 0.2)
        elif name == "planned":
            self.canvas.rect(x1, y + 0.8, x2 - x1, 1.5, "hatch", line=0.2)
        elif name == "actual":
            self.canvas.rect(x1, y + 2.5, x2 - x1, 1.5, HEAD, line=0.2)
        else:
            self.canvas.rect(x1, y + 0.8, x2 - x1, 3.2, "dots", line=0.25)

    def _sign(self, name: str, x: float, y: float) -> None:
        middle = y + 2.4
        if name == "handed_over":
            self.canvas.shape([(x - 1.5, middle - 1.6), (x + 1.5, middle - 1.6), (x, middle + 1.5)],
                              "#fff")  # fmt: skip
        elif name == "producing":
            self.canvas.circle(x, middle, 1.4)
        elif name == "stopped":
            self.canvas.line(x - 1.3, middle - 1.3, x + 1.3, middle + 1.3, INK, 0.7)
            self.canvas.line(x - 1.3, middle + 1.3, x + 1.3, middle - 1.3, INK, 0.7)
        else:
            self.canvas.shape([(x, middle - 1.9), (x + 1.5, middle), (x, middle + 1.9),
                               (x - 1.5, middle)], WARN)  # fmt: skip

    def _years(self) -> None:
        for year in range(self.first.year, self.last.year + 1):
            x = self.x(date(year, 1, 1))
            self.canvas.line(x, _TOP_MM - 1.5, x, self.foot, GRID, 0.2)
            if year < self.last.year:
                middle = self.x(date(year, 7, 1))
                self.canvas.text(middle, self.foot + 3.6, str(year), 2.8, "middle", SOFT)

    def _row(self, y: float, row: Row, lang: Lang) -> None:
        status = text(f"efficiency.status_{row['status']}", lang)
        label = f"{row['parcel_id']} · {status}"
        label = label if len(label) <= _LETTERS else f"{label[: _LETTERS - 1]}…"
        urgent = row["status"] in {"lapsed", "idle", "ended"}
        self.canvas.text(_LABEL_MM - 2, y + 3.6, label, 2.9, "end", bold=urgent)
        start, end = _day(row, "lease_from"), _day(row, "lease_to")
        if start is not None and start < self.last:
            self._span("lease", start, end or self.last, y)
        planned = _day(row, "planned_start_on"), _day(row, "planned_finish_on")
        if planned[0] is not None and planned[1] is not None:
            self._span("planned", planned[0], planned[1], y)
        begun = _day(row, "started_on")
        done = _day(row, "finished_on") or _day(row, "producing_on") or self.today
        if begun is not None and begun <= self.today:
            self._span("actual", begun, min(done, self.today), y)
        decided, until = _day(row, "extension_decided_on"), _day(row, "extension_until")
        if decided is not None and until is not None:
            self._span("extension", decided, until, y)
        for name, sign in (("handed_over_on", "handed_over"), ("producing_on", "producing"),
                           ("use_stopped_on", "stopped"), ("deadline", "deadline")):  # fmt: skip
            day = _day(row, name)
            if day is not None and self.within(day):
                self._sign(sign, self.x(day), y)

    def _span(self, name: str, start: date, end: date, y: float) -> None:
        if end >= start and end >= self.first and start <= self.last:
            self._bar(name, self.x(start), max(self.x(end), self.x(start) + 0.6), y)


def _day(row: Row, name: str) -> date | None:
    value = row.get(name)
    if not value:
        return None
    day = date.fromisoformat(str(value)[:10])
    # the record holds the last day of a lease, the drawing the end of that day
    return day + timedelta(days=1) if name == "lease_to" else day
