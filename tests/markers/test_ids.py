"""One marker, many spellings; the quick way for plain names says what the slow one says."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gisclusters.domain.marker_names import normal_id
from gisclusters.markers.ids import normal_ids


@pytest.mark.parametrize(
    ("spellings", "key"),
    [
        (["RG-01", "RG1", "rg 01", "RG.1", " RG_001 ", "rg-1."], "RG1"),
        (["1'", "1’", "1′", "01'", "1`"], "1'"),
        (["1-1", "1.1", "01 - 01", "1/1", "1_1"], "1-1"),
        (["11", "0011"], "11"),
        (["0", "000"], "0"),
        (["TĐ-07", "tđ 7", "TĐ 7"], "TĐ7"),
        (["Mốc Hòa 1", "MỐC HOÀ 01", "mốc Hòa-1"], normal_id("Mốc Hòa 1")),
        (["A10B02", "a10b2", "A-10-B-2"], "A10B2"),
    ],
)
def test_spellings_of_one_name_meet(spellings, key):
    assert [normal_id(each) for each in spellings] == [key] * len(spellings)
    assert normal_ids(pd.Series(spellings, dtype=object)).to_pylist() == [key] * len(spellings)


@pytest.mark.parametrize(("one", "other"), [("1-1", "11"), ("RG10", "RG1"), ("1'", "1"), ("D1", "Đ1"),
                                            ("1-12", "11-2"), ("A1", "1A")])  # fmt: skip
def test_other_names_stay_apart(one, other):
    assert normal_id(one) != normal_id(other)


NAMES = st.lists(
    st.one_of(
        st.none(), st.text(alphabet="RGabzĐ0019 _.-/'’`\t\x1fÁà", max_size=9), st.text(max_size=6)
    )
)


@given(NAMES)
def test_many_names_read_as_each_alone(names):
    expected = [None if name is None else normal_id(name) for name in names]
    assert normal_ids(np.array([*names, None], dtype=object)[:-1]).to_pylist() == expected
    if None not in names:
        assert normal_ids(pd.Series(names, dtype="str")).to_pylist() == expected


@given(st.text(alphabet="RGz019 _.-/'", max_size=12))
def test_a_key_is_its_own_key(name):
    assert normal_id(normal_id(name)) == normal_id(name)
