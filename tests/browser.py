"""The browser of the tests: the Chromium that `make test` found or installed, without its calls home."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Playwright

from tracker.devstack.chromium import ARGUMENTS, find_or_install


@contextmanager
def launch(playwright: Playwright) -> Iterator[Browser]:
    """Run a headless Chromium for the length of the block."""
    browser = playwright.chromium.launch(executable_path=find_or_install(os.environ), args=list(ARGUMENTS))
    try:
        yield browser
    finally:
        browser.close()
