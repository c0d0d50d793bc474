"""Make the sample districts: invented ground with faults planted at known sizes.

Run ``python data/samples/make_samples.py [FOLDER]``.  Nothing here comes from the product:
coordinates are numpy and formulas of this file (Krüger's series), so that the answers can be
held against the product.  The same seed gives the same content.

Every detailed cluster is 820 m wide in its own plane, 600 m (720 m) high: a green strip of
10 m, five (six) rows of blocks 100 m deep between roads of 20 m, a road of 20 m through the
middle, three lots of 130 m on each side.  So a lot and a parcel are 130 m × 100 m = 1.3 ha.
"""

from __future__ import annotations

import json
import os
import sys
import zipfile
from datetime import date, datetime
from pathlib import Path

os.environ["OGR_CURRENT_DATE"] = "2026-11-15T00:00:00.000Z"

import ezdxf
import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import rasterio
import shapely
import yaml
from rasterio.transform import from_origin
from shapely.geometry import Polygon, box

AS_OF = date(2026, 11, 15)
SEED = 3228
NORTH, SOUTH = 9216, 9210
MERIDIANS = {9216: 107.5, 9210: 105.75, 5899: 107.75}
TENANTS = (
    "Công ty TNHH Gỗ Hoàng Đằng", "Công ty CP Cà phê Đăk Mơ", "HTX Dược liệu Ngọc Linh Xanh",
    "Công ty TNHH May Bình Yên", "Công ty CP Chế biến Mủ cao su Sa Bình",
    "Công ty TNHH Cơ khí Thành Đạt", "Công ty CP Bao bì Phước Lộc", "Công ty TNHH Gạo Đức Lộc",
    "Công ty CP Nhựa Vàm Đông", "Công ty TNHH Thủy sản Ánh Dương",
)  # fmt: skip
AGRICULTURE = "chế biến nông, lâm sản"
"""The industries of every cluster, word for word; what a tenant makes stands by its name."""
MAKES = {"May": "may mặc", "Cơ khí": "cơ khí", "Bao bì": "sản xuất bao bì",
         "Nhựa": "sản phẩm nhựa", "Thủy sản": "chế biến thủy sản"}  # fmt: skip
