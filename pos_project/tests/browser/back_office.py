"""A manager at a browser: what they do on the pages of the back office, in their own words.

Playwright's loop and Django's database layer cannot share a thread's moment. So the browser lives
inside `at_the_desk`: a test sets up its shop before, looks only at pages within, and may ask the
database again after.
"""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="needs Debian's Chromium (apt-get install chromium)"
)
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
DARK = {"color_scheme": "dark"}
PASSWORD = "a-good-password"
PATIENCE_MS = 10_000  # two cores share the suite; a page that is there is never waited for


@dataclass
class Office:
    """One open browser page, and everything that went wrong on it."""

    page: Page
    address: str
    wrongs: list[str] = field(default_factory=list)
    clicks: int = 0  # from Home on, on links and buttons

    def watch(self) -> None:
        """Note console errors, failed requests, and requests to anybody but our own server."""
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.wrongs.append(f"script: {error}"))
        self.page.on("request", self._request)
        self.page.on("requestfailed", self._failed)
        self.page.on("response", self._response)

    def _console(self, message: Any) -> None:
        if message.type == "error":
            self.wrongs.append(f"console: {message.text} {message.location}")

    def _request(self, request: Any) -> None:
        if not request.url.startswith((f"{self.address}/", "data:", "blob:")):
            self.wrongs.append(f"another host: {request.url}")

    def _failed(self, request: Any) -> None:
        # The browser itself drops what is still on its way when the next page is opened.
        if request.failure != "net::ERR_ABORTED":
            self.wrongs.append(f"failed: {request.url} ({request.failure})")

    def _response(self, response: Any) -> None:
        if response.status >= 400:
            self.wrongs.append(f"{response.status}: {response.url}")

    # --- Getting about ---

    def sign_in(self, email: str = "manager@shop.example", password: str = PASSWORD) -> None:
        """By keyboard alone: the cursor waits in the first field, or one Tab away from it."""
        self.page.goto(f"{self.address}/admin/")
        first = self.page.locator("[name=username]")
        if not first.evaluate("field => field === document.activeElement"):
            self.page.keyboard.press("Tab")
        expect(first).to_be_focused()
        self.page.keyboard.type(email)
        self.page.keyboard.press("Tab")
        self.page.keyboard.type(password)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(f"{self.address}/admin/")  # not the door, which names it as `next`

    def open(self, title: str) -> None:
        """A page of the side bar."""
        self.clicks += 1
        with self.page.expect_navigation():
            self.page.locator("a", has=self.page.get_by_text(title, exact=True)).first.click()

    def search(self, words: str) -> None:
        """What a scanner does: it types and ends with Enter."""
        self.page.locator("#searchbar").fill(words)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**q=*")

    def press(self, name: str) -> None:
        """A button, or a link that looks like one; an icon may stand before its name."""
        self.clicks += 1
        named = re.compile(rf"(^|\s){re.escape(name)}\s*$")
        self.page.locator("button:visible, a:visible").filter(has_text=named).last.click()

    def fill(self, **fields: str) -> None:
        """Fields by their names in the form; a select takes the code of what is chosen."""
        for name, value in fields.items():
            entry = self.page.locator(f"[name='{name}']:visible").first
            if entry.evaluate("entry => entry.tagName") == "SELECT":
                entry.select_option(value)
            else:
                entry.fill(value)

    def pick(self, name: str, words: str) -> None:
        """From a field that completes what is typed."""
        self.page.locator(f"[name='{name}'] + .select2-container").click()
        self.page.locator(".select2-search__field").fill(words)
        self.page.locator(".select2-results__option", has_text=words).click()

    def reads(self, *texts: str) -> None:
        """The page shows each of these texts."""
        for text in texts:
            expect(self.page.locator("body")).to_contain_text(text)

    @property
    def overflow_px(self) -> int:
        """By how much the page is wider than the screen."""
        return int(
            self.page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
        )


@contextmanager
def at_the_desk(address: str, **device: Any) -> Iterator[Office]:
    """A fresh browser at `address`; on leaving, nothing may have gone wrong on any page."""
    with sync_playwright() as playwright:
        # The pages are our own; the sandbox does not start for root, as whom containers run.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            page = browser.new_page(**device)
            page.set_default_timeout(PATIENCE_MS)
            expect.set_options(timeout=PATIENCE_MS)
            office = Office(page, address)
            office.watch()
            yield office
            page.wait_for_load_state("networkidle")
            assert not office.wrongs, "\n".join(office.wrongs)
        finally:
            browser.close()
