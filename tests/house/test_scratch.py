"""Temporary folders: gone with the block, and those of killed processes at the next start."""

import os
import subprocess
import sys
import time

import pytest

from gisclusters import scratch
from gisclusters.scratch import scratch_folder

HOLD = """
import sys, tempfile
tempfile.tempdir = sys.argv[1]
from gisclusters.scratch import scratch_folder
with scratch_folder() as folder:
    (folder / "tiles.sqlite").write_bytes(b"x")
    print("there", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    scratch._swept.cache_clear()
    return tmp_path


def holder(root):
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(root)], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE)  # fmt: skip
    assert process.stdout.readline().strip() == b"there"
    [folder] = root.iterdir()
    old = time.time() - 3_600
    os.utime(folder, (old, old))
    return process, folder


def ended(process):
    process.kill()
    process.communicate()


def test_a_folder_is_empty_and_goes_with_its_block(root):
    with scratch_folder() as folder:
        assert list(folder.iterdir()) == []
        (folder / "a").write_text("a")
    assert list(root.iterdir()) == []


def test_what_a_killed_process_left_goes_at_the_next_start(root):
    process, folder = holder(root)
    ended(process)
    assert folder.exists()
    with scratch_folder():
        assert not folder.exists()


def test_the_folder_of_a_running_process_stays(root):
    process, folder = holder(root)
    try:
        with scratch_folder():
            assert (folder / "work" / "tiles.sqlite").exists()
    finally:
        ended(process)


def test_folders_that_are_not_ours_stay(root):
    """Without a lock, or only linked to: nobody knows whose they are."""
    for name in ("gisclusters-tmp-x", "gisclusters-old", "other"):
        (root / name).mkdir()
        os.utime(root / name, (0, 0))
    (root / "other" / "lock").touch()
    (root / "gisclusters-tmp-link").symlink_to(root / "other")
    with scratch_folder():
        pass
    assert len(list(root.iterdir())) == 4
    assert (root / "other" / "lock").exists()
