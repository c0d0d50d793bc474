"""The form of the minutes, a YAML file with photos beside it; every problem is named at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from gisclusters.domain.issue import Issue, error
from gisclusters.domain.minutes_form import MinutesForm, Party, Person, Photo, Signature
from gisclusters.domain.picture import is_whole, picture_size
from gisclusters.domain.yaml_text import fault_place, parse_typed
from gisclusters.errors import InputRefusedError

FACTS = (
    "number", "office", "superior_office", "cluster", "place", "start_time", "end_time",
    "decision", "decision_by", "parcel", "sheet", "instrument", "instrument_serial",
    "instrument_checked", "base_station", "method", "weather", "giver", "receiver", "copies",
)  # fmt: skip
KEYS = ("date", "decision_date", *FACTS, "parties", "notes", "photos", "signatures")

MOST_LETTERS = 1_000
MOST_LINES = 100
MOST_PHOTO_BYTES = 12_000_000
MOST_BYTES_OF_PHOTOS = 150_000_000
_MOST_FORM_BYTES = 1_000_000
_ENDINGS = {".jpg", ".jpeg", ".png"}
_REPEAT = re.compile(r"(__\d+|\s*\(\d+\))$")
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""What no XML paper can hold."""


def read_minutes_form(path: Path) -> MinutesForm:
    """The form in ``path``, its photos read.

    Raises InputRefusedError (``minutes_unreadable``, ``minutes_not_yaml``,
    ``minutes_key_unknown``, ``minutes_value``, ``photo_missing``, ``photo_unreadable``,
    ``photo_too_large``, ``photos_none``, ``photos_too_large``) with all that is wrong.
    """
    try:
        content = parse_typed(_form_text(path))
    except (OSError, yaml.YAMLError, ValueError, RecursionError) as fault:
        place = fault_place(fault)
        if place is not None:
            raise InputRefusedError(
                [error("minutes_not_yaml", layer=path.name, line=str(place[0]),
                       column=str(place[1]))]
            ) from fault  # fmt: skip
        reason = (str(fault).splitlines() or [type(fault).__name__])[0]
        raise InputRefusedError(
            [error("minutes_unreadable", layer=path.name, reason=reason)]
        ) from fault
    content = {} if content is None else content
    if not isinstance(content, dict):
        raise InputRefusedError([error("minutes_unreadable", layer=path.name, reason="mapping")])
    form = _Reading(path, content)
    made = form.whole()
    if form.issues:
        raise InputRefusedError(form.issues)
    return made


def _form_text(path: Path) -> str:
    with path.open("rb") as file:
        data = file.read(_MOST_FORM_BYTES + 1)
    if len(data) > _MOST_FORM_BYTES:
        raise ValueError(f"> {_MOST_FORM_BYTES} bytes")
    return data.decode("utf-8-sig")


