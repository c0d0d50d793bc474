"""The command group, logging, and the one table from errors to exit codes."""

from __future__ import annotations

import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any, cast

import click

from gisclusters._version import __version__
from gisclusters.errors import (
    CrsMismatchError,
    InputRefusedError,
    InvalidGeometryError,
    UnavailableError,
    UsageError,
)
from gisclusters.words import LANGS, Lang, has_text, text

DONE, FAULT, WRONG_USAGE, REFUSED, UNAVAILABLE, FOUND = range(6)

_COMMANDS = {
    "demo": "gisclusters.cli.demo:demo",
    "inspect": "gisclusters.cli.inspect:inspect",
    "ingest": "gisclusters.cli.ingest:ingest",
    "layers": "gisclusters.cli.layers:layers",
    "overlaps": "gisclusters.cli.overlaps:overlaps",
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
    """Run a command line and leave with its exit code."""
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: list[str]) -> int:  # noqa: PLR0911, C901 - the table of exit codes
    """Run a command line; the exit code of interfaces §1."""
    _speak_utf8()
    lang = _lang(arguments)
    as_json = "--json" in arguments
    try:
        outcome = commands.main(arguments, prog_name="gisclusters", standalone_mode=False)
    except click.exceptions.Exit as leave:
        return int(leave.exit_code)
    except click.ClickException as fault:
        fault.show()
        return WRONG_USAGE
    except click.Abort:
        return FAULT
    except InputRefusedError as refusal:
        from gisclusters.cli.show import show_issues
        from gisclusters.publish.document import dumps
        from gisclusters.publish.document import refusal as refused

        if as_json:
            click.echo(dumps(refused(_command(arguments), __version__, refusal.issues, lang)))
        show_issues(refusal.issues, lang)
        click.echo(text("report.refused", lang), err=True)
        return REFUSED
    except (CrsMismatchError, InvalidGeometryError) as fault:
        click.echo(str(fault), err=True)
        return REFUSED
    except UsageError as fault:
        _say(fault, lang)
        return WRONG_USAGE
    except UnavailableError as fault:
        _say(fault, lang)
        return UNAVAILABLE
    except BrokenPipeError:
        return DONE
    except Exception:  # noqa: BLE001 - the last door: nobody is to see a traceback
        return _internal_fault(lang)
    return int(outcome) if isinstance(outcome, int) else DONE


def _say(fault: UsageError | UnavailableError, lang: Lang) -> None:
    """The sentence of an error and, where the catalogue has one, its remedy."""
    click.echo(text(fault.key, lang, **fault.params), err=True)
    if has_text(f"{fault.key}.remedy"):
        click.echo(f"  → {text(f'{fault.key}.remedy', lang, **fault.params)}", err=True)


def _internal_fault(lang: Lang) -> int:
    log = Path(tempfile.gettempdir()) / "gisclusters-fault.log"
    log.write_text(f"gisclusters {__version__}\n{traceback.format_exc()}", encoding="utf-8")
    click.echo(text("errors.internal", lang, log=str(log)), err=True)
    return FAULT


def _lang(arguments: list[str]) -> Lang:
    """The language asked for, before anything is parsed (a refusal must speak it too)."""
    import os

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
