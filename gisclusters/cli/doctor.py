"""``gisclusters doctor``: is everything in place?"""

from __future__ import annotations

import json

import click

from gisclusters.cli.options import common
from gisclusters.words import Lang

UNAVAILABLE = 4
_MARKS = {"ok": "✓", "note": "•", "fault": "✗"}


@click.command()
@common
def doctor(
    store_url: str, lang: Lang, as_json: bool, force: bool, quiet: bool, verbose: bool
) -> int:
    """Kiểm tra thư viện, hệ quy chiếu, trình duyệt in PDF, kho.

    Check libraries, datum operation, browser for PDF, store.  Example: gisclusters doctor
    """
    from dataclasses import asdict

    import gisclusters
    from gisclusters.workflows.doctor import examine

    del lang, force, verbose
    found = examine(store_url, cleared=gisclusters.CLEARED_ENVIRONMENT)
    if as_json:
        click.echo(json.dumps({"checks": [asdict(row) for row in found]}, ensure_ascii=False))
    else:
        for row in found:
            if not quiet or row.state != "ok":
                click.echo(f"{_MARKS[row.state]} {row.name}: {row.detail}")
    return UNAVAILABLE if any(row.state == "fault" for row in found) else 0
