"""How the ``gisclusters`` command ends: at once, but with everything written and done."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

BEFORE = """
import atexit, sys, tempfile, threading, time
from gisclusters.cli.main import console
"""


def left(code, *arguments, **given):
    """What a process says that ends by ``console`` after ``code``."""
    return subprocess.run(
        [sys.executable, "-c", f"{BEFORE}{code}\nconsole()", *arguments],
        capture_output=True, text=True, check=False, **given,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "code"), [(["--version"], 0), (["overlaps"], 2), (["layers", "--store", "no"], 4)]
)
def test_the_exit_code_is_kept(arguments, code, tmp_path):
    assert left("", *arguments, cwd=tmp_path).returncode == code


def test_what_was_printed_without_a_line_end_is_written():
    assert left("sys.stdout.write('x' * 70_000)", "--version").stdout.startswith("x" * 70_000)


def test_what_is_registered_for_the_end_is_done_and_then_nothing_else():
    said = left("""
class Told:
    def __del__(self): print("taken apart")
told = Told()
atexit.register(print, "first")
atexit.register(print, "last registered")
""", "--version").stdout.splitlines()[1:]  # fmt: skip
    assert said == ["last registered", "first"]


def test_temporary_folders_are_removed(tmp_path):
    left(f"kept = tempfile.TemporaryDirectory(dir={str(tmp_path)!r})", "--version")
    assert list(tmp_path.iterdir()) == []


def test_a_thread_that_still_works_is_waited_for():
    said = left("""
def work():
    time.sleep(0.5)
    print("worked")
threading.Thread(target=work).start()
""", "--version").stdout  # fmt: skip
    assert said.endswith("worked\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_an_output_that_cannot_be_written_is_no_success():
    code = f"{BEFORE}import gisclusters.cli.main as cli\n"
    code += "cli.run = lambda arguments: sys.stdout.write('x') - 1\nconsole()"
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run([sys.executable, "-c", code], stdout=full, check=False,
                               stderr=subprocess.PIPE,
                               env={**os.environ, "PYTHONUNBUFFERED": ""})  # fmt: skip
    assert ended.returncode == 4
    assert ended.stderr.count(b"No space left") == 1