class _Reading:
    """One form being read: values come out, what is wrong with them is kept."""

    def __init__(self, path: Path, content: dict[Any, Any]) -> None:
        self.path, self.content = path, content
        self.issues: list[Issue] = [
            error("minutes_key_unknown", layer=path.name, field=str(key), known=" ".join(KEYS))
            for key in content
            if key not in KEYS
        ]

    def whole(self) -> MinutesForm:
        facts = {name: self._text(self.content.get(name), name) for name in FACTS}
        return MinutesForm(
            date=self._day("date"),
            decision_date=self._day("decision_date"),
            facts=MappingProxyType({name: said for name, said in facts.items() if said}),
            parties=tuple(self._parties()),
            notes=tuple(self._notes()),
            signatures=tuple(self._signatures()),
            photos=tuple(self._photos()),
        )

    def _wrong(self, name: str, value: object, wanted: str) -> None:
        self.issues.append(
            error("minutes_value", layer=self.path.name, field=name, value=str(value)[:80],
                  wanted=wanted)
        )  # fmt: skip

    def _text(self, value: object, name: str) -> str | None:
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (str, int, float, date)):
            self._wrong(name, value, "text")
            return None
        said = _UNSEEN.sub("", str(value)).strip()
        if len(said) > MOST_LETTERS:
            self._wrong(name, value, f"≤ {MOST_LETTERS}")
            return None
        return said or None

    def _day(self, name: str) -> date | None:
        value = self.content.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, str):
            for form in ("%Y-%m-%d", "%d/%m/%Y"):
                try:
                    return datetime.strptime(value.strip(), form).date()  # noqa: DTZ007 - a day
                except ValueError:
                    continue
        elif isinstance(value, date) and not isinstance(value, datetime):
            return value
        self._wrong(name, value, "2026-11-15")
        return None

    def _list(self, value: object, name: str) -> list[Any]:
        if value is None:
            return []
        if isinstance(value, list) and len(value) <= MOST_LINES:
            return value
        self._wrong(name, value, f"[…] ≤ {MOST_LINES}")
        return []

    def _members(self, value: object, name: str, known: tuple[str, ...]) -> dict[str, Any] | None:
        if not isinstance(value, dict):
            self._wrong(name, value, " ".join(known))
            return None
        for key in value:
            if key not in known:
                self.issues.append(
                    error("minutes_key_unknown", layer=self.path.name, field=f"{name}.{key}",
                          known=" ".join(known))
                )  # fmt: skip
        return value

    def _parties(self) -> Iterator[Party]:
        for place, each in enumerate(self._list(self.content.get("parties"), "parties"), 1):
            name = f"parties[{place}]"
            party = self._members(each, name, ("role", "organisation", "persons"))
            if party is not None:
                yield Party(
                    organisation=self._text(party.get("organisation"), f"{name}.organisation"),
                    role=self._text(party.get("role"), f"{name}.role"),
                    persons=tuple(self._persons(party.get("persons"), f"{name}.persons")),
                )

    def _persons(self, value: object, name: str) -> Iterator[Person]:
        for place, each in enumerate(self._list(value, name), 1):
            here = f"{name}[{place}]"
            if isinstance(each, str):
                yield Person(name=self._text(each, here))
                continue
            person = self._members(each, here, ("name", "position"))
            if person is not None:
                yield Person(
                    name=self._text(person.get("name"), f"{here}.name"),
                    position=self._text(person.get("position"), f"{here}.position"),
                )

    def _notes(self) -> Iterator[str]:
        value = self.content.get("notes")
        for place, each in enumerate(
            [value] if isinstance(value, str) else self._list(value, "notes"), 1
        ):
            said = self._text(each, f"notes[{place}]")
            if said:
                yield said

    def _signatures(self) -> Iterator[Signature]:
        for place, each in enumerate(self._list(self.content.get("signatures"), "signatures"), 1):
            name = f"signatures[{place}]"
            if isinstance(each, str):
                each = {"title": each}  # noqa: PLW2901 - the short way to write it
            line = self._members(each, name, ("title", "name"))
            if line is None:
                continue
            title = self._text(line.get("title"), f"{name}.title")
            if title is None:
                self._wrong(f"{name}.title", line.get("title"), "text")
            else:
                yield Signature(title=title, name=self._text(line.get("name"), f"{name}.name"))

    def _photos(self) -> Iterator[Photo]:
        whole = 0
        for marker_id, path in self._photo_files():
            photo = self._photo(marker_id, path)
            if photo is not None:
                whole += len(photo.data)
                yield photo
            if whole > MOST_BYTES_OF_PHOTOS:
                self.issues.append(
                    error("photos_too_large", layer=self.path.name, field="photos",
                          most=MOST_BYTES_OF_PHOTOS // 1_000_000)
                )  # fmt: skip
                return

    def _photo_files(self) -> Iterator[tuple[str, Path]]:
        value = self.content.get("photos")
        if value is None:
            return
        if isinstance(value, str):
            folder = self.path.parent / value
            if not folder.is_dir():
                self.issues.append(error("photo_missing", layer=self.path.name, value=value))
                return
            found = [
                each for each in sorted(folder.iterdir()) if each.suffix.casefold() in _ENDINGS
            ]
            if not found:
                self.issues.append(error("photos_none", layer=self.path.name, value=value))
            yield from ((_REPEAT.sub("", each.stem), each) for each in found)
        elif isinstance(value, dict):
            for marker, files in value.items():
                for each in files if isinstance(files, list) else [files]:
                    if isinstance(each, str) and each.strip():
                        yield str(marker), self.path.parent / each
                    else:
                        self._wrong(f"photos.{marker}", each, "RG-01.jpg")
        else:
            self._wrong("photos", value, "{RG-01: RG-01.jpg}")

    def _photo(self, marker_id: str, path: Path) -> Photo | None:
        shown = {"layer": self.path.name, "id": marker_id, "value": path.name}
        if not path.is_file():
            self.issues.append(error("photo_missing", **shown))  # type: ignore[arg-type]
            return None
        try:
            if path.stat().st_size > MOST_PHOTO_BYTES:
                self.issues.append(
                    error("photo_too_large", **shown, most=MOST_PHOTO_BYTES // 1_000_000)  # type: ignore[arg-type]
                )
                return None
            data = path.read_bytes()
        except OSError:
            data = b""
        size = picture_size(data)
        if size is None or not is_whole(data):
            self.issues.append(error("photo_unreadable", **shown))  # type: ignore[arg-type]
            return None
        media = "image/png" if data.startswith(b"\x89") else "image/jpeg"
        return Photo(marker_id=marker_id, name=path.name, data=data, media_type=media, size=size)
