"""What the idle clock says of a parcel, in sentences: evidence, the rule, the day, the office."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from gisclusters.publish.result import Result
from gisclusters.words import Lang, day, has_text, text

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


def as_day(value: object) -> date | None:
    """A day of plain values, which are ISO text there."""
    if isinstance(value, str) and _ISO.fullmatch(value):
        return date.fromisoformat(value)
    return value if isinstance(value, date) else None


def evidence_lines(evidence: Iterable[Mapping[str, Any]], lang: Lang) -> list[str]:
    """The sentences of evidence, in its order; what has no sentence keeps its code."""
    lines = []
    for item in evidence:
        key = f"efficiency.evidence_{item['code']}"
        params = {name: as_day(value) or value for name, value in item["params"].items()}
        lines.append(text(key, lang, **params) if has_text(key) else str(item["code"]))
    return lines


def term_line(threshold: str, months: int, lang: Lang) -> str:
    """What a term of the clock says, with the months the rule file gives it."""
    return text(f"efficiency.clock_{threshold}", lang, months=months)


def rule_lines(result: Result, lang: Lang) -> list[tuple[str, str]]:
    """The version of each term that judged, with article, confidence and the days it holds."""
    lines = []
    for rule in result.extra.get("clock_rules") or []:
        since, until = as_day(rule["valid_from"]), as_day(rule["valid_to"])
        term = text("efficiency.clock_in_force", lang, since="…" if since is None else since,
                    until="…" if until is None else until)  # fmt: skip
        told = [rule["article"], text(f"report.confidence_{rule['confidence']}", lang), term]
        words = term_line(rule["threshold"], rule["months"], lang)
        lines.append((rule["rule_id"], f"{words} ({'; '.join(filter(None, told))})"))
    return lines


def due_line(row: Mapping[str, Any], lang: Lang) -> str:
    """When the limit of a listed parcel falls, or fell; empty where its list knows none."""
    due, days = as_day(row["due_on"]), row["due_in_days"]
    if due is None:
        return ""
    if days == 0:
        return text("efficiency.due_today", lang, due=day(due, lang))
    key = "efficiency.due_coming" if days > 0 else "efficiency.due_passed"
    return text(key, lang, due=due, days=abs(days))


def office_line(row: Mapping[str, Any], lang: Lang) -> str:
    """Who acts on a listed parcel and what is to be done; how sure that is, said with it."""
    if row["office"] is None:
        return text("efficiency.office_none", lang)
    return text(
        "efficiency.office_line", lang, office=row[f"office_{lang}"], act=row[f"act_{lang}"],
        confidence=text(f"report.confidence_{row['office_confidence']}", lang),
    )  # fmt: skip


def list_title(row: Mapping[str, Any], lang: Lang) -> str:
    """The name of the list a row stands in, with its horizon."""
    if row["within_days"] is not None:
        return text("efficiency.list_soon_within", lang, days=row["within_days"])
    return text(f"efficiency.list_{row['list']}", lang)


def reason_line(row: Mapping[str, Any], lang: Lang) -> str:
    """What is wrong with the record of an unknown parcel; empty for every other."""
    wrong = [item for item in row["evidence"] if item["code"] == row["reason"]]
    return " ".join(evidence_lines(wrong, lang))
