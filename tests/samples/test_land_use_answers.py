"""Every number of the part "Land use" of ANSWERS.md, read from the page itself."""

import json
import re
from datetime import UTC, date, datetime

import pytest
import yaml

from gisclusters.readers import ReadOptions
from gisclusters.samples import samples_dir
from gisclusters.store import open_store
from gisclusters.workflows.ingest import ingest
from gisclusters.workflows.publish_site import gather

SAMPLES = samples_dir()
PAGE = (SAMPLES / "ANSWERS.md").read_text(encoding="utf-8").split("## Land use")[1]
ANSWERS = json.loads((SAMPLES / "answers.json").read_text(encoding="utf-8"))
OCCUPANCY = re.findall(r"([NS]\d) (\d+)/(\d+)", PAGE)
DAY = date(2026, 11, 15)
LOT_M2 = 13_000.0
SLACK_M2 = 2.0
"""Turned clusters are drawn to the millimetre: a metre or two over 49 ha."""


@pytest.fixture(scope="module")
def clusters(tmp_path_factory):
    plan = yaml.safe_load((SAMPLES / "manifest.yaml").read_text(encoding="utf-8"))
    path = tmp_path_factory.mktemp("land_use") / "store.gpkg"
    with open_store(path, create=True) as store:
        for step in plan["ingest"]:
            if step["kind"] in {"clusters", "lots", "parcels", "leases"}:
                ingest(store, step["kind"], SAMPLES / step["file"],
                       ReadOptions(**(step.get("options") or {})),
                       recorded_at=datetime(2026, 11, 15, tzinfo=UTC))  # fmt: skip
        covers = [(tuple(row["cluster_ids"]), SAMPLES / row["file"]) for row in plan["landcover"]]
        used = gather(store, as_of=DAY, landcover=covers).efficiency
    return {row["cluster_id"]: row for frame in used.findings for row in frame.to_dict("records")}


@pytest.fixture(scope="module")
def parcels(clusters):
    return {row["parcel_id"]: row for each in clusters.values() for row in each["parcels"]}


def told(parcel):
    """What the table of the page says of a parcel, by hand."""
    [(status, by_hand)] = re.findall(rf"\| {parcel} \| ([^|]+) \| ([^|]+) \|", PAGE)
    return status, by_hand


def test_the_page_names_eight_clusters_with_parcels():
    assert [name for name, *_ in OCCUPANCY] == ["N5", "N7", "N8", "S1", "S2", "S3", "S4", "S6"]


@pytest.mark.parametrize(("name", "held", "lots"), OCCUPANCY, ids=[row[0] for row in OCCUPANCY])
def test_occupancy_is_lots_times_their_size(clusters, name, held, lots):
    row = clusters[name]
    assert lots == ("33" if name in {"N8", "S6"} else "27")
    assert row["parcel_count"] == int(lots)
    assert row["industrial_m2"] == pytest.approx(int(lots) * LOT_M2, abs=SLACK_M2)
    assert row["committed_m2"] == pytest.approx(int(held) * LOT_M2, abs=SLACK_M2)
    assert row["occupancy_share"] == pytest.approx(int(held) / int(lots), abs=1e-5)
    [law, *_] = row["ratios"]
    assert (law["by_law"], law["share"]) == (True, row["occupancy_share"])


def test_every_cluster_with_lots_has_its_industrial_land(clusters):
    for name in ("N4", "N5", "N6", "N7", "S1", "S2", "S3", "S4"):
        assert clusters[name]["industrial_m2"] == pytest.approx(27 * LOT_M2, abs=SLACK_M2), name
    for name in ("N8", "S6"):
        assert clusters[name]["industrial_m2"] == pytest.approx(33 * LOT_M2, abs=SLACK_M2), name


def test_the_late_parcel(parcels):
    status, by_hand = told("N5-T19")
    row = parcels["N5-T19"]
    assert by_hand == "handed over 2026-03-01; 12 months end 2027-03-01, 106 days left"
    assert (row["status"], row["lease"]["handed_over_on"]) == (status, "2026-03-01")
    assert (row["deadline"], row["days_left"]) == ("2027-03-01", 106)
    assert (date(2027, 3, 1) - DAY).days == 106


def test_the_extended_parcel(parcels):
    status, by_hand = told("N5-T22")
    row = parcels["N5-T22"]
    assert by_hand == "until 2027-12-31, 411 days left"
    assert (row["status"], row["deadline"], row["days_left"]) == (status, "2027-12-31", 411)


def test_the_lapsed_parcel(parcels):
    status, by_hand = told("N5-T23")
    row = parcels["N5-T23"]
    assert by_hand == "the extension ran out on 2026-06-30"
    assert (row["status"], row["deadline"], row["rule_id"]) == (status, "2026-06-30", "extension")
    assert row["days_left"] == -138  # 30 Jun to 15 Nov: 31 + 31 + 30 + 31 + 15


def test_what_the_image_says_of_three_parcels(parcels):
    assert told("N5-T01") == ("producing", "every pixel built: share 1")
    assert (parcels["N5-T01"]["status"], parcels["N5-T01"]["built_share"]) == ("producing", 1.0)
    assert told("N5-T02") == ("producing on paper", "leased, no pixel built: share 0")
    assert (parcels["N5-T02"]["status"], parcels["N5-T02"]["built_share"]) == ("producing", 0.0)
    assert (parcels["N5-T02"]["leased"], parcels["N5-T02"]["leased_not_built"]) == (True, True)
    assert told("N5-T27") == ("vacant", "built and not leased")
    assert (parcels["N5-T27"]["lease"], parcels["N5-T27"]["built_not_leased"]) == (None, True)


@pytest.mark.parametrize("name", sorted(ANSWERS["parcels"]))
def test_the_status_of_every_planted_parcel(parcels, name):
    assert parcels[name]["status"] == ANSWERS["parcels"][name]


def test_every_parcel_that_was_not_planted_is_vacant(parcels):
    """Planted are 26 in N5, 10 N7, 30 N8, 18 S1, 3 S2, 20 S3, 4 S4, 5 S6: 116 together."""
    others = [row for name, row in parcels.items() if name not in ANSWERS["parcels"]]
    assert len(others) == len(parcels) - len(ANSWERS["parcels"]) == 282 - 116
    assert {(row["status"], row["leased"], row["committed"]) for row in others} == {
        ("not_handed_over", False, False)
    }


def test_the_planted_parcels_have_no_seams_and_agree_with_the_register(clusters):
    """Parcels tile without gaps, and every one is registered with 13 000 m²."""
    for name, row in clusters.items():
        assert row["seams"] in ([], None), name
        verdicts = {each["rung"]: each["area_verdict"] for each in row["ladder"]}
        assert verdicts["gross"] == "agrees", name
        assert set(verdicts.values()) <= {"agrees", "not_checked"}, name
        for each in row["ladder"]:
            if each["parcels"] is not None:
                rest = each["parcels_m2"] - each["off_land_m2"] - each["counted_twice_m2"]
                assert each["area_m2"] == pytest.approx(rest, abs=0.01), (name, each["rung"])
    ladder = {each["rung"]: each for each in clusters["N5"]["ladder"]}
    assert ladder["committed"]["registered_m2"] == 25 * LOT_M2
    assert ladder["leased"]["registered_m2"] == 25 * LOT_M2
    assert ladder["handed_over"]["registered_m2"] == 24 * LOT_M2
    assert ladder["producing"]["registered_m2"] == 18 * LOT_M2
