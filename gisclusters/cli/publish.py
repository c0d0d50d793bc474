"""``gisclusters publish``: the site for officials."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from gisclusters.cli.options import FILE, ID, as_of_option, as_of_or_today, common
from gisclusters.cli.progress import steps
from gisclusters.words import Lang, text


@click.command()
@click.option(
    "--out",
    type=FILE,
    default=Path("maps"),
    show_default=True,
    help="Thư mục trang · folder of the site.",
)
@click.option("--public", is_flag=True, help="Ẩn tên bên thuê, hợp đồng, lớp quốc phòng · public.")
@click.option("--single-file", is_flag=True, help="Mỗi trang một tệp · one file a page.")
@click.option("--only", type=ID, multiple=True, help="overview | mã cụm · cluster id.")
@as_of_option
@common
def publish(
    out: Path,
    public: bool,
    single_file: bool,
    only: tuple[str, ...],
    as_of: date | None,
    store_url: str,
    lang: Lang,
    as_json: bool,
    force: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    """Xuất bản bản đồ và báo cáo mở được khi không có mạng.

    Publish maps that open without a network.  Example: gisclusters publish --out maps
    """
    import json

    from gisclusters.store import open_store
    from gisclusters.workflows.publish_site import gather, publish_site, verify_stored

    del verbose
    day = as_of_or_today(as_of)
    with open_store(store_url) as store, steps(lang, quiet=quiet or as_json) as said:
        said("markers")
        markers = verify_stored(store, lang=lang)
        gathered = gather(store, as_of=day, markers=markers, said=said)
        site = publish_site(
            store, out, gathered, as_of=day, lang=lang, single_file=single_file, public=public,
            only=only, force=force, said=said,
        )  # fmt: skip
    if as_json:
        click.echo(json.dumps({"index": str(site.index)}, ensure_ascii=False))
    elif not quiet:
        click.echo(text("report.written", lang, path=str(site.index)))
