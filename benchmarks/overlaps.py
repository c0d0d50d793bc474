"""The bare overlap engine beside what people use instead, in one run: ``make bench``.

Every peer computes pairs, areas and shapes of the same files, each in a process of its own, in
rounds taken in turn; ratios are to ours of the same round.  A peer that takes longer than
``--slow-s`` is asked once, and not for the next size.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks import scenes
from benchmarks.machine import described
from benchmarks.peers.postgis import SERVER
from benchmarks.tables import Row, Run, bounds, markdown, write_into
from tests.postgis import PostgisUnavailableError, server

OURS = "gisclusters"
PEERS = {
    OURS: "ours",
    "geopandas.overlay": "overlay",
    "geopandas.overlay, unchecked": "overlay:unchecked",
    "sjoin + intersection": "sjoin",
    "STRtree + intersection": "recipe",
    "STRtree, prepared, shortcut": "recipe:careful",
    "DuckDB spatial": "duckdb_spatial",
    "SedonaDB": "sedona",
    "PostGIS": "postgis",
    "PostGIS, ST_Subdivide": "postgis:subdivided",
}


@dataclass
class Limits:
    """When a peer is slow, when it is stopped, and who was too slow for more."""

    slow_s: float
    limit_s: float
    left_out: dict[tuple[str, str], str] = field(default_factory=dict)


def main() -> None:
    """Ask everybody, print the tables and what is promised of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--plans", nargs="+", choices=scenes.PLANS, default=scenes.PLANS)
    parser.add_argument("--peers", nargs="+", choices=PEERS.values(), default=list(PEERS.values()))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--slow-s", type=float, default=15.0)
    parser.add_argument("--limit-s", type=float, default=90.0)
    parser.add_argument("--markdown", type=Path, help="file for the tables, as docs/benchmarks.md")
    chosen = parser.parse_args()
    peers = {name: way for name, way in PEERS.items() if way in chosen.peers or name == OURS}
    limits = Limits(chosen.slow_s, chosen.limit_s)
    told = described()
    runs = []
    with (
        tempfile.TemporaryDirectory() as name,
        _environment(peers, limits) as (environment, versions),
    ):
        folder = Path(name)
        scenes.write(folder, chosen.sizes)
        for plan in chosen.plans:
            for size in sorted(chosen.sizes):
                run = _run(folder, plan, size, peers, chosen.rounds, limits, environment)
                runs.append(run)
                sys.stdout.write(markdown([run]) + "\n")
                sys.stdout.flush()
    held = bounds(runs)
    sys.stdout.write(held)
    if chosen.markdown:
        write_into(chosen.markdown, f"{told}{versions}.\n\n{held}\n{markdown(runs)}")


@contextlib.contextmanager
def _environment(peers: dict[str, str], limits: Limits) -> Iterator[tuple[dict[str, str], str]]:
    """What the processes of peers are started with: where PostGIS listens, if it does."""
    environment, versions = dict(os.environ), ""
    with contextlib.ExitStack() as until_the_end:
        if any(way.startswith("postgis") for way in peers.values()):
            try:
                database = until_the_end.enter_context(server(shared_buffers="1GB"))
            except PostgisUnavailableError as missing:
                for name, way in peers.items():
                    if way.startswith("postgis"):
                        limits.left_out |= {(plan, name): str(missing) for plan in scenes.PLANS}
            else:
                environment[SERVER] = json.dumps({
                    "programs": str(database.programs), "folder": str(database.folder),
                    "postmaster": database.postmaster,
                })  # fmt: skip
                postgres, postgis, geos = database.psql(
                    "SELECT current_setting('server_version'), postgis_lib_version(),"
                    " postgis_geos_version()"
                ).strip().split("|")  # fmt: skip
                versions = f", PostgreSQL {postgres} with PostGIS {postgis} (GEOS {geos})"
        yield environment, versions


def _run(
    folder: Path,
    plan: str,
    size: int,
    peers: dict[str, str],
    rounds: int,
    limits: Limits,
    environment: dict[str, str],
) -> Run:
    rows = {name: Row(name, limits.left_out.get((plan, name), "")) for name in peers}
    for _ in range(rounds):
        for name, row in rows.items():
            if row.reason or (row.seconds and row.seconds[0] > limits.slow_s):
                continue
            _ask(folder, plan, size, peers[name], row, limits, environment)
            if name == OURS and not row.seconds:
                raise SystemExit(f"ours failed: {row.reason}")
            _compare(row, rows[OURS])
    for name, row in rows.items():
        if row.seconds and row.seconds[0] > limits.slow_s:
            said = f"left out: {row.seconds[0]:.0f} s at {size:,}"
            limits.left_out[plan, name] = said
        elif row.reason:
            limits.left_out[plan, name] = row.reason.replace("stopped:", "left out:")
    return Run(plan, size, rows[OURS].pairs, list(rows.values()))


def _ask(
    folder: Path,
    plan: str,
    size: int,
    way: str,
    row: Row,
    limits: Limits,
    environment: dict[str, str],
) -> None:
    pairs = folder / "pairs.npz"
    command = [sys.executable, "-m", "benchmarks.one_peer", "--peer", way, "--parcels",
               str(folder / f"parcels_{size}.parquet"), "--plan", str(folder / f"{plan}.parquet"),
               "--limit-s", str(limits.limit_s), "--pairs", str(pairs)]  # fmt: skip
    over = f"stopped: over {limits.limit_s:.0f} s at {size:,}"
    try:
        done = subprocess.run(  # noqa: S603 - our own
            command,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=limits.limit_s + 30,  # for loading
        )
    except subprocess.TimeoutExpired:
        row.reason = over
        return
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no word"])[-1]
        row.reason = over if "statement timeout" in done.stderr else last[:120]
        return
    told = json.loads(done.stdout.splitlines()[-1])
    row.seconds.append(told["seconds"])
    row.peak_mb.append(told["peak_mb"])
    with np.load(pairs) as file:
        row.keys, row.area_m2 = file["keys"], file["area_m2"]


def _compare(row: Row, ours: Row) -> None:
    if row.keys is None or row.area_m2 is None or ours.keys is None or ours.area_m2 is None:
        return
    row.ratios.append(row.seconds[-1] / ours.seconds[-1])
    other = np.setxor1d(row.keys, ours.keys)
    if len(other):
        row.difference = f"{len(other)} pairs differ"
    else:
        row.difference = f"{np.abs(row.area_m2 - ours.area_m2).max(initial=0):.0e}"


if __name__ == "__main__":
    main()
