"""Whoever reads the output may go away, and whatever is written to may be full."""

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gisclusters.cli.main import run
from gisclusters.errors import UnavailableError
from gisclusters.publish.drafts import draft_of
from tests.scenes import clusters, plan, square

pytestmark = pytest.mark.skipif(os.name == "nt", reason="a shell of POSIX")
FULL = pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")


@pytest.fixture
def question(tmp_path, monkeypatch):
    """A cluster half on rice: one conflict that asks for an approval."""
    monkeypatch.chdir(tmp_path)
    for name, given in (("ranh", clusters(square(0, 0))), ("lua", plan(square(50, 0)))):
        given.shapes.drop(columns=["source_row", "accuracy_source"]).to_file(f"{name}.gpkg")
    return ["overlaps", "--boundary", "ranh.gpkg", "--plan", "lua.gpkg", "--as-of", "2026-11-15"]


def shell(arguments, ending):
    """The exit code of the command, and what it said on standard error."""
    command = f"'{sys.executable}' -m gisclusters {' '.join(arguments)}"
    ended = subprocess.run(
        ["bash", "-c", f"{command} {ending}; exit ${{PIPESTATUS[0]}}"], stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL, text=True, check=False, timeout=120,
    )  # fmt: skip
    return ended.returncode, ended.stderr


@pytest.mark.parametrize("ending", ["| true", "| head -1", ">&-", "2>&-", ">&- 2>&-"])
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_who_does_not_listen_changes_no_answer(question, ending, form):
    for level, code in (([], 0), (["--fail-on", "approval"], 5)):
        ended, said = shell([*question, *form, *level, "-q", "--lang", "en"], ending)
        assert (ended, "Traceback" in said, "fault" in said) == (code, False, False)


def test_letters_are_written_for_whoever_reads_the_output(question):
    assert shell([*question, "--letters", "thu"], "| true")[0] == 0
    assert len(list(Path("thu").iterdir())) == 1


@FULL
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_full_output_is_said_once_and_is_no_success(question, form, unbuffered, monkeypatch):
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    code, said = shell([*question, *form, "-q", "--lang", "en"], "> /dev/full")
    assert (code, said.count("<stdout>: No space left on device")) == (4, 1)
    assert "Traceback" not in said


@FULL
def test_a_full_standard_error_keeps_the_code(question):
    assert shell([*question, "--fail-on", "approval"], "2> /dev/full")[0] == 5


@pytest.mark.parametrize("form", ["json", "csv", "xlsx", "gpkg", "docx", "html"])
def test_a_folder_that_went_away_is_named(question, form, monkeypatch, capsys):
    from gisclusters.workflows import check_overlaps

    Path("xa").mkdir()
    asked = check_overlaps.check_boundary

    def check(*given, **named):
        shutil.rmtree("xa")
        return asked(*given, **named)

    monkeypatch.setattr(check_overlaps, "check_boundary", check)
    code = run([*question, "--out", f"xa/o.{form}", "--lang", "en"])
    said = capsys.readouterr().err
    assert (code, said.count(f"Could not write xa/o.{form}: No such file")) == (4, 1)


def raised_from(fault):
    raise RuntimeError("could not") from fault


def test_what_a_library_made_of_the_answer_of_the_system_is_looked_through(tmp_path):
    with pytest.raises(UnavailableError) as told, draft_of(tmp_path / "a.xlsx"):
        raised_from(OSError(errno.ENOSPC, "No space left on device"))
    assert told.value.params == {"path": str(tmp_path / "a.xlsx"),
                                 "reason": "No space left on device"}  # fmt: skip
    with pytest.raises(KeyError), draft_of(tmp_path / "a.xlsx"):
        raise KeyError("ours")
    assert list(tmp_path.iterdir()) == []


def broken(*_, **__):
    raise RuntimeError("broken here")


def test_a_fault_is_logged_under_the_number_of_the_process(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr("gisclusters.store.open_store", broken)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert run(["layers", "--lang", "en"]) == 1
    log = tmp_path / f"gisclusters-fault-{os.getpid()}.log"
    assert str(log) in capsys.readouterr().err
    assert "broken here" in log.read_text(encoding="utf-8")


def test_a_fault_that_cannot_be_logged_is_one_line(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr("gisclusters.store.open_store", broken)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "none"))
    assert run(["layers", "--lang", "en"]) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert "RuntimeError: broken here" in line
    assert "No such file" in line
