"""The same outlines, however an office writes them down."""

import itertools
import math
import random
from contextlib import suppress

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gisclusters.errors import InputRefusedError
from gisclusters.readers import ReadOptions, inspect_file, read_layer
from tests.readers.office import EAST, NORTH, Spelling, encoded, rows_of, text_of

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1258", "tcvn3", "vni")
SEPARATORS = (";", ",", "\t", "|", "  ")
NUMBERS = ((",", ""), (".", ""), (",", "."), (",", " "), (".", ","), (".", "'"))
OPTIONS = ReadOptions(crs="EPSG:9216")

OUTLINES = [
    [(552_000.125, 1_587_000.5), (552_400.25, 1_587_020.75), (552_380.5, 1_587_300.125),
     (552_100.0, 1_587_250.0), (551_990.75, 1_587_120.5)],
    [(553_000.5, 1_588_000.25), (553_200.125, 1_588_000.25), (553_200.125, 1_588_150.5)],
]  # fmt: skip


def spellings():
    """Every encoding, separator and way with numbers; the rest takes turns."""
    turn = itertools.count()
    for encoding, separator, (decimal, thousands) in itertools.product(
        ENCODINGS, SEPARATORS, NUMBERS
    ):
        k = next(turn)
        header = ("vi", "plain", "words", "en", "none")[k % 5]
        parts = ("id", "titles", "family", "closing")[(k // 5) % 4]
        if header == "none" and parts == "id":
            parts = "family"
        if parts == "titles" and (separator == "  " or header == "none"):
            parts = "family"  # two words are two cells, or too little text to know its encoding
        yield Spelling(
            encoding=encoding, separator=separator, decimal=decimal, thousands=thousands,
            header=header, parts=parts, closing=k % 3 != 0, title=k % 2 == 0,
        )  # fmt: skip


def same(found, wanted):
    """Whether two sets of outlines are equal to a millimetre."""
    return all(
        shapely.equals_exact(shapely.normalize(one), shapely.normalize(two), tolerance=1e-3)
        for one, two in zip(found, wanted, strict=True)
    )


def written(path, outlines, spelling):
    path.write_bytes(encoded(text_of(rows_of(outlines, spelling), spelling), spelling.encoding))
    return path


def wanted(outlines, spelling):
    polygons = [shapely.Polygon(outline) for outline in outlines]
    if spelling.parts in {"id", "titles"} or len(polygons) == 1:
        return polygons
    return [shapely.MultiPolygon(polygons)]


@pytest.mark.parametrize("spelling", list(spellings()), ids=repr)
def test_a_table_means_the_same_in_every_spelling(tmp_path, spelling):
    layer = read_layer("clusters", written(tmp_path / "ranh.csv", OUTLINES, spelling), OPTIONS)
    assert same(layer.shapes.geometry, wanted(OUTLINES, spelling))
    if spelling.parts == "id":
        assert layer.frame["cluster_id"].tolist() == ["CCN-1", "CCN-2"]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_titles_in_old_encodings_name_the_outlines(tmp_path, encoding):
    spelling = Spelling(encoding=encoding, parts="titles")
    layer = read_layer("clusters", written(tmp_path / "ranh.csv", OUTLINES, spelling), OPTIONS)
    names = [name.casefold() for name in layer.frame["name"]]
    assert names == ["ccn sa bình", "cụm công nghiệp đăk hà"]
    guessed = [issue for issue in layer.issues if issue.code == "encoding_guessed"]
    assert [issue.value for issue in guessed] == (
        [encoding] if encoding in {"tcvn3", "vni", "cp1258"} else [])  # fmt: skip


@st.composite
def star(draw):
    """A simple polygon: vertices round a middle, to the millimetre."""
    count = draw(st.integers(3, 12))
    seed = draw(st.integers(0, 2**32 - 1))
    rng = random.Random(seed)
    east, north = EAST + rng.uniform(0, 20_000), NORTH + rng.uniform(0, 20_000)
    start = rng.uniform(0, math.tau)
    return [
        (round(east + r * math.cos(a), 3), round(north + r * math.sin(a), 3))
        for k in range(count)
        for a, r in [(start + math.tau * (k + rng.uniform(0, 0.4)) / count, rng.uniform(50, 500))]
    ]


@st.composite
def office_table(draw):
    outlines = draw(st.lists(star(), min_size=1, max_size=3))
    parts = draw(st.sampled_from(["id", "titles", "family", "closing"]))
    separator = draw(st.sampled_from([";", "\t", "|", ","]))
    decimal, thousands = draw(st.sampled_from(NUMBERS))
    header = draw(st.sampled_from(["vi", "plain", "words", "en", "none"]))
    if header == "none" and parts in {"id", "titles"}:
        header = "vi"
    return outlines, Spelling(
        encoding=draw(st.sampled_from(ENCODINGS)), separator=separator, decimal=decimal,
        thousands=thousands, header=header, parts=parts, closing=draw(st.booleans()),
        title=draw(st.booleans()),
    )  # fmt: skip


def apart(outlines):
    polygons = [shapely.Polygon(outline) for outline in outlines]
    return all(map(shapely.is_valid, polygons)) and not any(
        shapely.intersects(one, two) for one, two in itertools.combinations(polygons, 2)
    )


@settings(max_examples=150, deadline=None, derandomize=True,
          suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much])  # fmt: skip
@given(table=office_table().filter(lambda table: apart(table[0])))
def test_whatever_is_written_is_read_back(tmp_path, table):
    outlines, spelling = table
    path = written(tmp_path / "ranh.csv", outlines, spelling)
    layer = read_layer("clusters", path, OPTIONS)
    assert same(layer.shapes.geometry, wanted(outlines, spelling))


def opens_or_is_refused(path, kinds=("clusters", "markers", "leases")):
    """Anything but a layer or a refusal is raised."""
    for kind in kinds:
        with suppress(InputRefusedError):
            read_layer(kind, path, OPTIONS)
    with suppress(InputRefusedError):
        inspect_file(path, OPTIONS)


@settings(max_examples=150, deadline=None, derandomize=True,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(content=st.one_of(
    st.binary(min_size=1, max_size=400),
    st.text(alphabet="XY xy0123456789.,;\t\n\"'-°′″ABĐđ()=ha²", min_size=1, max_size=300).map(
        lambda text: f"Điểm;X;Y\n{text}".encode()),
    st.text(min_size=1, max_size=200).map(lambda text: text.encode("utf-8", "replace")),
))  # fmt: skip
def test_any_bytes_are_a_table_or_a_refusal(tmp_path, content):
    path = tmp_path / "la.csv"
    path.write_bytes(content)
    opens_or_is_refused(path)


@pytest.mark.parametrize("seed", range(6))
def test_a_damaged_table_is_read_or_refused(tmp_path, seed):
    rng = random.Random(seed)
    spelling = Spelling(encoding=ENCODINGS[seed], parts="titles")
    sound = encoded(text_of(rows_of(OUTLINES, spelling), spelling), spelling.encoding)
    for _ in range(50):
        content = bytearray(sound)
        for _ in range(rng.randint(1, 8)):
            content[rng.randrange(len(content))] = rng.randrange(256)
        path = tmp_path / "hong.csv"
        path.write_bytes(bytes(content[: rng.randint(20, len(content))]))
        opens_or_is_refused(path)
