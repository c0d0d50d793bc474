"""Four approved markers on a square of a hectare, and a survey whose numbers can be checked by hand."""

import struct
import zlib
from pathlib import Path

from gisclusters.publish.result import Result
from gisclusters.readers.options import ReadOptions
from gisclusters.workflows.verify_markers import verify_markers

CRS = "EPSG:9216"
DESIGN = """marker_id,cluster_id,marker_kind,order,X,Y
RG-01,CCN-01,RG,1,1587000.000,552000.000
RG-02,CCN-01,RG,2,1587000.000,552100.000
RG-03,CCN-01,CGĐ,3,1587100.000,552100.000
RG-04,CCN-01,RG,4,1587100.000,552000.000
RG-05,CCN-01,RG,5,1587050.000,551990.000
"""
SURVEY = """marker_id,X,Y,accuracy_m,state
RG-01,1587000.000,552000.010,0.015,found
RG-02,1587000.300,552099.600,0.015,found
RG-03,1587100.005,552100.000,0.015,broken
RG-05,1587050.000,551990.000,0.015,found
LẠ-1,1587050.500,552050.250,0.020,found
"""
FORM = """
number: 12/BB-TT
office: Trung tâm Phát triển cụm công nghiệp
cluster: Cụm công nghiệp Đắk Hà <script>alert(1)</script>
place: Xã Đắk Hà, tỉnh Quảng Ngãi
date: 2026-11-15
decision: 345/QĐ-UBND
decision_date: 02/06/2025
instrument_serial: SN-00123
parties:
  - role: Đại diện chủ đầu tư
    organisation: Công ty Hạ tầng <b>Đắk Hà</b>
    persons: [{name: Nguyễn Thị Ước, position: Phó giám đốc}]
notes: ["=1+1", "Mốc RG-04 mất do mở đường."]
signatures: [Đơn vị quản lý, {title: Đơn vị đo đạc, name: Trần Văn Ệ}, Ủy ban nhân dân xã, Chủ sử dụng đất]
"""


def verified(
    folder: Path, *, design: str = DESIGN, survey: str = SURVEY, form: str | None = None,
    **options: object,
) -> Result:  # fmt: skip
    """The survey held against the design, both as files."""
    for name, content in (("duyet.csv", design), ("do.csv", survey), ("phieu.yaml", form or "")):
        (folder / name).write_text(content, encoding="utf-8")
    reading = ReadOptions(crs=CRS)
    return verify_markers(
        folder / "do.csv" if "survey_path" not in options else options.pop("survey_path"),
        design=folder / "duyet.csv", store=None, cluster_id=None, design_options=reading,
        survey_options=reading, minutes=None if form is None else folder / "phieu.yaml", **options,
    )  # fmt: skip


def png(width: int = 4, height: int = 3) -> bytes:
    """A small green picture."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    rows = (b"\0" + b"\x20\x90\x40" * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows))
            + chunk(b"IEND", b""))  # fmt: skip
