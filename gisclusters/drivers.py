"""GDAL drivers and settings that reach beyond the one file they are given.

A description of data elsewhere (VRT, WMS, OAPIF …) makes GDAL open other files or connect,
whatever the ending of its name.  GDAL reads ``GDAL_SKIP`` once, when it is first loaded, so
these settings must stand in the environment before any GDAL is imported.
"""

from __future__ import annotations

import logging
import os

REACHING_DRIVERS = (
    # Descriptions of other files, in vector and raster.
    "VRT", "OGR_VRT", "GDALG", "GTI", "DERIVED", "STACIT", "STACTA",
    "KMLSUPEROVERLAY", "GMLAS", "Rasterlite", "MRF", "TIL", "ESRIC", "OGR_PDS", "PDS4", "PDF",
    # Services.
    "WMS", "WMTS", "WCS", "WFS", "OAPIF", "OGCAPI", "CSW", "HTTP", "EEDA", "EEDAI", "DAAS",
    "PLMOSAIC", "PLSCENES", "AmigoCloud", "Carto", "Elasticsearch", "NGW", "GPSBabel", "IIP",
    # Databases, and libraries loaded by name.
    "ADBC", "MongoDBv3", "MSSQLSpatial", "MySQL", "OCI", "ODBC", "PGeo", "PostgreSQL",
    "PostGISRaster", "HANA", "IDB", "TileDB", "Zarr", "SQLite", "AIVector", "GNMFile",
    "GNMDatabase",
)  # fmt: skip

CLOSED_GDAL = {
    "GDAL_SKIP": ",".join(REACHING_DRIVERS),
    "CPL_VSIL_CURL_ALLOWED_FILENAME": "none",
    "GDAL_DRIVER_PATH": "disable",
    "GDAL_VRT_ENABLE_PYTHON": "NO",
    "OGR_SQLITE_LOAD_EXTENSIONS": "",
    "GDAL_HTTP_PROXY": "127.0.0.1:9",
    "GDAL_HTTPS_PROXY": "127.0.0.1:9",
    "PROJ_NETWORK": "OFF",
    "CPL_LOG": os.devnull,  # where GDAL would say which of these it was built without
}
"""Environment in which GDAL knows neither those drivers, nor plugins, nor the network."""


def close_gdal() -> None:
    """Make it so in this process; useless once a GDAL is loaded."""
    os.environ.update(CLOSED_GDAL)
    for library in ("rasterio", "fiona"):  # they log every driver they were built without
        logging.getLogger(library).addHandler(logging.NullHandler())
