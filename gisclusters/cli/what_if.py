"""``gisclusters efficiency what-if``: may a cluster be founded or expanded on a day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from gisclusters.cli.options import (
    DAY,
    FILE,
    ID,
    as_of_option,
    as_of_or_today,
    common,
    outputs,
    reading,
)  # fmt: skip
from gisclusters.cli.progress import steps
from gisclusters.cli.reading import read_options
from gisclusters.words import Lang


@click.command("what-if")
@click.option("--found", type=FILE, help="Ranh giới cụm định thành lập · boundary to be founded.")
@click.option("--cluster", "cluster_id", type=ID,
              help="Cụm trong kho định thành lập · stored cluster to be founded.")  # fmt: skip
@click.option("--expand", type=ID, help="Cụm trong kho định mở rộng · stored cluster to expand.")
@click.option("--by-ha", type=float, help="Mở rộng thêm (ha) · hectares more.")
@click.option("--boundary", type=FILE,
              help="Ranh giới phần mở rộng hoặc toàn bộ · ground added, or the whole.")  # fmt: skip
@as_of_option
@click.option(
    "--filed-on", type=DAY,
    help="Ngày nộp hồ sơ, cho điều khoản chuyển tiếp · day the dossier was filed.",
)  # fmt: skip
@click.option("--holidays", type=FILE,
              help="Tệp ngày nghỉ lễ, mỗi dòng một ngày · days off work, one a line.")  # fmt: skip
@click.option("--rules", default="vn_founding", show_default=True, help="Bộ quy tắc · rule set.")
@reading
@outputs
@common
def what_if(
    found: Path | None,
    cluster_id: str | None,
    expand: str | None,
    by_ha: float | None,
    boundary: Path | None,
    as_of: date | None,
    filed_on: date | None,
    holidays: Path | None,
    rules: str,
    outs: tuple[Path, ...],
    store_url: str,
    lang: Lang,
    as_json: bool,
    force: bool,
    quiet: bool,
    verbose: bool,
    **given: object,
) -> None:
    """Cụm này có được thành lập, mở rộng vào ngày đó không, còn thiếu gì.

    May this cluster be founded or expanded on that day, and what is missing.

    Example: gisclusters efficiency what-if --expand N5 --by-ha 20 --as-of 2026-09-16
    """
    from gisclusters.cli.show import check_outs, present
    from gisclusters.store import open_store
    from gisclusters.workflows.what_if import what_if as ask
    from gisclusters.workflows.what_if_case import WhatIf

    asked = WhatIf(found=found, cluster_id=cluster_id, expand=expand, by_ha=by_ha,
                   boundary=boundary)  # fmt: skip
    asked.check()
    check_outs(outs, force=force, inputs=[found, boundary, holidays, rules, store_url])
    with open_store(store_url) as store, steps(lang, quiet=quiet or as_json) as said:
        said("efficiency")
        result = ask(
            store, asked, as_of=as_of_or_today(as_of), filed_on=filed_on, rules=rules,
            holidays=holidays, options=read_options(given),
        )  # fmt: skip
    present(result, lang, as_json=as_json, quiet=quiet, outs=outs, force=force,
            everything=verbose)  # fmt: skip
