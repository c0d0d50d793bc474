"""``gisclusters inspect``: what is in a file, without storing anything."""

from __future__ import annotations

from pathlib import Path

import click

from gisclusters.cli.options import FILE, common, outputs, reading
from gisclusters.cli.reading import read_options
from gisclusters.words import Lang


@click.command()
@click.argument("files", nargs=-1, required=True, type=FILE)
@reading
@outputs
@common
def inspect(
    files: tuple[Path, ...],
    outs: tuple[Path, ...],
    store_url: str,
    lang: Lang,
    as_json: bool,
    force: bool,
    quiet: bool,
    verbose: bool,
    **given: object,
) -> None:
    """Xem tệp có gì: định dạng, bảng mã, hệ tọa độ, thứ tự trục, lỗi hình học.

    What is in a file.  Example: gisclusters inspect ranh.xlsx --province "Kon Tum"
    """
    from contextlib import nullcontext

    from gisclusters.cli.show import check_outs, present
    from gisclusters.store import open_store
    from gisclusters.workflows.listing import inspect_files

    check_outs(outs, force=force, inputs=files)
    given_store = Path(store_url).is_file()
    with open_store(store_url) if given_store else nullcontext() as store:
        result = inspect_files(files, read_options(given), store)
    present(result, lang, as_json=as_json, quiet=quiet, outs=outs, force=force,
            everything=verbose)  # fmt: skip