# cluster: id, name, status, west, south, rows of blocks (0: no detailed plan), turn in degrees,
# width and height where there is no detailed plan, commune
CLUSTERS = (
    ("N1", "CCN Đăk Rơ Wa", "in_plan", NORTH, 546_000, 1_586_000, 0, 0, (800, 500), "Đăk Rơ Wa"),
    ("N2", "CCN Đắk Cấm Hạ", "calling", NORTH, 548_500, 1_586_000, 0, 0, (600, 500), "Đăk Rơ Wa"),
    ("N3", "CCN Ia Chim Đông", "appraisal", NORTH, 551_000, 1_586_000, 0, 0, (700, 500), "Ia Chim"),
    ("N4", "CCN Hòa Bình Mới", "established", NORTH, 551_680, 1_586_000, 5, 0, None, "Ia Chim"),
    ("N5", "CCN Sa Bình", "operating", NORTH, 546_000, 1_589_000, 5, 0, None, "Sa Bình"),
    ("N6", "CCN Kroong", "detailed_plan", NORTH, 548_500, 1_589_000, 5, 12, None, "Sa Bình"),
    ("N7", "CCN Đăk Năng", "building", NORTH, 551_000, 1_589_000, 5, -18, None, "Ngô Mây"),
    ("N8", "CCN Ngô Mây", "operating", NORTH, 553_300, 1_589_000, 6, 25, None, "Ngô Mây"),
    ("S1", "CCN Đức Lộc 1", "operating", SOUTH, 566_000, 1_220_700, 5, 0, None, "Đức Lộc"),
    ("S2", "CCN Đức Lộc 2", "land_cleared", SOUTH, 568_500, 1_220_400, 5, 8, None, "Đức Lộc"),
    ("S3", "CCN Vàm Đông", "operating_not_established", SOUTH, 571_000, 1_220_600, 5, -10, None,
     "Vàm Đông"),
    ("S4", "CCN Rạch Kiến Tây", "withdrawn", SOUTH, 566_200, 1_223_000, 5, 0, None, "Rạch Kiến"),
    ("S5", "CCN Phước Hậu", "abolished", SOUTH, 568_600, 1_223_000, 0, 15, (500, 400),
     "Rạch Kiến"),
    ("S6", "CCN Tân Mỹ", "operating", SOUTH, 571_000, 1_223_000, 6, 20, None, "Vàm Đông"),
)  # fmt: skip
# How many of a cluster's parcels stand at which status, in parcel order; the rest are vacant.
STATUSES = {
    "N5": ["producing"] * 18 + ["late", "idle", "idle_behind", "extended", "lapsed", "ended_let",
                                "on_schedule", "not_handed_over"],
    "N7": ["on_schedule"] * 6 + ["late"] * 2 + ["approved"] * 2,
    "N8": ["producing"] * 24 + ["idle", "late", "on_schedule", "unknown", "stopped",
                                "majeure"],
    "S1": ["producing"] * 12 + ["late", "idle", "lapsed", "not_handed_over", "on_schedule",
                                "sublet"],
    "S2": ["not_handed_over"] * 3,
    "S3": ["producing"] * 18 + ["idle", "late"],
    "S4": ["producing"] * 3 + ["ended"],
    "S6": ["producing"] * 3 + ["idle", "on_schedule"],
}  # fmt: skip
LEASES = {
    "producing": {
        "approved_on": "2017-12-01", "lease_from": "2018-03-01", "lease_to": "2068-03-01",
        "handed_over_on": "2018-06-01", "planned_start_on": "2018-09-01",
        "planned_finish_on": "2020-03-01", "started_on": "2018-10-01",
        "finished_on": "2020-02-15", "producing_on": "2020-04-01",
    },
    "on_schedule": {
        "approved_on": "2026-01-10", "lease_from": "2026-03-01", "lease_to": "2076-03-01",
        "handed_over_on": "2026-06-01", "planned_start_on": "2026-12-01",
        "planned_finish_on": "2028-06-01",
    },
    "late": {
        "approved_on": "2025-11-20", "lease_from": "2026-01-15", "lease_to": "2076-01-15",
        "handed_over_on": "2026-03-01", "planned_start_on": "2026-06-01",
        "planned_finish_on": "2028-03-01",
    },
    "idle": {
        "approved_on": "2025-01-10", "lease_from": "2025-03-01", "lease_to": "2075-03-01",
        "handed_over_on": "2025-05-10", "planned_start_on": "2025-09-01",
        "planned_finish_on": "2027-03-01",
    },
    "idle_behind": {
        "approved_on": "2021-06-01", "lease_from": "2021-10-01", "lease_to": "2071-10-01",
        "handed_over_on": "2022-01-10", "planned_start_on": "2022-04-01",
        "planned_finish_on": "2024-03-31", "started_on": "2022-05-01",
    },
    "extended": {
        "approved_on": "2024-01-10", "lease_from": "2024-03-01", "lease_to": "2074-03-01",
        "handed_over_on": "2024-05-10", "planned_start_on": "2024-09-01",
        "planned_finish_on": "2026-03-01", "extension_decided_on": "2026-01-15",
        "extension_until": "2027-12-31",
    },
    "lapsed": {
        "approved_on": "2022-01-10", "lease_from": "2022-03-01", "lease_to": "2072-03-01",
        "handed_over_on": "2022-05-10", "planned_start_on": "2022-09-01",
        "planned_finish_on": "2024-03-01", "extension_decided_on": "2024-06-30",
        "extension_until": "2026-06-30",
    },
    "not_handed_over": {
        "approved_on": "2026-05-05", "lease_from": "2026-08-01", "lease_to": "2076-08-01",
        "planned_start_on": "2027-03-01", "planned_finish_on": "2028-09-01",
    },
    "approved": {"approved_on": "2026-08-20", "planned_start_on": "2027-06-01",
                 "planned_finish_on": "2029-01-01"},
    "ended": {
        "approved_on": "2010-01-10", "lease_from": "2010-03-01", "lease_to": "2025-12-31",
        "handed_over_on": "2010-05-10", "planned_start_on": "2010-06-01",
        "planned_finish_on": "2011-06-01", "started_on": "2010-06-01",
        "finished_on": "2011-05-01", "producing_on": "2011-07-01",
    },
    "unknown": {
        "approved_on": "2024-01-10", "lease_from": "2024-03-01", "lease_to": "2074-03-01",
        "handed_over_on": "2024-05-10", "planned_start_on": "2026-09-01",
        "planned_finish_on": "2025-03-01",
    },
    "majeure": {
        # 12 months from 2025-09-01 end on 2026-09-01; 120 days of flood are not counted.
        "approved_on": "2025-04-10", "lease_from": "2025-06-01", "lease_to": "2075-06-01",
        "handed_over_on": "2025-09-01", "planned_start_on": "2026-02-01",
        "planned_finish_on": "2027-09-01", "force_majeure": "2025-10-01/2026-01-28",
    },
}  # fmt: skip
LEASES["stopped"] = LEASES["producing"] | {"use_stopped_on": "2025-10-01"}
LEASES["sublet"] = LEASES["producing"] | {"occupant": "Cơ sở Minh Phát"}
LEASES["ended_let"] = LEASES["ended"]
SHOWN = {"idle_behind": "idle", "approved": "not_handed_over", "stopped": "idle",
         "sublet": "producing", "ended_let": "ended", "majeure": "late"}  # fmt: skip
TCVN3 = dict(zip(
    "àảãáạăằẳẵắặâầẩẫấậđèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵĂÂÊÔƠƯĐ",
    bytes.fromhex(
        "b5b6b7b8b9a8bbbcbdbec6a9c7c8c9cacbaecccecfd0d1aad2d3d4d5d6d7d8dcdddedfe1e2e3e4abe5e6e7e8"
        "e9aceaebecedeeeff1f2f3f4adf5f6f7f8f9fafbfcfdfea1a2a3a4a5a6a7"
    ), strict=True,
))  # fmt: skip


def to_geographic(east, north, epsg, scale=0.9999):
    """Latitude and longitude (radians) of a transverse Mercator, WGS 84 ellipsoid (Krüger)."""
    f = 1 / 298.257223563
    n = f / (2 - f)
    radius = 6_378_137.0 / (1 + n) * (1 + n**2 / 4 + n**4 / 64)
    xi, eta = north / (scale * radius), (east - 500_000) / (scale * radius)
    beta = (n / 2 - 2 * n**2 / 3 + 37 * n**3 / 96, n**2 / 48 + n**3 / 15, 17 * n**3 / 480)
    x, y = xi.copy(), eta.copy()
    for k, b in enumerate(beta, 1):
        x -= b * np.sin(2 * k * xi) * np.cosh(2 * k * eta)
        y -= b * np.cos(2 * k * xi) * np.sinh(2 * k * eta)
    chi = np.arcsin(np.sin(x) / np.cosh(y))
    delta = (2 * n - 2 * n**2 / 3 - 2 * n**3, 7 * n**2 / 3 - 8 * n**3 / 5, 56 * n**3 / 15)
    phi = chi + sum(d * np.sin(2 * k * chi) for k, d in enumerate(delta, 1))
    return phi, np.radians(MERIDIANS[epsg]) + np.arctan2(np.sinh(y), np.cos(x))


