"""Draft letters to tenants whose land is idle, late, lapsed, near a limit or in other hands.

One letter per parcel of the lists of an efficiency run, under the article of the rule that
falls; what the record does not know (contract, day of the answer, number, signature) is left
in dots, and a rule that is not sure says so.  A parcel whose status is ``unknown`` gets none:
its record is to be mended, not its tenant to be written to.  The form is that of an official
letter, Decree 30/2020/NĐ-CP, annex III, form 1.5.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gisclusters.publish.clock_words import (
    as_day,
    evidence_lines,
    office_line,
    rule_lines,
    term_line,
)
from gisclusters.publish.letter_parts import body, centred, file_name, foot, head, write_papers
from gisclusters.publish.report import run_lines
from gisclusters.publish.result import Result
from gisclusters.publish.word_paper import add_table, new_paper
from gisclusters.words import Lang, day, has_text, number, text

_KINDS = ("lapsed", "idle", "soon", "late")
_TRANSFER = "transfer_unapproved"
_WIDTHS = (2, 5)
_SIZES_PT = (12.0, 12.0)


@dataclass(frozen=True, slots=True)
class TenantLetter:
    """One draft: its kind (``lapsed idle soon late transfer``) and the row it speaks of.

    ``transfer``: the row of an occupant who is not the lessee, where it asks about that too.
    """

    kind: str
    row: Mapping[str, Any]
    transfer: Mapping[str, Any] | None
    name: str


def tenant_letters(result: Result) -> list[TenantLetter]:
    """The letters an efficiency run calls for, the gravest kind of each parcel, in list order."""
    by_parcel: dict[tuple[str, str], dict[str, Mapping[str, Any]]] = {}
    for row in result.extra.get("worklists") or []:
        if row["status"] != "unknown":
            lists = by_parcel.setdefault((str(row["cluster_id"]), str(row["parcel_id"])), {})
            lists[row["list"]] = row
    found, taken = [], set[str]()
    for (cluster, parcel), lists in by_parcel.items():
        kind = next((each for each in _KINDS if each in lists), None)
        row = lists[kind or _TRANSFER]
        name = file_name(f"{kind or 'transfer'}-{cluster}-{parcel}", taken)
        found.append(TenantLetter(kind or "transfer", row, lists.get(_TRANSFER), name))
    return found


def write_tenant_letters(result: Result, folder: Path, lang: Lang) -> list[Path]:
    """Write the letters of a result into a folder, and give their paths.

    Raises UnavailableError (``out_failed``) where the system refuses.
    """
    return write_papers(
        folder, ((letter.name, _paper(result, letter, lang)) for letter in tenant_letters(result))
    )


def _paper(result: Result, letter: TenantLetter, lang: Lang) -> Any:
    paper = new_paper(lang, made_on=result.run.as_of, size_pt=13, wide=False)
    values = _values(result, letter, lang)
    row = letter.row
    office = row[f"office_{lang}"] if row["office_named"] else None
    head(paper, text(f"letters.tenant_about_{letter.kind}", lang, **values), lang, office=office)
    centred(paper, text("letters.tenant_to", lang, **values))
    for words in _bases(letter, lang):
        body(paper, words)
    body(paper, text("letters.tenant_checked", lang, **values))
    add_table(
        paper, [[text("letters.tenant_item", lang)], [text("letters.tenant_value", lang)]],
        [("", ([name], [value])) for name, value in _facts(letter, lang)], [False, False],
        weights=_WIDTHS, sizes_pt=_SIZES_PT,
    )  # fmt: skip
    if letter.kind != "transfer":
        body(paper, text(f"letters.tenant_state_{letter.kind}", lang, **values))
    if letter.transfer is not None:
        body(paper, text("letters.tenant_state_transfer", lang, **values))
    evidence = evidence_lines(row["evidence"], lang)
    if evidence:
        body(paper, text("letters.tenant_evidence", lang))
        for line in evidence:
            paper.add_paragraph(line, style="List Bullet")
    if letter.kind != "transfer":
        body(paper, text(f"letters.tenant_ask_{letter.kind}", lang, **values))
    if letter.transfer is not None:
        body(paper, text("letters.tenant_ask_transfer", lang, **values))
    body(paper, text("letters.tenant_limits", lang, **values))
    foot(paper, _small_print(result, row, lang), lang)
    return paper


def _bases(letter: TenantLetter, lang: Lang) -> list[str]:
    """The provisions a letter stands on; one that nobody is sure of says so."""
    row, told = letter.row, []
    if row["threshold"] is not None and row["article"]:
        told.append(_basis(row, term_line(row["threshold"], row["months"], lang), lang))
    elif letter.kind != "transfer":
        told.append(text("letters.tenant_basis_none", lang))
    if letter.transfer is not None:
        key = f"efficiency.rule_{letter.transfer['rule_id']}"
        if letter.transfer["article"] and has_text(key):
            told.append(_basis(letter.transfer, text(key, lang), lang))
        else:
            told.append(text("letters.tenant_basis_transfer", lang))
    return told


def _basis(row: Mapping[str, Any], rule: str, lang: Lang) -> str:
    key = "letters.tenant_basis" if row["confidence"] == "sure" else "letters.tenant_basis_unsure"
    confidence = text(f"report.confidence_{row['confidence']}", lang)
    return text(key, lang, article=row["article"], rule=rule, confidence=confidence)


def _small_print(result: Result, row: Mapping[str, Any], lang: Lang) -> list[tuple[str, str]]:
    """Who acts and the run; of the terms that judged only the one of this letter."""
    others = {name for name, _ in rule_lines(result, lang)} - {row["rule_id"]}
    office = (text("letters.tenant_office", lang), office_line(row, lang))
    return [office, *(line for line in run_lines(result, lang) if line[0] not in others)]


def _facts(letter: TenantLetter, lang: Lang) -> list[tuple[str, str]]:
    row = letter.row
    cluster = row["cluster_name"] or row["cluster_id"]
    facts = [
        ("letters.tenant_cluster", f"{cluster} ({row['cluster_id']})"),
        ("report.col_parcel_id", row["parcel_id"]),
        ("report.col_sheet_no", row["sheet_no"] or "………"),
        ("report.col_parcel_no", row["parcel_no"] or "………"),
        ("letters.tenant_area_m2", number(row["area_m2"], lang, 1)),
    ]
    if row["registered_area_m2"] is not None:
        registered = number(row["registered_area_m2"], lang, 1)
        facts.append(("report.col_registered_area_m2", registered))
    facts.append(("report.col_lessee", row["lessee"] or "………"))
    if row["occupant"]:
        facts.append(("report.col_occupant", row["occupant"]))
    told = [(text(key, lang), str(value)) for key, value in facts]
    contract = (text("letters.tenant_contract", lang), text("letters.tenant_contract_dots", lang))
    return [*told, contract]


def _values(result: Result, letter: TenantLetter, lang: Lang) -> dict[str, str]:
    row = letter.row
    due, days = as_day(row["due_on"]), row["due_in_days"]
    return {
        "parcel": str(row["parcel_id"]),
        "cluster": str(row["cluster_name"] or row["cluster_id"]),
        "lessee": row["lessee"] or text("letters.tenant_unknown", lang),
        "occupant": row["occupant"] or text("letters.tenant_nobody", lang),
        "due": "……/……/……" if due is None else day(due, lang),
        "days": "……" if days is None else number(abs(days), lang),
        "extension": _extension_months(result, lang),
        "as_of": "……" if result.run.as_of is None else day(result.run.as_of, lang),
        "crs": row["crs"] or "–", "run": result.run.id,
    }  # fmt: skip


def _extension_months(result: Result, lang: Lang) -> str:
    for rule in result.extra.get("clock_rules") or []:
        if rule["threshold"] == "extension":
            return number(rule["months"], lang)
    return "……"
