"""Heights as offices write them: the mark before three digits is the decimal one, or nobody knows."""

import pandas as pd
import pytest

from gisclusters.layers.heights import height_column, heights_m


@pytest.mark.parametrize(("cells", "metres"), [
    (["12.345", "13.001", None, "9.876"], [12.345, 13.001, None, 9.876]),
    (["12,345", "-1,500", "699,999"], [12.345, -1.5, 699.999]),
    (["5,25", "12,345"], [5.25, 12.345]),
    ([12.345, None], [12.345, None]),
])  # fmt: skip
def test_three_decimals_are_decimals(cells, metres):
    read, bad = heights_m(pd.Series(cells, name="H"))
    assert not bad.any()
    assert read.astype(object).where(read.notna(), None).tolist() == metres


@pytest.mark.parametrize("cells", [
    ["12.345", "13"],       # not every one carries three
    ["12.345", "12,345"],   # two marks
    ["-60.000", "-70.000"],  # no ground lies so low
])  # fmt: skip
def test_what_can_be_read_in_two_ways_is_told(cells):
    read, bad = heights_m(pd.Series(cells, name="H"))
    assert bad.any()
    assert read[bad].isna().all()


def test_the_column_is_known_by_its_header():
    frame = pd.DataFrame({"Cao độ (m)": ["1"], "x": ["2"]})
    assert height_column(frame) == "Cao độ (m)"
    assert height_column(frame[["x"]]) is None
