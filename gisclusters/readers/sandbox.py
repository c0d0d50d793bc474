"""Files from strangers, read in a process that can neither connect nor run away.

The worker has limits on memory, processor time, what it writes and how long it lives, a
folder of its own, and GDAL without the drivers that reach elsewhere; where the system allows it,
no network.  Whatever happens in it, its parent gets a layer or a refusal in words.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import IO, Any, Literal, cast

from gisclusters import readers
from gisclusters.domain.issue import error
from gisclusters.drivers import CLOSED_GDAL
from gisclusters.errors import GisClustersError, InputRefusedError, UsageError
from gisclusters.layers.known import NOTHING_KNOWN, Known
from gisclusters.layers.layer import Layer
from gisclusters.readers import Parts, wire
from gisclusters.readers.bombs import unpacked_bytes
from gisclusters.readers.files import sniff
from gisclusters.readers.inspect_row import InspectRow
from gisclusters.readers.options import ReadOptions
from gisclusters.readers.roles import in_role
from gisclusters.readers.sidecar import read_sidecar
from gisclusters.readers.vector_files import PARTED_FORMS
from gisclusters.scratch import locked_folder, sweep

Mode = Literal["auto", "always", "never"]
VARIABLE = "GISCLUSTERS_SANDBOX"

_AT_HOME = {"table": 200_000_000, "xlsx": 20_000_000, "gpkg": None, "geojson": 200_000_000,
            "dxf": 200_000_000}  # fmt: skip
"""Forms read in process by ``auto``, up to so many (unpacked) bytes: a GeoJSON takes 12 times its
size in memory, a drawing 22 times, and only a worker can be stopped."""

_PREFIX = "gisclusters-box-"
_KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT",
                   "WINDIR", "GISCLUSTERS_KEEP_GDAL_ENV")  # fmt: skip
_NO_OPTIONS = ReadOptions()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What reading one file may cost; ``wall_s`` and ``cpu_s`` are of one file."""

    memory_bytes: int = 4 << 30
    cpu_s: int = 300
    wall_s: int = 600
    written_bytes: int = 3 << 30
    open_files: int = 128


