"""The command group, logging, and the one table from errors to exit codes."""

from __future__ import annotations

import atexit
import gc
import os
import sys
import tempfile
import threading
import traceback
from pathlib import Path
from typing import Any, NoReturn, cast

import click

from gisclusters._version import __version__
from gisclusters.cli.streams import Stops, open_streams, stops
from gisclusters.drivers import close_gdal
from gisclusters.errors import (
    CrsMismatchError,
    GisClustersError,
    InputRefusedError,
    InvalidGeometryError,
    StoppedError,
    UnavailableError,
    UsageError,
)
from gisclusters.words import LANGS, Lang, has_text, text

DONE, FAULT, WRONG_USAGE, REFUSED, UNAVAILABLE, FOUND = range(6)
STOPPED = 130
"""What shells take for a program ended by Ctrl-C."""

_GARBAGE_AFTER = 250_000
"""New objects before Python looks for unused rings of them: its 700 cost a tenth of a check.

The libraries alone make 100 000, all of them needed to the end."""

_CODES = {UsageError: WRONG_USAGE, UnavailableError: UNAVAILABLE, StoppedError: STOPPED}

_COMMANDS = {
    "demo": "gisclusters.cli.demo:demo",
    "inspect": "gisclusters.cli.inspect:inspect",
    "ingest": "gisclusters.cli.ingest:ingest",
    "layers": "gisclusters.cli.layers:layers",
    "overlaps": "gisclusters.cli.overlaps:overlaps",
    "exceptions": "gisclusters.cli.exceptions:exceptions",
    "markers": "gisclusters.cli.markers:markers",
    "efficiency": "gisclusters.cli.efficiency:efficiency",
    "publish": "gisclusters.cli.publish:publish",
    "doctor": "gisclusters.cli.doctor:doctor",
}


class LazyGroup(click.Group):
    """Commands are imported when they are called, so that ``--help`` does not wait for GDAL."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the order of the work."""
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        del ctx
        place = _COMMANDS.get(cmd_name)
        if place is None:
            return None
        from importlib import import_module

        module, name = place.split(":")
        return cast("click.Command", getattr(import_module(module), name))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="gisclusters")
def commands() -> None:
    """Chồng lấn quy hoạch, mốc giới và hiệu quả đất cụm công nghiệp.

    Plan overlaps, boundary markers and land use of industrial clusters.
    """


def main(arguments: list[str] | None = None) -> None:
    """Run a command line and leave with its exit code.

    The process is ours: its GDAL knows no driver that reaches beyond the file it is given.
    """
    sys.exit(_run_alone(sys.argv[1:] if arguments is None else arguments))


def console() -> None:
    """``main`` for a process that is nothing else: the ``gisclusters`` command."""
    _leave(_run_alone(sys.argv[1:]))


def _run_alone(arguments: list[str]) -> int:
    close_gdal()
    gc.set_threshold(_GARBAGE_AFTER)
    open_streams()
    code = run(arguments)
    try:
        sys.stdout.flush()
    except UnavailableError as fault:
        return _refuse(fault, arguments)
    return code


