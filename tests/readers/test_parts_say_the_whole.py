"""What is said of a file taken in parts is what is said of it read whole."""

import json
from datetime import UTC, datetime

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gisclusters import readers
from gisclusters.errors import InputRefusedError
from gisclusters.layers.known import MOST_VERTICES, Known, Weighing, weigh_rows
from gisclusters.readers import ReadOptions
from gisclusters.store import open_store
from gisclusters.workflows.ingest import ingest
from tests.scenes import layer

OF_PARTS = {"gaps_by_tiles", "neighbours_untold"}
NOW = datetime(2026, 7, 1, tzinfo=UTC)


def box(x, y=1_587_000, size=10):
    return shapely.box(x, y, x + size, y + size)


def feature(name, shape, **more):
    geometry = shape if isinstance(shape, dict) else json.loads(shapely.to_geojson(shape))
    return {"type": "Feature", "properties": {"parcel_id": name, **more}, "geometry": geometry}


def write(folder, features, crs="EPSG:9216"):
    said = {"crs": {"type": "name", "properties": {"name": crs}}} if crs else {}
    path = folder / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", **said, "features": features}))
    return path


@pytest.fixture
def told(tmp_path, monkeypatch):
    """Everything said of a file that is taken in, whole or in parts of four rows."""

    def issues_of(path, kind="parcels", *, parted, options=ReadOptions(), held=()):  # noqa: B008
        how = {"size": 4, "from_bytes": 0 if parted else 10**12}
        monkeypatch.setattr("gisclusters.workflows.ingest.read_parts",
                            lambda *given: readers.read_parts(*given, **how))  # fmt: skip
        home = tmp_path / str(parted)
        home.mkdir()
        with open_store(home / "kho.gpkg", create=True) as store:
            for each in held:
                store.save(each, recorded_at=NOW)
            try:
                found = ingest(store, kind, path, options, recorded_at=NOW).issues
            except InputRefusedError as refusal:
                found = refusal.issues
        return sorted(str(issue) for issue in found if issue.code not in OF_PARTS)

    return issues_of


def same(told, path, *codes, **how):
    whole, parts = told(path, parted=False, **how), told(path, parted=True, **how)
    assert parts == whole
    assert [code for code in codes if not any(code in said for said in whole)] == []
    return whole


def test_rows_that_are_wrong_in_any_part(told, tmp_path):
    """Malformed shapes keep their ids and are told once; an id of a refused part is known."""
    features = [feature(f"T{k}", box(552_000 + 10 * k)) for k in range(14)]
    for broken in (1, 9, 13):
        features[broken]["geometry"] = {"type": "Polygon", "coordinates": [[["x", 1]]]}
    features[6]["properties"]["parcel_id"] = "T2"  # of the part that is refused
    features[11]["properties"]["parcel_id"] = "T2"
    features[12]["properties"]["parcel_id"] = "T1"  # of a row without a shape
    features.insert(5, [1, 2])
    features.append("no feature")
    said = same(told, write(tmp_path, features), "feature_malformed", "id_repeated")
    assert sum("feature_malformed" in each for each in said) == 5
    assert not any("geometry_unusable" in each for each in said)
    assert any("row 11 id T9: feature_malformed" in each.replace(" value 'coordinates'", "")
               for each in said)  # fmt: skip
    assert sum("id_repeated" in each for each in said) == 3


def test_a_file_without_a_system_tells_its_bad_rows_too(told, tmp_path):
    features = [feature(f"T{k}", box(552_000 + 10 * k)) for k in range(9)]
    features[8]["geometry"] = {"type": "Polygon", "coordinates": "none"}
    whole, parts = (told(write(tmp_path, features, crs=None), parted=each)
                    for each in (False, True))  # fmt: skip
    assert [each.replace(" id T8", "") for each in parts] == [
        each.replace(" id T8", "") for each in whole
    ]
    assert len(whole) == 2


def test_rows_out_of_the_reach_of_their_zone_in_any_part(told, tmp_path):
    features = [feature(f"T{k}", shapely.box(106 + k / 100, 11, 106.005 + k / 100, 11.005))
                for k in range(12)]  # fmt: skip
    for far, x in ((2, 100), (7, 112), (11, 112)):
        features[far] = feature(f"T{far}", shapely.box(x, 11, x + 0.01, 11.01))
    said = same(told, write(tmp_path, features, crs="EPSG:4326"))
    assert [each.split()[2] for each in said] == ["12", "3", "8"]


