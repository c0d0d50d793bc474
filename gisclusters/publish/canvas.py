"""A static SVG drawing in millimetres, made of a handful of shapes.

Every fill is told apart without colour: plain, dense and thin hatches, dots, outline.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape

INK, SOFT, GRID, HEAD, WARN = "#1b2733", "#4f5d6b", "#c9d2da", "#12436d", "#b10e1e"

_HATCHES = {"hatch": (2.1, 0.55, 1), "back": (2.4, 0.4, -1)}
"""Distance between the lines, their width, and which way they lean, millimetres."""

_DOTS_MM = 2.0


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
        """A rectangle; ``fill`` is a colour or ``hatch back dots`` over white.

        Hatches are lines, not patterns, which browsers print as pictures of megabytes.
        """
        drawn = fill in _HATCHES or fill == "dots"
        self.parts.append(
            f'<rect x="{x:.2f}" y="{y:.2f}" width="{max(width, 0):.2f}" height="{height:.2f}" '
            f'fill="{"#fff" if drawn else fill}" stroke="{stroke}" stroke-width="{line}"/>'
        )
        if fill in _HATCHES:
            apart, thick, lean = _HATCHES[fill]
            path = " ".join(_leaning(x, y, width, height, apart, lean))
            self.parts.append(f'<path d="{path}" stroke="{INK}" stroke-width="{thick}"/>')
        elif drawn:
            for place in range(1, int(width / _DOTS_MM) + 1):
                for level in range(1, int(height / 1.5) + 1):
                    self.parts.append(
                        f'<circle cx="{x + (place - 0.5) * _DOTS_MM:.2f}" '
                        f'cy="{y + (level - 0.4) * 1.5:.2f}" r=".42" fill="{INK}"/>'
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
        """The drawing."""
        body = "\n".join(self.parts)
        svg = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width_mm:g} '
            f'{self.height_mm:g}" width="{self.width_mm:g}mm" height="{self.height_mm:g}mm" '
            f'role="img" aria-label="{escape(title)}">\n{body}\n</svg>'
        )
        return Drawing(title, svg, self.width_mm, self.height_mm)


def _leaning(
    x: float, y: float, width: float, height: float, apart: float, lean: int
) -> Iterator[str]:
    """The lines at 45° that fill a rectangle, as pieces of a path."""
    start = -height
    while start < width:
        low, high = max(start, 0.0), min(start + height, width)
        if high > low:
            y1, y2 = y + height - (low - start), y + height - (high - start)
            ends = (low, high) if lean > 0 else (width - low, width - high)
            yield f"M{x + ends[0]:.2f},{y1:.2f} L{x + ends[1]:.2f},{y2:.2f}"
        start += apart


def round_step(greatest: float, most: int = 6) -> float:
    """The least of 1, 2, 5 × a power of ten that divides 0..greatest into at most ``most``."""
    step = 1e-3
    while True:
        for factor in (1, 2, 5):
            if greatest / (step * factor) <= most:
                return step * factor
        step *= 10
