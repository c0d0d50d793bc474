"""The tables of a land-cover raster: its classes, papers against the image, change."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from gisclusters.publish.columns import Column
from gisclusters.publish.fit_tables import View
from gisclusters.publish.result import Result
from gisclusters.words import LANGS, Lang, percent

_VERDICTS = ("found", "indicative", "not_significant", "refused", "no_data")

LANDCOVER_TABLES: Mapping[str, tuple[Column, ...]] = {
    "zonal": (
        Column("parcel_id"),
        Column("valid_m2", "area"),
        Column("coverage_share", "share"),
        Column("pixels", "count"),
        Column("classes_vi", only="vi"),
        Column("classes_en", only="en"),
    ),
    "image_checks": (
        Column("cluster_id"),
        Column("check", "word", "landcover.check"),
        Column("feature_kind", "word", "landcover.kind"),
        Column("feature_id"),
        Column("verdict", "word", "landcover.verdict"),
        Column("built_m2", "area"),
        Column("built_sd_m2", "area"),
        Column("built_share", "share"),
        Column("looked_at_m2", "area"),
        Column("built_pixels", "count"),
        Column("built_judgement", "word", "efficiency.judgement"),
    ),
    "image_change": (
        Column("cluster_id"),
        Column("built_before_share", "share"),
        Column("built_before_sd", "share"),
        Column("built_share", "share"),
        Column("built_share_sd", "share"),
        Column("built_change_share", "share"),
        Column("built_change_sd", "share"),
        Column("built_change", "word", "landcover.change"),
    ),
    "landcover_classes": (
        Column("image"),
        Column("landcover_class", "text"),
        Column("class_name_vi", only="vi"),
        Column("class_name_en", only="en"),
        Column("counts_as_built", "yes"),
        Column("image_from", "day"),
        Column("image_to", "day"),
    ),
}

LANDCOVER_STACKS = {
    "image_checks": (
        ("cluster_id",), ("check",), ("feature_kind", "feature_id"),
        ("verdict", "built_judgement"), ("built_m2", "built_sd_m2"),
        ("looked_at_m2", "built_share"), ("built_pixels",),
    ),
}  # fmt: skip
"""Columns that stand under one another in a report."""


def with_class_words(whole: pd.DataFrame, result: Result) -> pd.DataFrame:
    """The rows of a zonal run with their fractions in words, the largest first."""
    if "fractions" not in whole:
        return whole
    names = {
        str(row["class"]): row
        for raster in result.extra.get("landcover", ())
        for row in raster["classes"]
    }
    words = {
        f"classes_{lang}": pd.Series(
            [_in_words(cell, names, lang) for cell in whole["fractions"]],
            index=whole.index, dtype=object,
        )
        for lang in LANGS
    }  # fmt: skip
    return whole.drop(columns="fractions").assign(**words)


def _in_words(
    fractions: Mapping[str, float] | None, names: Mapping[str, Mapping[str, object]], lang: Lang
) -> str | None:
    if not isinstance(fractions, Mapping):
        return None
    parts = []
    for code, share in sorted(fractions.items(), key=lambda item: -item[1]):
        name = names.get(code, {}).get(f"name_{lang}")
        parts.append(f"{code}{f' {name}' if name else ''}: {percent(share, lang, 2)}")
    return "; ".join(parts)


def landcover_views(result: Result, whole: pd.DataFrame) -> list[View]:
    """Change of the clusters where there is an earlier raster, the checks, the classes."""
    views = []
    if "built_change" in whole and whole["built_before_share"].notna().any():
        names = [column.name for column in LANDCOVER_TABLES["image_change"]]
        views.append(View("image_change", whole[names]))
    checks = result.extra.get("image_checks")
    if checks:
        frame = pd.DataFrame(checks).drop(columns="geometry", errors="ignore")
        rank = frame["verdict"].map({word: place for place, word in enumerate(_VERDICTS)})
        order = rank.sort_values(kind="stable").index
        views.append(View("image_checks", frame.loc[order].reset_index(drop=True)))
    classes = [
        {
            "image": raster["name"],
            "landcover_class": str(row["class"]),
            "class_name_vi": row["name_vi"],
            "class_name_en": row["name_en"],
            "counts_as_built": row["counts_as_built"],
            "image_from": raster["image_from"],
            "image_to": raster["image_to"],
        }
        for raster in result.extra.get("landcover", ())
        for row in raster["classes"]
    ]
    if classes:
        views.append(View("landcover_classes", pd.DataFrame(classes)))
    return views
