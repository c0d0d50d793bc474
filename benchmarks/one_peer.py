"""One peer, one plan, one size, in a process of its own: ``python -m benchmarks.one_peer``.

Prints one JSON object (seconds, peak memory) and writes the pairs beside it.  A quick computation
is repeated from freshly loaded layers, since the first one also pays for what is loaded late; the
memory is that of the first.
"""

from __future__ import annotations

import argparse
import importlib
import json
import statistics
import sys
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.answer import Compute, Pairs, Task

_QUICK_S = 1.0
_REPEATS = 3


def main() -> None:
    """Ask the peer, tell what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", required=True, help="module, or module:variant")
    parser.add_argument("--parcels", type=Path, required=True)
    parser.add_argument("--plan", type=Path, required=True)
    parser.add_argument("--limit-s", type=float, required=True)
    parser.add_argument("--pairs", type=Path, required=True, help="file to write")
    chosen = parser.parse_args()
    name, _, variant = chosen.peer.partition(":")
    try:
        peer = importlib.import_module(f"benchmarks.peers.{name}")
    except ModuleNotFoundError as missing:
        sys.exit(f"not installed: {missing.name}")
    task = Task(chosen.parcels, chosen.plan, chosen.limit_s, variant)
    seconds, pairs, most_mb = _once(peer.load(task))
    taken = [seconds]
    while sum(taken) < _QUICK_S and len(taken) < _REPEATS:
        taken.append(_once(peer.load(task))[0])
    keys, area_m2 = _by_pair(pairs)
    np.savez(chosen.pairs, keys=keys, area_m2=area_m2)
    sys.stdout.write(json.dumps({"seconds": statistics.median(taken), "peak_mb": most_mb}) + "\n")


def _once(compute: Compute) -> tuple[float, Pairs, float]:
    forget_peak()
    begun = time.perf_counter()
    answer = compute()
    seconds = time.perf_counter() - begun
    most_mb = peak_mb()
    pairs = answer()
    if pairs.seconds is not None:
        seconds = pairs.seconds
    return seconds, pairs, most_mb if pairs.peak_mb is None else pairs.peak_mb


def _by_pair(pairs: Pairs) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """One row for each pair, parts of the same pair added up, strips under 1e-6 m² left out."""
    key = pairs.parcel.astype(np.int64) * 1_000_000 + pairs.zone.astype(np.int64)
    keys, place = np.unique(key, return_inverse=True)
    area_m2 = np.zeros(len(keys))
    np.add.at(area_m2, place, pairs.area_m2)
    kept = area_m2 > 1e-6
    return keys[kept], area_m2[kept]


def forget_peak() -> None:
    """Linux counts the most memory afresh from here; loading is not part of the question."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def peak_mb() -> float:
    """The most memory of this process since then."""
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return float(line.split()[1]) / 1024
    return float("nan")


if __name__ == "__main__":
    main()
