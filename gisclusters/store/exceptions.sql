-- The register of accepted overlaps.  A row is never deleted and never changed but once, when
-- it is ended.  piece is the accepted piece (WKB in the CRS crs, x east, y north).
CREATE TABLE exceptions (
  fid             INTEGER  NOT NULL PRIMARY KEY AUTOINCREMENT,
  exception_id    TEXT     NOT NULL UNIQUE,
  recorded_at     DATETIME NOT NULL,
  subject_id      TEXT     NOT NULL,
  plan_id         TEXT     NOT NULL,
  zone_id         TEXT     NOT NULL,
  reason          TEXT     NOT NULL,
  document        TEXT     NOT NULL,
  person          TEXT     NOT NULL,
  decided_on      DATE     NOT NULL,
  until           DATE     NOT NULL,
  as_of           DATE     NOT NULL,
  rules           TEXT     NOT NULL,
  rule_id         TEXT     NOT NULL,
  effect          TEXT     NOT NULL,
  verdict         TEXT     NOT NULL,
  severity        TEXT,
  area_m2         REAL     NOT NULL,
  width_m         REAL,
  tolerance_m     REAL     NOT NULL,
  crs             TEXT     NOT NULL,
  piece           BLOB     NOT NULL,
  ended_on        DATE,
  ended_reason    TEXT,
  ended_document  TEXT,
  ended_by        TEXT,
  end_recorded_at DATETIME
);

CREATE INDEX exceptions_by_subject ON exceptions (subject_id, plan_id, zone_id);

INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES
  ('exceptions', 'attributes', 'exceptions');
