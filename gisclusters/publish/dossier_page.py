"""The dossier of a cluster as one HTML page that stands alone and prints on A4 landscape."""

from __future__ import annotations

import re

from gisclusters.publish.cluster_map import STATUS_LOOKS
from gisclusters.publish.document import issue_rows
from gisclusters.publish.dossier import Ground, make_dossier
from gisclusters.publish.report import run_lines
from gisclusters.publish.result import Result
from gisclusters.publish.templating import rendered
from gisclusters.words import Lang, text

_NO_STYLE = re.compile(r"[^\w .,·–-]")
"""What may not stand in a text of a style sheet, where nothing is escaped."""

_WORDS = ("issues", "sources", "level", "place", "message", "remedy")


def render_dossier(result: Result, ground: Ground, lang: Lang) -> str:
    """The dossier as HTML text: no script, no address outside itself."""
    dossier = make_dossier(result, ground, lang)
    return rendered(
        "dossier.html",
        lang=lang,
        dossier=dossier,
        foot=_NO_STYLE.sub("", f"{dossier.subject} · {dossier.run_id}"),
        looks=STATUS_LOOKS,
        basis=text("efficiency.part_basis", lang),
        run=text("efficiency.dossier_run", lang, id=result.run.id),
        words={name: text(f"report.{name}", lang) for name in _WORDS},
        levels={name: text(f"report.level_{name}", lang) for name in ("error", "warning", "info")},
        issues=issue_rows(result.issues, lang),
        run_lines=run_lines(result, lang),
    )


def map_svg(plan: dict[str, object]) -> str:
    """The map alone."""
    return rendered("figure.svg", plan=plan, looks=STATUS_LOOKS, number="map")
