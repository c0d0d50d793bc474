"""A name that stands twice in one JSON object is told, where decoders keep the last in silence."""

import pytest

from gisclusters.errors import InputRefusedError
from gisclusters.readers import read_layer, read_parts
from gisclusters.words import issue_text

CRS = '{"type":"name","properties":{"name":"EPSG:9210"}}'


def ring(x):
    corners = [(x, 0), (x + 100, 0), (x + 100, 100), (x, 0)]
    return str([[[570_000 + east, 1_221_000 + north] for east, north in corners]])


def shape(number, more=""):
    return f'{{"type":"Polygon","coordinates":{ring(200 * number)}{more}}}'


def feature(number, more="", *, props="", geometry=None):
    return (f'{{"type":"Feature","properties":{{"cluster_id":"C{number}"{props}}},'
            f'"geometry":{geometry or shape(number)}{more}}}')  # fmt: skip


def collection(*features, more="", crs=CRS):
    listed = ",\n".join(features)
    return f'{{"type":"FeatureCollection","crs":{crs}{more},"features":[{listed}]}}'


@pytest.fixture(params=["whole", "parts"])
def read(tmp_path, request):
    """Every issue of a text read whole or in parts of one row, and its ids."""

    def reading(text):
        path = tmp_path / "a.geojson"
        path.write_text(text, encoding="utf-8")
        if request.param == "whole":
            layers = [read_layer("clusters", path)]
        else:
            with read_parts("clusters", path, size=1, from_bytes=0) as parts:
                layers = list(parts.layers)
        issues = [issue for layer in layers for issue in layer.issues]
        return issues, [name for layer in layers for name in layer.frame["cluster_id"]]

    return reading


def refused(read, text):
    with pytest.raises(InputRefusedError) as found:
        read(text)
    issues = [issue for issue in found.value.issues if issue.code == "json_key_repeated"]
    assert all(all(issue_text(issue, lang)) for issue in issues for lang in ("vi", "en"))
    return [(issue.row, issue.field) for issue in issues if issue.level == "error"]


@pytest.mark.parametrize(
    ("second", "key"),
    [
        (feature(2, f',"geometry":{shape(3)}'), "geometry"),
        (feature(2, ',"type":"Feature"'), "type"),
        (feature(2, ',"properties":{"cluster_id":"B"}'), "properties"),
        (feature(2, f',"crs":{CRS},"crs":{CRS}'), "crs"),
        (feature(2, geometry=shape(2, f',"coordinates":{ring(900)}')), "coordinates"),
        (feature(2, geometry=shape(2, ',"type":"Polygon"')), "type"),
    ],
)
def test_what_makes_a_feature_must_not_stand_twice(read, second, key):
    assert refused(read, collection(feature(1), second, feature(4))) == [(2, key)]
    if key != "crs":
        assert refused(read, "\n".join([feature(1), second])) == [(2, key)]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (collection(feature(1), more=f',"crs":{CRS}'), "crs"),
        (collection(feature(1), more=',"type":"FeatureCollection"'), "type"),
        (collection(feature(1), more=f',"features":[{feature(2)}]'), "features"),
        (collection(feature(1), more=',"features":null'), "features"),
        (collection(feature(1), crs='{"type":"name","properties":{"name":"EPSG:9216",'
                                    '"name":"EPSG:9210"}}'), "crs"),
    ],
)  # fmt: skip
def test_what_makes_a_collection_must_not_stand_twice(read, text, key):
    assert refused(read, text) == [(None, key)]


def test_an_attribute_that_stands_twice_is_a_warning_and_the_last_holds(read):
    odd = feature(2, props=',"name":"cũ","name":"mới","type":1,"type":2')
    issues, ids = read(collection(feature(1), odd, feature(3, ',"bbox":[],"bbox":[]')))
    told = [(i.level, i.row, i.field) for i in issues if i.code == "json_attribute_repeated"]
    assert told == [("warning", 2, "name"), ("warning", 2, "type"), ("warning", 3, "bbox")]
    assert ids == ["C1", "C2", "C3"]
    assert not any(issue.code == "json_key_repeated" for issue in issues)


def test_the_last_value_is_the_one_read(tmp_path):
    path = tmp_path / "a.geojson"
    path.write_text(collection(feature(1, props=',"name":"cũ","name":"mới"')), encoding="utf-8")
    assert read_layer("clusters", path).frame["name"].tolist() == ["mới"]


def test_names_that_stand_once_are_not_told(read):
    nested = feature(1, props=',"a":{"type":1,"name":2},"b":{"type":1},"coordinates":[[1]]')
    issues, _ = read(collection(nested, feature(2)))
    assert not {"json_key_repeated", "json_attribute_repeated"} & {issue.code for issue in issues}
