"""A small invented district to publish: squares whose areas one can check in the head."""

from datetime import date
from typing import Any

import geopandas as gpd
import pandas as pd
from shapely import box
from shapely.affinity import rotate
from shapely.geometry import LineString, Point

from gisclusters.domain.issue import warning
from gisclusters.domain.run import RuleSet, Run
from gisclusters.domain.source import Source
from gisclusters.layers.layer import Layer
from gisclusters.layers.schema import Defaults, check_rows
from gisclusters.publish.content import MarkerCheck, SiteContent

AS_OF = date(2026, 11, 15)
KON_TUM = (552_000.0, 1_587_000.0)  # easting, northing in EPSG:9216
LONG_AN = (572_000.0, 1_165_000.0)  # in EPSG:9210


def layer(kind: str, rows: list[dict[str, Any]], crs: str) -> Layer:
    """Rows that passed the one gate, as a layer."""
    source = Source(
        role=kind, name=f"{kind}.gpkg", sha256="0" * 64, crs_as_received=crs, rows=len(rows)
    )
    return check_rows(
        kind, pd.DataFrame(rows), crs=crs, source=source, defaults=Defaults(stem=kind)
    )


def square(origin: tuple[float, float], east: float, north: float, side: float = 100.0):
    """A square of `side` metres whose lower left corner stands off `origin`."""
    x, y = origin[0] + east, origin[1] + north
    return box(x, y, x + side, y + side)


def cluster(
    cluster_id: str, name: str, status: str, shape, province: str, commune: str
) -> dict[str, Any]:
    return {
        "cluster_id": cluster_id,
        "name": name,
        "status": status,
        "province": province,
        "commune": commune,
        "registered_area_m2": round(shape.area / 1000) * 1000,
        "decision": "27/QĐ-UBND",
        "geometry": shape,
    }


def clusters() -> list[Layer]:
    north = [
        cluster("KT-01", "CCN Ngô Mây", "operating", square(KON_TUM, 0, 0, 800),
                "Quảng Ngãi", "phường Ngô Mây"),
        cluster("KT-02", "CCN Đăk Cấm", "land_cleared",
                rotate(square(KON_TUM, 1800, 900, 600), 20), "Quảng Ngãi", "xã Đăk Cấm"),
        cluster("KT-03", "CCN Đăk Hà", "calling", square(KON_TUM, -2500, 2600, 500),
                "Quảng Ngãi", "xã Đăk Hà"),
        cluster("KT-04", "CCN Hòa Bình", "operating_not_established",
                rotate(square(KON_TUM, 900, -2600, 450), 35), "Quảng Ngãi", "xã Hòa Bình"),
    ]  # fmt: skip
    south = [
        cluster("LA-01", "CCN Lợi Bình Nhơn", "operating", square(LONG_AN, 0, 0, 850),
                "Tây Ninh", "phường Long An"),
        cluster("LA-02", "CCN Hựu Thạnh", "abolished", square(LONG_AN, 2600, 1800, 700),
                "Tây Ninh", "xã Đức Hòa"),
        cluster("LA-03", "CCN Tú Phương", "building", square(LONG_AN, -2400, 1500, 600),
                "Tây Ninh", "xã Bến Lức"),
    ]  # fmt: skip
    return [layer("clusters", north, "EPSG:9216"), layer("clusters", south, "EPSG:9210")]


def lots() -> list[Layer]:
    uses = [
        ("CN-1", "industrial", box(60, 60, 380, 380)),
        ("CN-2", "industrial", box(420, 60, 740, 380)),
        ("CN-3", "industrial", box(60, 420, 380, 740)),
        ("DV", "service", box(420, 420, 560, 560)),
        ("CX", "green", box(580, 420, 740, 740)),
        ("KT", "technical", box(420, 580, 560, 740)),
        ("GT", "transport", box(380, 0, 420, 800).union(box(0, 380, 800, 420))),
    ]
    rows = [
        {"lot_id": name, "cluster_id": "KT-01", "use": use, "geometry": shifted(shape, KON_TUM)}
        for name, use, shape in uses
    ]
    return [layer("lots", rows, "EPSG:9216")]


