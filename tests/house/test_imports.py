"""Who may import whom: the first arrow that points the wrong way is named by file and line."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

PACKAGE = "gisclusters"
WORDS_OF_ALL = {"errors", "domain", "words", "rules", "_version"}
CORE = WORDS_OF_ALL | {"geometry", "layers"}
ANALYSES = {"overlaps", "markers", "efficiency"}
FRONT = WORDS_OF_ALL | {
    "workflows",
    "store",
    "publish",
    "settings",
    "layers/kinds",
    "readers/options",
}

# What each room may import besides itself: rooms, or single modules written with a slash.
ROOMS = {
    "_version": set(),
    "errors": {"domain", "words"},
    "domain": {"errors"},
    "words": {"errors", "domain"},
    "rules": {"errors", "domain", "words"},
    "geometry": WORDS_OF_ALL,
    "layers": WORDS_OF_ALL | {"geometry"},
    "readers": CORE | {"drivers", "scratch"},
    "store": CORE,
    "overlaps": CORE,
    "markers": CORE,
    "efficiency": CORE,
    "publish": CORE | {"scratch"},
    "scale": CORE | ANALYSES,
    "samples": {"errors"},
    "clock": set(),
    "scratch": set(),
    "drivers": set(),
    "settings": {"errors"},
    "workflows": CORE | ANALYSES | {"readers", "store", "publish", "scale", "samples", "scratch"},
    # They open the store that a workflow works on and write out what it returns.  They neither
    # read files nor analyse: of readers and layers they know the choices a person has, no more.
    "cli": FRONT | {"samples", "clock", "drivers", "__init__"},
    "service": FRONT | {"clock"},
    "__main__": {"cli"},
    # What the package itself offers to notebooks.
    "__init__": {"_version", "api", "errors", "geometry", "layers"},
    "api": CORE | ANALYSES | {"readers", "store", "publish", "workflows", "clock"},
}

EVERY_ROOM_WITH_SHAPES = {
    "geometry",
    "layers",
    "readers",
    "store",
    "overlaps",
    "markers",
    "efficiency",
    "publish",
    "scale",
    "workflows",
    "api",
}
# Where each outside library may be imported: rooms, or single modules written with a slash.
LIBRARIES = {
    "numpy": EVERY_ROOM_WITH_SHAPES,
    "pandas": EVERY_ROOM_WITH_SHAPES | {"cli/show"},
    "shapely": EVERY_ROOM_WITH_SHAPES,
    "geopandas": EVERY_ROOM_WITH_SHAPES,
    "pyproj": {"geometry", "workflows/doctor"},
    "pyarrow": {"readers", "markers"},
    "pyogrio": {"readers", "store", "publish", "workflows/doctor"},
    "fiona": {"readers", "publish", "workflows/doctor"},
    "rasterio": {"readers", "workflows/doctor"},
    "exactextract": {"efficiency", "readers"},
    "ezdxf": {"readers", "publish"},
    "openpyxl": {"readers"},
    "xlrd": {"readers"},
    "xlsxwriter": {"publish"},
    "docx": {"publish"},
    "icalendar": {"publish"},
    "resvg_py": {"publish"},
    "folium": {"publish"},
    "branca": {"publish"},
    "jinja2": {"publish"},
    "yaml": {"words", "rules", "readers", "workflows/demo", "domain/yaml_text"},
    "click": {"cli"},
    "rich": {"cli"},
}


class Arrow(NamedTuple):
    """One import: which module of which room names what, and where."""

    file: Path
    line: int
    room: str
    module: str
    target: str

    def fault(self) -> str | None:
        """Why this import is wrong; None when it is right."""
        where = f"{self.file.as_posix()}:{self.line} imports {self.target}"
        top, *rest = self.target.split(".")
        if top == PACKAGE:
            return self._fault_at_home(where, rest)
        if top in sys.stdlib_module_names:
            return None
        if top not in LIBRARIES:
            return f"{where}, a library without a home: give it one in LIBRARIES"
        homes = LIBRARIES[top]
        if self.room in homes or self.module in homes:
            return None
        return f"{where}; the homes of {top} are {', '.join(sorted(homes))}"

    def _fault_at_home(self, where: str, rest: list[str]) -> str | None:
        if self.room not in ROOMS:
            return f"{where}, but {self.room} is not a room: say in ROOMS what it may import"
        room = rest[0] if rest and rest[0] in ROOMS else "__init__"
        if room == self.room or {room, "/".join(rest[:2])} & ROOMS[self.room]:
            return None
        allowed = ", ".join(sorted(ROOMS[self.room])) or "nothing of ours"
        return f"{where}; {self.room} may import {allowed}"


def arrows(package: Path) -> Iterator[Arrow]:
    """Every import below ``package``, those inside functions and for types alone included."""
    for file in sorted(package.rglob("*.py")):
        inside = file.relative_to(package).with_suffix("")
        room = inside.parts[0]
        here = [PACKAGE, *inside.parts[:-1]]
        for node in ast.walk(ast.parse(file.read_bytes())):
            if isinstance(node, ast.Import | ast.ImportFrom):
                for target in _targets(node, here):
                    yield Arrow(
                        file.relative_to(package.parent),
                        node.lineno,
                        room,
                        inside.as_posix(),
                        target,
                    )


def _targets(node: ast.Import | ast.ImportFrom, here: list[str]) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    base = [node.module] if node.module else []
    if node.level:
        base = here[: len(here) - node.level + 1] + base
    module = ".".join(base)
    if module != PACKAGE:
        return [module]
    return [
        f"{PACKAGE}.{'_version' if alias.name == '__version__' else alias.name}"
        for alias in node.names
    ]


def first_fault(package: Path) -> str | None:
    """The first import that points the wrong way."""
    return next((fault for arrow in arrows(package) if (fault := arrow.fault())), None)


def test_every_import_points_the_right_way(root):
    assert (fault := first_fault(root / PACKAGE)) is None, fault


@pytest.mark.parametrize(
    ("file", "line", "expected"),
    [
        ("overlaps/a.py", "from gisclusters.readers import vector", "overlaps may import"),
        ("overlaps/a.py", "from gisclusters import readers", "overlaps may import"),
        ("overlaps/a.py", "from ..readers.vector import read", "overlaps may import"),
        ("markers/a.py", "import gisclusters.efficiency.ladder", "markers may import"),
        ("layers/a.py", "def f():\n    import gisclusters.store", "layers may import"),
        ("geometry/a.py", "import gisclusters as gc", "geometry may import"),
        ("geometry/a.py", "from gisclusters import read_layer", "geometry may import"),
        ("cli/a.py", "from gisclusters.readers import read_layer", "cli may import"),
        ("cli/a.py", "from gisclusters.layers.schema import check", "cli may import"),
        ("publish/a.py", "from gisclusters.samples import samples_dir", "publish may import"),
        ("domain/a.py", "import shapely.geometry", "the homes of shapely are"),
        ("cli/a.py", "import geopandas as gpd", "the homes of geopandas are"),
        ("overlaps/a.py", "from pyproj import CRS", "the homes of pyproj are geometry"),
        ("workflows/a.py", "import rasterio", "the homes of rasterio are readers"),
        ("store/a.py", "import sqlalchemy", "a library without a home"),
        ("cellar/a.py", "import gisclusters.errors", "cellar is not a room"),
    ],
)
def test_an_arrow_that_points_the_wrong_way_is_named(tmp_path, file, line, expected):
    module = tmp_path / PACKAGE / file
    module.parent.mkdir(parents=True)
    module.write_text(line + "\n", encoding="utf-8")
    fault = first_fault(tmp_path / PACKAGE)
    assert fault is not None
    assert f"{PACKAGE}/{file}:" in fault
    assert expected in fault


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("overlaps/a.py", "from gisclusters.geometry.pairs import overlap_pairs"),
        ("overlaps/a.py", "from .b import something"),
        ("workflows/a.py", "from gisclusters.samples import samples_dir"),
        ("workflows/doctor.py", "import rasterio"),
        ("cli/a.py", "from gisclusters import __version__"),
        ("cli/a.py", "from gisclusters.layers.kinds import KINDS"),
        ("overlaps/a.py", "from gisclusters import __version__"),
        ("domain/a.py", "from datetime import date"),
        ("__init__.py", "from gisclusters.geometry.pairs import overlap_pairs"),
    ],
)
def test_an_arrow_that_points_the_right_way_is_let_through(tmp_path, file, line):
    module = tmp_path / PACKAGE / file
    module.parent.mkdir(parents=True, exist_ok=True)
    module.write_text(line + "\n", encoding="utf-8")
    assert first_fault(tmp_path / PACKAGE) is None
