"""``gisclusters markers``: which marker stands, moved or is missing."""

from __future__ import annotations

from pathlib import Path

import click

from gisclusters.cli.options import FILE, ID, METRES, common, outputs, reading, reading_of
from gisclusters.cli.reading import read_options
from gisclusters.errors import UsageError
from gisclusters.words import Lang


@click.group()
def markers() -> None:
    """Kiểm tra mốc giới · boundary markers."""


@markers.command()
@click.option("--cluster", "cluster_id", type=ID, help="Mã cụm trong kho · stored cluster.")
@click.option("--design", type=FILE, help="Bảng mốc được duyệt · approved marker table.")
@click.option("--survey", type=FILE, required=True, help="Số liệu đo · survey file.")
@click.option("--control", type=FILE, help="Điểm khống chế đo cùng đợt · control points.")
@click.option(
    "--scale",
    type=int,
    default=500,
    show_default=True,
    help="Tỷ lệ bản đồ để lấy hạn sai · map scale of the tolerance.",
)
@click.option("--tolerance-m", type=METRES, help="Hạn sai (m) · tolerance.")
@click.option("--boundary", type=FILE, help="Tệp ranh giới cụm · boundary of the cluster.")
@click.option("--parcels", type=FILE, help="Tệp thửa đất quanh ranh · parcels about it.")
@click.option("--buildings", type=FILE, help="Tệp công trình · buildings.")
@click.option("--roads", type=FILE, help="Tệp đường (vùng) · roads, as areas.")
@click.option("--water", type=FILE, help="Tệp mặt nước (vùng) · water, as areas.")
@click.option("--spacing-m", type=METRES, help="Khoảng cách mốc lớn nhất (m) · marker spacing.")
@click.option(
    "--edge-rules",
    default="vn_edges",
    show_default=True,
    help="Bảng hạn sai cạnh: tên hoặc tệp · limits on edges.",
)
@reading
@reading_of("design", "bảng mốc")
@reading_of("survey", "số liệu đo")
@outputs
@common
def verify(
    cluster_id: str | None,
    design: Path | None,
    survey: Path,
    control: Path | None,
    scale: int,
    tolerance_m: float | None,
    boundary: Path | None,
    parcels: Path | None,
    buildings: Path | None,
    roads: Path | None,
    water: Path | None,
    spacing_m: float | None,
    edge_rules: str,
    outs: tuple[Path, ...],
    store_url: str,
    lang: Lang,
    as_json: bool,
    force: bool,
    quiet: bool,
    verbose: bool,
    **given: object,
) -> None:
    """Mốc nào còn, mốc nào xê dịch, mất; cả bộ có sai hệ quy chiếu không.

    Marker verification.  Example: gisclusters markers verify --cluster CCN-01 --survey do.csv
    """
    from contextlib import nullcontext

    from gisclusters.cli.show import check_outs, present
    from gisclusters.store import open_store
    from gisclusters.workflows.boundary_of_markers import Around
    from gisclusters.workflows.verify_markers import verify_markers

    if (cluster_id is None) == (design is None):
        raise UsageError("errors.design_or_cluster")
    around = Around(
        boundary=boundary, parcels=parcels, buildings=buildings, roads=roads, water=water,
        spacing_m=spacing_m, edge_rules=edge_rules, options=read_options(given),
    )  # fmt: skip
    check_outs(outs, force=force, inputs=[design, survey, control, store_url, *around.files])
    with nullcontext() if design is not None else open_store(store_url) as store:
        result = verify_markers(
            survey, design=design, store=store, cluster_id=cluster_id,
            design_options=read_options(given, "design"),
            survey_options=read_options(given, "survey"),
            control=control, tolerance_m=tolerance_m, scale=scale, lang=lang,
            around=around,
        )  # fmt: skip
    present(result, lang, as_json=as_json, quiet=quiet, outs=outs, force=force,
            everything=verbose)  # fmt: skip
