"""The parts every draft of an official letter shares: head, paragraphs, foot, its file's name.

The form is that of an official letter, Decree 30/2020/NĐ-CP, annex III, form 1.5.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt

from gisclusters.errors import UsageError
from gisclusters.layers.values import fold
from gisclusters.publish.drafts import draft_of, writable
from gisclusters.words import Lang, text

_HEAD_SHARES = (0.38, 0.62)
"""The name of the state must stand on one line."""


def check_letters(folder: Path, *, force: bool) -> None:
    """Refuse a folder before any work: a file of that name, or, unforced, one that holds anything.

    Raises UsageError (``out_exists``, ``out_folder``).
    """
    if not folder.parent.is_dir() or (folder.exists() and not folder.is_dir()):
        raise UsageError("errors.out_folder", path=str(folder))
    if folder.is_dir() and any(folder.iterdir()) and not force:
        raise UsageError("errors.out_exists", path=str(folder))


def file_name(words: str, taken: set[str]) -> str:
    """A name that every file system takes, once."""
    stem = re.sub(r"\s+", "-", fold(words)) or "letter"
    name, place = f"{stem[:100]}.docx", 1
    while name in taken:
        place += 1
        name = f"{stem[:100]}-{place}.docx"
    taken.add(name)
    return name


def write_papers(folder: Path, papers: Iterable[tuple[str, Any]]) -> list[Path]:
    """Write papers into a folder, each under its name, and give their paths.

    Raises UnavailableError (``out_failed``) where the system refuses.
    """
    with writable(folder):
        folder.mkdir(exist_ok=True)
    written = []
    for name, paper in papers:
        path = folder / name
        with draft_of(path) as draft:
            paper.save(str(draft))
        written.append(path)
    return written


def head(paper: Any, about: str, lang: Lang, *, office: str | None = None) -> None:
    """The two columns above a letter: who writes (None: left in dots), and the state's name."""
    table = paper.add_table(rows=2, cols=2)
    _shared(paper, table, _HEAD_SHARES)
    state = [text("letters.state", lang), text("letters.motto", lang)]
    _lines(table.cell(0, 0), [office or text("letters.office", lang)], bold=True)
    _lines(table.cell(0, 1), state, bold=True)
    _lines(table.cell(1, 0), [text("letters.number", lang), about])
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


def foot(paper: Any, lines: Sequence[tuple[str, str]], lang: Lang) -> None:
    """Copies and signature, and in small print what the draft rests on, as pairs of words."""
    table = paper.add_table(rows=1, cols=2)
    _lines(table.cell(0, 0), text("letters.receivers", lang).split("|"), left=True, size_pt=11)
    _lines(table.cell(0, 1), [text("letters.signature", lang)], bold=True)
    paper.add_paragraph()
    for name, value in lines:
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


def body(paper: Any, words: str) -> None:
    """A paragraph set to both edges."""
    paragraph = paper.add_paragraph(words)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    paragraph.paragraph_format.space_after = Pt(6)


def centred(paper: Any, words: str) -> None:
    """A line in the middle."""
    paper.add_paragraph(words).alignment = WD_ALIGN_PARAGRAPH.CENTER