def _leave(code: int) -> NoReturn:
    """End the process with ``code``, in its own time only where something is left to do.

    Python would take a thousand modules and every row apart before it ends, a twentieth of a
    check, though the system takes them all back at once.  What was registered for the end
    (temporary files, logs) is done and both streams are written out first; where a thread
    still works, or a stream cannot be written, Python ends as it always does and says so.
    """
    waiting = [each for each in threading.enumerate() if not each.daemon]
    if waiting == [threading.main_thread()]:
        atexit._run_exitfuncs()  # noqa: SLF001 - what Python itself calls at its end
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        except (OSError, ValueError):
            sys.exit(code)
        os._exit(code)
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Run a command line; the exit code of interfaces §1."""
    _speak_utf8()
    with stops() as stopped:
        try:
            return _run(arguments, stopped)
        except KeyboardInterrupt:  # a second one, while the first was being told
            return STOPPED


def _run(arguments: list[str], stopped: Stops) -> int:
    try:
        outcome = commands.main(arguments, prog_name="gisclusters", standalone_mode=False)
    except click.exceptions.Exit as leave:
        return int(leave.exit_code)
    except BrokenPipeError:
        return DONE
    except (click.Abort, KeyboardInterrupt):
        return _refuse(StoppedError("errors.stopped"), arguments)
    except Exception as fault:  # noqa: BLE001 - the last door: nobody is to see a traceback
        if stopped.heard and not isinstance(fault, GisClustersError):
            fault = StoppedError("errors.stopped")  # what Ctrl-C left half done
        try:
            return _refuse(fault, arguments)
        except Exception as second:  # noqa: BLE001 - not even where a sentence of ours is broken
            return _internal_fault(second, _lang(arguments))
    return int(outcome) if isinstance(outcome, int) else DONE


def _refuse(fault: Exception, arguments: list[str]) -> int:
    """Say what went wrong, in words and, asked for, as a JSON document; the exit code."""
    lang = _lang(arguments)
    rows: list[dict[str, Any]]
    if isinstance(fault, InputRefusedError):
        from gisclusters.cli.show import show_issues
        from gisclusters.publish.document import issue_rows

        show_issues(fault.issues, lang)
        click.echo(text("report.refused", lang), err=True)
        code, rows = REFUSED, issue_rows(fault.issues, lang)
    elif isinstance(fault, click.ClickException):
        fault.show()
        code, rows = WRONG_USAGE, [_row("usage", fault.format_message())]
    elif isinstance(fault, (CrsMismatchError, InvalidGeometryError)):
        click.echo(str(fault), err=True)
        code, rows = REFUSED, [_row("geometry_invalid", str(fault))]
    elif isinstance(fault, (UsageError, UnavailableError, StoppedError)):
        code = _CODES[type(fault)]
        message = text(fault.key, lang, **fault.params)
        remedy = f"{fault.key}.remedy"
        told = text(remedy, lang, **fault.params) if has_text(remedy) else ""
        click.echo(message, err=True)
        if told:
            click.echo(f"  → {told}", err=True)
        rows = [_row(fault.key.rpartition(".")[2], message, told)]
    else:
        code = _internal_fault(fault, lang)
        rows = [_row("internal", str(fault) or type(fault).__name__)]
    if "--json" in arguments:
        from gisclusters.publish.document import dumps, refusal

        click.echo(dumps(refusal(_command(arguments), __version__, rows)))
    return code


def _row(code: str, message: str, remedy: str = "") -> dict[str, Any]:
    """An issue that stands in no file."""
    return {
        "level": "error", "code": code, "layer": None, "row": None, "id": None, "field": None,
        "value": None, "message": message, "remedy": remedy,
    }  # fmt: skip


def _internal_fault(fault: Exception, lang: Lang) -> int:
    said = "".join(traceback.format_exception(fault))
    try:
        log = Path(tempfile.gettempdir()) / f"gisclusters-fault-{os.getpid()}.log"
        log.write_text(f"gisclusters {__version__}\n{said}", encoding="utf-8")
    except OSError as second:
        what = " ".join(traceback.format_exception_only(fault)[-1].split())
        told = text("errors.internal_unlogged", lang, fault=what, reason=second.strerror)
    else:
        told = text("errors.internal", lang, log=str(log))
    click.echo(told, err=True)
    return FAULT


def _lang(arguments: list[str]) -> Lang:
    """The language asked for, before anything is parsed (a refusal must speak it too)."""
    asked: Any = os.environ.get("GISCLUSTERS_LANG", "vi")
    for place, word in enumerate(arguments):
        if word == "--lang" and place + 1 < len(arguments):
            asked = arguments[place + 1]
        elif word.startswith("--lang="):
            asked = word.removeprefix("--lang=")
    return cast("Lang", asked) if asked in LANGS else "vi"


def _command(arguments: list[str]) -> str:
    return next((word for word in arguments if not word.startswith("-")), "")


def _speak_utf8() -> None:
    """Vietnamese on a console whose code page is another one (Windows)."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None and (stream.encoding or "").casefold() != "utf-8":
            reconfigure(encoding="utf-8", errors="replace")
