"""Scores and ranks of four clusters, by figures that can be reckoned in the head."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
import yaml

from gisclusters.efficiency.scores import rank_clusters
from gisclusters.errors import UsageError
from gisclusters.rules.scores import load_score_rules

DAY = date(2026, 11, 15)


def rules(tmp_path, *, missing="interval", weights=(3, 1), valid_from=None, numerator="leased_m2"):
    """Leased of industrial land (more is better), late of all parcels (less, 0–50 %)."""
    content = {
        "name": "mine",
        "version": "1",
        "normalisation": "min_max_fixed",
        "missing": missing,
        "ranked_statuses": ["operating"],
        "sensitivity": {"spread": 0.5, "draws": 200, "seed": 7},
        "schemes": [
            {
                "id": "mine", "valid_from": valid_from, "valid_to": None, "article": "",
                "confidence": "unverified",
                "indicators": [
                    {"id": "leased", "numerator": numerator, "denominator": "industrial_m2",
                     "direction": "up", "low": 0, "high": 1, "weight": weights[0]},
                    {"id": "late", "numerator": "late_parcels", "denominator": "parcel_count",
                     "direction": "down", "low": 0, "high": 0.5, "weight": weights[1]},
                ],
            }
        ],
    }  # fmt: skip
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return load_score_rules(path)


def figures(rows):
    """``(id, leased of 10 ha, late of 10 parcels)``."""
    return pd.DataFrame(
        {
            "cluster_id": [row[0] for row in rows],
            "name": [row[0] for row in rows],
            "leased_m2": [row[1] for row in rows],
            "industrial_m2": 10.0,
            "late_parcels": [row[2] for row in rows],
            "parcel_count": 10.0,
        }
    )


def by_id(ranking):
    return {row["cluster_id"]: row for row in ranking.scores.to_dict("records")}


def test_the_score_is_the_weighted_sum_and_its_contributions_add_up_to_it(tmp_path):
    # A: leased 0.8, late 1/10 of at most 1/2: 1 - 0.2 = 0.8 -> 75·0.8 + 25·0.8 = 80
    # B: leased 0.4, none late                              -> 75·0.4 + 25·1   = 55
    # C: leased 1.0, 7/10 late, beyond the scale: 0         -> 75             = 75
    ranking = rank_clusters(
        figures([("A", 8, 1), ("B", 4, 0), ("C", 10, 7)]), rules(tmp_path), as_of=DAY
    )
    scores = by_id(ranking)
    assert [scores[name]["score"] for name in "ABC"] == pytest.approx([80, 55, 75])
    assert list(ranking.scores["cluster_id"]) == ["A", "C", "B"]
    assert list(ranking.scores["rank"]) == [1, 2, 3]
    added = ranking.contributions.groupby("cluster_id")["points"].sum()
    assert added.to_dict() == pytest.approx({"A": 80, "B": 55, "C": 75})
    assert list(ranking.contributions["cluster_id"]) == ["A", "A", "C", "C", "B", "B"]


def test_a_score_does_not_move_when_another_cluster_comes(tmp_path):
    few = by_id(rank_clusters(figures([("A", 8, 1)]), rules(tmp_path), as_of=DAY))
    many = by_id(rank_clusters(figures([("A", 8, 1), ("Z", 0, 10)]), rules(tmp_path), as_of=DAY))
    assert few["A"]["score"] == many["A"]["score"]


def test_equal_scores_share_a_rank_and_the_next_is_left_out(tmp_path):
    # B and C: 75·0.4 + 25 = 55 and 75·(2/3)·… made equal by the same figures
    ranking = rank_clusters(
        figures([("A", 8, 0), ("B", 4, 0), ("C", 4, 0), ("D", 0, 0)]), rules(tmp_path), as_of=DAY
    )
    assert list(ranking.scores["rank"]) == [1, 2, 2, 4]
    assert list(ranking.scores["tied"]) == [False, True, True, False]


def test_what_nobody_knows_earns_nothing_and_the_score_is_an_interval(tmp_path):
    # A: leased unknown: 25·1 = 25 at least, 100 at most; B: 75·0.4 + 25 = 55
    ranking = rank_clusters(figures([("A", np.nan, 0), ("B", 4, 0)]), rules(tmp_path), as_of=DAY)
    a, b = by_id(ranking)["A"], by_id(ranking)["B"]
    assert (a["score"], a["score_high"]) == pytest.approx((25, 100))
    assert (b["score"], b["score_high"]) == pytest.approx((55, 55))
    assert a["missing"] == ["leased"]
    assert a["known_weight_share"] == pytest.approx(0.25)
    assert (a["rank"], a["rank_missing_best"], a["rank_missing_worst"]) == (2, 1, 2)
    assert (b["rank"], b["rank_missing_best"], b["rank_missing_worst"]) == (1, 1, 2)


def test_a_missing_weight_goes_to_the_others_where_the_file_says_so(tmp_path):
    # A: late alone counts, none late: 100; of C nothing is known: no score, no rank
    ranking = rank_clusters(
        figures([("A", np.nan, 0), ("B", 4, 0), ("C", np.nan, np.nan)]),
        rules(tmp_path, missing="redistribute"),
        as_of=DAY,
    )
    scores = by_id(ranking)
    assert scores["A"]["score"] == pytest.approx(100)
    assert scores["A"]["score_high"] == pytest.approx(100)
    assert np.isnan(scores["C"]["score"])
    assert ranking.scores["rank"].isna().tolist() == [False, False, True]
    shares = ranking.contributions[ranking.contributions["cluster_id"] == "A"]["weight_share"]
    assert list(shares) == [0, 1]


def test_the_sure_bounds_hold_for_all_weights_within_the_spread(tmp_path):
    # weights 3 and 1, each ± half.  A − B: leased +0.4, late −0.2·: A leads by 0.4·w1 − 0.2·w2,
    # at least 0.4·1.5 − 0.2·1.5 = 0.3 > 0: always.  C − A: leased +0.2, late −0.8: at least
    # 0.2·1.5 − 0.8·1.5 < 0, at most 0.2·4.5 − 0.8·0.5 = 0.5 > 0: may stand on either side.
    # C − B: leased +0.6, late −1: at least 0.9 − 1.5 < 0: either side.
    ranking = rank_clusters(
        figures([("A", 8, 1), ("B", 4, 0), ("C", 10, 7)]), rules(tmp_path), as_of=DAY
    )
    bounds = {
        name: (row["rank_surely_best"], row["rank_surely_worst"])
        for name, row in by_id(ranking).items()
    }
    assert bounds == {"A": (1, 2), "B": (2, 3), "C": (1, 3)}
    # one weight at a time, C − A = 0.2·w1 − 0.8·w2: (4.5, 1) gives +0.1, C first; (3, 0.5) +0.2
    assert by_id(ranking)["C"]["rank_one_weight_best"] == 1
    # C − B = 0.6·w1 − w2 is at least 0.6·1.5 − 1 = −0.1 at (1.5, 1): B passes C
    assert by_id(ranking)["C"]["rank_one_weight_worst"] == 3


def test_random_weights_stay_within_the_sure_bounds_and_are_repeatable(tmp_path):
    rng = np.random.default_rng(3)
    rows = [(f"K{place}", *rng.integers(0, 11, 2)) for place in range(12)]
    first = rank_clusters(figures(rows), rules(tmp_path), as_of=DAY).scores
    second = rank_clusters(figures(rows), rules(tmp_path), as_of=DAY).scores
    pd.testing.assert_frame_equal(first, second)
    assert (first["rank_surely_best"] <= first["rank_random_best"]).all()
    assert (first["rank_random_worst"] <= first["rank_surely_worst"]).all()
    assert (first["rank_random_best"] < first["rank_random_worst"]).any()


def test_a_day_without_a_scheme_and_a_figure_nobody_has_are_refused(tmp_path):
    later = rules(tmp_path, valid_from=date(2027, 1, 1))
    with pytest.raises(UsageError) as refusal:
        rank_clusters(figures([("A", 8, 1)]), later, as_of=DAY)
    assert refusal.value.key == "errors.score_no_scheme"
    with pytest.raises(UsageError) as refusal:
        rank_clusters(figures([("A", 8, 1)]), rules(tmp_path, numerator="vui"), as_of=DAY)
    assert refusal.value.params["value"] == "vui"
