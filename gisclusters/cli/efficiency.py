"""``gisclusters efficiency``: how the land of clusters is used."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from gisclusters.cli.options import (
    FILE,
    ID,
    METRES,
    as_of_option,
    as_of_or_today,
    common,
    outputs,
    reading,
)  # fmt: skip
from gisclusters.cli.progress import steps
from gisclusters.cli.reading import read_options
from gisclusters.cli.standing import form, overview, score, trend
from gisclusters.cli.what_if import what_if
from gisclusters.errors import UsageError
from gisclusters.words import Lang, text

HORIZONS = (90, 180)
"""Days ahead that offices look by default."""

band_option = click.option(
    "--band", type=click.IntRange(min=1), help="Kênh phân loại, từ 1 · band of classes, from 1."
)


@click.group(invoke_without_command=True)
@click.option("--cluster", "ids", type=ID, multiple=True, help="Mã cụm trong kho · stored cluster.")
@click.option("--all", "everything", is_flag=True, help="Mọi cụm trong kho · all clusters.")
@as_of_option
@click.option("--landcover", type=FILE, help="Ảnh lớp phủ GeoTIFF · land-cover raster.")
@click.option(
    "--built-classes",
    default="50",
    show_default=True,
    help="Mã lớp đất xây dựng, cách nhau bởi dấu phẩy · built classes.",
)
@click.option("--green-classes", default="",
              help="Mã lớp cây xanh trong lô nhà máy · classes that are greenery.")  # fmt: skip
@click.option(
    "--rules",
    default="vn_efficiency",
    show_default=True,
    help="Bộ quy tắc hoặc tệp YAML của mình · rule set or file.",
)
@click.option(
    "--offices",
    default="vn_offices",
    show_default=True,
    help="Cơ quan xử lý theo danh sách, hoặc tệp YAML của mình · offices, or a file.",
)
@click.option(
    "--within",
    "horizons",
    type=click.IntRange(1, 3650),
    multiple=True,
    default=HORIZONS,
    show_default=True,
    help="Số ngày tới cần xem trước, lặp lại được · days ahead.",
)
@click.option(
    "--letters", type=FILE,
    help="Thư mục ghi dự thảo công văn (.docx) gửi bên thuê, mỗi thửa một công văn · "
    "draft letters to tenants, one a parcel.",
)  # fmt: skip
@click.option("--period", help="Kỳ số liệu kinh tế (2025, 2025H1) · period of the economy.")
@click.option("--economy-rules", default="vn_economy", show_default=True,
              help="Bộ quy tắc kinh tế, môi trường · rules of economy and works.")  # fmt: skip
@click.option(
    "--landcover-before",
    type=FILE,
    help="Ảnh lớp phủ trước đó, cùng lưới · an earlier raster on the same grid.",
)
@click.option(
    "--confusion",
    type=FILE,
    help="Ma trận nhầm lẫn của ảnh, YAML · confusion matrix of the raster.",
)
@band_option
@click.option(
    "--ring-m",
    type=METRES,
    help="Bề rộng dải xét ngoài ranh giới (m) · ring looked at outside the boundary.",
)
@outputs
@common
@click.pass_context
def efficiency(
    context: click.Context,
    ids: tuple[str, ...],
    everything: bool,
    as_of: date | None,
    landcover: Path | None,
    built_classes: str,
    green_classes: str,
    rules: str,
    offices: str,
    horizons: tuple[int, ...],
    letters: Path | None,
    period: str | None,
    economy_rules: str,
    landcover_before: Path | None,
    confusion: Path | None,
    band: int | None,
    ring_m: float | None,
    outs: tuple[Path, ...],
    store_url: str,
    lang: Lang,
    as_json: bool,
    force: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    """Thang diện tích, tỷ lệ lấp đầy, cơ cấu đất và đồng hồ đất bỏ không.

    Danh sách thửa cần xử lý theo cơ quan; --letters ghi dự thảo công văn; --out lich.ics ghi
    lịch các thời hạn.

    Land-use efficiency, lists by office, letters, a calendar (.ics).

    Example: gisclusters efficiency --all --as-of 2026-11-15 --out lich.ics --letters thu
    """
    if context.invoked_subcommand is not None:
        return
    from functools import partial

    from gisclusters.cli.show import check_outs, present
    from gisclusters.publish.export import check_out
    from gisclusters.rules.loader import is_shipped
    from gisclusters.store import open_store
    from gisclusters.workflows.landcover import LandCoverQuestion
    from gisclusters.workflows.measure_efficiency import measure_efficiency

    if bool(ids) == everything:
        raise UsageError("errors.which_subject")
    classes = _classes(context, built_classes)
    greenery = _classes(context, green_classes, "--green-classes") if green_classes else []
    if greenery and landcover is None:
        raise click.BadParameter(green_classes, context, param_hint="--green-classes (--landcover)")
    own_files = [Path(name) for name in (rules, offices) if not is_shipped(name)]
    own_files += [path for path in (landcover_before, confusion) if path is not None]
    check_outs(outs, force=force, inputs=[landcover, store_url, *own_files],
               check=partial(check_out, subject="efficiency"))  # fmt: skip
    if letters is not None:
        from gisclusters.publish.letter_parts import check_letters
        from gisclusters.publish.tenant_letters import write_tenant_letters

        check_letters(letters, force=force)
    with open_store(store_url) as store, steps(lang, quiet=quiet or as_json) as said:
        said("efficiency")
        result = measure_efficiency(
            store, ids=ids, as_of=as_of_or_today(as_of),
            built_classes=classes, green_classes=greenery,
            rules=rules, offices=offices, horizons=horizons,
            period=period, economy_rules=economy_rules,
            image=LandCoverQuestion(landcover=landcover, before=landcover_before,
                                    confusion=confusion, band=band, ring_m=ring_m),
        )  # fmt: skip
    # Written before anything is printed: who reads the output may go away in the middle.
    written = [] if letters is None else write_tenant_letters(result, letters, lang)
    present(result, lang, as_json=as_json, quiet=quiet, outs=outs, force=force,
            everything=verbose)  # fmt: skip
    if letters is not None and not quiet:
        click.echo(text("report.letters", lang, count=len(written), path=str(letters)), err=True)


for _command in (score, overview, trend, form):
    efficiency.add_command(_command)


@efficiency.command()
@click.option("--parcels", type=FILE, required=True, help="Tệp thửa đất · parcel file.")
@click.option("--landcover", type=FILE, required=True, help="Ảnh lớp phủ · land-cover raster.")
@band_option
@reading
@outputs
@common
def zonal(
    parcels: Path,
    landcover: Path,
    band: int | None,
    outs: tuple[Path, ...],
    store_url: str,
    lang: Lang,
    as_json: bool,
    force: bool,
    quiet: bool,
    verbose: bool,
    **given: object,
) -> None:
    """Tỷ lệ lớp phủ của từng thửa, không cần kho.

    Class fractions per parcel.

    Example: gisclusters efficiency zonal --parcels a.gpkg --landcover b.tif
    """
    from gisclusters.cli.show import check_outs, present
    from gisclusters.workflows.measure_efficiency import measure_zonal

    del store_url
    check_outs(outs, force=force, inputs=[parcels, landcover])
    with steps(lang, quiet=quiet or as_json) as said:
        said("efficiency")
        result = measure_zonal(parcels, landcover, read_options(given), band=band)
    present(result, lang, as_json=as_json, quiet=quiet, outs=outs, force=force,
            everything=verbose)  # fmt: skip


@efficiency.command()
@click.option(
    "--cluster", "cluster_id", type=ID, required=True, help="Mã cụm trong kho · stored cluster."
)
@as_of_option
@click.option("--landcover", type=FILE, help="Ảnh lớp phủ GeoTIFF · land-cover raster.")
@click.option(
    "--built-classes", default="50", show_default=True, help="Mã lớp đất xây dựng · built classes."
)
@click.option(
    "--out",
    "outs",
    type=FILE,
    multiple=True,
    required=True,
    help="Ghi hồ sơ: .html .pdf .docx .xlsx · write the dossier.",
)
@common
@click.pass_context
def dossier(
    context: click.Context,
    cluster_id: str,
    as_of: date | None,
    landcover: Path | None,
    built_classes: str,
    outs: tuple[Path, ...],
    store_url: str,
    lang: Lang,
    as_json: bool,
    force: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    """Hồ sơ sử dụng đất của một cụm: thang diện tích, cơ cấu, tiến độ, thời hạn, bản đồ.

    The land-use dossier of one cluster.

    Example: gisclusters efficiency dossier --cluster N5 --out n5.pdf --out n5.xlsx
    """
    from gisclusters.cli.show import check_outs, present, print_pdf
    from gisclusters.store import open_store
    from gisclusters.workflows.dossier import check_dossier_out, measure_for_dossier, write_dossier

    check_outs(outs, force=force, inputs=[landcover, store_url], check=check_dossier_out)
    with open_store(store_url) as store, steps(lang, quiet=quiet or as_json) as said:
        said("efficiency")
        result, ground = measure_for_dossier(
            store, cluster_id, as_of=as_of_or_today(as_of), landcover=landcover,
            built_classes=_classes(context, built_classes),
        )  # fmt: skip
    for path in outs:
        write_dossier(result, ground, path, lang, force=force, print_pdf=print_pdf)
    present(result, lang, as_json=as_json, quiet=quiet, written=outs, everything=verbose)


def _classes(context: click.Context, given: str, hint: str = "--built-classes") -> list[int]:
    """The codes of a list with commas; anything else is a wrong option."""
    if not all(part.strip().isdigit() for part in given.split(",")):
        raise click.BadParameter(given, context, param_hint=hint)
    return [int(part) for part in given.split(",")]


efficiency.add_command(what_if)
