"""What the analyses say of each cluster, one row a cluster, and the words and styles for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from gisclusters.domain.verdicts import MarkerVerdict, ParcelStatus
from gisclusters.publish.blocks import word
from gisclusters.publish.features import texts
from gisclusters.publish.gathered import Gathered, worst_severities
from gisclusters.words import Lang

STATUS_GROUPS: Mapping[str, Sequence[str]] = {
    "planned": ("in_plan", "calling", "appraisal"),
    "established": ("established", "detailed_plan", "land_cleared"),
    "building": ("building",),
    "operating": ("operating",),
    "irregular": ("operating_not_established",),
    "ended": ("abolished", "withdrawn"),
}


_GROUP_OF = {status: group for group, all_of in STATUS_GROUPS.items() for status in all_of}


_UNUSED = (str(ParcelStatus.IDLE), str(ParcelStatus.LAPSED))


def cluster_facts(gathered: Gathered, lang: Lang) -> pd.DataFrame:
    """One row per cluster: what the analyses say of it, taken from the frames given.

    Columns ``cluster_id name place status severity area_m2 registered occupancy unused
    moved checked_markers``; NaN where nothing is known.
    """
    clusters = gathered.clusters
    ids = clusters["cluster_id"].tolist()
    facts = pd.DataFrame({"cluster_id": ids})
    names = texts(clusters, "name")
    facts["name"] = [name or cluster_id for name, cluster_id in zip(names, ids, strict=True)]
    facts["place"] = [
        ", ".join(part for part in parts if part)
        for parts in zip(texts(clusters, "commune"), texts(clusters, "province"), strict=True)
    ]
    facts["status"] = texts(clusters, "status")
    facts["severity"] = worst_severities(gathered.overlaps, ids)
    registered = clusters["registered_area_m2"].to_numpy(dtype="float64")
    by_id = None if gathered.used is None else gathered.used.set_index("cluster_id")
    for name in ("gross_m2", "industrial_m2", "committed_m2", "occupancy_share"):
        facts[name] = (
            np.nan if by_id is None or name not in by_id
            else facts["cluster_id"].map(by_id[name]).to_numpy(dtype="float64")
        )  # fmt: skip
    facts["registered"] = facts["gross_m2"].isna()
    facts["area_m2"] = np.where(facts["registered"], registered, facts["gross_m2"])
    use = gathered.parcel_use
    facts["unused"] = (
        np.nan if use is None
        else facts["cluster_id"].map(
            use["status"].isin(_UNUSED).groupby(use["cluster_id"].to_numpy()).sum()
        ).to_numpy(dtype="float64")
    )  # fmt: skip
    moved = {
        cluster_id: sum(
            int((c.findings["verdict"] == str(MarkerVerdict.MOVED)).sum()) for c in given
        )
        for cluster_id, given in gathered.checks.items()
    }
    facts["moved"] = facts["cluster_id"].map(moved).to_numpy(dtype="float64")
    facts["status_words"] = [
        word("page.cluster_status", status, lang) if status else "" for status in facts["status"]
    ]
    return facts


def severity_word(name: str, lang: Lang) -> str:
    """``blocking approval note`` in the words of overlaps; ``clear`` and ``unchecked`` in ours."""
    prefix = "page.severity" if name in {"clear", "unchecked"} else "overlaps.severity"
    return word(prefix, name, lang)


def status_style(status: str) -> str:
    """The style of a cluster by its status."""
    return f"status-{_GROUP_OF.get(status, 'unknown')}"
