"""Draft letters to the offices that keep the plans a boundary meets, as Word papers.

One letter per boundary and plan with ground that blocks, needs an approval or stays undecided;
what the office must fill in (addressee, number, day, signature) is left in dots.  The form is
that of an official letter, Decree 30/2020/NĐ-CP, annex III, form 1.5.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt

from gisclusters.domain.accepted import ExceptionState
from gisclusters.domain.verdicts import OverlapVerdict
from gisclusters.errors import UsageError
from gisclusters.layers.values import fold
from gisclusters.publish.drafts import draft_of, writable
from gisclusters.publish.report import run_lines
from gisclusters.publish.result import Result
from gisclusters.publish.tables import category_word, cells_of, columns_of
from gisclusters.publish.views import with_plan, worst_first
from gisclusters.publish.word_paper import add_table, new_paper
from gisclusters.words import Lang, day, issue_text, number, percent, text

_ASKING = (str(OverlapVerdict.CONFLICT), str(OverlapVerdict.UNDECIDED))
_ASKED = (("zone_id", "rule_id"), ("verdict", "relation"), ("area_m2", "distance_m"), ("width_m",),
          ("legal_basis", "confidence"), ("approval", "approval_en"))  # fmt: skip
_CORNER = ("zone_id", "piece", "corner", "northing_m", "easting_m")
_HEAD_SHARES = (0.38, 0.62)
"""The name of the state must stand on one line."""

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
            name = _file_name(f"{subject}-{plan}", taken)
            found.append(Letter(str(subject), str(plan), str(shown["plan"].iloc[0]), shown, name))
    return found


def check_letters(folder: Path, *, force: bool) -> None:
    """Refuse a folder before any work: a file of that name, or, unforced, one that holds anything.

    Raises UsageError (``out_exists``, ``out_folder``).
    """
    if not folder.parent.is_dir() or (folder.exists() and not folder.is_dir()):
        raise UsageError("errors.out_folder", path=str(folder))
    if folder.is_dir() and any(folder.iterdir()) and not force:
        raise UsageError("errors.out_exists", path=str(folder))


def write_letters(result: Result, folder: Path, lang: Lang) -> list[Path]:
    """Write the letters of a result into a folder, and give their paths."""
    with writable(folder):
        folder.mkdir(exist_ok=True)
    written = []
    for letter in letters(result):
        path = folder / letter.name
        paper = _paper(result, letter, lang)
        with draft_of(path) as draft:
            paper.save(str(draft))
        written.append(path)
    return written


def _file_name(words: str, taken: set[str]) -> str:
    """A name that every file system takes, once."""
    stem = re.sub(r"\s+", "-", fold(words)) or "letter"
    name, place = f"{stem[:100]}.docx", 1
    while name in taken:
        place += 1
        name = f"{stem[:100]}-{place}.docx"
    taken.add(name)
    return name


def _paper(result: Result, letter: Letter, lang: Lang) -> Any:
    paper = new_paper(lang, made_on=result.run.as_of, size_pt=13, wide=False)
    values = _values(result, letter, lang)
    _head(paper, values, lang)
    _centred(paper, text("letters.to", lang, **values))
    for name in ("basis", "found"):
        _body(paper, text(f"letters.{name}", lang, **values))
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
            _body(paper, issue_text(issue, lang)[0])
    corners = _corners(result, letter)
    if len(corners):
        _body(paper, text("letters.corners", lang, **values))
        columns = [c for c in columns_of("piece_corners", corners, lang) if c.name in _CORNER]
        cells = [list(cells_of(corners, [column], lang)) for column in columns]
        add_table(
            paper, [[column.header(lang)] for column in columns],
            [("", row) for row in zip(*cells, strict=True)],
            [column.form == "metres" for column in columns],
        )  # fmt: skip
    for name in ("request", "limits"):
        _body(paper, text(f"letters.{name}", lang, **values))
    _foot(paper, result, lang)
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


def _head(paper: Any, values: dict[str, str], lang: Lang) -> None:
    """The two columns above a letter: who writes, and the name of the state."""
    table = paper.add_table(rows=2, cols=2)
    _shared(paper, table, _HEAD_SHARES)
    state = [text("letters.state", lang), text("letters.motto", lang)]
    _lines(table.cell(0, 0), [text("letters.office", lang)], bold=True)
    _lines(table.cell(0, 1), state, bold=True)
    _lines(table.cell(1, 0), [text("letters.number", lang), text("letters.about", lang, **values)])
    _lines(table.cell(1, 1), [text("letters.place_and_day", lang)], italic=True)
    paper.add_paragraph()


def _shared(paper: Any, table: Any, shares: Sequence[float]) -> None:
    """Give the columns of a table without lines their shares of the page."""
    page = paper.sections[0]
    whole = page.page_width - page.left_margin - page.right_margin
    table.autofit = False
    for column, share in zip(table.columns, shares, strict=True):
        for cell in column.cells:
            cell.width = int(whole * share)


def _foot(paper: Any, result: Result, lang: Lang) -> None:
    table = paper.add_table(rows=1, cols=2)
    _lines(table.cell(0, 0), text("letters.receivers", lang).split("|"), left=True, size_pt=11)
    _lines(table.cell(0, 1), [text("letters.signature", lang)], bold=True)
    paper.add_paragraph()
    for name, value in run_lines(result, lang):
        line = paper.add_paragraph()
        line.paragraph_format.space_after = Pt(0)
        run = line.add_run(f"{name}: {value}")
        run.font.size = Pt(8)


def _lines(
    cell: Any, lines: Sequence[str], *, bold: bool = False, italic: bool = False,
    left: bool = False, size_pt: float = 12,
) -> None:  # fmt: skip
    for paragraph, words in zip(_paragraphs(cell, len(lines)), lines, strict=True):
        if not left:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.space_after = Pt(2)
        run = paragraph.add_run(words)
        run.bold, run.italic, run.font.size = bold, italic, Pt(size_pt)


def _paragraphs(cell: Any, count: int) -> Iterator[Any]:
    yield cell.paragraphs[0]
    for _ in range(count - 1):
        yield cell.add_paragraph()


def _body(paper: Any, words: str) -> None:
    paragraph = paper.add_paragraph(words)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    paragraph.paragraph_format.space_after = Pt(6)


def _centred(paper: Any, words: str) -> None:
    paper.add_paragraph(words).alignment = WD_ALIGN_PARAGRAPH.CENTER
