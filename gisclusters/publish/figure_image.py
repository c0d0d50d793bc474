"""The figure of a boundary as a picture, for papers that hold no vector drawing."""

from __future__ import annotations

from functools import cache
from typing import Any

import resvg_py

from gisclusters.publish.templating import LOOKS, rendered

DPI = 200
FONTS = "Noto Sans, Segoe UI, Arial, Liberation Sans, DejaVu Sans, sans-serif"
WIDTH_MM = 270.0
"""Of the whole figure, its grid and legend within; at this width its scale is true."""


@cache
def can_letter() -> bool:
    """Whether this machine has a font for Vietnamese; a map without words says too little."""
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20">{}</svg>'
    written = svg.format('<text y="15" font-family="{}">Ệ</text>').format(FONTS)
    return bool(resvg_py.svg_to_bytes(written) != resvg_py.svg_to_bytes(svg.format("")))


def figure_png(plan: dict[str, Any]) -> bytes:
    """A figure of ``figure.figures`` as PNG, ``DPI`` dots an inch at ``WIDTH_MM``."""
    return svg_png(rendered("figure.svg", plan=plan, looks=LOOKS, number="1"))


def svg_png(drawn: str) -> bytes:
    """A drawing of ours in millimetres as PNG, ``DPI`` dots an inch."""
    lettered = drawn.replace("<svg ", f'<svg font-family="{FONTS}" ', 1)
    return bytes(resvg_py.svg_to_bytes(lettered, background="#ffffff", dpi=DPI))