def shifted(shape, origin: tuple[float, float]):
    """`shape` drawn about (0, 0), moved to `origin`."""
    return gpd.GeoSeries([shape]).translate(*origin).iloc[0]


STATUSES = ("producing", "producing", "on_schedule", "late", "idle", "lapsed", "extended",
            "not_handed_over", "ended", "unknown", "producing", "idle")  # fmt: skip


def parcels(tenant: str = "Công ty TNHH Sâm Ngọc Linh") -> list[Layer]:
    rows = []
    for number in range(12):
        column, line = number % 4, number // 4
        west = 60 + 80 * column if line < 2 else 420 + 80 * column
        south = 60 + 160 * line if line < 2 else 60
        rows.append(
            {
                "parcel_id": f"L{number + 1:02d}",
                "cluster_id": "KT-01",
                "lessee": tenant if number % 3 == 0 else f"Cơ sở sản xuất số {number + 1}",
                "land_code": "SKN",
                "geometry": shifted(box(west, south, west + 80, south + 160), KON_TUM),
            }
        )
    return [layer("parcels", rows, "EPSG:9216")]


def parcel_use() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "parcel_id": [f"L{number + 1:02d}" for number in range(12)],
            "cluster_id": "KT-01",
            "area_m2": 12_800.0,
            "status": list(STATUSES),
            "deadline": pd.Series([pd.Timestamp("2027-03-01")] * 6 + [pd.NaT] * 6).astype(
                "datetime64[s]"
            ),
            "days_left": pd.array([106] * 6 + [None] * 6, dtype="Int64"),
            "rule_id": "idle_from_handover",
        }
    )


def cluster_use() -> pd.DataFrame:
    shares = {"industrial": 0.48, "service": 0.03, "transport": 0.09, "green": 0.08,
              "technical": 0.035, "other": 0.0}  # fmt: skip
    least = {"transport": 0.10, "green": 0.10, "technical": 0.01}
    structure = {
        use: {
            "area_m2": share * 640_000, "share": share, "at_least": least.get(use),
            "at_most": 0.10 if use == "service" else None,
            "missing_m2": max((least.get(use, 0.0) - share) * 640_000, 0.0), "excess_m2": 0.0,
        }
        for use, share in shares.items()
    }  # fmt: skip
    ladder = {"gross_m2": 640_000.0, "industrial_m2": 326_800.0, "serviced_m2": 300_000.0,
              "committed_m2": 245_100.0, "leased_m2": 220_000.0, "handed_over_m2": 180_000.0,
              "building_m2": 120_000.0, "producing_m2": 90_000.0}  # fmt: skip
    return pd.DataFrame(
        {
            "cluster_id": ["KT-01", "LA-01"],
            **{name: [area, area * 1.1] for name, area in ladder.items()},
            "occupancy_share": [0.75, 0.75],
            "occupancy_rule": "occupancy_decree_32_2024",
            "structure": [structure, None],
        }
    )


def markers() -> list[Layer]:
    corners = [(0, 0), (400, 0), (800, 0), (800, 400), (800, 800), (400, 800), (0, 800), (0, 400)]
    rows = [
        {
            "marker_id": f"M{number:02d}",
            "cluster_id": "KT-01",
            "marker_kind": "RG",
            "geometry": Point(KON_TUM[0] + east, KON_TUM[1] + north),
        }
        for number, (east, north) in enumerate(corners, start=1)
    ]
    return [layer("markers", rows, "EPSG:9216")]


