"""The form of the minutes: read as it was filled in, or refused with every problem named."""

from datetime import date

import pytest

from gisclusters.domain.picture import picture_size
from gisclusters.errors import InputRefusedError, UsageError
from gisclusters.readers.minutes_form import KEYS, read_minutes_form
from gisclusters.words import issue_text
from gisclusters.workflows.minutes_form import write_minutes_form
from tests.publish.minutes_scene import png, verified


def form(folder, content):
    path = folder / "phieu.yaml"
    path.write_text(content, encoding="utf-8")
    return read_minutes_form(path)


def refused(folder, content):
    with pytest.raises(InputRefusedError) as fault:
        form(folder, content)
    for issue in fault.value.issues:
        assert all(issue_text(issue, lang)[0] for lang in ("vi", "en"))
    return [(issue.code, issue.field, issue.value) for issue in fault.value.issues]


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_empty_form_is_read_as_an_empty_one(tmp_path, lang):
    path = tmp_path / "mau.yaml"
    write_minutes_form(path, lang)
    made = read_minutes_form(path)
    assert (made.date, dict(made.facts), made.parties, made.photos) == (None, {}, (), ())
    content = path.read_text(encoding="utf-8")
    assert all(f"\n{key}:" in content for key in KEYS)
    with pytest.raises(UsageError, match="exists and was not overwritten"):
        write_minutes_form(path, lang)
    with pytest.raises(UsageError, match="known extensions"):
        write_minutes_form(tmp_path / "mau.txt", lang)


def test_the_commented_parties_of_the_form_can_be_used(tmp_path):
    path = tmp_path / "mau.yaml"
    write_minutes_form(path, "vi")
    content = path.read_text(encoding="utf-8").replace("\n#  ", "\n  ").replace("\n#    ", "\n    ")
    made = form(tmp_path, content)
    assert [party.role for party in made.parties][2] == "Đại diện Ủy ban nhân dân cấp xã"
    assert made.parties[0].persons[0].name is None


def test_days_numbers_and_texts_are_taken_as_written(tmp_path):
    made = form(tmp_path, 'date: 15/11/2026\ndecision_date: 2025-06-02\nparcel: 12\nplace: " "\n')
    assert (made.date, made.decision_date) == (date(2026, 11, 15), date(2025, 6, 2))
    assert dict(made.facts) == {"parcel": "12"}


TYPED = {"number": "012", "sheet": "010", "parcel": "0123", "start_time": "14:30",
         "end_time": "8:05", "copies": "04", "instrument_serial": "0001234", "method": "1_000",
         "weather": "25.50", "place": "0x1F", "receiver": "12e03", "base_station": "1:30:00",
         "cluster": "off", "decision": "2026-01-05"}  # fmt: skip


def test_every_value_is_the_text_that_was_typed(tmp_path):
    lines = [f"{name}: {typed}" for name, typed in TYPED.items()]
    made = form(tmp_path, "\n".join([*lines, "date: 2026-01-05", "giver: ~", "superior_office: null",
                                     "notes: [007, yes]"]))  # fmt: skip
    assert dict(made.facts) == TYPED
    assert (made.date, made.notes) == (date(2026, 1, 5), ("007", "yes"))


def test_every_problem_is_named_at_once(tmp_path):
    assert refused(tmp_path, """
dat: 2026-11-15
date: hôm nay
place: [a]
parties: [{rol: x}]
signatures: [{name: Ai}]
photos: {RG-01: khong-co.jpg}
""") == [
        ("minutes_key_unknown", "dat", None), ("minutes_value", "place", "['a']"),
        ("minutes_value", "date", "hôm nay"),
        ("minutes_key_unknown", "parties[1].rol", None),
        ("minutes_value", "signatures[1].title", "None"),
        ("photo_missing", None, "khong-co.jpg"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "code"),
    [("[a, b]", "minutes_unreadable"), ("a: [", "minutes_not_yaml"),
     ("photos: khong-co", "photo_missing"), ("photos: .", "photos_none"),
     ("photos: {RG-01: phieu.yaml}", "photo_unreadable"), ("photos: 3", "photo_missing"), ("photos: [3]", "minutes_value")],
)  # fmt: skip
def test_what_cannot_be_used_is_refused(tmp_path, content, code):
    assert [found[0] for found in refused(tmp_path, content)] == [code]


@pytest.mark.parametrize(
    ("content", "place"),
    [
        # The second colon of line 2 stands in column 16.
        ("place: xã\ndecision: 12/QĐ: UBND\n", "dòng 2, cột 16"),
        # A tab takes the place of the indent of line 3.
        ("parties:\n  - role: A\n\tpersons: []\n", "dòng 3, cột 1"),
    ],
)
def test_where_a_form_is_no_yaml_is_told_in_our_words(tmp_path, content, place):
    path = tmp_path / "phieu.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputRefusedError) as fault:
        read_minutes_form(path)
    [issue] = fault.value.issues
    told = issue_text(issue, "vi")[0]
    assert told == f"Phiếu khai biên bản sai cú pháp ở gần {place}."


def test_a_missing_photo_is_told_before_any_other_work(tmp_path):
    with pytest.raises(InputRefusedError) as fault:
        verified(tmp_path, form="photos: {RG-01: khong-co.jpg}", survey_path=tmp_path / "no.csv")
    assert [issue.code for issue in fault.value.issues] == ["photo_missing"]


def test_the_size_of_a_picture():
    assert picture_size(png(4, 3)) == (4, 3)
    start, comment = b"\xff\xd8", b"\xff\xfe\x00\x04ab"
    frame = (
        b"\xff\xc0\x00\x11\x08" + (480).to_bytes(2, "big") + (640).to_bytes(2, "big") + b"\x03" * 9
    )
    assert picture_size(start + comment + frame) == (640, 480)
    for broken in (b"", b"GIF89a", png()[:20], start + comment, start + b"xx" * 20):
        assert picture_size(broken) is None