def to_plane(phi, lam, epsg, scale=0.9999):
    """Easting and northing of latitude and longitude (radians): the series the other way."""
    f = 1 / 298.257223563
    n = f / (2 - f)
    radius = 6_378_137.0 / (1 + n) * (1 + n**2 / 4 + n**4 / 64)
    e = np.sqrt(f * (2 - f))
    t = np.sinh(np.arctanh(np.sin(phi)) - e * np.arctanh(e * np.sin(phi)))
    turn = lam - np.radians(MERIDIANS[epsg])
    xi, eta = np.arctan2(t, np.cos(turn)), np.arcsinh(np.sin(turn) / np.hypot(t, np.cos(turn)))
    alpha = (n / 2 - 2 * n**2 / 3 + 5 * n**3 / 16, 13 * n**2 / 48 - 3 * n**3 / 5, 61 * n**3 / 240)
    x, y = xi.copy(), eta.copy()
    for k, a in enumerate(alpha, 1):
        x += a * np.sin(2 * k * xi) * np.cosh(2 * k * eta)
        y += a * np.cos(2 * k * xi) * np.sinh(2 * k * eta)
    return 500_000 + scale * radius * y, scale * radius * x


class Cluster:
    """One cluster in its own plane (u east, v north before the turn)."""

    def __init__(self, row):
        (self.id, self.name, self.status, self.epsg, self.west, self.south, self.rows, self.turn,
         size, self.commune) = row  # fmt: skip
        self.width, self.height = size or (820, 20 + 100 * self.rows + 20 * (self.rows - 1))

    def place(self, u, v):
        """Points of the own plane in the zone."""
        a = np.radians(self.turn)
        u, v = np.asarray(u, float), np.asarray(v, float)
        return self.west + u * np.cos(a) - v * np.sin(a), self.south + u * np.sin(a) + v * np.cos(a)

    def rect(self, u0, v0, u1, v1):
        """A rectangle of the own plane as a polygon of the zone, to the millimetre."""
        x, y = self.place([u0, u1, u1, u0], [v0, v0, v1, v1])
        return Polygon(np.round(np.column_stack((x, y)), 3))

    @property
    def boundary(self):
        """The whole cluster."""
        return self.rect(0, 0, self.width, self.height)

    def blocks(self):
        """Half rows: (row, side, u0, v0), each 390 m × 100 m."""
        for row in range(self.rows):
            for side, u0 in (("A", 10), ("B", 420)):
                yield row, side, u0, 10 + 120 * row

    def lots(self):
        """Lots of the detailed plan, tiling the cluster: (id, use, polygon)."""
        if not self.rows:
            return
        h, strip = self.height, "other" if self.id == "N6" else "green"
        yield f"{self.id}-X1", strip, self.rect(0, 0, 820, 10)
        yield f"{self.id}-X2", strip, self.rect(0, h - 10, 820, h)
        yield f"{self.id}-X3", strip, self.rect(0, 10, 10, h - 10)
        yield f"{self.id}-X4", strip, self.rect(810, 10, 820, h - 10)
        yield f"{self.id}-G0", "transport", self.rect(400, 10, 420, h - 10)
        for row in range(self.rows - 1):
            v = 110 + 120 * row
            yield f"{self.id}-G{row + 1}A", "transport", self.rect(10, v, 400, v + 20)
            yield f"{self.id}-G{row + 1}B", "transport", self.rect(420, v, 810, v + 20)
        for row, side, u0, v0 in self.blocks():
            for part in range(3):
                use = "industrial"
                if row == 0 and side == "A":
                    use = ("service", "technical", "green")[part]
                u = u0 + 130 * part
                yield (f"{self.id}-L{row + 1}{side}{part + 1}", use,
                       self.rect(u, v0, u + 130, v0 + 100))  # fmt: skip

    def markers(self):
        """Sixteen markers: four a side from the south-west corner, counter-clockwise."""
        w, h = self.width, self.height
        q = (0, 0.25, 0.5, 0.75)
        u = [w * t for t in q] + [w] * 4 + [w - w * t for t in q] + [0] * 4
        v = [0] * 4 + [h * t for t in q] + [h] * 4 + [h - h * t for t in q]
        x, y = self.place(u, v)
        kinds = ["RG"] * 16
        kinds[2], kinds[10], kinds[14] = "TĐ", "CGĐ", "MTC"
        return [
            (f"{self.id}-{kind}-{k + 1:02d}", kind, k + 1, round(float(a), 3), round(float(b), 3))
            for k, (kind, a, b) in enumerate(zip(kinds, x, y, strict=True))
        ]


def write(path, rows, epsg, layer, columns=None):
    """One GeoPackage layer; ``rows`` are dicts with ``geometry``."""
    frame = gpd.GeoDataFrame(rows, geometry="geometry", crs=epsg)
    pyogrio.write_dataframe(frame[columns] if columns else frame, path, layer=layer,
                            driver="GPKG", VERSION="1.3", append=path.exists())  # fmt: skip


