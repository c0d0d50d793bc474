"""Names that carry their cluster before them, as ``CCN-01 RG-01`` in files of many clusters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

from gisclusters.domain.marker_names import normal_id
from gisclusters.layers.layer import Layer

JOINT = " "


def joined_name(cluster_id: str, marker_id: str) -> str:
    """The name under which a marker stands beside those of other clusters."""
    return f"{cluster_id}{JOINT}{marker_id}"


def with_clusters_of_names(survey: Layer, design: Layer) -> Layer:
    """The survey with cluster and marker apart, where every name begins with a cluster's id.

    A survey that knows its clusters, or has a name which is no marker of the design's with its
    cluster before it, is handed on: half of it would match nothing.
    """
    frame = survey.frame
    if frame["cluster_id"].notna().any() or design.frame["cluster_id"].isna().any():
        return survey
    known: dict[str, set[str]] = {}
    for cluster, marker in zip(design.frame["cluster_id"], design.frame["marker_id"], strict=True):
        known.setdefault(str(cluster), set()).add(normal_id(marker))
    spellings = {name: _parted(str(name), known) for name in frame["marker_id"].unique()}
    if not spellings or None in spellings.values():
        return survey
    parted = pd.DataFrame([spellings[name] for name in frame["marker_id"]], index=frame.index)
    return replace(survey, frame=frame.assign(cluster_id=parted[0], marker_id=parted[1]))


def _parted(name: str, known: dict[str, set[str]]) -> tuple[str, str] | None:
    for cluster in _longest_first(known):
        if name.startswith(cluster):
            marker = name[len(cluster) :].strip(" _-./")
            if normal_id(marker) in known[cluster]:
                return cluster, marker
    return None


def _longest_first(clusters: Iterable[str]) -> list[str]:
    return sorted(clusters, key=len, reverse=True)
