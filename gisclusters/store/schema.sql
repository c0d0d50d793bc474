-- The tables of a store.  A store is a GeoPackage 1.3 (OGC 12-128r17): any GIS opens it.
-- Feature tables (clusters_9216, plans_9216 …) are made when the first rows of their kind
-- and zone come; tables.py makes them.  All of it is made in one transaction.

-- GeoPackage core ---------------------------------------------------------------------

CREATE TABLE gpkg_spatial_ref_sys (
  srs_name                 TEXT    NOT NULL,
  srs_id                   INTEGER NOT NULL PRIMARY KEY,
  organization             TEXT    NOT NULL,
  organization_coordsys_id INTEGER NOT NULL,
  definition               TEXT    NOT NULL,
  description              TEXT
);

INSERT INTO gpkg_spatial_ref_sys VALUES
  ('Undefined cartesian SRS', -1, 'NONE', -1, 'undefined', 'undefined cartesian coordinate reference system'),
  ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', 'undefined geographic coordinate reference system');

CREATE TABLE gpkg_contents (
  table_name  TEXT     NOT NULL PRIMARY KEY,
  data_type   TEXT     NOT NULL,
  identifier  TEXT     UNIQUE,
  description TEXT     DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  min_x       DOUBLE,
  min_y       DOUBLE,
  max_x       DOUBLE,
  max_y       DOUBLE,
  srs_id      INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id)
);

CREATE TABLE gpkg_geometry_columns (
  table_name         TEXT    NOT NULL,
  column_name        TEXT    NOT NULL,
  geometry_type_name TEXT    NOT NULL,
  srs_id             INTEGER NOT NULL,
  z                  TINYINT NOT NULL,
  m                  TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents (table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id)
);

CREATE TABLE gpkg_extensions (
  table_name     TEXT,
  column_name    TEXT,
  extension_name TEXT NOT NULL,
  definition     TEXT NOT NULL,
  scope          TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name)
);

-- Ours --------------------------------------------------------------------------------

-- One row: by this table a GeoPackage is known as a store, and its age.
CREATE TABLE gisclusters_store (
  fid            INTEGER NOT NULL PRIMARY KEY,
  schema_version INTEGER NOT NULL,
  made_by        TEXT    NOT NULL
);

-- One row for each file taken in: where the rows that name it come from.
-- extra_columns, issues and summary are JSON.
CREATE TABLE imports (
  fid             INTEGER  NOT NULL PRIMARY KEY AUTOINCREMENT,
  import_id       TEXT     NOT NULL UNIQUE,
  kind            TEXT     NOT NULL,
  recorded_at     DATETIME NOT NULL,
  source_name     TEXT     NOT NULL,
  source_layer    TEXT,
  source_sha256   TEXT     NOT NULL,
  source_rows     INTEGER  NOT NULL,
  crs_as_received TEXT,
  datum_operation TEXT,
  crs_stored      TEXT,
  decision        TEXT,
  decided_on      DATE,
  reason          TEXT,
  extra_columns   TEXT     NOT NULL,
  issues          TEXT     NOT NULL,
  summary         TEXT     NOT NULL
);

CREATE INDEX imports_by_file ON imports (source_sha256);

-- One row for each shape that an import mended because the person accepted it.
-- original is the shape as received (WKB, in the CRS crs); place is east north in it.
CREATE TABLE repairs (
  fid            INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  import_id      TEXT    NOT NULL REFERENCES imports (import_id),
  kind           TEXT    NOT NULL,
  id             TEXT,
  source_row     INTEGER NOT NULL,
  reason         TEXT    NOT NULL,
  place          TEXT    NOT NULL,
  crs            TEXT    NOT NULL,
  area_before_m2 REAL    NOT NULL,
  area_after_m2  REAL    NOT NULL,
  hausdorff_m    REAL    NOT NULL,
  original       BLOB    NOT NULL
);

CREATE INDEX repairs_by_import ON repairs (import_id);

-- One row for each cell of an import whose text was decoded from an older code page:
-- raw is what stood in the file.
CREATE TABLE received_text (
  fid        INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  import_id  TEXT    NOT NULL REFERENCES imports (import_id),
  kind       TEXT    NOT NULL,
  id         TEXT,
  source_row INTEGER NOT NULL,
  field      TEXT    NOT NULL,
  raw        BLOB    NOT NULL
);

CREATE INDEX received_text_by_import ON received_text (import_id);

INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES
  ('gisclusters_store', 'attributes', 'gisclusters_store'),
  ('imports', 'attributes', 'imports'),
  ('repairs', 'attributes', 'repairs'),
  ('received_text', 'attributes', 'received_text');
