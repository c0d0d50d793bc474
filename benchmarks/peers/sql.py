"""The question in SQL, for engines that speak it with the names of OGC."""

QUERY = """
    SELECT parcel, zone, ST_Area(shape) AS area_m2, shape FROM (
        SELECT a.id AS parcel, b.id AS zone, ST_Intersection(a.geom, b.geom) AS shape
        FROM a JOIN b ON ST_Intersects(a.geom, b.geom)
    ) AS pairs
"""
