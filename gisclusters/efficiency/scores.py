"""A transparent ranking of clusters, with what each point rests on and how firm the rank is.

Each indicator is a ratio of two figures, put on 0..1 between bounds that stand in the file
(min–max over fixed bounds), so that no cluster's score depends on which others are there.  The
score is 100 × Σ wᵢ·nᵢ / Σ wᵢ; contributions add up to it.  House values, in no legal text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gisclusters.errors import UsageError
from gisclusters.rules.scores import Indicator, Scheme, ScoreRules

Numbers = NDArray[np.float64]

TIE = 1e-9
"""Scores (0..100) that differ by no more than this are equal."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """``scores``: one row a cluster, best first; ``contributions``: one row a cluster × indicator.

    ``scores``: ``rank tied cluster_id name score score_high known_weight_share missing`` (names
    of the indicators nobody knows) ``rank_missing_best rank_missing_worst`` (between which the
    rank would lie once they were known) and the sensitivity ``rank_surely_best rank_surely_worst
    rank_one_weight_best rank_one_weight_worst rank_random_best rank_random_worst
    same_rank_share``.  ``contributions``: ``cluster_id indicator value normalised weight_share
    points``.
    """

    scores: pd.DataFrame
    contributions: pd.DataFrame
    scheme: Scheme


def rank_clusters(figures: pd.DataFrame, rules: ScoreRules, *, as_of: date) -> Ranking:
    """Rank the clusters of ``figures`` (``cluster_id name`` and the figures the file names).

    A ratio with an unknown part or a denominator of 0 is not known.  Policy ``interval``: it
    earns 0 in ``score`` and all of its points in ``score_high``; ranks go by ``score``, what is
    proven.  Policy ``redistribute``: its weight goes to the known ones in proportion, and
    ``score_high`` equals ``score``; a cluster of which nothing is known has no score and no rank.
    Equal scores share a rank and the next one is left out (1, 2, 2, 4).

    Sensitivity: each weight may lie anywhere within ± ``spread`` of its own.  ``rank_surely_*``
    are bounds for every such choice, by exact comparison of pairs (None under ``redistribute``,
    where it is not exact); ``rank_one_weight_*`` moves one weight at a time to either end;
    ``rank_random_*`` and ``same_rank_share`` come from seeded uniform draws.

    Raises UsageError (``score_no_scheme``) where no scheme is in force, (``score_figure``) for a
    figure that the frame lacks.
    """
    scheme = rules.scheme_on(as_of)
    if scheme is None:
        raise UsageError("errors.score_no_scheme", day=as_of)
    for each in scheme.indicators:
        for name in (each.numerator, each.denominator):
            if name not in figures:
                raise UsageError("errors.score_figure", value=name, indicator=each.name)
    values = np.column_stack([_values(figures, each) for each in scheme.indicators])
    normalised = np.column_stack(
        [_on_scale(values[:, place], each) for place, each in enumerate(scheme.indicators)]
    )
    known = ~np.isnan(normalised)
    weights = np.array([each.weight for each in scheme.indicators])
    scores = _scores(normalised, weights, redistribute=rules.redistribute)
    ranks = _ranks(scores)
    shares = _weight_shares(known, weights, redistribute=rules.redistribute)
    points = 100 * shares * np.where(known, normalised, 0)
    high = scores if rules.redistribute else _scores(np.where(known, normalised, 1), weights)
    names = np.array([each.name for each in scheme.indicators], dtype=object)
    table = pd.DataFrame(
        {
            "rank": ranks,
            "tied": pd.Series(ranks).map(pd.Series(ranks).value_counts()).fillna(0).gt(1),
            "cluster_id": figures["cluster_id"].to_numpy(),
            "name": figures["name"].to_numpy(),
            "score": scores,
            "score_high": high,
            "known_weight_share": (known * weights).sum(axis=1) / weights.sum(),
            "missing": pd.Series([list(names[~row]) for row in known], dtype=object),
        }
    )
    if not rules.redistribute:
        table["rank_missing_best"], table["rank_missing_worst"] = _open_ranks(scores, high)
    table = pd.concat([table, _sensitivity(normalised, weights, ranks, rules)], axis=1)
    table["rank"] = table["rank"].astype("Int64")
    ids = np.repeat(figures["cluster_id"].to_numpy(), len(names))
    contributions = pd.DataFrame(
        {
            "cluster_id": ids,
            "indicator": np.tile(names, len(figures)),
            "value": values.ravel(),
            "normalised": normalised.ravel(),
            "weight_share": shares.ravel(),
            "points": np.where(known, points, np.nan).ravel(),
        }
    )
    order = table.sort_values(["rank", "cluster_id"], kind="stable", na_position="last")
    place = {name: number for number, name in enumerate(order["cluster_id"])}
    contributions = contributions.sort_values(
        "cluster_id", key=lambda column: column.map(place), kind="stable"
    )
    return Ranking(order.reset_index(drop=True), contributions.reset_index(drop=True), scheme)


def _values(figures: pd.DataFrame, indicator: Indicator) -> Numbers:
    above = figures[indicator.numerator].to_numpy(dtype="float64")
    below = figures[indicator.denominator].to_numpy(dtype="float64")
    ratios: Numbers = np.divide(above, below, out=np.full(len(figures), np.nan), where=below > 0)
    return ratios


def _on_scale(values: Numbers, indicator: Indicator) -> Numbers:
    share: Numbers = np.clip((values - indicator.low) / (indicator.high - indicator.low), 0, 1)
    return share if indicator.up else 1 - share


def _weight_shares(known: NDArray[np.bool_], weights: Numbers, *, redistribute: bool) -> Numbers:
    each = np.where(known, weights, 0) if redistribute else np.broadcast_to(weights, known.shape)
    total = each.sum(axis=1, keepdims=True)
    shares: Numbers = np.divide(each, total, out=np.zeros(known.shape), where=total > 0)
    return shares


def _scores(normalised: Numbers, weights: Numbers, *, redistribute: bool = False) -> Numbers:
    """Scores of every cluster (rows) under one set of weights, or (columns) several."""
    known = ~np.isnan(normalised)
    earned = np.where(known, normalised, 0) @ weights.T
    if not redistribute:
        return np.asarray(100 * earned / weights.sum(axis=-1))
    there = known.astype("float64") @ weights.T
    return np.asarray(
        np.divide(100 * earned, there, out=np.full(earned.shape, np.nan), where=there > 0)
    )


def _ranks(scores: Numbers) -> Numbers:
    """Competition ranks, the best 1; NaN where there is no score."""
    there = np.sort(scores[~np.isnan(scores)])
    above = len(there) - np.searchsorted(there, scores + TIE, side="right")
    return np.where(np.isnan(scores), np.nan, above + 1.0)


def _open_ranks(low: Numbers, high: Numbers) -> tuple[Numbers, Numbers]:
    """The ranks that scores between ``low`` and ``high`` leave possible."""
    above = (low[np.newaxis] > high[:, np.newaxis] + TIE).sum(axis=1)
    others = (high[np.newaxis] > low[:, np.newaxis] + TIE) & ~np.eye(len(low), dtype=bool)
    return above + 1, others.sum(axis=1) + 1


def _sensitivity(
    normalised: Numbers, weights: Numbers, ranks: Numbers, rules: ScoreRules
) -> pd.DataFrame:
    spread = rules.spread
    single = [
        weights * np.where(np.arange(len(weights)) == place, factor, 1)
        for place in range(len(weights))
        for factor in (1 - spread, 1 + spread)
    ]
    drawn = weights * np.random.default_rng(rules.seed).uniform(
        1 - spread, 1 + spread, (rules.draws, len(weights))
    )
    columns = {}
    for name, sets in (("one_weight", np.array(single)), ("random", drawn)):
        found = np.column_stack([ranks, _rank_sets(normalised, sets, rules)])
        columns[f"rank_{name}_best"] = found.min(axis=1)
        columns[f"rank_{name}_worst"] = found.max(axis=1)
        if name == "random":
            same = (found[:, 1:] == ranks[:, np.newaxis]).mean(axis=1)
            columns["same_rank_share"] = np.where(np.isnan(ranks), np.nan, same)
    if rules.redistribute:
        best = worst = np.full(len(ranks), np.nan)
    else:
        best, worst = _sure_bounds(normalised, weights, spread)
    columns = {"rank_surely_best": best, "rank_surely_worst": worst} | columns
    frame = pd.DataFrame(columns)
    whole = [name for name in frame if name != "same_rank_share"]
    return frame.astype(dict.fromkeys(whole, "Int64"))


def _rank_sets(normalised: Numbers, sets: Numbers, rules: ScoreRules) -> Numbers:
    """The rank of every cluster (rows) under every set of weights (columns)."""
    scores = _scores(normalised, sets, redistribute=rules.redistribute)
    return np.column_stack([_ranks(scores[:, place]) for place in range(scores.shape[1])])


def _sure_bounds(normalised: Numbers, weights: Numbers, spread: float) -> Sequence[Numbers]:
    """Between which ranks each cluster stays, whatever weights within the spread are taken.

    a stands above b for all of them where the least of Σ wᵢ(aᵢ − bᵢ) is above 0: each weight at
    the end that serves b.
    """
    proven = np.where(np.isnan(normalised), 0, normalised)
    always = np.array([_always_below(proven, each, weights, spread) for each in proven])
    return always.sum(axis=0) + 1.0, len(proven) - always.sum(axis=1).astype("float64")


def _always_below(
    proven: Numbers, one: Numbers, weights: Numbers, spread: float
) -> NDArray[np.bool_]:
    lead = one - proven
    least = (np.where(lead > 0, 1 - spread, 1 + spread) * lead) @ weights
    below: NDArray[np.bool_] = least > TIE * weights.sum() / 100
    return below
