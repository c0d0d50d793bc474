"""Minutes as one HTML page that stands alone and prints on A4."""

from __future__ import annotations

import base64

from gisclusters.publish.marker_sketch import COLOURS
from gisclusters.publish.minutes import make_minutes
from gisclusters.publish.minutes_parts import Picture
from gisclusters.publish.result import Result
from gisclusters.publish.templating import rendered
from gisclusters.words import Lang


def render_minutes(result: Result, lang: Lang) -> str:
    """The minutes of a verification as HTML text: no script, no address outside itself."""
    return rendered(
        "minutes.html", lang=lang, minutes=make_minutes(result, lang), colours=COLOURS,
        source_of=_source_of,
    )  # fmt: skip


def sketch_svg(plan: dict[str, object]) -> str:
    """The sketch alone."""
    return rendered("marker_sketch.svg", plan=plan, colours=COLOURS)


def _source_of(picture: Picture) -> str:
    return f"data:{picture.media_type};base64,{base64.b64encode(picture.data).decode('ascii')}"
