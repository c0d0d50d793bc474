"""The charts of an efficiency run: ladder beside the register, structure against the norm, shares.

Static SVG in millimetres of A4 landscape; every bar bears its number, so that nothing hangs
on colour or on reading an axis.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gisclusters.publish.canvas import GRID, HEAD, INK, SOFT, Canvas, Drawing, round_step
from gisclusters.publish.efficiency_said import signed_percent
from gisclusters.publish.result import Result
from gisclusters.words import Lang, hectares, number, percent, text

WIDTH_MM = 250.0
MOST_BARS = 16
"""Clusters in one drawing; more make further drawings."""

_LABEL_MM, _VALUE_MM = 66.0, 62.0
_ROW_MM, _BAR_MM, _TOP_MM, _BOTTOM_MM = 7.6, 4.6, 18.0, 12.0
_LETTERS = 40


def ladder_chart(cluster: dict[str, Any], result: Result, lang: Lang) -> Drawing | None:
    """One bar a rung with the registered figure as a black mark; None where nothing is known."""
    rungs = [row for row in cluster.get("ladder") or () if row["area_m2"] is not None]
    if not rungs:
        return None
    figures = [row[name] for row in rungs for name in ("area_m2", "registered_m2")
               if row[name] is not None]  # fmt: skip
    plot = _Plot(len(rungs), max(figures) / 10_000)
    plot.head(text("efficiency.chart_ladder", lang, as_of=result.run.as_of), cluster)
    plot.key([("#7fa6c9", text("efficiency.chart_measured", lang)),
              ("mark", text("efficiency.chart_registered", lang))])  # fmt: skip
    plot.axis(lang, unit="ha")
    for place, row in enumerate(rungs):
        said = hectares(row["area_m2"], lang)
        if row["registered_m2"] is not None:
            said += f" · {text('efficiency.chart_registered', lang)} " + hectares(
                row["registered_m2"], lang
            )
        beyond = row["area_verdict"] == "beyond_accuracy"
        if beyond:
            said += f" ({signed_percent(row['difference_share'], lang)})"
        plot.bar(place, text(f"efficiency.rung_{row['rung']}", lang), said,
                 [(row["area_m2"] / 10_000, "#7fa6c9")], bold=beyond,
                 mark=row["registered_m2"] and row["registered_m2"] / 10_000)  # fmt: skip
    return plot.finish(result, lang)


def structure_chart(cluster: dict[str, Any], result: Result, lang: Lang) -> Drawing | None:
    """The share of each land group with its norm as a mark, what is missing as a hatch."""
    groups = {
        name: row for name, row in (cluster.get("structure") or {}).items()
        if isinstance(row, dict) and "area_m2" in row and row.get("share") is not None
    }  # fmt: skip
    if not groups:
        return None
    norms = [row.get("at_least") or row.get("at_most") for row in groups.values()]
    greatest = max([row["share"] for row in groups.values()] + [norm for norm in norms if norm])
    plot = _Plot(len(groups), greatest * 100)
    plot.head(text("efficiency.chart_structure", lang, as_of=result.run.as_of), cluster)
    plot.key([("#7fa6c9", text("efficiency.chart_share", lang)),
              ("mark", text("efficiency.chart_norm", lang)),
              ("hatch", text("efficiency.chart_missing", lang)),
              ("back", text("efficiency.chart_excess", lang))])  # fmt: skip
    plot.axis(lang, unit="%")
    for place, ((name, row), norm) in enumerate(zip(groups.items(), norms, strict=True)):
        share, missing, excess = row["share"], row.get("missing_m2"), row.get("excess_m2")
        said = percent(share, lang)
        pieces = [(share * 100, "#7fa6c9")]
        if norm:
            said += f" ({'≥' if row.get('at_least') else '≤'} {percent(norm, lang)})"
        if missing and norm:
            said += f" · {text('efficiency.chart_missing', lang)} {number(missing, lang)} m²"
            pieces.append((norm * 100, "hatch"))
        if excess and norm:
            said += f" · {text('efficiency.chart_excess', lang)} {number(excess, lang)} m²"
            pieces = [(norm * 100, "#7fa6c9"), (share * 100, "back")]
        plot.bar(place, text(f"efficiency.group_{name}", lang), said, pieces,
                 bold=bool(missing or excess), mark=norm and norm * 100)  # fmt: skip
    return plot.finish(result, lang)


def occupancy_charts(
    clusters: Sequence[dict[str, Any]], result: Result, lang: Lang
) -> list[Drawing]:
    """The occupancy of every cluster, the fullest first, with what of it produces."""
    order = sorted(clusters, key=lambda each: (-(each.get("occupancy_share") or -1),
                                               str(each["cluster_id"])))  # fmt: skip
    drawings = []
    for first in range(0, len(order), MOST_BARS):
        rows = order[first : first + MOST_BARS]
        shares = [row["occupancy_share"] for row in rows if row.get("occupancy_share") is not None]
        plot = _Plot(len(rows), max([1.0, *shares]) * 100)
        plot.head(text("efficiency.chart_occupancy", lang, as_of=result.run.as_of), None)
        plot.key([("hatch", text("efficiency.chart_committed", lang)),
                  ("#4f7ea8", text("efficiency.chart_producing_share", lang))])  # fmt: skip
        plot.axis(lang, unit="%")
        for place, row in enumerate(rows):
            share, whole = row.get("occupancy_share"), row.get("industrial_m2")
            label = str(row["cluster_id"])
            if row.get("name"):
                label += f" – {row['name']}"
            if share is None or not whole:
                plot.bar(place, label, text("efficiency.chart_unknown", lang), [])
                continue
            produced = (row.get("producing_m2") or 0) / whole
            held = f"{hectares(row['committed_m2'], lang)} / {hectares(whole, lang)}"
            said = f"{percent(share, lang, 2)} ({held})"
            plot.bar(place, label, said, [(produced * 100, "#4f7ea8"), (share * 100, "hatch")])
        drawings.append(plot.finish(result, lang))
    return drawings


class _Plot:
    """Bars below one another, from 0 to ``greatest`` of their unit."""

    def __init__(self, rows: int, greatest: float) -> None:
        self.canvas = Canvas(WIDTH_MM, _TOP_MM + rows * _ROW_MM + _BOTTOM_MM)
        self.rows, self.title = rows, ""
        self.greatest = max(greatest, 1e-9) * 1.02
        self.scale = (WIDTH_MM - _LABEL_MM - _VALUE_MM) / self.greatest

    def x(self, value: float) -> float:
        return _LABEL_MM + value * self.scale

    def head(self, title: str, cluster: dict[str, Any] | None) -> None:
        """The title; of one cluster with its id and name before it."""
        whose = ""
        if cluster is not None:
            whose = f"{cluster['cluster_id']}"
            whose += f" – {cluster['name']}: " if cluster.get("name") else ": "
        self.title = whose + title
        self.canvas.text(0, 5, self.title, 4.4, bold=True, fill=HEAD)

    def key(self, entries: Sequence[tuple[str, str]]) -> None:
        """What fills and marks stand for."""
        x = _LABEL_MM
        for look, words in entries:
            if look == "mark":
                self.canvas.rect(x + 2.2, 8.6, 1.2, 4.4, INK, line=0)
            else:
                self.canvas.rect(x, 9, 6, 3.6, look)
            self.canvas.text(x + 8, 12, words, 3)
            x += 12 + len(words) * 1.75

    def axis(self, lang: Lang, *, unit: str) -> None:
        """Lines at round values, with the unit."""
        step, foot = round_step(self.greatest), _TOP_MM + self.rows * _ROW_MM
        for place in range(int(self.greatest / step) + 1):
            value = place * step
            self.canvas.line(self.x(value), _TOP_MM - 2, self.x(value), foot, GRID, 0.2)
            words = number(value, lang, 0 if step >= 1 else 1 if step >= 0.1 else 2)
            self.canvas.text(self.x(value), foot + 4, f"{words} {unit}", 2.8, "middle", SOFT)

    def bar(
        self, place: int, label: str, said: str, pieces: Sequence[tuple[float, str]], *,
        bold: bool = False, mark: float | None = None,
    ) -> None:  # fmt: skip
        """One bar; ``pieces`` end at their values, each begins where the last one ended.

        ``mark`` is a value with a black mark across the bar; the words stand clear of it.
        """
        y = _TOP_MM + place * _ROW_MM
        self.canvas.text(_LABEL_MM - 2, y + 4.1, _short(label), 3.1, "end")
        start = 0.0
        for end, look in pieces:
            if end > start:
                self.canvas.rect(self.x(start), y + 0.6, (end - start) * self.scale, _BAR_MM, look)
            start = max(start, end)
        reach = min(max([*(end for end, _ in pieces), mark or 0.0]), self.greatest)
        fits = len(said) * 1.62 < WIDTH_MM - self.x(reach) - 4
        at = self.x(reach) + 3.5 if fits else WIDTH_MM - len(said) * 1.62
        self.canvas.text(at, y + 4.1, said, 3, bold=bold)
        if mark is not None:
            self.canvas.rect(self.x(mark) - 0.6, y - 0.6, 1.2, _BAR_MM + 2.4, INK, "#fff", 0.2)

    def finish(self, result: Result, lang: Lang) -> Drawing:
        """The drawing with its source at the foot."""
        self.canvas.text(0, self.canvas.height_mm - 2, source_line(result, lang), 2.6, fill=SOFT)
        return self.canvas.finish(self.title)


def source_line(result: Result, lang: Lang) -> str:
    """Where the numbers of a chart come from."""
    return text("efficiency.chart_source", lang, id=result.run.id)


def _short(words: str) -> str:
    return words if len(words) <= _LETTERS else f"{words[: _LETTERS - 1]}…"