LIMITS = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One file to read as a layer of ``kind``, or to inspect where that is None.

    ``part_rows``: as layers of up to so many rows, where the file comes in parts because it
    has ``parted_from`` bytes.
    """

    kind: str | None
    path: Path
    options: ReadOptions = _NO_OPTIONS
    part_rows: int | None = None
    parted_from: int = readers.PARTED_FROM_BYTES


Outcome = Layer | list[InspectRow] | GisClustersError


def read_layer(
    kind: str,
    path: Path | str,
    options: ReadOptions = _NO_OPTIONS,
    *,
    mode: Mode | None = None,
    limits: Limits = LIMITS,
) -> Layer:
    """A file as a checked layer, as ``readers.read_layer``, in a worker where ``mode`` says so.

    ``auto`` (the default, or what ``GISCLUSTERS_SANDBOX`` says) reads tables, drawings,
    GeoPackage and GeoJSON in process and everything else in a worker; ``always`` and
    ``never`` mean it.  Raises InputRefusedError, also with ``reader_crashed``,
    ``reader_too_slow``, ``reader_too_large``.
    """
    task = Task(kind=kind, path=Path(path), options=options)
    return in_role(options.role, lambda: _layer(kind, task, mode, limits))


def _layer(kind: str, task: Task, mode: Mode | None, limits: Limits) -> Layer:
    if _at_home(task, mode):
        with _contained(task):
            return readers.read_layer(kind, task.path.absolute(), task.options)
    return cast("Layer", _one(task, limits))


@contextmanager
def read_parts(
    kind: str,
    path: Path | str,
    options: ReadOptions = _NO_OPTIONS,
    *,
    mode: Mode | None = None,
    limits: Limits = LIMITS,
    size: int = readers.PART_ROWS,
    from_bytes: int = readers.PARTED_FROM_BYTES,
) -> Iterator[Parts]:
    """A file as checked layers, as ``readers.read_parts``; ``mode`` as in ``read_layer``.

    In a worker, the limits on time and memory are those of one part; it reads no more than
    two parts ahead.
    """
    task = Task(kind=kind, path=Path(path), options=options, part_rows=size,
                parted_from=from_bytes)  # fmt: skip
    if _at_home(task, mode):
        with ExitStack() as stack:
            with _contained(task):
                parts = stack.enter_context(
                    readers.read_parts(
                        kind, task.path.absolute(), options, size=size, from_bytes=from_bytes
                    )
                )
            yield replace(parts, layers=_contained_layers(task, parts.layers))
        return
    with _box() as folder, _worker([task], limits, folder) as worker:
        said = _heard(worker, task, limits, folder) and _heard(worker, task, limits, folder)
        if "count" not in said:
            raise _failure(said, task, limits, folder)
        yield Parts(layers=_layers_apart(worker, task, limits, folder), count=said["count"],
                    bounds=None if said["bounds"] is None else tuple(said["bounds"]))  # fmt: skip


def inspect_file(
    path: Path | str,
    options: ReadOptions = _NO_OPTIONS,
    *,
    mode: Mode | None = None,
    limits: Limits = LIMITS,
) -> list[InspectRow]:
    """What is in a file, as ``readers.inspect_file``; ``mode`` as in ``read_layer``."""
    task = Task(kind=None, path=Path(path), options=options)
    if _at_home(task, mode):
        with _contained(task):
            return readers.inspect_file(task.path.absolute(), options)
    return cast("list[InspectRow]", _one(task, limits))


def mode_in_force(mode: Mode | None = None) -> Mode:
    """The mode of a call, else of the environment, else ``auto``.  Raises UsageError."""
    said = mode or os.environ.get(VARIABLE) or "auto"
    if said not in {"auto", "always", "never"}:
        raise UsageError("errors.sandbox_mode", value=said, name=VARIABLE)
    return cast("Mode", said)


def read_apart(tasks: Sequence[Task], limits: Limits = LIMITS) -> list[Outcome]:
    """Several files in turn in one worker, started anew after each that ends it.

    One outcome for each task: what was read, or the error that reading it raises.
    """
    outcomes: list[Outcome] = []
    while len(outcomes) < len(tasks):
        with _box() as folder:
            outcomes += _session(tasks[len(outcomes) :], limits, folder)
    return outcomes


def measures(limits: Limits = LIMITS) -> dict[str, bool]:
    """Which measures a worker has in force here: memory, cpu, written, network, parent."""
    with _box() as folder, _worker([], limits, folder) as worker:
        return cast("dict[str, bool]", worker.answer(limits.wall_s).get("measures", {}))


def _at_home(task: Task, mode: Mode | None) -> bool:
    """Whether a file is read in this process."""
    chosen = mode_in_force(mode)
    if chosen != "auto":
        if chosen == "never":
            unpacked_bytes(task.path)
        return chosen == "never"
    files = [task.path]
    if task.kind == "plans":
        said = task.options.ground if task.options.ground is not None else None
        if said is None and task.path.is_file():
            said = read_sidecar(task.path).ground
        if isinstance(said, str):
            files += [place for place in (Path(said), task.path.parent / said) if place.is_file()]
    return all(_harmless(path, parts=task.part_rows is not None) for path in files)


def _harmless(path: Path, *, parts: bool) -> bool:
    """Whether ``auto`` reads a file in process, by its first bytes and its size."""
    form = sniff(path)
    if form not in _AT_HOME:
        return False
    limit = None if parts and form in PARTED_FORMS else _AT_HOME[form]
    return limit is None or max(unpacked_bytes(path), path.stat().st_size) <= limit


@contextmanager
def _contained(task: Task) -> Iterator[None]:
    """Whatever a file sets off in this process is a refusal too, as it is in a worker."""
    try:
        yield
    except GisClustersError:
        raise
    except Exception as fault:
        raise _crashed(task, f"{type(fault).__name__}: {fault}") from fault


def _contained_layers(task: Task, layers: Iterator[Layer]) -> Iterator[Layer]:
    while True:
        with _contained(task):
            layer = next(layers, None)
        if layer is None:
            return
        yield layer


def _heard(worker: _Worker, task: Task, limits: Limits, folder: Path) -> dict[str, Any]:
    """What a worker says next.  Raises InputRefusedError where it ended or takes too long."""
    try:
        said = worker.answer(limits.wall_s)
    except TimeoutError:
        raise _refused("reader_too_slow", task, limits.wall_s) from None
    if not said:
        raise _ended(worker, task, limits, folder)
    return said


def _layers_apart(worker: _Worker, task: Task, limits: Limits, folder: Path) -> Iterator[Layer]:
    """The parts that a worker writes, each removed once it is here: that lets it go on."""
    while "part" in (said := _heard(worker, task, limits, folder)):
        stem = str(said["part"])
        found = _outcome(said, task, limits, folder, stem)
        if not isinstance(found, Layer):
            raise _crashed(task, "no layer")
        yield found
    if "done" not in said:
        raise _failure(said, task, limits, folder)


def _failure(said: dict[str, Any], task: Task, limits: Limits, folder: Path) -> GisClustersError:
    found = _outcome(said, task, limits, folder, "answer0")
    return found if isinstance(found, GisClustersError) else _crashed(task, "no error")


def _one(task: Task, limits: Limits) -> Layer | list[InspectRow]:
    [outcome] = read_apart([task], limits)
    if isinstance(outcome, GisClustersError):
        raise outcome
    return outcome


class _Worker:
    """A running worker and the lines it says, each waited for no longer than it may take."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self._lines: queue.Queue[bytes] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def answer(self, wall_s: float) -> dict[str, Any]:
        """The next line; empty where the worker ended.  Raises TimeoutError."""
        try:
            line = self._lines.get(timeout=wall_s)
        except queue.Empty:
            raise TimeoutError from None
        return cast("dict[str, Any]", json.loads(line)) if line else {}

    def _listen(self) -> None:
        for line in cast("IO[bytes]", self.process.stdout):
            self._lines.put(line)
        self._lines.put(b"")


