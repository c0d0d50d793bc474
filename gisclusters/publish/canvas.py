"""A static SVG drawing in millimetres, made of a handful of shapes.

Every fill is told apart without colour: plain, dense and thin hatches, dots, outline.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from zlib import crc32

INK, SOFT, GRID, HEAD, WARN = "#1b2733", "#4f5d6b", "#c9d2da", "#12436d", "#b10e1e"

_PATTERNS = {
    "hatch": '<path d="M-1,1 L1,-1 M0,3 L3,0 M2,4 L4,2" stroke="{ink}" stroke-width=".55"/>',
    "back": '<path d="M-1,2 L1,4 M0,0 L3,3 M2,-1 L4,1" stroke="{ink}" stroke-width=".4"/>',
    "dots": '<circle cx="1.5" cy="1.5" r=".5" fill="{ink}"/>',
}


@dataclass(frozen=True, slots=True)
class Drawing:
    """A finished drawing: its title (also what it is called to those who cannot see it), SVG."""

    title: str
    svg: str
    width_mm: float
    height_mm: float


@dataclass(slots=True)
class Canvas:
    """Shapes on paper, y downwards; ``finish`` makes the drawing."""

    width_mm: float
    height_mm: float
    parts: list[str] = field(default_factory=list)

    def rect(
        self, x: float, y: float, width: float, height: float, fill: str = "none",
        stroke: str = INK, line: float = 0.25,
    ) -> None:  # fmt: skip
        """A rectangle; ``fill`` is a colour or ``hatch back dots`` over white."""
        if fill in _PATTERNS:
            fill = f"url(#{fill}-§)"
        self.parts.append(
            f'<rect x="{x:.2f}" y="{y:.2f}" width="{max(width, 0):.2f}" height="{height:.2f}" '
            f'fill="{fill}" stroke="{stroke}" stroke-width="{line}"/>'
        )

    def line(
        self, x1: float, y1: float, x2: float, y2: float, stroke: str = INK, width: float = 0.3,
        dash: str = "",
    ) -> None:  # fmt: skip
        """A straight line."""
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(
            f'<line x1="{x1:.2f}" y1="{y1:.2f}" x2="{x2:.2f}" y2="{y2:.2f}" stroke="{stroke}" '
            f'stroke-width="{width}"{dashed}/>'
        )

    def shape(
        self, points: Sequence[tuple[float, float]], fill: str = INK, stroke: str = INK
    ) -> None:
        """A closed shape."""
        path = " ".join(f"{x:.2f},{y:.2f}" for x, y in points)
        self.parts.append(
            f'<polygon points="{path}" fill="{fill}" stroke="{stroke}" stroke-width=".25"/>'
        )

    def circle(self, x: float, y: float, radius: float, fill: str = INK) -> None:
        """A circle with an outline."""
        self.parts.append(
            f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{radius}" fill="{fill}" stroke="{INK}" '
            f'stroke-width=".3"/>'
        )

    def text(
        self, x: float, y: float, words: str, size: float = 3.2, anchor: str = "start",
        fill: str = INK, *, bold: bool = False,
    ) -> None:  # fmt: skip
        """Words on one line, ``size`` in millimetres; ``anchor`` start, middle or end."""
        weight = ' font-weight="700"' if bold else ""
        self.parts.append(
            f'<text x="{x:.2f}" y="{y:.2f}" font-size="{size}" text-anchor="{anchor}" '
            f'fill="{fill}"{weight}>{escape(words)}</text>'
        )

    def finish(self, title: str) -> Drawing:
        """The drawing; its patterns have names of their own, so that many stand on one page."""
        number = f"{crc32((title + ''.join(self.parts)).encode()):08x}"
        patterns = "".join(
            f'<pattern id="{name}-{number}" width="3" height="3" patternUnits="userSpaceOnUse">'
            f'<rect width="3" height="3" fill="#fff"/>{body.format(ink=INK)}</pattern>'
            for name, body in _PATTERNS.items()
        )
        body = "\n".join(self.parts).replace("-§", f"-{number}")
        svg = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width_mm:g} '
            f'{self.height_mm:g}" width="{self.width_mm:g}mm" height="{self.height_mm:g}mm" '
            f'role="img" aria-label="{escape(title)}">\n<defs>{patterns}</defs>\n{body}\n</svg>'
        )
        return Drawing(title, svg, self.width_mm, self.height_mm)


def round_step(greatest: float, most: int = 6) -> float:
    """The least of 1, 2, 5 × a power of ten that divides 0..greatest into at most ``most``."""
    step = 1e-3
    while True:
        for factor in (1, 2, 5):
            if greatest / (step * factor) <= most:
                return step * factor
        step *= 10
