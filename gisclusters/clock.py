"""What day it is: the day in Vietnam, asked at the edge of the product and handed in."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def today() -> date:
    """The day in Vietnam (UTC+7)."""
    return datetime.now(VIETNAM).date()