def _session(tasks: Sequence[Task], limits: Limits, folder: Path) -> list[Outcome]:
    """The outcomes up to the first task that ended the worker, that one included."""
    outcomes: list[Outcome] = []
    with _worker(tasks, limits, folder) as worker:
        try:
            if not worker.answer(limits.wall_s):
                return [_ended(worker, tasks[0], limits, folder)]
            for number, task in enumerate(tasks):
                said = worker.answer(limits.wall_s)
                outcomes.append(
                    _outcome(said, task, limits, folder, f"answer{number}") if said
                    else _ended(worker, task, limits, folder)
                )  # fmt: skip
                if not said:
                    break
        except TimeoutError:
            outcomes.append(_refused("reader_too_slow", tasks[len(outcomes)], limits.wall_s))
    return outcomes


def _outcome(said: dict[str, Any], task: Task, limits: Limits, folder: Path, stem: str) -> Outcome:
    """What one line of the worker stands for; its frames lie in ``folder`` under ``stem``."""
    if said.get("limit") is not None:
        return _too_large(task, limits, said["limit"])
    if said.get("fault") is not None:
        return _crashed(task, str(said["fault"]))
    try:
        found = wire.unpack(folder, stem)
    except Exception as fault:  # noqa: BLE001 - the answer of a worker is a stranger's too
        return _crashed(task, type(fault).__name__)
    finally:
        for item in folder.glob(f"{stem}[.-]*"):
            item.unlink(missing_ok=True)
    if said.get("usage") is not None:
        return UsageError(str(said["usage"]), **found)
    if said.get("refused"):
        return InputRefusedError(found)
    return cast("Layer | list[InspectRow]", found)


