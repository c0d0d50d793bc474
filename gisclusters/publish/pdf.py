"""HTML to PDF by a browser of the Chromium family found on the machine."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from gisclusters.errors import UnavailableError
from gisclusters.scratch import scratch_folder

_BROWSERS = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
    "msedge", "microsoft-edge",
)  # fmt: skip
_WINDOWS = (
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
_PATIENCE_S = 120


def find_browser() -> str:
    """The path of a browser.  Raises UnavailableError (``no_browser``)."""
    for name in _BROWSERS:
        found = shutil.which(name)
        if found:
            return found
    for place in _WINDOWS:
        if Path(place).is_file():
            return place
    raise UnavailableError("errors.no_browser", names=" ".join(_BROWSERS))


def print_pdf(html: str, path: Path) -> None:
    """Print a page that stands alone to ``path``.  Raises UnavailableError."""
    browser = find_browser()
    with scratch_folder() as folder:
        page = Path(folder) / "page.html"
        page.write_text(html, encoding="utf-8")
        command = [
            browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            f"--user-data-dir={folder}", "--no-pdf-header-footer",
            f"--print-to-pdf={path.resolve()}", page.as_uri(),
        ]  # fmt: skip
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=_PATIENCE_S)  # noqa: S603
        except (OSError, subprocess.SubprocessError) as fault:
            raise UnavailableError("errors.pdf_failed", reason=str(fault)) from fault
    if not path.is_file() or not path.stat().st_size:
        raise UnavailableError("errors.pdf_failed", reason=browser)