def marker_check() -> MarkerCheck:
    east = [0.02, -0.01, 1.50, 0.03, -0.02, None, 0.01, -0.60]
    north = [0.01, 0.02, -0.80, 0.00, 0.03, None, -0.02, 0.55]
    findings = pd.DataFrame(
        {
            "marker_id": [f"M{number:02d}" for number in range(1, 9)],
            "matched_by": ["id"] * 8,
            "verdict": ["ok", "ok", "moved", "ok", "ok", "missing", "ok", "undecided"],
            "de_m": pd.array(east, dtype="float64"),
            "dn_m": pd.array(north, dtype="float64"),
            "tolerance_m": 0.10,
            "state": ["found"] * 5 + ["lost", "found", "found"],
        }
    )
    findings["distance_m"] = (findings["de_m"] ** 2 + findings["dn_m"] ** 2) ** 0.5
    diagnosis = {"cause": "none", "certainty": "certain", "shift_e_m": 0.01, "shift_n_m": 0.0}
    return MarkerCheck(cluster_id="KT-01", findings=findings, diagnosis=diagnosis)


def plans(title: str = "Ruộng lúa hai vụ") -> list[Layer]:
    north = [
        {"zone_id": "LUA-1", "plan_id": "QHSDD-2030", "category": "rice", "title": title,
         "geometry": square(KON_TUM, -900, 500, 1100)},
        {"zone_id": "RPH-1", "plan_id": "QH3LR", "category": "protection_forest",
         "title": "Rừng phòng hộ Đăk Bla", "geometry": square(KON_TUM, 650, -700, 1200)},
        {"zone_id": "QL14", "plan_id": "HLAT", "category": "road", "title": "Quốc lộ 14",
         "geometry": LineString([(KON_TUM[0] - 3000, KON_TUM[1] - 500),
                                 (KON_TUM[0] + 200, KON_TUM[1] + 780),
                                 (KON_TUM[0] + 3500, KON_TUM[1] + 2200)]).buffer(22)},
        {"zone_id": "CQP-1", "plan_id": "QHQP", "category": "defence", "title": "Thao trường",
         "geometry": square(KON_TUM, 700, 700, 500)},
    ]  # fmt: skip
    south = [
        {"zone_id": "SONG", "plan_id": "HLNN", "category": "water_source",
         "title": "Sông Vàm Cỏ Tây",
         "geometry": LineString([(LONG_AN[0] - 4000, LONG_AN[1] - 900),
                                 (LONG_AN[0] + 300, LONG_AN[1] + 20),
                                 (LONG_AN[0] + 4000, LONG_AN[1] + 700)]).buffer(120)},
    ]  # fmt: skip
    return [layer("plans", north, "EPSG:9216"), layer("plans", south, "EPSG:9210")]


