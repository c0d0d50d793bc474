"""Outlines looked at tile by tile give what they give all at once."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gisclusters.layers import topology
from gisclusters.layers.checking import Earlier
from gisclusters.layers.kinds import kind_named
from gisclusters.layers.tiles import Tiles
from gisclusters.layers.topology import examine_tiles
from tests.scenes import layer, square
from tests.sizes import sized

places = st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(1, 8), st.integers(1, 8))


def parcels(shapes, **options):
    rows = [{"parcel_id": f"T{k}", "accuracy_m": 0.05, "geometry": shape}
            for k, shape in enumerate(shapes)]  # fmt: skip
    return layer("parcels", rows, **options)


def between(shapes, folder, *, most_rows, parts=3):
    """The issues of tiles, the rows having come in parts."""
    tiles = Tiles(folder, most_rows=most_rows)
    whole = parcels(shapes, earlier=Earlier())
    for part in range(parts):
        tiles.add(whole.where(np.arange(len(whole)) % parts == part))
    found = examine_tiles(tiles, kind_named("parcels"), layer=whole.name)
    tiles.close()
    return {as_said(issue) for issue in found if issue.code != "gaps_by_tiles"}


def as_said(issue):
    """What is said, numbers to the micrometre: sums run in another order."""
    params = {key: round(value, 6) if isinstance(value, float) else value
              for key, value in issue.params.items()}  # fmt: skip
    return replace(issue, params=tuple(sorted(params.items())))


def at_once(shapes):
    return {as_said(issue) for issue in parcels(shapes).issues
            if issue.code in {*topology._CODES.values(), "outline_repeated"}}  # fmt: skip


@pytest.fixture(autouse=True)
def small_tiles(monkeypatch):
    monkeypatch.setattr("gisclusters.layers.tiles.LEAST_M", 10.0)


@settings(max_examples=sized(25, 400), deadline=None)
@given(drawn=st.lists(places, min_size=2, max_size=40), most_rows=st.integers(2, 20))
def test_tiles_find_what_is_found_at_once(drawn, most_rows, tmp_path_factory):
    shapes = [square(7 * x, 7 * y, 5 * width, 5 * height) for x, y, width, height in drawn]
    # Rows come in another order: ids and rows are those of the layer all the same.
    assert between(shapes, tmp_path_factory.mktemp("tiles"), most_rows=most_rows) == at_once(shapes)


def test_a_gap_on_the_border_of_tiles_is_one_gap(tmp_path):
    ring = [square(0, 0, 300, 100), square(0, 101, 300, 100), square(0, 100, 100, 1),
            square(200, 100, 100, 1)]  # fmt: skip
    found = between(ring, tmp_path, most_rows=2)
    assert {issue.code for issue in found} == {"neighbours_gap"}
    assert found == at_once(ring)


def test_a_gap_that_others_fill_beyond_the_margin_is_none(tmp_path, monkeypatch):
    """The hole of the rows near a tile is filled by one that lies beyond."""
    monkeypatch.setattr(topology, "GAP_MARGIN_M", 5.0)
    ring = [square(0, 0, 300, 100), square(0, 101, 300, 100), square(0, 100, 100, 1),
            square(200, 100, 100, 1), square(100, 100, 60, 1), square(160, 100, 40, 1)]  # fmt: skip
    assert between(ring, tmp_path, most_rows=2) == set()


def test_that_long_gaps_may_stay_unseen_is_said(tmp_path):
    tiles = Tiles(tmp_path)
    whole = parcels([square(0, 0), square(100, 0)], earlier=Earlier())
    tiles.add(whole)
    [said] = examine_tiles(tiles, kind_named("parcels"), layer="a")
    assert (said.code, said.params["length_m"]) == ("gaps_by_tiles", topology.GAP_MARGIN_M)
    tiles.close()


def test_parcels_that_lie_on_one_spot_are_one_tile(tmp_path):
    shapes = [shapely.transform(square(0, 0, 5, 5), lambda xy, k=k: xy + k / 100)
              for k in range(15)]  # fmt: skip
    assert between(shapes, tmp_path, most_rows=3) == at_once(shapes)


strips = st.sampled_from([0.0, 0.01, 0.1, 0.5, 1.0, 1.99, 2.01, 5.0])


@st.composite
def torn(draw):
    """Parcels of 20 m side by side in a frame, some of which leave a strip of 1 cm to 5 m open.

    A strip lies along the east or the north of its parcel; those of neighbours run together.
    """
    columns, rows = draw(st.integers(2, 5)), draw(st.integers(2, 5))
    shapes = []
    for place in range(columns * rows):
        east, north = draw(st.sampled_from([(1, 0), (0, 1)]))
        width = draw(strips)
        shapes.append(square(place % columns * 20, place // columns * 20,
                             20 - width * east, 20 - width * north))  # fmt: skip
    wide, high = 20 * columns, 20 * rows
    shapes += [square(-5, -5, wide + 10, 5), square(-5, high, wide + 10, 5),
               square(-5, 0, 5, high), square(wide, 0, 5, high)]  # fmt: skip
    return draw(st.permutations(shapes))


@settings(max_examples=sized(15, 600), deadline=None)
@given(shapes=torn(), most_rows=st.integers(6, 20))
def test_gaps_on_the_borders_of_tiles_are_those_of_all_at_once(shapes, most_rows, tmp_path_factory):
    """The same ground, once each, with the same areas and neighbours, wherever tiles end."""
    found = between(shapes, tmp_path_factory.mktemp("tiles"), most_rows=most_rows)
    assert found == at_once(shapes)
