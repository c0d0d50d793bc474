"""``gisclusters demo``: the sample district from its files to the map."""

from __future__ import annotations

from pathlib import Path

import click

from gisclusters.cli.options import FILE, common
from gisclusters.cli.progress import steps
from gisclusters.words import Lang, text


@click.command()
@click.option(
    "--out",
    type=FILE,
    default=Path("gisclusters-demo"),
    show_default=True,
    help="Thư mục kết quả · folder of the results.",
)
@common
def demo(
    out: Path,
    store_url: str,
    lang: Lang,
    as_json: bool,
    force: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    """Dựng huyện mẫu: đọc tệp, lưu kho, chạy mọi phân tích, xuất bản.

    Build the sample district.  Example: gisclusters demo --out thu
    """
    from gisclusters.cli.show import show
    from gisclusters.publish.document import document, dumps
    from gisclusters.samples import samples_dir
    from gisclusters.workflows.demo import run_demo

    del store_url
    with steps(lang, quiet=quiet) as said:
        outcome = run_demo(samples_dir(), out, lang=lang, force=force, said=said)
    if as_json:
        click.echo(dumps({"results": [document(result, lang) for result in outcome.results]}))
        return
    if not quiet:
        for result in outcome.results:
            show(result, lang, everything=verbose, issues=verbose)
    click.echo(text("report.demo_report", lang, path=str(outcome.report.resolve())))
    click.echo(text("report.demo_map", lang, path=str(outcome.map_page.resolve())))
