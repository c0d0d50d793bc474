"""``gisclusters efficiency score | overview | trend | form``: clusters beside each other."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from gisclusters.cli.options import FILE, ID, as_of_option, as_of_or_today, common, outputs
from gisclusters.cli.progress import steps
from gisclusters.clock import today
from gisclusters.words import Lang

_PROVINCE = click.option("--province", type=ID, help="Tỉnh · province.")
_YEAR = click.IntRange(1990, 2100)


@click.command()
@click.option("--cluster", "ids", type=ID, multiple=True, help="Mã cụm trong kho · stored cluster.")
@_PROVINCE
@click.option(
    "--weights",
    default="vn_scores",
    show_default=True,
    help="Bộ trọng số: tên hoặc tệp YAML · weights: a name or a file.",
)
@as_of_option
@outputs
@common
def score(
    ids: tuple[str, ...], province: str | None, weights: str, as_of: date | None,
    outs: tuple[Path, ...], store_url: str, lang: Lang, as_json: bool, force: bool, quiet: bool,
    verbose: bool,
) -> None:  # fmt: skip
    """Chấm điểm và xếp hạng các cụm, kèm phần đóng góp và độ vững của thứ hạng.

    Ranking.  Example: gisclusters efficiency score --weights trong_so.yaml
    """
    from gisclusters.cli.show import check_outs, present
    from gisclusters.store import open_store
    from gisclusters.workflows.rank_clusters import score_clusters

    check_outs(outs, force=force, inputs=[store_url, weights])
    with open_store(store_url) as store, steps(lang, quiet=quiet or as_json) as said:
        said("efficiency")
        result = score_clusters(
            store, ids=ids, province=province, as_of=as_of_or_today(as_of), weights=weights
        )
    present(result, lang, as_json=as_json, quiet=quiet, outs=outs, force=force,
            everything=verbose)  # fmt: skip


@click.command()
@_PROVINCE
@as_of_option
@outputs
@common
def overview(
    province: str | None, as_of: date | None, outs: tuple[Path, ...], store_url: str, lang: Lang,
    as_json: bool, force: bool, quiet: bool, verbose: bool,
) -> None:  # fmt: skip
    """Tổng hợp toàn tỉnh theo tình trạng cụm; tỷ lệ lấp đầy bình quân.

    Totals by status.  Example: gisclusters efficiency overview --province "Kon Tum"
    """
    from gisclusters.cli.show import check_outs, present
    from gisclusters.store import open_store
    from gisclusters.workflows.rank_clusters import overview_of_clusters

    check_outs(outs, force=force, inputs=[store_url])
    with open_store(store_url) as store, steps(lang, quiet=quiet or as_json) as said:
        said("efficiency")
        result = overview_of_clusters(store, province=province, as_of=as_of_or_today(as_of))
    present(result, lang, as_json=as_json, quiet=quiet, outs=outs, force=force,
            everything=verbose)  # fmt: skip


@click.command()
@click.option("--from", "first", type=_YEAR, required=True, help="Năm đầu · first year.")
@click.option("--to", "last", type=_YEAR, required=True, help="Năm cuối · last year.")
@click.option(
    "--step", type=click.Choice(["year", "half"]), default="year", show_default=True,
    help="Bước: năm hoặc nửa năm · step.",
)  # fmt: skip
@_PROVINCE
@outputs
@common
def trend(
    first: int, last: int, step: str, province: str | None, outs: tuple[Path, ...],
    store_url: str, lang: Lang, as_json: bool, force: bool, quiet: bool, verbose: bool,
) -> None:  # fmt: skip
    """Diễn biến qua các năm: đất đã cho thuê, tỷ lệ lấp đầy, thửa chậm và bỏ không.

    Trend.  Example: gisclusters efficiency trend --from 2022 --to 2026
    """
    from gisclusters.cli.show import check_outs, present
    from gisclusters.store import open_store
    from gisclusters.workflows.rank_clusters import trend_of_clusters

    check_outs(outs, force=force, inputs=[store_url])
    with open_store(store_url) as store, steps(lang, quiet=quiet or as_json) as said:
        said("efficiency")
        result = trend_of_clusters(
            store, province=province, first_year=first, last_year=last, half=step == "half",
            today=today(),
        )  # fmt: skip
    present(result, lang, as_json=as_json, quiet=quiet, outs=outs, force=force,
            everything=verbose)  # fmt: skip


@click.command()
@click.option("--form", "name", type=click.Choice(["02", "03", "04"]), required=True,
              help="Biểu của Thông tư 14/2024/TT-BCT · form.")  # fmt: skip
@click.option("--period", required=True, help="Kỳ: 2026H1 (6 tháng đầu năm) hoặc 2026 · period.")
@click.option("--cluster", type=ID, help="Cụm của biểu 02 · cluster of form 02.")
@click.option("--commune", type=ID, help="Xã, phường của biểu 03 · commune of form 03.")
@_PROVINCE
@click.option(
    "--forms",
    default="vn_forms",
    show_default=True,
    help="Biểu mẫu, chỉ tiêu, tình trạng cụm: tên hoặc tệp YAML · forms: a name or a file.",
)
@click.option("--out", "outs", type=FILE, multiple=True,
              help="Ghi biểu: .xlsx .csv .json · write the form.")  # fmt: skip
@common
def form(
    name: str, period: str, cluster: str | None, commune: str | None, province: str | None,
    forms: str, outs: tuple[Path, ...], store_url: str, lang: Lang, as_json: bool, force: bool,
    quiet: bool, verbose: bool,
) -> None:  # fmt: skip
    """Điền biểu báo cáo 02, 03, 04 của Thông tư 14/2024/TT-BCT, chỉ rõ nguồn và chỗ thiếu.

    Official forms.  Example: gisclusters efficiency form --form 04 --period 2026H1 --out b04.xlsx
    """
    from gisclusters.cli.show import check_outs, present
    from gisclusters.publish.form_workbook import check_form_out
    from gisclusters.store import open_store
    from gisclusters.workflows.fill_form import fill_official_form

    check_outs(outs, force=force, inputs=[store_url, forms], check=check_form_out)
    with open_store(store_url) as store, steps(lang, quiet=quiet or as_json) as said:
        said("efficiency")
        result = fill_official_form(
            store, form=name, period=period, cluster=cluster, commune=commune, province=province,
            today=today(), forms=forms,
        )  # fmt: skip
    present(result, lang, as_json=as_json, quiet=quiet, outs=outs, force=force,
            everything=verbose)  # fmt: skip
