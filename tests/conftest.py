"""What every test may ask for, and how warnings of others are treated."""

import contextlib
import os
import shutil
import sys
from collections.abc import Iterator
from ctypes.util import find_library
from pathlib import Path
from typing import NoReturn

import pytest

from tests.postgis import Database, PostgisUnavailableError, server

ROOT = Path(__file__).resolve().parent.parent


def _unavailable(reason: str) -> NoReturn:
    """Skip where a person works; fail where the whole suite has to have run."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def _program(names: tuple[str, ...], package: str) -> str:
    for name in names:
        if path := shutil.which(name):
            return path
    _unavailable(f"{names[0]} was not found; on Debian it is in the package {package}")


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real files that stand beside the checkout, in ``../shared/data``; read only."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        _unavailable("the real files were not found in ../shared/data beside the checkout")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a Chromium for tests of pages."""
    if sys.platform == "linux" and find_library("atomic") is None:
        _unavailable("the browser's driver needs libatomic; on Debian it is in libatomic1")
    return _program(
        ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"), "chromium"
    )


@pytest.fixture(scope="session")
def ogrinfo() -> str:
    """Path of GDAL's own reader, a second opinion on what the store writes."""
    return _program(("ogrinfo",), "gdal-bin")


@pytest.fixture(scope="session")
def postgis() -> Iterator[Database]:
    """A PostGIS server of the tests' own."""
    with contextlib.ExitStack() as open_until_the_end:
        try:
            database = open_until_the_end.enter_context(server())
        except PostgisUnavailableError as missing:
            _unavailable(str(missing))
        yield database
