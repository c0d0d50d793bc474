"""Every shared option, once.

Reading options (``--crs --axes …``) are meant for files that lack what they say; with two
inputs ``--boundary-crs`` and the like name one of them.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from gisclusters.clock import today

Command = TypeVar("Command", bound=Callable[..., Any])

EARLIEST, LATEST = date(1900, 1, 1), date(2299, 12, 31)


class DayType(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """A day: ``2026-11-15`` or ``15/11/2026``."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read the day, or say which forms are understood."""
        if isinstance(value, date):
            return value
        for form in ("%Y-%m-%d", "%d/%m/%Y"):
            try:
                day = datetime.strptime(value, form).date()  # noqa: DTZ007 - a day has no zone
            except ValueError:
                continue
            if EARLIEST <= day <= LATEST:
                return day
        return self.fail(f"{value!r}: 2026-11-15 | 15/11/2026", param, ctx)


class MetresType(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """A length above zero, ``0.07`` or ``0,07``; ``nan`` and ``inf`` are no lengths."""

    name = "metres"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Read the number, or say what is expected."""
        try:
            metres = float(str(value).strip().replace(",", "."))
        except ValueError:
            metres = math.nan
        if not (math.isfinite(metres) and metres > 0):
            return self.fail(f"{value!r}: > 0 (m)", param, ctx)
        return metres


class IdType(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """An id as the store holds it: NFC, trimmed."""

    name = "id"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The same text in its one form."""
        del param, ctx
        return unicodedata.normalize("NFC", str(value)).strip()


DAY = DayType()
ID = IdType()
METRES = MetresType()
FILE = click.Path(path_type=Path)


def common(command: Command) -> Command:
    """``--store --lang --json --force --quiet --verbose``."""
    for option in (
        click.option("-v", "--verbose", is_flag=True, help="Nói chi tiết · more talk."),
        click.option("-q", "--quiet", is_flag=True, help="Chỉ in kết quả · results only."),
        click.option("--force", is_flag=True, help="Cho phép ghi đè · overwrite files."),
        click.option("--json", "as_json", is_flag=True, help="In một tài liệu JSON · JSON output."),
        click.option("--lang", type=click.Choice(["vi", "en"]), default="vi",
                     envvar="GISCLUSTERS_LANG", show_default=True,
                     help="Ngôn ngữ · language."),
        click.option("--store", "store_url", default="gisclusters.gpkg", show_default=True,
                     envvar="GISCLUSTERS_STORE", help="Kho dữ liệu · the store."),
    ):  # fmt: skip
        command = option(command)
    return command


def reading(command: Command) -> Command:
    """``--crs --axes --province --encoding --layer --accuracy-m --accept-repairs``."""
    for option in (
        click.option("--accept-repairs", is_flag=True,
                     help="Chấp nhận sửa hình học được đề xuất · accept proposed repairs."),
        click.option("--accuracy-m", type=METRES,
                     help="Độ chính xác vị trí đỉnh (m) · vertex position error."),
        click.option("--layer", help="Lớp trong tệp · layer of the file."),
        click.option("--encoding", help="Bảng mã · text encoding (utf-8, tcvn3, vni, cp1258)."),
        click.option("--province", help="Tỉnh (tên trước 7/2025) · province before July 2025."),
        click.option("--axes", type=click.Choice(["en", "ne"]),
                     help="Thứ tự cột X,Y: ne = X là bắc · column order."),
        click.option("--crs", help="Hệ tọa độ, ví dụ EPSG:9216 · CRS of a file that lacks it."),
    ):  # fmt: skip
        command = option(command)
    return command


def reading_of(name: str, what: str) -> Callable[[Command], Command]:
    """``--NAME-crs --NAME-axes --NAME-layer`` for one of two inputs."""

    def decorate(command: Command) -> Command:
        for option in (
            click.option(f"--{name}-layer", help=f"Lớp · layer ({what})."),
            click.option(f"--{name}-axes", type=click.Choice(["en", "ne"]),
                         help=f"Thứ tự trục · axes ({what})."),
            click.option(f"--{name}-crs", help=f"Hệ tọa độ · CRS ({what})."),
        ):  # fmt: skip
            command = option(command)
        return command

    return decorate


def outputs(command: Command) -> Command:
    """``--out FILE``, repeatable."""
    return click.option(
        "--out", "outs", type=FILE, multiple=True,
        help="Ghi kết quả: .json .geojson .gpkg .csv .xlsx .html .pdf .docx · write the result.",
    )(command)  # fmt: skip


def as_of_option(command: Command) -> Command:
    """``--as-of DATE``, today in Vietnam by default."""
    return click.option(
        "--as-of", type=DAY, default=None,
        help="Tính đến ngày (mặc định: hôm nay) · as of (default: today).",
    )(command)  # fmt: skip


def fail_on_option(command: Command) -> Command:
    """``--fail-on LEVEL``: exit 5 where a finding has that severity or a worse one."""
    return click.option(
        "--fail-on", type=click.Choice(["note", "approval", "blocking"]),
        help="Thoát mã 5 nếu có mức này trở lên · exit 5 at this level.",
    )(command)  # fmt: skip


def as_of_or_today(given: date | None) -> date:
    """The day asked for, else today in Vietnam."""
    return given or today()