def parcels_of(cluster, step):
    """Industrial lots as parcels, with the lease facts of their status."""
    wanted = STATUSES.get(cluster.id, [])
    rows = []
    lots = [(name, shape) for name, use, shape in cluster.lots() if use == "industrial"]
    for place, (lot, shape) in enumerate(lots):
        status = wanted[place] if place < len(wanted) else "vacant"
        facts = dict(LEASES.get(status, {}))
        if facts:
            tenant = TENANTS[int(step.integers(len(TENANTS)))]
            facts |= {"lessee": tenant, "lease_id": f"HD-{cluster.id}-{place + 1:02d}"}
            facts.setdefault("occupant", tenant)
            facts["industry"] = next(
                (made for word, made in MAKES.items() if word in tenant), AGRICULTURE
            )
        rows.append(
            {"parcel_id": f"{cluster.id}-T{place + 1:02d}", "cluster_id": cluster.id,
             "sheet_no": str(10 + place // 10), "parcel_no": str(place + 1),
             "registered_area_m2": 13_000.0, "land_code": "SKN", "planted": status,
             "lot": lot, **facts, "geometry": shape}
        )  # fmt: skip
    return rows


def main(folder: Path) -> None:
    """Write every file of the samples."""
    step = np.random.default_rng(SEED)
    clusters = [Cluster(row) for row in CLUSTERS]
    by_id = {cluster.id: cluster for cluster in clusters}
    answers = {"as_of": AS_OF.isoformat(), "clusters": {}, "parcels": {}}
    manifest = {"as_of": AS_OF, "ingest": [], "markers": [], "landcover": [], "inspect": []}
    columns = ["parcel_id", "cluster_id", "sheet_no", "parcel_no", "registered_area_m2",
               "land_code", "lease_id", "lessee", "occupant", "approved_on", "lease_from",
               "lease_to", "handed_over_on", "planned_start_on", "planned_finish_on",
               "started_on", "finished_on", "producing_on", "use_stopped_on",
               "extension_decided_on", "extension_until", "force_majeure", "industry",
               "geometry"]  # fmt: skip
    for area, epsg in (("north", NORTH), ("south", SOUTH)):
        home = folder / area
        (home / "plans").mkdir(parents=True, exist_ok=True)
        (home / "field").mkdir(exist_ok=True)
        for old in home.rglob("*.gpkg"):
            old.unlink()
        own = [cluster for cluster in clusters if cluster.epsg == epsg]
        write(home / "places.gpkg", places_of(area), epsg, "places")
        write(home / "clusters.gpkg", [
            {"cluster_id": c.id, "name": c.name, "status": c.status, "commune": c.commune,
             "province": "Kon Tum" if epsg == NORTH else "Long An",
             "registered_area_m2": float(c.width * c.height), "owner": "UBND xã",
             "registered_industrial_area_m2": 13_000.0 * (6 * c.rows - 3) if c.rows else None,
             "industries": AGRICULTURE, "decision": f"QĐ-{100 + k}/QĐ-UBND",
             "accuracy_m": 0.07, "in_force_from": "2022-01-01", "geometry": c.boundary}
            for k, c in enumerate(own)], epsg, "clusters")  # fmt: skip
        write(home / "lots.gpkg", [
            {"lot_id": name, "cluster_id": c.id, "use": use, "accuracy_m": 0.07,
             "serviced_on": "2019-06-30" if c.status.startswith("operating") else None,
             "geometry": shape}
            for c in own for name, use, shape in c.lots()], epsg, "lots")  # fmt: skip
        rows = [row for c in own for row in parcels_of(c, step)]
        tables = [row for row in rows if row["planted"] == "sublet"]
        successive = leases_table(tables)
        plain = [{k: v for k, v in row.items() if row["planted"] != "sublet" or (k not in LEASES["sublet"]
                  and k not in {"lessee", "lease_id", "occupant"})} for row in rows]  # fmt: skip
        frame = pd.DataFrame(plain).reindex(columns=columns)
        frame["accuracy_m"] = 0.07
        write(home / "parcels.gpkg", frame, epsg, "parcels")
        if successive:
            pd.DataFrame(successive).to_csv(home / "leases.csv", index=False, encoding="utf-8")
        write(
            home / "markers.gpkg",
            [
                {
                    "marker_id": name,
                    "cluster_id": c.id,
                    "marker_kind": kind,
                    "order": order,
                    "accuracy_m": 0.02,
                    "geometry": shapely.Point(x, y),
                }
                for c in own
                if c.rows
                for name, kind, order, x, y in c.markers()
            ],
            epsg,
            "markers",
        )
        write(home / "buildings.gpkg", [
            {"building_id": f"{row['parcel_id']}-N1", "parcel_id": row["parcel_id"], "floors": 1,
             "accuracy_m": 0.3, "geometry": inner(row["geometry"])}
            for row in rows if row["planted"] in {"producing", "stopped", "sublet"}],
            epsg, "buildings")  # fmt: skip
        plans_of(area, epsg, home / "plans", by_id)
        cover_of(home / "landcover.tif", own, rows, epsg)
        field_files(area, home / "field", by_id, step)
        kinds = ["places", "clusters", "lots", "parcels", "markers", "buildings"]
        manifest["ingest"] += [{"kind": k, "file": f"{area}/{k}.gpkg"} for k in kinds]
        if successive:
            manifest["ingest"].append({"kind": "leases", "file": f"{area}/leases.csv"})
        manifest["ingest"] += [
            {"kind": "plans", "file": f"{area}/plans/{item.name}"}
            for item in sorted((home / "plans").glob("*.gpkg"))
        ]
        manifest["landcover"].append(
            {"cluster_ids": [c.id for c in own], "file": f"{area}/landcover.tif"}
        )
        for c in own:
            statuses = STATUSES.get(c.id, [])
            leased = sum("lease_from" in LEASES[s] and s not in {"ended", "ended_let"}
                         for s in statuses)  # fmt: skip
            committed = sum(s not in {"ended", "ended_let"} for s in statuses)
            answers["clusters"][c.id] = {
                "gross_m2": float(c.width * c.height),
                "industrial_m2": 13_000.0 * (6 * c.rows - 3) if c.rows else None,
                "leased_m2": 13_000.0 * leased,
                "committed_m2": 13_000.0 * committed,
                "occupancy_share": committed / (6 * c.rows - 3) if c.rows else None,
            }
        for row in rows:
            if row["planted"] != "vacant":
                answers["parcels"][row["parcel_id"]] = SHOWN.get(row["planted"], row["planted"])
    records(folder, clusters, manifest)
    manifest["markers"] = [
        {"cluster_id": "N5", "survey": "north/field/gnss_N5.csv"},
        {"cluster_id": "N8", "survey": "north/field/gnss_N8_sai_kinh_tuyen.csv"},
        {"cluster_id": "S1", "survey": "south/field/gnss_S1.csv"},
    ]
    manifest["inspect"] = [
        {"file": "north/field/ranh_N1.xlsx", "options": {"province": "Kon Tum"}},
        {"file": "north/field/ranh_N6_tcvn3.zip", "options": {}},
        {"file": "north/field/ranh_N7.dxf", "options": {"province": "Kon Tum"}},
    ]
    answers |= planted()
    (folder / "manifest.yaml").write_text(
        yaml.safe_dump(manifest, allow_unicode=True, sort_keys=False), encoding="utf-8"
    )
    (folder / "answers.json").write_text(
        json.dumps(answers, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )


def records(folder, clusters, manifest):
    """The tables without shapes: figures, shared works, inspections, as offices write them."""
    figures = [
        (c.id, name, "2025", value, unit, "báo cáo 2025")
        for c in clusters if c.status == "operating"
        for name, value, unit in (("capital_paid", 120.5, "tỷ đồng"), ("jobs", 640, "người"),
                                  ("wastewater_built", 1, "0/1"))
    ]  # fmt: skip
    figures += [
        ("N5", "capital_registered", "2025", 180, "tỷ đồng", "báo cáo 2025"),
        ("N5", "revenue", "2025", 850, "tỷ đồng", "báo cáo 2025"),
        ("N5", "budget_contribution", "2025", 21_250, "triệu đồng", "báo cáo 2025"),
        ("N5", "jobs", "2024", 600, "người", "báo cáo 2024"),
        ("N5", "jobs", "2026H1", 655, "người", "báo cáo 6 tháng 2026"),
        ("N5-T01", "jobs", "2025", 40, "người", "mẫu 01"),
        ("N5-T02", "jobs", "2025", 35, "người", "mẫu 01"),
        ("N5-T01", "revenue", "2025", 52, "tỷ đồng", "mẫu 01"),
        ("N5-T19", "jobs", "2025", 5, "người", "mẫu 01"),
        ("N7-T01", "discharges_wastewater", "2026", 1, "0/1", "báo cáo ĐTM"),
        ("N7-T02", "discharges_wastewater", "2026", 0, "0/1", "báo cáo ĐTM"),
    ]
    figures += [(f"S1-T{k:02d}", "jobs", "2025", 60, "người", "mẫu 01") for k in range(1, 13)]
    names = ["of", "name", "period", "value", "unit", "source"]
    figures = pd.DataFrame(figures, columns=names).astype({"value": float})
    figures.to_csv(folder / "indicators.csv", index=False, encoding="utf-8")
    works = [
        ["N5", word, None, "01/01/2018", "31/12/2019", "01/02/2018", "31/12/2019", None, None, None,
         None, None, None, "3,5", "3,5"]
        for word in ("Đường nội bộ", "Vỉa hè", "Cây xanh", "Cấp nước", "Chất thải rắn", "PCCC",
                     "Cấp điện", "Chiếu sáng", "Viễn thông")
    ]  # fmt: skip
    works += [
        ["N5", "Xử lý nước thải", "Trạm Sa Bình", "01/01/2019", "30/06/2020", "01/03/2019",
         "28/09/2020", "1200", "900", "; ".join(f"N5-T{k:02d}" for k in range(1, 21)), "có",
         "QCVN 40:2011/BTNMT", "m³/ngày đêm", "45,0", "45,0"],
        ["N7", "Đường nội bộ", None, "01/01/2024", "31/12/2025", "15/01/2024", "20/12/2025", None,
         None, None, None, None, None, "30,0", "30,0"],
        ["N7", "Xử lý nước thải", "Trạm Đăk Năng", "01/01/2024", "30/06/2026", "01/03/2024", None,
         "800", None, None, None, "QCVN 40:2025/BTNMT", "m³/ngày đêm", "60,0", "24,0"],
        ["N7", "Cấp điện", None, "01/09/2026", "31/03/2027", None, None, None, None, None, None,
         None, None, "12,5", "0"],
        ["S1", "Xử lý nước thải", "Trạm Đức Lộc", "01/01/2018", "30/06/2019", "01/01/2018",
         "15/06/2019", "400", "520", "12", "không", "QCVN 40:2011/BTNMT", "m³/ngày đêm", "28,0",
         "27,3"],
    ]  # fmt: skip
    heads = ["Cụm", "Hạng mục", "Tên công trình", "Khởi công theo kế hoạch",
             "Hoàn thành theo kế hoạch", "Khởi công thực tế", "Hoàn thành thực tế", "Công suất",
             "Nhu cầu", "Thửa đã đấu nối", "Đạt quy chuẩn", "Quy chuẩn", "Đơn vị",
             "Vốn được duyệt (tỷ đồng)", "Vốn đã thực hiện (tỷ đồng)"]  # fmt: skip
    pd.DataFrame(works, columns=heads).to_csv(folder / "works.csv", index=False, encoding="utf-8")
    seen = [
        ["N5-T03", "10/03/2026", "Sở NN&MT", "Xả thải vượt quy chuẩn", "có", "chưa khắc phục",
         "10/06/2026", None],
        ["N5-T04", "10/03/2026", "Sở NN&MT", "Chưa đấu nối nước mưa", "có", "đã khắc phục",
         "10/06/2026", "20/05/2026"],
        ["N5", "01/09/2026", "UBND xã", "Vận hành trạm đúng quy trình", "không", None, None, None],
        ["S1-T05", "12/05/2026", "Cảnh sát PCCC", "Thiếu nghiệm thu PCCC", "có", "khiếu nại",
         "12/08/2026", None],
        ["S1-T06", "01/10/2026", "Sở NN&MT", "Không có nhật ký chất thải", "có", "chưa khắc phục",
         "31/12/2026", None],
    ]  # fmt: skip
    heads = ["Đối tượng", "Ngày kiểm tra", "Cơ quan kiểm tra", "Kết luận", "Vi phạm", "Tình trạng",
             "Hạn khắc phục", "Ngày khắc phục"]  # fmt: skip
    pd.DataFrame(seen, columns=heads).to_csv(
        folder / "inspections.csv", index=False, encoding="utf-8"
    )
    manifest["ingest"] += [
        {"kind": kind, "file": f"{kind}.csv"} for kind in ("indicators", "works", "inspections")
    ]


def inner(shape):
    """A building of 60 m × 60 m in the middle of a parcel."""
    points = np.array(shape.exterior.coords[:4])
    middle, u, v = points.mean(axis=0), points[1] - points[0], points[3] - points[0]
    u, v = u / np.hypot(*u) * 30, v / np.hypot(*v) * 30
    return Polygon(np.round([middle - u - v, middle + u - v, middle + u + v, middle - u + v], 3))


def leases_table(rows):
    """Two leases after each other for parcels whose leases stand in a table of their own."""
    out = []
    for row in rows:
        base = {"parcel_id": row["parcel_id"]}
        out.append(
            base
            | LEASES["ended"]
            | {
                "lease_to": "2017-12-31",
                "lease_id": row["lease_id"] + "-CU",
                "lessee": "Công ty CP Đường Hiệp Hòa",
                "occupant": "Công ty CP Đường Hiệp Hòa",
            }
        )
        out.append(base | LEASES["sublet"] | {"lease_id": row["lease_id"],
                                              "lessee": row["lessee"]})  # fmt: skip
    return out


def places_of(area):
    """Four communes of before July 2025, two of after, and the province."""
    west, south = (545_000, 1_585_000) if area == "north" else (565_000, 1_219_000)
    names = (("Đăk Rơ Wa", "Ia Chim", "Sa Bình", "Ngô Mây") if area == "north"
             else ("Đức Lộc", "Vàm Đông", "Rạch Kiến", "Phước Tân"))  # fmt: skip
    letter = "K" if area == "north" else "L"
    rows = []
    for k, name in enumerate(names):
        x, y = west + 5000 * (k % 2), south + 3500 * (k // 2)
        rows.append({"place_id": f"{letter}{k + 1}", "name": f"xã {name}", "level": "commune",
                     "valid_from": "1990-01-01", "valid_to": "2025-06-30",
                     "parent_id": f"{letter}T", "geometry": box(x, y, x + 5000, y + 3500)})  # fmt: skip
    for k, name in enumerate(names[::2]):
        y = south + 3500 * k
        rows.append(
            {
                "place_id": f"{letter}M{k + 1}",
                "name": f"xã {name} (mới)",
                "level": "commune",
                "valid_from": "2025-07-01",
                "valid_to": None,
                "parent_id": f"{letter}T",
                "geometry": box(west, y, west + 10_000, y + 3500),
            }
        )
    rows.append({"place_id": f"{letter}T", "name": "tỉnh Đăk Mơ" if area == "north"
                 else "tỉnh Đức Lộc", "level": "province", "valid_from": "1990-01-01",
                 "valid_to": None, "parent_id": None,
                 "geometry": box(west, south, west + 10_000, south + 7000)})  # fmt: skip
    return rows


def plans_of(area, epsg, home, by_id):
    """Eight other plans and the land planned for clusters, each with its ground."""
    west, south = (545_000, 1_585_000) if area == "north" else (565_000, 1_219_000)
    whole = box(west, south, west + 10_000, south + 7000)

    def plan(name, category, zones, *, title, scale=10_000, ground=whole, start="2022-01-01",
             end=None, status="in_force"):  # fmt: skip
        path = home / f"{name}.gpkg"
        write(path, [
            {"zone_id": f"{name}-{k + 1}", "plan_id": name, "category": category, "title": title,
             "status": status, "map_scale": float(scale), "in_force_from": start,
             "in_force_to": end, "decision": f"QĐ {500 + k}/QĐ-UBND", "geometry": shape}
            for k, shape in enumerate(zones)], epsg, "plans")  # fmt: skip
        write(path, [{"name": "phạm vi", "geometry": ground}], epsg, "ground")

    if area == "north":
        n1, n2, n5 = by_id["N1"], by_id["N2"], by_id["N5"]
        plan(
            "rice_north",
            "LUC",
            [
                # 100 m × 200 m on the east side of N1
                box(n1.west + 700, n1.south, n1.west + 1300, n1.south + 200),
                box(547_200, 1_587_300, 548_300, 1_588_400),
            ],
            title="Đất chuyên trồng lúa",
        )
        plan(
            "forest_special",
            "special_use_forest",
            [
                # 40 m × 150 m on the north side of N2
                box(n2.west + 100, n2.south + 460, n2.west + 250, n2.south + 1400)
            ],
            title="Rừng đặc dụng",
        )
        plan(
            "forest_protection",
            "protection_forest",
            [
                # a strip 1 m wide along the south side of N5: within the accuracy of the map (2.0 m)
                Polygon(
                    [
                        (546_100, 1_588_200),
                        (546_500, 1_588_200),
                        (546_500, 1_589_001),
                        (546_100, 1_589_001),
                    ]
                )
            ],
            title="Rừng phòng hộ",
        )
        plan(
            "forest_production",
            "production_forest",
            [
                # a strip 3 m wide along the north side of N5: nobody can tell (2.0 to 4.0 m)
                box(546_200, n5.south + 597, 546_600, n5.south + 1500)
            ],
            title="Rừng sản xuất",
        )
        plan(
            "road_north",
            "road",
            [box(545_000, 1_588_300, 555_000, 1_588_380)],
            title="Hành lang an toàn quốc lộ",
            scale=5000,
            # the map of the road plan ends west of N8
            ground=box(545_000, 1_585_000, 553_000, 1_592_000),
        )
        plan(
            "defence_north",
            "CQP",
            [box(549_500, 1_586_900, 550_600, 1_588_000)],
            title="Đất quốc phòng (đã bàn giao)",
            end="2025-12-31",
        )
        plan(
            "landuse_north",
            "SKN",
            [
                box(n1.west - 50, n1.south - 50, n1.west + 850, n1.south + 550),
                box(n5.west, n5.south, n5.west + 820, n5.south + 600),
            ],
            title="Quy hoạch sử dụng đất",
        )
        return
    s1 = by_id["S1"]
    plan(
        "river_south",
        "water_source",
        [
            Polygon(
                [
                    (565_000, 1_222_100),
                    (575_000, 1_222_350),
                    (575_000, 1_222_500),
                    (565_000, 1_222_250),
                ]
            )
        ],
        title="Hành lang bảo vệ nguồn nước sông Vàm",
        scale=5000,
    )
    plan(
        "urban_south",
        "urban_plan",
        [box(570_500, 1_220_000, 573_500, 1_222_000)],
        title="Quy hoạch chung đô thị (dự thảo)",
        status="draft",
        start="2027-01-01",
    )
    plan(
        "mineral_south",
        "mineral",
        [
            # 120 m × 300 m on the west side of S1
            box(s1.west - 400, s1.south + 100, s1.west + 120, s1.south + 400)
        ],
        title="Quy hoạch khoáng sản: sét gạch ngói",
        scale=25_000,
    )


def cover_of(path, own, rows, epsg):
    """Land cover at 10 m: crops, trees, water, and built ground where parcels are built."""
    west, south = (545_000, 1_585_000) if epsg == NORTH else (565_000, 1_219_000)
    width, height = 1000, 700
    cells = np.full((height, width), 40, dtype=np.uint8)
    cells[:, :120] = 10
    cells[300:312, :] = 80
    x = west + 10 * np.arange(width) + 5
    y = south + 10 * (height - np.arange(height)) - 5
    px, py = np.meshgrid(x, y)

    def paint(shape, value):
        cells[shapely.contains_xy(shape, px, py)] = value

    for c in own:
        if c.rows:
            paint(c.boundary, 30)
    for row in rows:
        if row["planted"] in {"producing", "stopped", "sublet", "ended", "ended_let"}:
            paint(row["geometry"].buffer(-15, join_style="mitre"), 50)
    for row in rows:
        if row["parcel_id"] == "N5-T01":
            paint(row["geometry"], 50)  # built on every pixel: share 1
        if row["parcel_id"] == "N5-T02":
            paint(row["geometry"], 30)  # leased and nothing built: share 0
        if row["parcel_id"] in {"N5-T27", "N6-T03"}:
            paint(row["geometry"], 50)  # built and not leased
    with rasterio.open(path, "w", driver="GTiff", width=width, height=height, count=1,
                       dtype="uint8", crs=f"EPSG:{epsg}", nodata=0, compress="deflate",
                       tiled=True, blockxsize=256, blockysize=256,
                       transform=from_origin(west, south + 10 * height, 10, 10)) as out:  # fmt: skip
        out.write(cells, 1)


def field_files(area, home, by_id, step):
    """Files as an office sends them."""
    if area == "north":
        coordinate_sheet(home / "ranh_N1.xlsx", by_id["N1"])
        tcvn3_shapefile(home / "ranh_N6_tcvn3.zip", by_id["N6"])
        drawing(home / "ranh_N7.dxf", by_id["N7"])
        gnss(home / "gnss_N5.csv", by_id["N5"], step, moved={5: (3.0, 0.0)}, lost={12})
        gnss(home / "gnss_N8_sai_kinh_tuyen.csv", by_id["N8"], step, zone=5899)
    else:
        gnss(home / "gnss_S1.csv", by_id["S1"], step, moved={9: (0.0, -0.25)})


def gnss(path, cluster, step, *, moved=None, lost=(), zone=None):
    """A controller's CSV: point, N, E, H, HRMS, VRMS, fix, epochs, time."""
    lines = ["point,N,E,H,HRMS,VRMS,fix,epochs,time"]
    for k, (name, _, _, x, y) in enumerate(cluster.markers(), 1):
        if k in lost:
            continue
        de, dn = (moved or {}).get(k, (0.0, 0.0))
        noise = step.normal(0, 0.01 / np.sqrt(2), 2)
        e, n = np.array([x + de + noise[0]]), np.array([y + dn + noise[1]])
        if zone is not None:
            e, n = to_plane(*to_geographic(e, n, cluster.epsg), zone)
        lines.append(f"{name},{n[0]:.3f},{e[0]:.3f},{512.3 + k / 10:.3f},0.010,0.018,FIX,30,"
                     f"2026-11-{10 + k % 4:02d}T08:{k:02d}:00")  # fmt: skip
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def coordinate_sheet(path, cluster):
    """Merged headers, X north, decimal commas as text, the first row again at the end."""
    book = openpyxl.Workbook()
    book.properties.created = book.properties.modified = datetime(2026, 11, 15)  # noqa: DTZ001
    sheet = book.active
    sheet.title = "Ranh giới"
    sheet["A1"] = f"BẢNG THỐNG KÊ TỌA ĐỘ RANH GIỚI {cluster.name.upper()}"
    sheet.merge_cells("A1:D1")
    sheet["A3"], sheet["B3"] = "Số hiệu điểm", "Tọa độ VN-2000, KTT 107°30′, múi chiếu 3°"
    sheet["D3"] = "Ghi chú"
    sheet.merge_cells("B3:C3")
    sheet["B4"], sheet["C4"] = "X (m)", "Y (m)"
    points = np.array(cluster.boundary.exterior.coords)
    for k, (x, y) in enumerate(points):
        sheet.append([str(k % 4 + 1), comma(y), comma(x), "khép" if k == 4 else None])
    sheet.append(["Diện tích (ha)", comma(cluster.width * cluster.height / 10_000, 2)])
    book.save(path)


def comma(value, decimals=3):
    """``1.587.000,120``."""
    return f"{value:,.{decimals}f}".translate(str.maketrans(",.", ".,"))


def tcvn3_shapefile(path, cluster):
    """A Shapefile whose text is TCVN3 bytes, zipped, without a .cpg."""
    import tempfile

    text = bytes(TCVN3.get(letter, ord(letter) if ord(letter) < 128 else 63)
                 for letter in cluster.name.replace("Ă", "ă")).decode("latin-1")  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        frame = gpd.GeoDataFrame({"MA_CUM": [cluster.id], "TEN": [text]},
                                 geometry=[cluster.boundary], crs=cluster.epsg)  # fmt: skip
        pyogrio.write_dataframe(frame, Path(folder) / "ranh.shp", encoding="ISO-8859-1",
                                DBF_DATE_LAST_UPDATE="2026-11-15")  # fmt: skip
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for part in ("shp", "shx", "dbf", "prj"):
                info = zipfile.ZipInfo(f"ranh.{part}", (2026, 11, 15, 0, 0, 0))
                archive.writestr(info, (Path(folder) / f"ranh.{part}").read_bytes())


def drawing(path, cluster):
    """A closed polyline with the name inside, as a CAD office draws it."""
    document = ezdxf.new("R2018")
    space = document.modelspace()
    space.add_lwpolyline(list(cluster.boundary.exterior.coords)[:4], close=True,
                         dxfattribs={"layer": "RANH_GIOI"})  # fmt: skip
    x, y = cluster.place(400, 300)
    space.add_text(cluster.name, height=20, dxfattribs={"layer": "TEN"}).set_placement(
        (float(x), float(y))
    )
    document.saveas(path)


def planted():
    """The planted findings that a person can check by width × length."""
    return {
        "overlaps": [
            ["N1", "rice_north", "rice_north-1", "conflict", 20_000.0, "approval"],
            ["N2", "forest_special", "forest_special-1", "conflict", 6_000.0, "blocking"],
            ["N5", "forest_protection", "forest_protection-1", "within_accuracy", 400.0, None],
            ["N5", "forest_production", "forest_production-1", "undecided", 1_200.0, "note"],
            ["N1", "landuse_north", "landuse_north-1", "compatible", 400_000.0, None],
            ["N5", "landuse_north", "landuse_north-2", "compatible", 492_000.0, None],
            ["N3", "clusters", "N4", "conflict", 10_000.0, "blocking"],
            ["N4", "clusters", "N3", "conflict", 10_000.0, "blocking"],
            ["S1", "mineral_south", "mineral_south-1", "conflict", 36_000.0, "note"],
        ],
        "not_checked": [["N8", "road_north", "outside_ground"]],
        "markers": {
            "N5": {"cause": "none", "moved": {"N5-RG-05": 3.0}, "missing": ["N5-RG-12"]},
            "N8": {"cause": "wrong_central_meridian", "read_as": "EPSG:9216",
                   "should_be": "EPSG:5899", "moved": {}, "missing": []},
            "S1": {"cause": "none", "moved": {"S1-RG-09": 0.25}, "missing": []},
        },
        "deadlines": {
            "N5-T19": ["late", "2027-03-01", 106],
            "N5-T22": ["extended", "2027-12-31", 411],
        },
        "built_share": {"N5-T01": 1.0, "N5-T02": 0.0, "N5-T27": 1.0},
        "economy": {  # figure, sum of parcels, difference, hectares of the rung
            "N5 jobs": [640.0, 80.0, 560.0, 23.4],
            "N5 capital_paid": [120.5e9, None, None, 32.5],
            "N5 capital_registered": [180e9, None, None, 32.5],
            "N5 revenue": [850e9, 52e9, 798e9, 23.4],
            "N5 budget_contribution": [21.25e9, None, None, 23.4],
            "S1 jobs": [640.0, 720.0, -80.0, 16.9],
        },
        "works": {  # state, days the start and the finish are late
            "N5 wastewater": ["finished_late", 59, 90],
            "N7 road": ["finished", 14, -11],
            "N7 wastewater": ["running_late", 60, 138],
            "N7 power": ["no_start_late", 75, None],
            "S1 wastewater": ["finished", 0, -15],
        },
        "wastewater": {  # plant, connected, of leased, demand of capacity, missing m³/day
            "N5": ["there", 20, 25, 0.75, 0.0],
            "N7": ["building", None, 8, None, None],
            "S1": ["there", 12, 18, 1.3, 120.0],
            "S3": ["unknown", None, 20, None, None],
        },
        "held_back": {"N7 no_new_discharge": {"held": 1, "undecided": 8},
                      "N7 shared_works_complete": {"held": 10}},
        "inspections": {"N5-T03": ["overdue", 158], "N5-T04": ["fixed", None],
                        "S1-T05": ["appealed", None], "S1-T06": ["open", None]},
        "withdrawn": {"S4": [4, 3, 39_000.0, 13_000.0, 52_000.0, "2068-03-01"]},
    }  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent)
