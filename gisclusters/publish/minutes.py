"""Minutes of a marker inspection, ready to sign: what was found, dots for what people know.

In the form of minutes of Decree 30/2020/NĐ-CP (annex III, form 1.9).  Nothing is invented:
what the form of the inspection does not give is left in dots.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd

from gisclusters.domain.marker_names import normal_id
from gisclusters.domain.minutes_form import MinutesForm, Party, Photo
from gisclusters.domain.source import Source
from gisclusters.domain.verdicts import NAMING, UNEXPLAINED, MarkerCause, MarkerVerdict
from gisclusters.publish.document import issue_rows
from gisclusters.publish.marker_sketch import marker_sketch
from gisclusters.publish.minutes_parts import (
    Block,
    Lines,
    Minutes,
    Part,
    Picture,
    Pictures,
    Sketch,
    Words,
)
from gisclusters.publish.minutes_tables import boundary_blocks, control_table, markers_table
from gisclusters.publish.plain_words import without_commands
from gisclusters.publish.report import run_lines
from gisclusters.publish.result import Result
from gisclusters.publish.sheet import crs_words
from gisclusters.words import Lang, day, has_text, number, text

_SIDES = ("investor", "surveyor", "commune", "land_user")
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")


def make_minutes(result: Result, lang: Lang) -> Minutes:
    """The minutes of one verification in ``lang``."""
    form = result.minutes or MinutesForm()
    findings = (
        pd.concat(list(result.findings), ignore_index=True) if result.findings else pd.DataFrame()
    )
    parts: list[tuple[str, list[Block]]] = [
        ("who", _who(result, findings, form, lang)),
        ("basis", _basis(result, form, lang)),
        ("survey", _survey(result, form, lang)),
        ("found", _found(result, findings, lang)),
        ("sketch", _sketch(result, lang)),
        ("boundary", boundary_blocks(result, lang)),
        ("photos", _photos(findings, form, lang)),
        ("run", [Lines(run_lines(result, lang))]),
        ("handover", _handover(form, lang)),
    ]
    shown = [(name, blocks) for name, blocks in parts if blocks]
    cluster = _cluster(result, findings, form)
    return Minutes(
        office=[each for each in (
            form.facts.get("superior_office", "").upper(),
            form.facts.get("office", "").upper() or text("minutes.office", lang),
        ) if each],
        state=[text("letters.state", lang), text("letters.motto", lang)],
        number=text("minutes.number_given", lang, number=form.facts["number"])
        if "number" in form.facts else text("minutes.number", lang),
        place_and_day=_place_and_day(form, lang),
        title=text("minutes.title", lang),
        subject=text("minutes.subject_of", lang, cluster=cluster) if cluster
        else text("minutes.subject", lang),
        parts=[
            Part(f"{numeral}. {text(f'minutes.part_{name}', lang)}", blocks)
            for numeral, (name, blocks) in zip(_ROMAN, shown, strict=False)
        ],
        signatures=_signatures(form, lang),
        note=text("minutes.form_note", lang, run=result.run.id),
        run_id=result.run.id,
    )  # fmt: skip


def _fact(form: MinutesForm, name: str, lang: Lang) -> str:
    return form.facts.get(name) or text("minutes.dots", lang)


def _day(value: date | None, lang: Lang) -> str:
    return text("minutes.open_day", lang) if value is None else day(value, lang)


def _place_and_day(form: MinutesForm, lang: Lang) -> str:
    place = form.facts.get("place") or text("minutes.open_place", lang)
    if form.date is None:
        return text("minutes.place_and_day", lang, place=place)
    return text("minutes.place_and_given_day", lang, place=place, day=f"{form.date.day:02d}",
                month=f"{form.date.month:02d}", year=str(form.date.year))  # fmt: skip


def _cluster(result: Result, findings: pd.DataFrame, form: MinutesForm) -> str | None:
    """The cluster as people named it, else as the store or the table does."""
    if "cluster" in form.facts:
        return form.facts["cluster"]
    found = [str(each) for each in findings.get("cluster_id", pd.Series(dtype=object)).dropna()]
    names = list(dict.fromkeys(found))
    for frame in result.drawn:
        for cluster_id, name in zip(frame["cluster_id"], frame["name"], strict=True):
            if names == [str(cluster_id)] and isinstance(name, str) and name != cluster_id:
                return f"{name} ({cluster_id})"
    return ", ".join(names) or None


def _who(result: Result, findings: pd.DataFrame, form: MinutesForm, lang: Lang) -> list[Block]:
    designed = 0
    if len(findings):
        designed = int((findings["verdict"] != str(MarkerVerdict.EXTRA)).sum())
    hour = form.facts.get("start_time") or text("minutes.open_hour", lang)
    pairs = [
        (text("minutes.start", lang),
         text("minutes.hour_and_day", lang, hour=hour, day=_day(form.date, lang))),
        (text("minutes.place", lang), _fact(form, "place", lang)),
        (text("minutes.cluster", lang),
         _cluster(result, findings, form) or text("minutes.dots", lang)),
        (text("minutes.parcel", lang), _fact(form, "parcel", lang)),
        (text("minutes.sheet", lang), _fact(form, "sheet", lang)),
        (text("minutes.count", lang), number(designed, lang)),
    ]  # fmt: skip
    parties = form.parties or tuple(
        Party(role=text(f"minutes.party_{side}", lang)) for side in _SIDES
    )
    return [Lines(pairs), *(_party(party, lang) for party in parties)]


def _party(party: Party, lang: Lang) -> Words:
    dots = text("minutes.dots", lang)
    about = ": ".join(filter(None, (party.role, party.organisation or dots)))
    persons = [
        text("minutes.person", lang, name=each.name or dots, position=each.position or dots)
        for each in party.persons
    ]
    return Words([about, *(persons or [text("minutes.person", lang, name=dots, position=dots)])],
                 "party")  # fmt: skip


def _basis(result: Result, form: MinutesForm, lang: Lang) -> list[Block]:
    pairs = []
    designs = [source for source in result.run.sources if source.role == "markers"]
    said = next((source for source in designs if source.decision), None)
    named, decided = form.facts.get("decision"), form.decision_date
    if named is None and said is not None:
        named, decided = said.decision, decided or said.decided_on
    pairs.append(
        (text("minutes.decision", lang),
         text("minutes.decision_words", lang, number=named or text("minutes.dots", lang),
              day=_day(decided, lang), office=_fact(form, "decision_by", lang)))
    )  # fmt: skip
    for source in result.run.sources:
        key = f"minutes.file_{source.role}"
        what = text(key if has_text(key) else "minutes.file_other", lang)
        pairs.append((what, _file(source, lang)))
    return [Words([text("minutes.law", lang)]), Lines(pairs)]


def _file(source: Source, lang: Lang) -> str:
    layer = f" [{source.layer}]" if source.layer else ""
    return text("minutes.file_words", lang, name=f"{source.name}{layer}", rows=source.rows,
                crs=source.crs_as_received or "–", sha256=source.sha256)  # fmt: skip


def _survey(result: Result, form: MinutesForm, lang: Lang) -> list[Block]:
    names = ("instrument", "instrument_serial", "instrument_checked", "base_station", "method",
             "weather")  # fmt: skip
    pairs = [(text(f"minutes.{name}", lang), _fact(form, name, lang)) for name in names]
    run = result.run
    told = text("report.tolerance", lang)
    pairs += [
        (text("minutes.crs", lang), "–" if run.crs is None else
         f"{crs_words(run.crs, lang)}. {text('minutes.axes', lang)}"),
        (text("report.datum", lang), run.datum_operation or text("report.datum_none", lang)),
        *(line for line in run_lines(result, lang) if line[0] == told),
        (text("minutes.rule", lang),
         f"{text('minutes.rule_words', lang)} {text(_judged(result), lang)}"),
    ]  # fmt: skip
    points = result.extra.get("control_points") or []
    pairs.append(
        (text("minutes.control", lang), text("minutes.control_given", lang, count=len(points))
         if points else text("minutes.control_none", lang))
    )  # fmt: skip
    return [Lines(pairs)]


def _judged(result: Result) -> str:
    """Which length the verdicts stand on, as the judgement of markers takes it."""
    diagnosis = result.extra.get("diagnosis") or {}
    cause, control = diagnosis.get("cause"), diagnosis.get("control")
    if cause in {None, MarkerCause.NONE, *NAMING} or control == "ground":
        return "minutes.rule_raw"
    if cause in UNEXPLAINED and control != "survey":
        return "minutes.rule_unexplained"
    return "minutes.rule_residual"


def _found(result: Result, findings: pd.DataFrame, lang: Lang) -> list[Block]:
    blocks: list[Block] = []
    verdicts = findings["verdict"].map(str) if len(findings) else pd.Series(dtype=object)
    counts = verdicts.value_counts()
    pairs = [
        (text(f"markers.verdict_{verdict}", lang), number(int(counts[str(verdict)]), lang))
        for verdict in MarkerVerdict if str(verdict) in counts
    ]  # fmt: skip
    blocks.append(Lines([*pairs, (text("minutes.all", lang), number(len(findings), lang))]))
    if len(findings) and set(verdicts) <= {"missing", "extra"}:
        blocks.append(Words([text("minutes.summary_none", lang)], "bad"))
    blocks += _diagnosis(result.extra.get("diagnosis"), lang)
    controlled = bool(result.extra.get("control_points"))
    for row in issue_rows(result.issues, lang):
        if row["level"] != "info":
            followed = controlled and row["code"] == "datum_accuracy"
            message, remedy = (without_commands(row[name], lang) for name in ("message", "remedy"))
            said = [f"{text('minutes.warning', lang)}: {message}"]
            blocks.append(Words(said if followed else [*said, remedy], "warn"))
    if len(findings):
        blocks.append(markers_table(findings, lang))
    control = control_table(result, lang)
    return [*blocks, *([] if control is None else [control])]


def _diagnosis(diagnosis: Any, lang: Lang) -> list[Block]:
    if not diagnosis or not diagnosis.get("cause"):
        return []
    cause = str(diagnosis["cause"])
    clean = cause == str(MarkerCause.NONE)
    words = text(f"markers.cause_{cause}", lang) if has_text(f"markers.cause_{cause}") else cause
    certainty = f"markers.certainty_{diagnosis.get('certainty')}"
    if not clean and has_text(certainty):
        words += f" ({text(certainty, lang)})"
    said = [f"{text('minutes.diagnosis', lang)}: {words}."]
    said += [
        f"{text(f'minutes.{name}', lang)}: {words}"
        for name in ("evidence", "remedy")
        if (words := without_commands(diagnosis.get(name) or "", lang))
    ]
    return [Words(said, "good" if clean else "bad")]


def _sketch(result: Result, lang: Lang) -> list[Block]:
    plan = marker_sketch(result, lang)
    if plan is None:
        return [Words([text("minutes.sketch_none", lang)])]
    told: Sequence[str] = plan["left_out"]
    return [Sketch(plan), *([Words(told)] if told else [])]


def _photos(findings: pd.DataFrame, form: MinutesForm, lang: Lang) -> list[Block]:
    if not form.photos:
        return []
    names = [str(name) for name in findings.get("marker_id", [])]
    by_name = {name.casefold(): k for k, name in enumerate(names)}
    keys = [normal_id(name) for name in names]
    once = Counter(keys)
    alike = {key: k for k, key in enumerate(keys) if once[key] == 1}
    shown = []
    for photo in form.photos:
        place = by_name.get(photo.marker_id.casefold(), alike.get(normal_id(photo.marker_id)))
        shown.append((len(names) if place is None else place, photo.marker_id, photo))
    shown.sort(key=lambda each: each[:2])
    return [Pictures([_picture(photo, names[k : k + 1], lang) for k, _, photo in shown])]


def _picture(photo: Photo, known: Sequence[str], lang: Lang) -> Picture:
    caption = (
        text("minutes.photo", lang, marker=known[0]) if known
        else text("minutes.photo_unknown", lang, marker=photo.marker_id)
    )  # fmt: skip
    return Picture(caption, photo.data, photo.media_type, photo.size)


def _handover(form: MinutesForm, lang: Lang) -> list[Block]:
    dots = text("minutes.dots", lang)
    hour = form.facts.get("end_time") or text("minutes.open_hour", lang)
    return [
        Lines([(text(f"minutes.{name}", lang), _fact(form, name, lang))
               for name in ("giver", "receiver")]),
        Words([text("minutes.duty", lang)]),
        Words([f"{text('minutes.opinions', lang)}: {'' if form.notes else dots * 4}".rstrip(),
               *form.notes]),
        Lines([(text("minutes.end", lang),
                text("minutes.hour_and_day", lang, hour=hour, day=_day(form.date, lang)))]),
        Words([text("minutes.closing", lang, copies=form.facts.get("copies", "……"))]),
    ]  # fmt: skip


def _signatures(form: MinutesForm, lang: Lang) -> list[tuple[str, str, str]]:
    sign = text("minutes.sign_here", lang)
    if form.signatures:
        return [(each.title.upper(), sign, each.name or "") for each in form.signatures]
    return [(text(f"minutes.sign_{side}", lang), sign, "") for side in _SIDES]
