"""How much a test does: `make test` in minutes, `make test-long` as long as it takes."""

import os

LONG = bool(os.environ.get("GISCLUSTERS_LONG"))


def sized(short: int, long: int) -> int:
    """``long`` under ``make test-long``, else ``short``; seeds and questions stay the same."""
    return long if LONG else short
