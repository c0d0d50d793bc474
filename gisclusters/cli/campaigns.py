"""``gisclusters markers campaigns`` and ``markers compare``: what was verified before."""

from __future__ import annotations

from pathlib import Path

import click

from gisclusters.cli.options import ID, common, outputs
from gisclusters.words import Lang


@click.command()
@click.option("--cluster", "cluster_id", type=ID, help="Mã cụm · stored cluster (default: all).")
@outputs
@common
def campaigns(
    cluster_id: str | None,
    outs: tuple[Path, ...],
    store_url: str,
    lang: Lang,
    as_json: bool,
    force: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    """Các đợt đo mốc đã ghi trong kho.

    Marker campaigns kept in the store.  Example: gisclusters markers campaigns --cluster CCN-01
    """
    from gisclusters.cli.show import check_outs, present
    from gisclusters.store import open_store
    from gisclusters.workflows.campaigns import list_campaigns

    check_outs(outs, force=force, inputs=[store_url])
    with open_store(store_url) as store:
        result = list_campaigns(store, cluster_id)
    present(result, lang, as_json=as_json, quiet=quiet, outs=outs, force=force,
            everything=verbose)  # fmt: skip


@click.command()
@click.option("--cluster", "cluster_id", type=ID, required=True, help="Mã cụm · stored cluster.")
@click.option(
    "--from",
    "earlier",
    metavar="RUN",
    help="Đợt trước (mã lần chạy) · earlier campaign (default: the last but one).",
)
@click.option(
    "--to",
    "later",
    metavar="RUN",
    help="Đợt sau (mã lần chạy) · later campaign (default: the last).",
)
@outputs
@common
def compare(
    cluster_id: str,
    earlier: str | None,
    later: str | None,
    outs: tuple[Path, ...],
    store_url: str,
    lang: Lang,
    as_json: bool,
    force: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    """Mốc nào xê dịch, mất, tìm lại được, mới cắm giữa hai đợt đo.

    What moved between two campaigns.  Example: gisclusters markers compare --cluster CCN-01
    """
    from gisclusters.cli.show import check_outs, present
    from gisclusters.clock import today
    from gisclusters.store import open_store
    from gisclusters.workflows.campaigns import compare_stored

    check_outs(outs, force=force, inputs=[store_url])
    with open_store(store_url) as store:
        result = compare_stored(store, cluster_id, earlier=earlier, later=later, as_of=today())
    present(result, lang, as_json=as_json, quiet=quiet, outs=outs, force=force,
            everything=verbose)  # fmt: skip
