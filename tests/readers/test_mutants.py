"""Any bytes into any reader: a layer or a refusal in words, whatever a file was turned into."""

import csv
import os
import random
import zipfile

import ezdxf
import geopandas as gpd
import openpyxl
import pytest
import shapely

from gisclusters.errors import InputRefusedError
from gisclusters.layers.layer import Layer
from gisclusters.readers import ReadOptions, sandbox
from gisclusters.readers.sandbox import Limits, Task
from gisclusters.words import issue_text

SEED = 20261115
MUTANTS_OF_ONE = 400 if os.environ.get("GISCLUSTERS_LONG") == "1" else 25
KINDS = ("clusters", "markers", "plans", None)
LIMITS = Limits(memory_bytes=2 << 30, cpu_s=30, wall_s=60)
CORNERS = [(552_800, 1_587_000), (552_900, 1_587_000), (552_900, 1_587_100), (552_800, 1_587_100)]
DRIVERS = {"kml": "KML", "fgb": "FlatGeobuf", "gpx": "GPX", "tab": "MapInfo File",
           "mif": "MapInfo File", "gml": "GML"}  # fmt: skip


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """One small valid file of each format, by name."""
    folder = tmp_path_factory.mktemp("sound")
    frame = gpd.GeoDataFrame(
        {"name": ["Cụm Đắk Hà", "Cụm hai"], "area_ha": [1.0, 2.5]},
        geometry=[shapely.Polygon(CORNERS), shapely.box(553_000, 1_587_000, 553_100, 1_587_250)],
        crs=9216,
    )  # fmt: skip
    for ending in ("gpkg", "shp", "geojson", "fgb", "kml", "tab", "mif", "gml"):
        kept = frame.to_crs(4326) if ending == "kml" else frame
        kept.to_file(folder / f"a.{ending}", driver=DRIVERS.get(ending))
    points = gpd.GeoDataFrame({"name": ["M1", "M2"]}, geometry=gpd.points_from_xy([108, 108.1], [14, 14]),
                              crs=4326)  # fmt: skip
    points.to_file(folder / "a.gpx", driver="GPX")
    rows = [
        ["Số hiệu", "X (m)", "Y (m)"],
        *([f"M{i}", y, x] for i, (x, y) in enumerate(CORNERS, 1)),
    ]
    with (folder / "a.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)
    (folder / "a.txt").write_text(
        "\n".join("\t".join(map(str, row)) for row in rows), encoding="utf-16"
    )
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(folder / "a.xlsx")
    drawing = ezdxf.new("R2000")
    drawing.modelspace().add_lwpolyline(CORNERS, close=True)
    drawing.modelspace().add_text("CCN-01").set_placement((552_850, 1_587_050))
    drawing.saveas(folder / "a.dxf")
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        for ending in ("shp", "shx", "dbf", "prj"):
            archive.write(folder / f"a.{ending}", f"a.{ending}")
    with zipfile.ZipFile(folder / "a.kmz", "w") as archive:
        archive.write(folder / "a.kml", "doc.kml")
    return folder


def mutant(content, chance):
    """The bytes with one to four wounds: flipped, cut, doubled, inserted, overwritten."""
    data = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        if not data:
            break
        # Heads decide most, so every second wound is near the beginning.
        place = chance.randrange(len(data) if chance.random() < 0.5 else min(len(data), 200))
        match chance.randrange(6):
            case 0:
                data[place] ^= 1 << chance.randrange(8)
            case 1:
                del data[place : place + chance.choice((1, 4, 100, len(data)))]
            case 2:
                data[place:place] = chance.randbytes(chance.choice((1, 4, 64)))
            case 3:
                data[place : place + 4] = chance.choice(
                    (b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f")
                )
            case 4:
                data[place:place] = data[place : place + chance.choice((8, 200))]
            case _:
                words = (
                    b"1e308",
                    b"nan",
                    b"-inf",
                    b"\0",
                    b"<!ENTITY a 'b'>",
                    b"{",
                    b'"',
                    b"\n",
                    b"''",
                )
                data[place : place + 2] = chance.choice(words)
    return bytes(data)


def parts_of(sound, name):
    """A file and those that belong to it, the one to be wounded first."""
    siblings = {
        "a.shp": ("shx", "dbf", "prj", "cpg"),
        "a.tab": ("dat", "map", "id"),
        "a.mif": ("mid",),
    }
    return [name, *(f"a.{end}" for end in siblings.get(name, ()) if (sound / f"a.{end}").exists())]


FORMS = ("gpkg", "shp", "geojson", "fgb", "kml", "gpx", "gml", "tab", "mif", "csv", "txt", "xlsx",
         "dxf", "zip", "kmz")  # fmt: skip


@pytest.mark.parametrize("name", [f"a.{form}" for form in FORMS])
def test_a_mutant_is_read_or_refused(sound, tmp_path, name):
    chance = random.Random(f"{SEED} {name}")
    parts = parts_of(sound, name)
    tasks = []
    for number in range(MUTANTS_OF_ONE + 1):
        folder = tmp_path / str(number)
        folder.mkdir()
        wounded = (
            None if not number else parts[0] if chance.random() < 0.6 else chance.choice(parts)
        )
        for part in parts:
            content = (sound / part).read_bytes()
            (folder / part).write_bytes(mutant(content, chance) if part == wounded else content)
        tasks.append(Task(kind=KINDS[number % len(KINDS) - 1], path=folder / name,
                          options=ReadOptions(crs=None if name in {"a.kml", "a.gpx", "a.kmz"}
                                              else "EPSG:9216")))  # fmt: skip
    outcomes = sandbox.read_apart(tasks, LIMITS)
    assert isinstance(outcomes[0], list) or "format_" in str(outcomes[0]), outcomes[0]
    for task, outcome in zip(tasks, outcomes, strict=True):
        if isinstance(outcome, InputRefusedError):
            for issue in outcome.issues:
                assert all(issue_text(issue, "vi")), (task.path, issue)
                assert issue.code != "reader_crashed", (task, str(outcome))
                assert issue.code != "reader_too_slow", (task, str(outcome))
        else:
            assert isinstance(outcome, Layer | list), (task, outcome)
