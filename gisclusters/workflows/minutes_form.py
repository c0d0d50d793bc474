"""The empty form of the minutes, for people to fill in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from gisclusters.publish.drafts import check_place, draft_of
from gisclusters.readers.minutes_form import KEYS
from gisclusters.words import Lang, text

_FORMS = (".yaml", ".yml")
_SIDES = ("investor", "surveyor", "commune", "land_user")


def write_minutes_form(path: Path, lang: Lang, *, force: bool = False) -> None:
    """Write the form with every key it knows, all empty.

    Raises UsageError and UnavailableError as ``check_place`` does.
    """
    check_place(path, _FORMS, force=force)
    with draft_of(path) as draft:
        draft.write_text("\n".join(form_lines(lang)) + "\n", encoding="utf-8")


def form_lines(lang: Lang) -> Iterator[str]:
    """The lines of the empty form: each key below the words that explain it."""
    yield f"# {text('minutes.form_head', lang)}"
    for key in KEYS:
        yield f"# {text(f'minutes.form_{key}', lang)}"
        yield f"{key}:"
        if key == "parties":
            for side in _SIDES:
                yield f"#  - role: {text(f'minutes.party_{side}', lang)}"
                yield "#    organisation:"
                yield "#    persons:"
                yield "#      - {name: , position: }"
