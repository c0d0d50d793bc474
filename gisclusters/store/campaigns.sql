-- The marker verifications that were kept.  A row is never changed and never deleted; a later
-- one of the same survey file stands for the earlier ones.  Lengths are metres of crs (easting,
-- northing); tolerance, diagnosis and sources are JSON.
CREATE TABLE campaigns (
  fid             INTEGER  NOT NULL PRIMARY KEY AUTOINCREMENT,
  recorded_at     DATETIME NOT NULL,
  run_id          TEXT     NOT NULL,
  cluster_id      TEXT     NOT NULL,
  first_day       DATE     NOT NULL,
  last_day        DATE     NOT NULL,
  day_source      TEXT     NOT NULL,
  crs             TEXT     NOT NULL,
  datum_operation TEXT,
  cause           TEXT     NOT NULL,
  tolerance_m     REAL     NOT NULL,
  survey_name     TEXT     NOT NULL,
  survey_sha256   TEXT     NOT NULL,
  tolerance       TEXT     NOT NULL,
  diagnosis       TEXT     NOT NULL,
  sources         TEXT     NOT NULL
);

CREATE INDEX campaigns_by_cluster ON campaigns (cluster_id, survey_sha256);

CREATE TABLE campaign_markers (
  fid           INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  campaign      INTEGER NOT NULL REFERENCES campaigns (fid),
  marker_id     TEXT    NOT NULL,
  verdict       TEXT    NOT NULL,
  easting_m     REAL,
  northing_m    REAL,
  corrected_e_m REAL,
  corrected_n_m REAL,
  de_m          REAL,
  dn_m          REAL,
  residual_m    REAL,
  tolerance_m   REAL,
  accuracy_m    REAL,
  matched_by    TEXT,
  state         TEXT,
  note          TEXT
);

CREATE INDEX campaign_markers_by_campaign ON campaign_markers (campaign);

INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES
  ('campaigns', 'attributes', 'campaigns'),
  ('campaign_markers', 'attributes', 'campaign_markers');
