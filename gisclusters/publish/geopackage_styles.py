"""How the layers of an exported GeoPackage are drawn, as QGIS finds it in the file itself.

QGIS looks for the table ``layer_styles`` in a GeoPackage and takes the style marked as default;
other programs see one more table without shapes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from xml.etree import ElementTree as ET

import pandas as pd

from gisclusters.publish.templating import LOOKS
from gisclusters.words import Lang, text

TABLE = "layer_styles"
_GREY, _GREEN = "#8a949e", "#2f8f4e"


@dataclass(frozen=True, slots=True)
class Look:
    """One kind of feature of a layer: which ones, their words in the legend, their colour."""

    filter: str
    words: str
    colour: str
    dashed: bool = False


def _is(name: str, word: str) -> str:
    return f"\"{name}\" = '{word}'"


_FINDINGS = (
    Look(_is("severity", "blocking"), "overlaps.severity_blocking", LOOKS["blocking"]),
    Look(_is("severity", "approval"), "overlaps.severity_approval", LOOKS["approval"]),
    Look(_is("verdict", "undecided"), "overlaps.verdict_undecided", LOOKS["undecided"]),
    Look(_is("verdict", "conflict"), "overlaps.severity_note", LOOKS["note"]),
    Look(_is("verdict", "compatible"), "overlaps.verdict_compatible", LOOKS["compatible"]),
    Look(_is("verdict", "within_accuracy"), "overlaps.verdict_within_accuracy",
         LOOKS["within_accuracy"]),
    Look(_is("verdict", "not_checked"), "overlaps.verdict_not_checked", _GREY, dashed=True),
)  # fmt: skip
_FIT = (
    Look(_is("verdict", "does_not_fit"), "fit.verdict_does_not_fit", LOOKS["blocking"]),
    Look(_is("verdict", "undecided"), "fit.verdict_undecided", LOOKS["undecided"]),
    Look(_is("verdict", "within_accuracy"), "fit.verdict_within_accuracy",
         LOOKS["within_accuracy"]),
    Look(_is("verdict", "not_checked"), "fit.verdict_not_checked", _GREY, dashed=True),
)  # fmt: skip
_OF_LAYER: Mapping[str, tuple[Look, ...]] = MappingProxyType({
    "findings": _FINDINGS, "pieces": _FINDINGS, "fit": _FIT,
    "proposals": (Look("TRUE", "report.title_proposals", _GREEN),),
})  # fmt: skip


def style_table(
    layers: Iterable[str], lang: Lang, *, made_on: date | None, geometry: str = "geom"
) -> pd.DataFrame:
    """The rows of ``layer_styles`` for the layers of an overlap check that are drawn.

    ``layers`` are names as in the file (``findings``, ``findings_2``, ``pieces`` …); those of
    other kinds have no row.  QGIS asks for ``update_time``, which is ``made_on``.
    """
    rows = []
    for layer in layers:
        looks = _OF_LAYER.get(layer.rstrip("0123456789").rstrip("_"))
        if looks is not None:
            rows.append({
                "f_table_catalog": "", "f_table_schema": "", "f_table_name": layer,
                "f_geometry_column": geometry, "styleName": "gisclusters",
                "styleQML": qml(looks, lang), "styleSLD": "", "useAsDefault": True,
                "description": "", "owner": "", "ui": "",
                "update_time": pd.Timestamp(made_on or date(1970, 1, 1)),
            })  # fmt: skip
    return pd.DataFrame(rows)


def qml(looks: Sequence[Look], lang: Lang) -> str:
    """A style of QGIS: one rule a look, the first that fits a feature is the one drawn."""
    whole = ET.Element("qgis", version="3.22.0", styleCategories="Symbology")
    drawn = ET.SubElement(whole, "renderer-v2", type="RuleRenderer", symbollevels="0",
                            forceraster="0", enableorderby="0")  # fmt: skip
    rules, symbols = ET.SubElement(drawn, "rules", key="all"), ET.SubElement(drawn, "symbols")
    before: list[str] = []
    for place, look in enumerate(looks):
        apart = [f"({look.filter})", *(f"NOT coalesce({words}, FALSE)" for words in before)]
        ET.SubElement(rules, "rule", key=f"rule{place}", symbol=str(place),
                        filter=" AND ".join(apart), label=text(look.words, lang))  # fmt: skip
        before.append(look.filter)
        _symbol(symbols, str(place), look)
    ET.SubElement(whole, "blendMode").text = "0"
    return "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + ET.tostring(
        whole, encoding="unicode"
    )


def _symbol(symbols: ET.Element, name: str, look: Look) -> None:
    """A fill with its outline; QGIS draws the lines of a mixed layer with the outline."""
    rgb = ",".join(str(int(look.colour[k : k + 2], 16)) for k in (1, 3, 5))
    symbol = ET.SubElement(symbols, "symbol", type="fill", name=name, alpha="1",
                             clip_to_extent="1", force_rhr="0")  # fmt: skip
    layer = ET.SubElement(symbol, "layer", {
        "class": "SimpleFill", "pass": "0", "locked": "0", "enabled": "1",
    })  # fmt: skip
    settings = {
        "color": f"{rgb},200", "style": "no" if look.dashed else "b_diagonal",
        "outline_color": f"{rgb},255", "outline_style": "dash" if look.dashed else "solid",
        "outline_width": "0.5", "outline_width_unit": "MM", "joinstyle": "miter",
    }  # fmt: skip
    known = ET.SubElement(layer, "Option", type="Map")
    for key, value in settings.items():
        ET.SubElement(known, "Option", name=key, value=value, type="QString")
        ET.SubElement(layer, "prop", k=key, v=value)  # how QGIS before 3.26 wrote it