def test_what_is_known_is_held_against_all_parts_at_once(told, tmp_path):
    """Fifteen minutes off: no part alone shows it, since each has but one of the communes."""
    place = layer("places", [{"place_id": "p", "name": "A", "level": "commune",
                              "geometry": box(550_000, 1_585_000, 5_000)}], crs="EPSG:9216")  # fmt: skip
    features = [feature(f"T{k}", box(552_000 + 10 * k)) for k in range(10)]
    said = same(told, write(tmp_path, features, crs="EPSG:9217"), "reference_doubt", held=[place])
    assert sum("reference_" in each for each in said) == 1


def test_counts_and_examples(told, tmp_path):
    features = [feature(f"T{k}", box(552_000 + 10 * k), land_code="XYZ" if k in {1, 9} else "SKN")
                for k in range(12)]  # fmt: skip
    for twice in (2, 3, 7):
        ring = features[twice]["geometry"]["coordinates"][0]
        ring.insert(1, ring[0])
    same(told, write(tmp_path, features), "vertices_repeated", "land_code_unknown")


def test_rows_swapped_in_some_parts(told, tmp_path):
    features = [feature(f"T{k}", box(552_000 + 10 * k)) for k in range(9)]
    features[1] = feature("T1", shapely.box(1_587_000, 552_000, 1_587_010, 552_010))
    features[7] = feature("T7", box(1_000))
    said = same(told, write(tmp_path, features), "outside_zone", "row_exchanged")
    assert not any("axes_swapped" in each for each in said)


@pytest.mark.parametrize(
    ("proper", "code"), [(0, "axes_swapped"), (1, "axes_swapped"), (2, "row_exchanged")]
)
def test_an_option_exchanges_nearly_all_rows_or_none(told, tmp_path, proper, code):
    """One proper row of ten is taken for the fault; of two nobody knows what the file is."""
    shapes = [
        shapely.box(1_587_000 + 10 * k, 552_000, 1_587_010 + 10 * k, 552_010) for k in range(10)
    ]
    shapes[:proper] = [box(552_000 + 10 * k) for k in range(proper)]
    features = [feature(f"T{k}", shape) for k, shape in enumerate(shapes)]
    said = same(told, write(tmp_path, features), code)
    assert sum(code in each for each in said) == 10 - proper
    assert len(said) == 10 - proper


def test_a_refused_file_in_parts_says_that_neighbours_were_not_looked_at(tmp_path, monkeypatch):
    features = [feature(f"T{k}", box(552_000 + 5 * k)) for k in range(9)]
    features[7] = feature("T7", box(1_000))
    monkeypatch.setattr("gisclusters.workflows.ingest.read_parts",
                        lambda *given: readers.read_parts(*given, size=4, from_bytes=0))  # fmt: skip
    path = write(tmp_path, features)
    with open_store(tmp_path / "kho.gpkg", create=True) as store:
        with pytest.raises(InputRefusedError) as refusal:
            ingest(store, "parcels", path, ReadOptions(), recorded_at=NOW)
        notes = [issue for issue in refusal.value.issues if issue.code == "neighbours_untold"]
        assert [(note.level, note.layer) for note in notes] == [("info", "a.geojson")]
        path = write(tmp_path, features[:7])
        told = ingest(store, "parcels", path, ReadOptions(), recorded_at=NOW).issues
    assert "neighbours_untold" not in {issue.code for issue in told}
    assert "overlap" in str([issue.code for issue in told])


@pytest.mark.parametrize("count", [100, 50_000])
def test_vertices_are_weighed_the_same_in_however_many_parts(count):
    rng = np.random.default_rng(1)
    shapes = shapely.points(
        rng.uniform(552_000, 560_000, count), rng.uniform(1.58e6, 1.59e6, count)
    )
    frame = gpd.GeoDataFrame({"parcel_id": range(count)}, geometry=shapes, crs=9216)
    ground = layer("places", [{"place_id": "p", "geometry": box(552_000, 1_585_000, 5_000)}],
                   crs="EPSG:9216")  # fmt: skip
    known = Known(places=[ground])
    apart = Weighing("parcels", known)
    for first in range(0, count, 7_001):
        apart.add(frame.iloc[first : first + 7_001])
    assert apart.candidates("EPSG:9217") == weigh_rows("parcels", frame, "EPSG:9217", known)
    assert len(apart._vertices.some()[0]) <= MOST_VERTICES + 4
