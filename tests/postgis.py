"""A PostgreSQL of its own with PostGIS, in a temporary folder, reached by a socket only.

It is started by path, listens on no port, syncs nothing to disk and ends with the process that
started it.  Rows travel through ``psql`` as text, so no driver is needed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

PACKAGE = "postgresql-postgis"
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "4GB",
    "autovacuum": "off",
    "shared_buffers": "256MB",
    "work_mem": "64MB",
    "max_connections": "10",
    "jit": "off",
}
_SECONDS = 60


class PostgisUnavailableError(RuntimeError):
    """There is no PostgreSQL with PostGIS here, or it does not start."""


@dataclass(frozen=True)
class Database:
    """A running server; ``postmaster`` is its process."""

    programs: Path
    folder: Path
    postmaster: int

    def psql(self, command: str, rows: str | None = None) -> str:
        """What the commands answer, unaligned and without headings; ``rows`` go to its input."""
        done = subprocess.run(
            [self.programs / "psql", "--host", self.folder, "--username", "postgres", "--no-psqlrc",
             "--quiet", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1",
             "--command", command, "postgres"],
            input=rows, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(done.stderr.strip())
        return done.stdout

    def load(self, table: str, shapes: NDArray[np.object_]) -> None:
        """A new table of ``id`` (the place in the array) and ``geom`` with its index."""
        self.psql(f"DROP TABLE IF EXISTS {table}; CREATE UNLOGGED TABLE {table}(id int, geom geometry);"
                  f"ALTER TABLE {table} ALTER geom SET STORAGE EXTERNAL")  # fmt: skip
        words = enumerate(shapely.to_wkb(shapes, hex=True))
        rows = "".join(f"{place}\t{word}\n" for place, word in words)
        self.psql(f"COPY {table} FROM STDIN", rows)
        self.psql(f"CREATE INDEX ON {table} USING gist(geom); ANALYZE {table}")

    def numbers(self, query: str, columns: int) -> NDArray[np.float64]:
        """The rows of a query whose columns are all numbers, every digit kept."""
        words = self.psql(query).replace("|", " ").split()
        return np.array(words, dtype=float).reshape(-1, columns)


def programs() -> Path | None:
    """The folder of the newest PostgreSQL that has PostGIS, where Debian puts it or on PATH."""
    shared = Path("/usr/share/postgresql").glob("*/extension/postgis.control")
    versions = sorted((path.parts[-3] for path in shared), key=float, reverse=True)
    for version in versions:
        folder = Path("/usr/lib/postgresql") / version / "bin"
        if (folder / "initdb").is_file():
            return folder
    if not (found := shutil.which("initdb")):
        return None
    folder = Path(found).resolve().parent
    asked = subprocess.run(
        [folder / "pg_config", "--sharedir"], capture_output=True, text=True, check=False
    )
    control = Path(asked.stdout.strip()) / "extension" / "postgis.control"
    return folder if asked.returncode == 0 and control.is_file() else None


@contextmanager
def server(**settings: str) -> Iterator[Database]:
    """A fresh server with these settings over the usual ones, stopped and removed at the end."""
    found = programs()
    if found is None or not shutil.which("setpriv"):
        raise PostgisUnavailableError(
            f"PostGIS was not found; on Debian it is in the package {PACKAGE}"
        )
    # Not in pytest's own folder: the server's user may not enter it, and its path may be too
    # long for a socket.
    folder = Path(tempfile.mkdtemp(prefix="postgis-"))
    process = None
    try:
        become: list[str] = []
        if os.geteuid() == 0:  # initdb refuses root
            shutil.chown(folder, "postgres", "postgres")
            become = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--init-groups"]
        data = folder / "data"
        _run([*become, found / "initdb", "--pgdata", data, "--username", "postgres", "--encoding",
              "UTF8", "--locale", "C", "--auth", "trust", "--no-sync"], folder)  # fmt: skip
        options = [f"--{name}={value}" for name, value in (_SETTINGS | settings).items()]
        # The kernel forgets the signal when the user changes, so it is set afterwards.
        with (folder / "log").open("w") as log:
            process = subprocess.Popen(
                [*become, "setpriv", "--pdeathsig", "QUIT", found / "postgres", "-D", data, "-k", folder, *options],
                cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        database = Database(found, folder, process.pid)
        _wait_for(database, process)
        database.psql("CREATE EXTENSION postgis")
        yield database
    finally:
        if process is not None:
            process.terminate() if process.poll() is None else None
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _run(command: list[str | Path], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise PostgisUnavailableError(f"PostgreSQL was not set up: {done.stderr.strip()}")


def _wait_for(database: Database, process: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + _SECONDS
    while time.monotonic() < ends and process.poll() is None:
        try:
            database.psql("SELECT 1")
        except RuntimeError:
            time.sleep(0.05)
        else:
            return
    told = (database.folder / "log").read_text(encoding="utf-8", errors="replace")
    raise PostgisUnavailableError(f"PostgreSQL did not start: {told.strip()[-500:]}")
