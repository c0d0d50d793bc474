"""Draft letters to the offices that keep the plans a boundary meets, as Word papers.

One letter per boundary and plan with ground that blocks, needs an approval or stays undecided;
what the office must fill in (addressee, number, day, signature) is left in dots.  The form is
that of an official letter, Decree 30/2020/NĐ-CP, annex III, form 1.5.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from gisclusters.domain.accepted import ExceptionState
from gisclusters.domain.verdicts import OverlapVerdict
from gisclusters.publish.letter_parts import (
    body,
    centred,
    check_letters,
    file_name,
    foot,
    head,
    write_papers,
)
from gisclusters.publish.report import run_lines
from gisclusters.publish.result import Result
from gisclusters.publish.tables import category_word, cells_of, columns_of
from gisclusters.publish.views import with_plan, worst_first
from gisclusters.publish.word_paper import add_table, new_paper
from gisclusters.words import Lang, day, issue_text, number, percent, text

__all__ = ["MOST_CORNERS", "Letter", "check_letters", "letters", "write_letters"]

_ASKING = (str(OverlapVerdict.CONFLICT), str(OverlapVerdict.UNDECIDED))
_ASKED = (("zone_id", "rule_id"), ("verdict", "relation"), ("area_m2", "distance_m"), ("width_m",),
          ("legal_basis", "confidence"), ("approval", "approval_en"))  # fmt: skip
_CORNER = ("zone_id", "piece", "corner", "northing_m", "easting_m")
_SAID_WITH_IT = ("corridor_from_line", "accuracy_assumed", "date_unknown")
"""Warnings about a plan without which its figures would say too much."""

MOST_CORNERS = 60
"""So many corners stand in a letter; more are left to the report it goes with."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One draft: the boundary, the plan, and the rows that ask for an act, worst first."""

    subject_id: str
    plan_id: str
    plan: str
    rows: pd.DataFrame
    name: str


def letters(result: Result) -> list[Letter]:
    """The letters an overlap check calls for, in the order of the findings; none of it: empty."""
    frames = [pd.DataFrame(frame.drop(columns="geometry")) for frame in result.findings]
    if result.subject != "overlaps" or not frames:
        return []
    found: list[Letter] = []
    taken: set[str] = set()
    for frame in frames:
        asking = frame[frame["verdict"].isin(_ASKING) & frame["severity"].notna()]
        if "exception_state" in asking:  # what somebody accepted already is asked of nobody
            asking = asking[asking["exception_state"] != str(ExceptionState.ACCEPTED)]
        for (subject, plan), rows in worst_first(asking).groupby(
            ["subject_id", "plan_id"], sort=False
        ):
            shown = with_plan(rows)
            name = file_name(f"{subject}-{plan}", taken)
            found.append(Letter(str(subject), str(plan), str(shown["plan"].iloc[0]), shown, name))
    return found


def write_letters(result: Result, folder: Path, lang: Lang) -> list[Path]:
    """Write the letters of a result into a folder, and give their paths."""
    return write_papers(
        folder, ((letter.name, _paper(result, letter, lang)) for letter in letters(result))
    )


def _paper(result: Result, letter: Letter, lang: Lang) -> Any:
    paper = new_paper(lang, made_on=result.run.as_of, size_pt=13, wide=False)
    values = _values(result, letter, lang)
    head(paper, text("letters.about", lang, **values), lang)
    centred(paper, text("letters.to", lang, **values))
    for name in ("basis", "found"):
        body(paper, text(f"letters.{name}", lang, **values))
    rows = letter.rows
    known = {column.name: column for column in columns_of("overlaps", rows, lang)}
    stacks = [[known[name] for name in stack if name in known] for stack in _ASKED]
    stacks = [stack for stack in stacks if stack]
    cells = [list(cells_of(rows, stack, lang)) for stack in stacks]
    add_table(
        paper, [[column.header(lang) for column in stack] for stack in stacks],
        list(zip(rows["severity"], zip(*cells, strict=True), strict=True)),
        [stack[0].form in {"area", "metres"} for stack in stacks],
    )  # fmt: skip
    layers = {None, *", ".join(rows["layer"]).split(", ")}
    for issue in result.issues:
        if issue.code in _SAID_WITH_IT and issue.layer in layers:
            body(paper, issue_text(issue, lang)[0])
    corners = _corners(result, letter)
    if len(corners):
        body(paper, text("letters.corners", lang, **values))
        columns = [c for c in columns_of("piece_corners", corners, lang) if c.name in _CORNER]
        cells = [list(cells_of(corners, [column], lang)) for column in columns]
        add_table(
            paper, [[column.header(lang)] for column in columns],
            [("", row) for row in zip(*cells, strict=True)],
            [column.form == "metres" for column in columns],
        )  # fmt: skip
    for name in ("request", "limits"):
        body(paper, text(f"letters.{name}", lang, **values))
    foot(paper, run_lines(result, lang), lang)
    return paper


def _values(result: Result, letter: Letter, lang: Lang) -> dict[str, str]:
    rows = letter.rows
    kinds = list(dict.fromkeys(category_word(word, lang) for word in rows["category"]))
    areas = rows["area_m2"].dropna()
    whole = rows["share_of_subject"].dropna()
    cluster = _named(result, letter.subject_id)
    return {
        "cluster": cluster, "plan": letter.plan, "kinds": "; ".join(kinds),
        "count": number(rows["zone_id"].nunique(), lang),
        # Zones of one plan can lie on each other: the largest is given, never a sum.
        "area": number(float(areas.max()), lang, 1) if len(areas) else "0",
        "share": percent(float(whole.max()), lang) if len(whole) else percent(0.0, lang),
        "as_of": "…" if result.run.as_of is None else day(result.run.as_of, lang),
        "crs": result.run.crs or "–",
        "run": result.run.id,
        "tolerance": number(float(rows["tolerance_m"].max()), lang, 2),
    }  # fmt: skip


def _named(result: Result, subject_id: str) -> str:
    for frame in result.drawn:
        mine = frame[frame["cluster_id"] == subject_id]
        name = mine["name"].iloc[0] if len(mine) else None
        if not pd.isna(name) and name != subject_id:
            return f"{name} ({subject_id})"
    return subject_id


def _corners(result: Result, letter: Letter) -> pd.DataFrame:
    """The corners of the pieces of one letter; empty where there are too many for a letter."""
    lines = [
        piece | corner
        for piece in result.extra.get("pieces") or []
        if (piece["subject_id"], piece["plan_id"]) == (letter.subject_id, letter.plan_id)
        for corner in piece["corners"]
    ]
    frame = pd.DataFrame(lines)
    return frame if len(frame) <= MOST_CORNERS else frame.iloc[:0]
