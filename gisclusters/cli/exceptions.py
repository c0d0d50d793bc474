"""``gisclusters exceptions``: the register of accepted overlaps."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import click

from gisclusters.cli.options import DAY, ID, as_of_option, as_of_or_today, common, outputs
from gisclusters.words import Lang


@click.group()
def exceptions() -> None:
    """Sổ chồng lấn đã được chấp nhận · the register of accepted overlaps."""


@exceptions.command("list")
@click.option("--cluster", "ids", type=ID, multiple=True, help="Mã cụm · cluster (repeatable).")
@as_of_option
@outputs
@common
def list_(
    ids: tuple[str, ...],
    as_of: date | None,
    outs: tuple[Path, ...],
    store_url: str,
    lang: Lang,
    as_json: bool,
    force: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    """Chồng lấn nào đã được chấp nhận, do ai, theo văn bản nào, đến ngày nào.

    Every accepted overlap, ended ones too.  Example: gisclusters exceptions list --json
    """
    from gisclusters.cli.show import check_outs, present
    from gisclusters.store import open_store
    from gisclusters.workflows.exceptions import list_exceptions

    check_outs(outs, force=force, inputs=[store_url])
    with open_store(store_url) as store:
        result = list_exceptions(store, ids=ids, as_of=as_of_or_today(as_of))
    present(result, lang, as_json=as_json, quiet=quiet, outs=outs, force=force,
            everything=verbose)  # fmt: skip


@exceptions.command()
@click.option("--cluster", "cluster_id", type=ID, required=True, help="Mã cụm · cluster.")
@click.option("--plan", "plan_id", type=ID, required=True,
              help="Mã quy hoạch (clusters: cụm khác) · plan id.")  # fmt: skip
@click.option("--zone", "zone_id", type=ID, required=True, help="Mã vùng · zone id.")
@click.option("--rule", "rule_id", type=ID,
              help="Mã quy tắc, khi có nhiều chồng lấn · rule id, where several fit.")  # fmt: skip
@click.option("--reason", required=True, help="Lý do chấp nhận · why it is accepted.")
@click.option("--document", required=True, help="Số văn bản · document number.")
@click.option("--by", "person", required=True, help="Người chấp nhận · who accepts it.")
@click.option("--decided-on", type=DAY, required=True, help="Ngày văn bản · day of the document.")
@click.option("--until", type=DAY, required=True, help="Hết hạn (còn hiệu lực) · last day.")
@click.option("--rules", default="vn", show_default=True, help="Bộ quy tắc · rule set.")
@as_of_option
@common
def add(
    cluster_id: str,
    plan_id: str,
    zone_id: str,
    rule_id: str | None,
    reason: str,
    document: str,
    person: str,
    decided_on: date,
    until: date,
    rules: str,
    as_of: date | None,
    store_url: str,
    lang: Lang,
    as_json: bool,
    force: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    """Ghi một chồng lấn được chấp nhận, đúng như lần kiểm tra hôm nay thấy.

    Accept one overlap as it is found today.  Example: gisclusters exceptions add --cluster N1
    --plan QH-LUA --zone Z1 --reason "Đã chuyển mục đích" --document 12/NQ-HĐND
    --by "Trần Văn A" --decided-on 2026-10-01 --until 2027-10-01
    """
    from gisclusters.cli.show import present
    from gisclusters.store import open_store
    from gisclusters.workflows.exceptions import add_exception

    del force
    with open_store(store_url) as store:
        result = add_exception(
            store, cluster_id=cluster_id, plan_id=plan_id, zone_id=zone_id, reason=reason,
            document=document, person=person, decided_on=decided_on, until=until,
            as_of=as_of_or_today(as_of), recorded_at=datetime.now(UTC), rules=rules,
            rule_id=rule_id,
        )  # fmt: skip
    present(result, lang, as_json=as_json, quiet=quiet, everything=verbose)


@exceptions.command()
@click.argument("exception_id", type=ID)
@click.option("--reason", required=True, help="Lý do · why.")
@click.option("--document", help="Số văn bản · document number.")
@click.option("--by", "person", required=True, help="Người quyết định · who decides.")
@click.option("--on", "ended_on", type=DAY, help="Từ ngày (mặc định: hôm nay) · from (today).")
@common
def end(
    exception_id: str,
    reason: str,
    document: str | None,
    person: str,
    ended_on: date | None,
    store_url: str,
    lang: Lang,
    as_json: bool,
    force: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    """Thôi chấp nhận một chồng lấn; dòng cũ vẫn nằm trong sổ.

    End an exception; its history stays.  Example: gisclusters exceptions end EX-1
    --reason "Hết lý do" --by "Trần Văn A"
    """
    from gisclusters.cli.show import present
    from gisclusters.store import open_store
    from gisclusters.workflows.exceptions import end_exception

    del force
    with open_store(store_url) as store:
        result = end_exception(
            store, exception_id, ended_on=as_of_or_today(ended_on), reason=reason,
            document=document, person=person, recorded_at=datetime.now(UTC),
        )  # fmt: skip
    present(result, lang, as_json=as_json, quiet=quiet, everything=verbose)
