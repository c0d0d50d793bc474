"""``gisclusters layers``: what the store holds."""

from __future__ import annotations

import click

from gisclusters.cli.options import common
from gisclusters.words import Lang


@click.command()
@common
def layers(
    store_url: str, lang: Lang, as_json: bool, force: bool, quiet: bool, verbose: bool
) -> None:
    """Kho đang giữ gì: loại lớp, số lượng, hệ tọa độ, lần thay đổi cuối.

    What the store holds.  Example: gisclusters layers --json
    """
    from gisclusters.cli.show import present
    from gisclusters.store import open_store
    from gisclusters.workflows.listing import list_layers

    del force, verbose
    with open_store(store_url) as store:
        result = list_layers(store)
    present(result, lang, as_json=as_json, quiet=quiet, everything=True)
