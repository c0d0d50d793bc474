"""What is being done now, on a terminal only: a turning mark, the step in words, the time."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from gisclusters.words import Lang, text


@contextmanager
def steps(lang: Lang, *, quiet: bool) -> Iterator[Callable[..., None]]:
    """A function to call at each step, ``said("overlaps")``, with what its sentence needs.

    Sentences are ``report.step_<name>``.  A step with a ``count`` of a ``total`` has a bar.
    Nothing is shown where standard error is no terminal, or with ``quiet``.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda _, **__: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        SpinnerColumn,
        TaskProgressColumn,
        TextColumn,
        TimeElapsedColumn,
    )

    with Progress(
        SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(),
        TaskProgressColumn(), TimeElapsedColumn(),
        console=Console(stderr=True), transient=True,
    ) as progress:  # fmt: skip
        task = progress.add_task("", total=None)

        def said(
            step: str, *, count: int | None = None, total: int | None = None, **params: object
        ) -> None:
            words = text(f"report.step_{step}", lang, count=count, **params)
            progress.update(task, description=words, total=total, completed=count or 0)

        yield said
