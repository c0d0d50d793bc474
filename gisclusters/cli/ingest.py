"""``gisclusters ingest``: take a file into the store, whole or not at all."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import click

from gisclusters.cli.options import DAY, FILE, common, reading
from gisclusters.cli.progress import steps
from gisclusters.cli.reading import field_map, read_options
from gisclusters.errors import StoppedError
from gisclusters.layers.kinds import KINDS
from gisclusters.words import Lang, text


@click.command()
@click.argument("kind", type=click.Choice(list(KINDS)))
@click.argument("file", type=FILE)
@reading
@click.option(
    "--map",
    "pairs",
    multiple=True,
    metavar="FIELD=COLUMN",
    help="Cột nào là trường nào · which column is which field.",
)
@click.option("--category", help="Loại quy hoạch cho cả tệp · category of every zone.")
@click.option(
    "--ground", help="Phạm vi quy hoạch: all | zones | tệp | mã đơn vị · the plan's ground."
)
@click.option("--decision", help="Số quyết định · decision.")
@click.option("--decided-on", type=DAY, help="Ngày quyết định · day of the decision.")
@click.option(
    "--reason",
    type=click.Choice(["legal", "resurvey", "redraw", "datum"]),
    help="Vì sao thay đổi · why stored features change.",
)
@click.option("--dry-run", is_flag=True, help="Chạy thử, không lưu · check only.")
@common
def ingest(
    kind: str,
    file: Path,
    pairs: tuple[str, ...],
    category: str | None,
    ground: str | None,
    decision: str | None,
    decided_on: date | None,
    reason: str | None,
    dry_run: bool,
    store_url: str,
    lang: Lang,
    as_json: bool,
    force: bool,
    quiet: bool,
    verbose: bool,
    **given: object,
) -> None:
    """Nhập một tệp vào kho trong một giao dịch, hoặc từ chối và nói hết lỗi.

    Validate a whole file, then store it.  Example: gisclusters ingest clusters ranh.gpkg
    """
    from gisclusters.cli.show import present
    from gisclusters.store import open_store
    from gisclusters.workflows.ingest import ingest as take

    del force
    options = read_options(
        given, mapping=field_map(pairs), category=category, ground=ground,
        decision=decision, decided_on=decided_on,
    )  # fmt: skip
    silent = quiet or as_json
    with open_store(store_url, create=True) as store, steps(lang, quiet=silent) as said:
        try:
            result = take(
                store, kind, file, options, recorded_at=datetime.now(UTC), reason=reason,
                dry_run=dry_run, said=said,
            )  # fmt: skip
        except KeyboardInterrupt as stop:  # not after the writing down, see ``writing``
            raise StoppedError("errors.stopped_unstored") from stop
    present(result, lang, as_json=as_json, quiet=quiet, everything=verbose)
    if dry_run and not as_json:
        click.echo(text("report.dry_run", lang))