def _ended(worker: _Worker, task: Task, limits: Limits, folder: Path) -> InputRefusedError:
    """Why a worker ended before it answered, by its exit and its last words."""
    code = worker.process.wait()
    with (folder / "said.txt").open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - 4000))
        words = file.read().decode("utf-8", "replace")
    if code == -getattr(signal, "SIGXCPU", 0):
        return _refused("reader_too_slow", task, limits.cpu_s)
    if code == -getattr(signal, "SIGXFSZ", 0):
        return _too_large(task, limits, "written")
    memory = ("bad_alloc", "MemoryError", "annot allocate memory", "ut of memory")
    if any(word in words for word in memory) or code == -getattr(signal, "SIGKILL", 0):
        return _too_large(task, limits, "memory")
    name = signal.Signals(-code).name if code < 0 else f"exit {code}"
    return _crashed(task, name)


def _crashed(task: Task, reason: str) -> InputRefusedError:
    shown = "".join(letter if letter.isprintable() else "?" for letter in reason)[:200]
    return InputRefusedError([error("reader_crashed", layer=task.path.name, reason=shown)])


def _too_large(task: Task, limits: Limits, what: str) -> InputRefusedError:
    most = limits.memory_bytes if what == "memory" else limits.written_bytes
    return InputRefusedError(
        [error("reader_too_large", layer=task.path.name, field=what, limit=most // 1_000_000)]
    )


def _refused(code: str, task: Task, limit: int) -> InputRefusedError:
    return InputRefusedError([error(code, layer=task.path.name, limit=limit)])


@contextmanager
def _worker(tasks: Sequence[Task], limits: Limits, folder: Path) -> Iterator[_Worker]:
    """A worker on its tasks; with the block end all processes of its group."""
    orders = []
    for number, task in enumerate(tasks):
        stem = f"options{number}"
        wire.pack(_from_anywhere(task), folder, stem)
        orders.append({"kind": task.kind, "path": str(task.path.absolute()), "options": stem,
                       "part_rows": task.part_rows, "parted_from": task.parted_from})  # fmt: skip
    work = folder / "work"
    work.mkdir()
    order = {"limits": asdict(limits), "parent": os.getpid(), "tasks": orders}
    (folder / "order.json").write_text(json.dumps(order), encoding="utf-8")
    script = Path(__file__).with_name("worker.py")
    with (folder / "said.txt").open("wb") as said:
        process = subprocess.Popen(  # noqa: S603 - this Python and a script of ours
            [sys.executable, "-P", "-X", "utf8", str(script), str(folder)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, cwd=work,
            env=_environment(work), start_new_session=True,
        )  # fmt: skip
    try:
        yield _Worker(process)
    finally:
        if hasattr(os, "killpg"):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.wait()
        cast("IO[bytes]", process.stdin).close()
        cast("IO[bytes]", process.stdout).close()


def _from_anywhere(task: Task) -> ReadOptions:
    """The options of a task for a process that stands in another folder, no larger than needed."""
    ground = task.options.ground
    if ground is not None and Path(ground).is_file():
        ground = str(Path(ground).absolute())
    known = NOTHING_KNOWN
    if task.kind is None:  # what is known is held against what the file says
        known = task.options.known
    elif task.kind == "plans":
        known = Known(
            places=tuple(
                replace(layer, frame=layer.frame[["place_id", "geometry"]], issues=())
                for layer in task.options.known.places
                if len(layer)
            )
        )
    return replace(task.options, ground=ground, known=known)


def _environment(work: Path) -> dict[str, str]:
    """What the worker knows of the outside: where its libraries are, and no secrets."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    package = str(Path(readers.__file__).parents[2])
    folder = str(work)
    return kept | CLOSED_GDAL | {
        "PYTHONPATH": os.pathsep.join([package, *(place for place in sys.path if place)]),
        "HOME": folder, "TMPDIR": folder, "TEMP": folder, "TMP": folder,
        "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "GDAL_NUM_THREADS": "1",
        "ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "2",
    }  # fmt: skip


@contextmanager
def _box() -> Iterator[Path]:
    """A folder for one worker, removed afterwards; those of killed parents are removed too."""
    root = Path(tempfile.gettempdir())
    sweep(root, _PREFIX)
    with locked_folder(root, _PREFIX) as folder:
        yield folder
