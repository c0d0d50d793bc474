"""``gisclusters markers field-page``: an offline page for a phone that leads to the markers."""

from __future__ import annotations

from pathlib import Path

import click

from gisclusters.cli.options import FILE, ID, METRES, common, reading
from gisclusters.cli.reading import read_options
from gisclusters.errors import UsageError
from gisclusters.words import Lang, text


@click.command("field-page")
@click.option("--cluster", "cluster_ids", type=ID, multiple=True,
              help="Mã cụm trong kho, lặp lại được · stored cluster, repeatable.")  # fmt: skip
@click.option("--design", type=FILE, help="Bảng mốc được duyệt · approved marker table.")
@click.option("--out", type=FILE, required=True, help="Trang .html · the page.")
@click.option("--reach-m", type=METRES, default=10.0, show_default=True,
              help="Bán kính coi là đã tới, gồm sai số (m) · radius of reached.")  # fmt: skip
@reading
@common
def field_page(
    cluster_ids: tuple[str, ...],
    design: Path | None,
    out: Path,
    reach_m: float,
    store_url: str,
    lang: Lang,
    as_json: bool,
    force: bool,
    quiet: bool,
    verbose: bool,
    **given: object,
) -> None:
    """Trang thực địa cho điện thoại: tìm mốc, ghi hiện trạng, không cần mạng.

    Field page for a phone.  Example: gisclusters markers field-page --cluster CCN-01 --out moc.html
    """
    import json
    from contextlib import nullcontext

    from gisclusters.cli.show import check_outs
    from gisclusters.store import open_store
    from gisclusters.workflows.field_page import field_page as write_page

    del verbose
    if bool(cluster_ids) == (design is not None):
        raise UsageError("errors.design_or_cluster")
    if out.suffix.casefold() != ".html":
        raise UsageError("errors.field_page_html", value=str(out))
    check_outs([out], force=force, inputs=[design, store_url])
    with nullcontext() if design is not None else open_store(store_url) as store:
        write_page(
            out, design=design, store=store, cluster_ids=cluster_ids,
            design_options=read_options(given), reach_m=reach_m, lang=lang,
        )  # fmt: skip
    if as_json:
        click.echo(json.dumps({"page": str(out)}, ensure_ascii=False))
    elif not quiet:
        click.echo(text("report.written", lang, path=str(out)))
