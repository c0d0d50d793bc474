"""A browser with the network off, and a log of everything a page complains about or asks for."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from gisclusters.publish.site import build_site
from tests.publish import scenes

DESKTOP = (1280, 800)
PHONE = (390, 844)


@dataclass
class Opened:
    """A page as opened, and what it said."""

    page: Page
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def assert_quiet(self) -> None:
        """No error, no request beyond the site's own files, no dialog."""
        assert self.errors == []
        assert self.requests == []
        assert self.dialogs == []


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Opened]]:
    contexts = []

    def opened(path: Path, size: tuple[int, int] = DESKTOP) -> Opened:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, offline=True, locale="vi-VN"
        )
        contexts.append(context)
        site = path.parent.parent if path.parent.name == "clusters" else path.parent
        found = Opened(context.new_page())
        found.page.on("pageerror", lambda error: found.errors.append(str(error)))
        found.page.on(
            "console",
            lambda message: (
                found.errors.append(message.text) if message.type in {"error", "warning"} else None
            ),
        )
        found.page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith((site.as_uri(), "data:"))
                else found.requests.append(request.url)
            ),
        )

        def refuse(dialog):
            found.dialogs.append(dialog.message)
            dialog.dismiss()

        found.page.on("dialog", refuse)
        found.page.goto(path.as_uri())
        found.page.wait_for_selector("body.ready")
        return found

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The invented district, published in Vietnamese."""
    out = tmp_path_factory.mktemp("publish") / "maps"
    build_site(scenes.district(), out)
    return out
