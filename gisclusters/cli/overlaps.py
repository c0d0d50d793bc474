"""``gisclusters overlaps``: hold boundaries against every other plan."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal

import click

from gisclusters.cli.options import (
    DAY,
    FILE,
    ID,
    METRES,
    as_of_option,
    as_of_or_today,
    common,
    fail_on_option,
    outputs,
    reading,
    reading_of,
)  # fmt: skip
from gisclusters.cli.progress import steps
from gisclusters.cli.reading import read_options
from gisclusters.errors import UsageError
from gisclusters.words import Lang, text


@click.command()
@click.option("--boundary", type=FILE, help="Tệp ranh giới · boundary file.")
@click.option("--cluster", "ids", type=ID, multiple=True, help="Mã cụm trong kho · stored cluster.")
@click.option("--all", "everything", is_flag=True, help="Mọi cụm trong kho · all clusters.")
@click.option("--plan", "plans", type=FILE, multiple=True, help="Tệp quy hoạch · plan file.")
@click.option("--category", help="Loại quy hoạch cho cả tệp · category of every zone.")
@click.option(
    "--ground", help="Phạm vi quy hoạch: all | zones | tệp | mã đơn vị · the plan's ground."
)
@as_of_option
@click.option("--rules", default="vn", show_default=True, help="Bộ quy tắc · rule set.")
@click.option(
    "--fit-rules", default="vn_fit", show_default=True, help="Quy tắc về sự phù hợp · rules of fit."
)
@click.option(
    "--checklist", default="vn_completeness", show_default=True,
    help="Danh mục thành phần hồ sơ · checklist of plan and dossier.",
)  # fmt: skip
@click.option(
    "--stage",
    type=click.Choice(["draft", "appraisal"]),
    default="draft",
    show_default=True,
    help="Giai đoạn · stage.",
)
@click.option(
    "--changes-on", type=DAY, help="Điều gì khác đi vào ngày này · what differs on this day."
)
@click.option(
    "--propose",
    is_flag=False,
    flag_value="blocking",
    type=click.Choice(["blocking", "approval"]),
    help="Đề xuất ranh giới bỏ phần không được (approval: cả phần cần chấp thuận) · "
    "a boundary without its conflicts.",
)
@click.option(
    "--corner-spacing-m",
    type=METRES,
    help="Khoảng cách tối thiểu giữa điểm mới của đề xuất (m) · least spacing of new corners.",
)
@click.option(
    "--coordinates/--no-coordinates",
    default=None,
    help="Bảng tọa độ từng phần chồng lấn (mặc định: có, trừ --all) · coordinates of each piece.",
)
@click.option(
    "--letters", type=FILE,
    help="Thư mục ghi dự thảo công văn (.docx) hỏi ý kiến, mỗi quy hoạch một công văn · "
    "draft letters, one a plan.",
)  # fmt: skip
@reading
@reading_of("boundary", "ranh giới")
@reading_of("plan", "quy hoạch")
@outputs
@fail_on_option
@common
def overlaps(
    boundary: Path | None,
    ids: tuple[str, ...],
    everything: bool,
    plans: tuple[Path, ...],
    category: str | None,
    ground: str | None,
    as_of: date | None,
    rules: str,
    stage: str,
    fit_rules: str,
    checklist: str,
    changes_on: date | None,
    propose: Literal["blocking", "approval"] | None,
    corner_spacing_m: float | None,
    coordinates: bool | None,
    letters: Path | None,
    outs: tuple[Path, ...],
    fail_on: str | None,
    store_url: str,
    lang: Lang,
    as_json: bool,
    force: bool,
    quiet: bool,
    verbose: bool,
    **given: object,
) -> int:
    """Ranh giới có chồng lấn quy hoạch nào đang hiệu lực, bao nhiêu, theo quy định nào.

    Plan overlap check.  Example: gisclusters overlaps --boundary ranh.xlsx --plan rung.gpkg
    """
    from contextlib import nullcontext

    from gisclusters.cli.show import check_outs, fails, present
    from gisclusters.domain.verdicts import Stage
    from gisclusters.store import open_store
    from gisclusters.workflows.check_overlaps import check_boundary, check_store
    from gisclusters.workflows.proposing import Wish

    if sum((boundary is not None, bool(ids), everything)) != 1:
        raise UsageError("errors.which_subject")
    check_outs(outs, force=force, inputs=[boundary, *plans, store_url])
    if letters is not None:
        from gisclusters.publish.letters import check_letters, write_letters

        check_letters(letters, force=force)
    day = as_of_or_today(as_of)
    plan_options = read_options(given, "plan", category=category, ground=ground)
    wish = Wish(
        proposals=propose, corner_spacing_m=corner_spacing_m,
        coordinates=not everything if coordinates is None else coordinates,
    )  # fmt: skip
    from_files = boundary is not None and plans
    with (
        nullcontext() if from_files else open_store(store_url) as store,
        steps(lang, quiet=quiet or as_json) as said,
    ):
        said("overlaps")
        if boundary is not None or store is None:
            if boundary is None:
                raise UsageError("errors.which_subject")
            result = check_boundary(
                boundary, plans, boundary_options=read_options(given, "boundary"),
                plan_options=plan_options, store=store, as_of=day, rules=rules,
                stage=Stage(stage), changes_on=changes_on, wish=wish,
                fit_rules=fit_rules, checklist=checklist,
            )  # fmt: skip
        else:
            result = check_store(
                store, plans, ids=ids, plan_options=plan_options, as_of=day, rules=rules,
                stage=Stage(stage), changes_on=changes_on, wish=wish,
                fit_rules=fit_rules, checklist=checklist,
            )  # fmt: skip
    # Written before anything is printed: who reads the output may go away in the middle.
    written = [] if letters is None else write_letters(result, letters, lang)
    present(result, lang, as_json=as_json, quiet=quiet, outs=outs, force=force,
            everything=verbose)  # fmt: skip
    if letters is not None and not quiet:
        click.echo(text("report.letters", lang, count=len(written), path=str(letters)), err=True)
    return 5 if fails(result, fail_on) else 0