def places() -> list[Layer]:
    found = []
    for origin, crs, names in (
        (KON_TUM, "EPSG:9216", ("Đăk Hà", "Đăk Cấm", "Ngô Mây", "Đăk Bla", "Hòa Bình", "Ia Chim")),
        (LONG_AN, "EPSG:9210", ("Bến Lức", "Đức Hòa", "Long An", "Khánh Hậu", "Tân Trụ",
                                "Thủ Thừa")),
    ):  # fmt: skip
        rows = [
            {
                "place_id": f"{crs[-4:]}-{number}",
                "name": name,
                "level": "commune",
                "geometry": square(
                    origin, -5000 + 5000 * (number % 3), -5000 + 5000 * (number // 3), 5000
                ),
            }
            for number, name in enumerate(names)
        ]  # fmt: skip
        found.append(layer("places", rows, crs))
    return found


def overlap(
    subject: str, category: str, verdict: str, severity: str | None, shape, **more
) -> dict[str, Any]:
    area = None if shape is None else shape.area
    return {
        "subject_id": subject,
        "plan_id": more.get("plan_id", "QHSDD-2030"),
        "zone_id": more.get("zone_id"),
        "title": more.get("title"),
        "category": category,
        "verdict": verdict,
        "severity": severity,
        "reason": more.get("reason"),
        "relation": "overlaps" if shape is not None else None,
        "area_m2": area,
        "area_sd_m2": None if area is None else area**0.5 / 4,
        "share_of_subject": None if area is None else area / 640_000,
        "width_m": more.get("width_m"),
        "tolerance_m": 0.42,
        "legal_basis": more.get("legal_basis"),
        "rule_id": f"{category}_rule",
        "geometry": shape,
    }


def findings() -> list[gpd.GeoDataFrame]:
    subject = square(KON_TUM, 0, 0, 800)
    zones = plans()[0].shapes.set_index("zone_id").geometry
    north = [
        overlap("KT-01", "defence", "conflict", "blocking", subject & zones["CQP-1"],
                plan_id="QHQP", zone_id="CQP-1", width_m=100.0,
                legal_basis="Luật Đất đai 31/2024/QH15, Điều 200"),
        overlap("KT-01", "rice", "conflict", "approval", subject & zones["LUA-1"],
                zone_id="LUA-1", width_m=200.0),
        overlap("KT-01", "road", "conflict", "approval", subject & zones["QL14"],
                plan_id="HLAT", zone_id="QL14", width_m=44.0),
        overlap("KT-01", "protection_forest", "undecided", "note",
                subject & zones["RPH-1"].intersection(square(KON_TUM, 740, 0, 60)),
                plan_id="QH3LR", zone_id="RPH-1", width_m=0.6),
        overlap("KT-01", "mineral", "not_checked", "note", None, plan_id=None, reason="no_data"),
        overlap("KT-01", "urban_plan", "clear", None, None, plan_id="QHC-KonTum"),
        overlap("KT-02", "road", "conflict", "approval",
                rotate(square(KON_TUM, 1800, 900, 600), 20) & zones["QL14"],
                plan_id="HLAT", zone_id="QL14", width_m=44.0),
        overlap("KT-02", "mineral", "not_checked", "note", None, plan_id=None, reason="no_data"),
        overlap("KT-03", "rice", "clear", None, None),
    ]  # fmt: skip
    river = plans()[1].shapes.geometry.iloc[0]
    south = [
        overlap("LA-01", "water_source", "conflict", "note", square(LONG_AN, 0, 0, 850) & river,
                plan_id="HLNN", zone_id="SONG", width_m=230.0),
        overlap("LA-03", "water_source", "clear", None, None, plan_id="HLNN"),
    ]  # fmt: skip
    return [
        gpd.GeoDataFrame(north, geometry="geometry", crs="EPSG:9216"),
        gpd.GeoDataFrame(south, geometry="geometry", crs="EPSG:9210"),
    ]


def run(command: str = "overlaps") -> Run:
    return Run(
        id="a1b2c3d4e5f60718",
        version="0.1.0",
        command=command,
        as_of=AS_OF,
        rules=RuleSet(name="vn", version="2026.11", sha256="f" * 64),
        crs="EPSG:9216",
        datum_operation="EPSG:6960",
        sources=(
            Source(role="plans", name="quy_hoach.gpkg", sha256="e" * 64,
                   crs_as_received="EPSG:9216", rows=4),
        ),
    )  # fmt: skip


def district(**changes) -> SiteContent:
    """The whole district; `changes` replaces fields of the content."""
    given: dict[str, Any] = {
        "clusters": clusters(),
        "as_of": AS_OF,
        "runs": [run()],
        "lots": lots(),
        "parcels": parcels(),
        "markers": markers(),
        "plans": plans(),
        "places": places(),
        "overlaps": findings(),
        "marker_checks": [marker_check()],
        "efficiency_clusters": [cluster_use()],
        "efficiency_parcels": [parcel_use()],
        "issues": [warning("accuracy_assumed", layer="plans.gpkg", accuracy_m=0.3, count=4)],
    }
    return SiteContent(**(given | changes))
