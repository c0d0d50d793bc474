"""``gisclusters markers``: which marker stands, moved or is missing."""

from __future__ import annotations

from pathlib import Path

import click

from gisclusters.cli.campaigns import campaigns, compare
from gisclusters.cli.field_page import field_page
from gisclusters.cli.options import FILE, ID, METRES, common, outputs, reading, reading_of
from gisclusters.cli.reading import read_options
from gisclusters.clock import today
from gisclusters.errors import UsageError
from gisclusters.words import Lang, text


@click.group()
def markers() -> None:
    """Kiểm tra mốc giới · boundary markers."""


markers.add_command(campaigns)
markers.add_command(compare)


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
@click.option(
    "--rules",
    default="vn_markers",
    show_default=True,
    help="Bảng hạn sai mốc: tên hoặc tệp · tolerances by scale and kind.",
)
@click.option(
    "--no-record", is_flag=True, help="Không ghi đợt đo vào kho · do not keep this verification."
)
@click.option("--minutes", type=FILE, help="Phiếu khai biên bản · form of the minutes (YAML).")
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
    rules: str,
    no_record: bool,
    minutes: Path | None,
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
    from datetime import UTC, datetime

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
    read = [design, survey, control, minutes, store_url, *around.files]
    check_outs(outs, force=force, inputs=read)
    with nullcontext() if design is not None else open_store(store_url) as store:
        result = verify_markers(
            survey, design=design, store=store, cluster_id=cluster_id,
            design_options=read_options(given, "design"),
            survey_options=read_options(given, "survey"),
            control=control, tolerance_m=tolerance_m, scale=scale, rules=rules, minutes=minutes,
            lang=lang,
            recorded_at=None if no_record else datetime.now(UTC), today=today(), around=around,
        )  # fmt: skip
    present(result, lang, as_json=as_json, quiet=quiet, outs=outs, force=force,
            everything=verbose)  # fmt: skip


markers.add_command(field_page)


@markers.command("minutes-form")
@click.option("--out", type=FILE, required=True, help="Phiếu trống · the empty form (YAML).")
@click.option("--lang", type=click.Choice(["vi", "en"]), default="vi", help="Ngôn ngữ · language.")
@click.option("--force", is_flag=True, help="Ghi đè · overwrite.")
def minutes_form(out: Path, lang: Lang, force: bool) -> None:
    """Phiếu khai biên bản trống để điền: đơn vị, máy đo, thành phần, ảnh.

    Empty form of the minutes.  Example: gisclusters markers minutes-form --out phieu.yaml
    """
    from gisclusters.workflows.minutes_form import write_minutes_form

    write_minutes_form(out, lang, force=force)
    click.echo(text("report.written", lang, path=str(out)), err=True)


@markers.command()
@click.option("--cluster", "cluster_ids", type=ID, multiple=True,
              help="Mã cụm trong kho · stored cluster.")  # fmt: skip
@click.option("--design", type=FILE, help="Bảng mốc được duyệt · approved marker table.")
@click.option("--out", "outs", type=FILE, multiple=True, required=True,
              help="Tệp cắm mốc: .csv .dxf .gpx .kml .gpkg · stake-out file.")  # fmt: skip
@click.option("--maker", default="plain", show_default=True,
              type=click.Choice(["plain", "leica", "trimble", "topcon", "south", "chc", "emlid"]),
              help="Thứ tự cột của CSV theo hãng máy · order of a CSV's columns.")  # fmt: skip
@reading
@reading_of("design", "bảng mốc")
@common
def stakeout(
    cluster_ids: tuple[str, ...],
    design: Path | None,
    outs: tuple[Path, ...],
    maker: str,
    store_url: str,
    lang: Lang,
    as_json: bool,
    force: bool,
    quiet: bool,
    verbose: bool,
    **given: object,
) -> None:
    """Xuất tệp cắm mốc cho máy đo, điện thoại, bản vẽ.

    Stake-out files.  Example: gisclusters markers stakeout --cluster CCN-01 --out cam_moc.csv
    """
    from contextlib import nullcontext

    from gisclusters.cli.show import check_outs, present
    from gisclusters.publish.stakeout import check_stakeout
    from gisclusters.store import open_store
    from gisclusters.words import text
    from gisclusters.workflows.stake_out import stake_out

    if bool(cluster_ids) == (design is not None):
        raise UsageError("errors.design_or_cluster")
    check_outs(outs, force=force, inputs=[design, store_url], check=check_stakeout)
    with nullcontext() if design is not None else open_store(store_url) as store:
        result = stake_out(
            outs, design=design, store=store, cluster_ids=cluster_ids,
            design_options=read_options(given, "design"), maker=maker, lang=lang, force=force,
        )  # fmt: skip
    present(result, lang, as_json=as_json, quiet=quiet, everything=verbose)
    if not quiet:
        for path in outs:
            click.echo(text("report.written", lang, path=str(path)), err=True)
