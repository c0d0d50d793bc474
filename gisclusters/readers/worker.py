"""The process that reads files of strangers; ``sandbox`` starts it, by its path.

It shuts itself in before anything else is imported: limits, no network, and an end
together with its parent.  Then it answers the tasks that lie in its folder, one line of JSON on its
standard output for each.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

_PR_SET_PDEATHSIG = 1
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
MEMORY, WRITTEN, TIME = "memory", "written", "time"


def shut_in(limits: dict[str, int], parent: int) -> dict[str, bool]:
    """Give up what reading a file does not need; which measures are in force.

    ``memory``, ``cpu``, ``written``: limits of the system; ``network``: none is there;
    ``parent``: the process cannot outlive its parent.
    """
    measures = dict.fromkeys(("memory", "cpu", "written", "network", "parent"), False)
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        measures["parent"] = libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) == 0
        if os.getppid() != parent:
            os._exit(1)
        measures["network"] = _leave_network(libc)
    with contextlib.suppress(ImportError):
        measures |= _set_limits(limits)
    return measures


def _leave_network(libc: Any) -> bool:
    """Move to a network of our own in which nothing is; user ids stay as they are."""
    user, group = os.getuid(), os.getgid()
    if libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0:
        for name, line in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"),
                           ("gid_map", f"{group} {group} 1")):  # fmt: skip
            with contextlib.suppress(OSError):
                Path("/proc/self", name).write_text(line, encoding="ascii")
        return True
    return bool(libc.unshare(_CLONE_NEWNET) == 0)


def _set_limits(limits: dict[str, int]) -> dict[str, bool]:
    import resource

    wanted = {
        "memory": (resource.RLIMIT_AS, limits["memory_bytes"]),
        "cpu": (resource.RLIMIT_CPU, limits["cpu_s"]),
        "written": (resource.RLIMIT_FSIZE, limits["written_bytes"]),
        "files": (resource.RLIMIT_NOFILE, limits["open_files"]),
        "core": (resource.RLIMIT_CORE, 0),
    }
    held = {}
    for name, (what, most) in wanted.items():
        try:
            hard = resource.getrlimit(what)[1]
            top = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(what, (top, hard if name == "cpu" else top))
        except (OSError, ValueError):
            held[name] = False
        else:
            held[name] = name != "memory" or sys.platform == "linux"
    return {name: held[name] for name in ("memory", "cpu", "written")}


def _more_time(cpu_s: int) -> None:
    """Count the processor time of the next task from now."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        soft = int(used.ru_utime + used.ru_stime) + 1 + cpu_s
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


Say = Callable[[dict[str, Any]], None]


def answer(task: dict[str, Any], folder: Path, stem: str, say: Say, cpu_s: int) -> dict[str, Any]:
    """Do one task; the result lies in ``folder``, what is returned says how it went."""
    from gisclusters.errors import GisClustersError, InputRefusedError, UsageError
    from gisclusters.readers import inspect_file, read_layer, wire
    from gisclusters.readers.bombs import unpacked_bytes

    options = wire.unpack(folder, task["options"])
    path = Path(task["path"])
    try:
        unpacked_bytes(path)
        if task["part_rows"] is not None:
            _answer_in_parts(task, path, options, folder, stem, say, cpu_s)
        elif task["kind"] is None:
            wire.pack(inspect_file(path, options), folder, stem)
        else:
            wire.pack(read_layer(task["kind"], path, options), folder, stem)
    except InputRefusedError as refusal:
        if limit := _limit_met(refusal):
            return {"limit": limit}
        wire.pack(refusal.issues, folder, stem)
        return {"refused": True}
    except UsageError as fault:
        wire.pack(fault.params, folder, stem)
        return {"usage": fault.key}
    except GisClustersError as fault:
        return {"fault": str(fault)}
    except Exception as fault:  # noqa: BLE001 - whatever a stranger's bytes set off ends here
        words = " ".join(f"{type(fault).__name__}: {fault}".split())
        return {"limit": limit} if (limit := _limit_met(fault)) else {"fault": words[:200]}
    return {"done": True}


def _answer_in_parts(
    task: dict[str, Any], path: Path, options: Any, folder: Path, stem: str, say: Say, cpu_s: int
) -> None:
    """Write the layers one by one, never more than two that nobody has fetched yet."""
    from gisclusters.readers import read_parts, wire

    with read_parts(task["kind"], path, options, size=task["part_rows"],
                    from_bytes=task["parted_from"]) as parts:  # fmt: skip
        say({"count": parts.count, "bounds": parts.bounds})
        for number, layer in enumerate(parts.layers):
            name = f"{stem}p{number}"
            wire.pack(layer, folder, name)
            say({"part": name})
            del layer
            while (folder / f"{stem}p{number - 1}.json").exists():
                time.sleep(0.005)
            _more_time(cpu_s)


def _limit_met(fault: BaseException) -> str | None:
    """Which limit is behind an error, however many hands it went through."""
    for each in _causes(fault):
        if isinstance(each, MemoryError) or "bad_alloc" in str(each):
            return MEMORY
        if isinstance(each, OSError) and each.errno == errno.EFBIG:
            return WRITTEN
        if isinstance(each, OSError) and each.errno == errno.ENOMEM:
            return MEMORY
    return None


def _causes(fault: BaseException | None) -> Iterator[BaseException]:
    while fault is not None:
        yield fault
        fault = fault.__cause__ or fault.__context__


def _end_with_parent() -> None:
    """Where the system does not do it, the end of our input means the end of our parent."""
    sys.stdin.buffer.read()
    os._exit(1)


def main(folder: Path) -> None:
    """Answer the tasks of ``folder`` in turn."""
    tell = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)  # what libraries print is no answer
    order = json.loads((folder / "order.json").read_text(encoding="utf-8"))
    measures = shut_in(order["limits"], order["parent"])
    threading.Thread(target=_end_with_parent, daemon=True).start()

    def say(words: dict[str, Any]) -> None:
        print(json.dumps(words), file=tell, flush=True)

    say({"measures": measures})
    cpu_s = order["limits"]["cpu_s"]
    for number, task in enumerate(order["tasks"]):
        _more_time(cpu_s)
        say(answer(task, folder, f"answer{number}", say, cpu_s) | {"task": number})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
