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
from gisclusters.errors import UsageError
from gisclusters.words import Lang

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

    Land-use efficiency.  Example: gisclusters efficiency --all --as-of 2026-11-15
    """
    if context.invoked_subcommand is not None:
        return
    from gisclusters.cli.show import check_outs, present
    from gisclusters.store import open_store
    from gisclusters.workflows.landcover import LandCoverQuestion
    from gisclusters.workflows.measure_efficiency import measure_efficiency

    if bool(ids) == everything:
        raise UsageError("errors.which_subject")
    if not all(part.strip().isdigit() for part in built_classes.split(",")):
        raise click.BadParameter(built_classes, context, param_hint="--built-classes")
    check_outs(outs, force=force,
               inputs=[landcover, landcover_before, confusion, store_url])  # fmt: skip
    with open_store(store_url) as store, steps(lang, quiet=quiet or as_json) as said:
        said("efficiency")
        result = measure_efficiency(
            store, ids=ids, as_of=as_of_or_today(as_of),
            built_classes=[int(part) for part in built_classes.split(",")],
            image=LandCoverQuestion(landcover=landcover, before=landcover_before,
                                    confusion=confusion, band=band, ring_m=ring_m),
        )  # fmt: skip
    present(result, lang, as_json=as_json, quiet=quiet, outs=outs, force=force,
            everything=verbose)  # fmt: skip


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
