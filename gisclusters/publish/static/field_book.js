/* The field book: state, note and position of each marker, kept in the browser, written to and
   read from CSV and GeoJSON in the columns that `gisclusters markers verify --survey` reads. */
(function () {
  "use strict";
  var gc = (window.gisclusters = window.gisclusters || {});
  var RISKY = /^[=+\-@\t\r]/;
  var LONGEST_NOTE = 500;

  /* `markers` have `id` and `cluster`; `key` names the design, so that another design of the
     same cluster finds a book of its own. */
  gc.Book = function (key, markers, states) {
    this.key = "gisclusters.field." + key;
    this.markers = markers;
    this.states = states;
    this.withCluster = markers.some(function (marker) { return marker.cluster !== ""; });
    this.records = {};
    this.kept = true;
    this.load();
  };

  function nameOf(marker) { return marker.cluster + "\n" + marker.id; }

  gc.Book.prototype.load = function () {
    try {
      var text = window.localStorage.getItem(this.key);
      window.localStorage.setItem(this.key, text || "{}");
      this.records = this.clean(JSON.parse(text || "{}"));
    } catch (refused) {
      this.kept = false;
    }
  };

  gc.Book.prototype.save = function () {
    try {
      window.localStorage.setItem(this.key, JSON.stringify(this.records));
      this.kept = true;
    } catch (refused) {
      this.kept = false;
    }
  };

  /* Only records of markers of this design that read well. */
  gc.Book.prototype.clean = function (stored) {
    var found = {};
    var self = this;
    this.markers.forEach(function (marker) {
      var record = stored && stored[nameOf(marker)];
      var sound = record && self.sound(record);
      if (sound) { found[nameOf(marker)] = sound; }
    });
    return found;
  };

  /* A record with its fields checked, or null where one of them cannot be. */
  gc.Book.prototype.sound = function (given) {
    var state = given.state || null;
    var lon = numberOf(given.lon);
    var lat = numberOf(given.lat);
    var accuracy = numberOf(given.accuracy_m);
    var time = given.observed_at || null;
    var noted = given.noted_at || time;
    if (state !== null && this.states.indexOf(state) < 0) { return null; }
    if (Number.isNaN(lon) || Number.isNaN(lat) || Number.isNaN(accuracy)) { return null; }
    if ((lon === null) !== (lat === null) || Math.abs(lon) > 180 || Math.abs(lat) > 90) { return null; }
    if (accuracy !== null && accuracy <= 0) { return null; }
    if ([time, noted].some(function (each) { return each !== null && Number.isNaN(Date.parse(each)); })) {
      return null;
    }
    return {
      state: state, note: String(given.note || "").slice(0, LONGEST_NOTE), lon: lon, lat: lat,
      accuracy_m: lon === null ? null : accuracy, observed_at: time, noted_at: noted,
    };
  };

  function numberOf(value) {
    if (value === null || value === undefined || value === "") { return null; }
    var number = Number(value);
    return Number.isFinite(number) ? number : NaN;
  }

  gc.Book.prototype.of = function (marker) {
    return this.records[nameOf(marker)] ||
      { state: null, note: "", lon: null, lat: null, accuracy_m: null, observed_at: null, noted_at: null };
  };

  /* Changes fields of a record; one without any content goes.  It was observed when its position
     was (`changes.observed_at`), without one when it was last noted. */
  gc.Book.prototype.note = function (marker, changes) {
    var record = Object.assign({}, this.of(marker), changes, { noted_at: gc.localTime(Date.now()) });
    if (record.lon === null) { record.observed_at = record.noted_at; }
    if (record.state === null && record.note === "" && record.lon === null) {
      delete this.records[nameOf(marker)];
    } else {
      this.records[nameOf(marker)] = record;
    }
    this.save();
  };

  gc.Book.prototype.clear = function () {
    this.records = {};
    this.save();
  };

  gc.Book.prototype.count = function () { return Object.keys(this.records).length; };

  /* 2026-11-25T08:00:00+07:00: the clock of the phone with its zone. */
  gc.localTime = function (milliseconds) {
    var moment = new Date(milliseconds);
    var east = -moment.getTimezoneOffset();
    function two(value) { return String(Math.floor(Math.abs(value))).padStart(2, "0"); }
    return new Date(milliseconds + east * 60000).toISOString().slice(0, 19) +
      (east < 0 ? "-" : "+") + two(east / 60) + ":" + two(Math.abs(east) % 60);
  };

  // ---- out ---------------------------------------------------------------------------------
  gc.Book.prototype.columns = function () {
    var named = ["marker_id", "lon", "lat", "accuracy_m", "state", "note", "observed_at", "noted_at"];
    return this.withCluster ? named.concat("cluster_id") : named;
  };

  gc.Book.prototype.rows = function () {
    var self = this;
    return this.markers
      .filter(function (marker) { return self.records[nameOf(marker)]; })
      .map(function (marker) {
        var row = Object.assign({ marker_id: marker.id }, self.of(marker));
        if (self.withCluster) { row.cluster_id = marker.cluster; }
        row.note = row.note.replace(/\s+/g, " ").trim();
        return row;
      });
  };

  /* Excel would run a cell that begins like a formula: an apostrophe makes it text. */
  function cell(value) {
    if (value === null || value === undefined) { return ""; }
    var text = String(value);
    if (typeof value === "string" && RISKY.test(text)) { text = "'" + text; }
    return /[",;\r\n]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
  }

  gc.Book.prototype.csv = function () {
    var columns = this.columns();
    var lines = this.rows().map(function (row) {
      return columns.map(function (name) { return cell(row[name]); }).join(",");
    });
    return "\ufeff" + [columns.join(",")].concat(lines).join("\r\n") + "\r\n";
  };

  gc.Book.prototype.geojson = function () {
    var columns = this.columns().filter(function (name) { return name !== "lon" && name !== "lat"; });
    var features = this.rows().map(function (row) {
      var properties = {};
      columns.forEach(function (name) { properties[name] = row[name] === "" ? null : row[name]; });
      var point = { type: "Point", coordinates: [row.lon, row.lat] };
      return { type: "Feature", geometry: row.lon === null ? null : point, properties: properties };
    });
    return JSON.stringify({ type: "FeatureCollection", features: features }, null, 1) + "\n";
  };

  // ---- in ----------------------------------------------------------------------------------
  /* Cells of a CSV text: quotes doubled inside quotes, lines ended by CR LF or LF. */
  function cells(text, mark) {
    var rows = [];
    var row = [];
    var value = "";
    var quoted = false;
    for (var i = 0; i < text.length; i += 1) {
      var letter = text[i];
      if (quoted) {
        if (letter !== '"') { value += letter; }
        else if (text[i + 1] === '"') { value += letter; i += 1; }
        else { quoted = false; }
      } else if (letter === '"' && value === "") { quoted = true; }
      else if (letter === mark) { row.push(value); value = ""; }
      else if (letter === "\n") { row.push(value); rows.push(row); row = []; value = ""; }
      else if (letter !== "\r") { value += letter; }
    }
    if (value !== "" || row.length) { row.push(value); rows.push(row); }
    return rows;
  }

  function fromCsv(text) {
    var head = text.split("\n", 1)[0];
    var mark = [";", "\t"].find(function (each) { return head.indexOf(each) >= 0; }) || ",";
    var table = cells(text, mark);
    var names = (table.shift() || []).map(function (name) { return name.trim(); });
    return table
      .filter(function (row) { return row.some(function (each) { return each !== ""; }); })
      .map(function (row) {
        var found = {};
        names.forEach(function (name, place) {
          var value = (row[place] || "").trim();
          if (mark !== "," && ["lon", "lat", "accuracy_m"].indexOf(name) >= 0) {
            value = value.replace(",", ".");
          }
          found[name] = value[0] === "'" && RISKY.test(value.slice(1)) ? value.slice(1) : value;
        });
        return found;
      });
  }

  function fromGeojson(text) {
    var given = JSON.parse(text).features;
    if (!Array.isArray(given)) { throw new Error("no features"); }
    return given.map(function (feature) {
      var at = (feature.geometry && feature.geometry.coordinates) || [];
      return Object.assign({}, feature.properties, { lon: at[0], lat: at[1] });
    });
  }

  /* Takes records of an exported file: {taken, older, unknown, unread}.  Of two records of a
     marker the one noted later stays.  Throws where the text is no such file. */
  gc.Book.prototype.take = function (given) {
    var text = given.replace(/^\ufeff/, "");
    var rows = text.trim()[0] === "{" ? fromGeojson(text) : fromCsv(text);
    if (!rows.length || !rows.some(function (row) { return row.marker_id; })) {
      throw new Error("no marker_id");
    }
    var told = { taken: 0, older: 0, unknown: 0, unread: 0 };
    var self = this;
    rows.forEach(function (row) {
      var named = self.markers.filter(function (marker) {
        return marker.id === String(row.marker_id).normalize("NFC") &&
          (!row.cluster_id || marker.cluster === row.cluster_id);
      });
      var record = self.sound(row);
      if (named.length !== 1) { told.unknown += 1; return; }
      if (!record) { told.unread += 1; return; }
      var before = self.records[nameOf(named[0])];
      if (before && Date.parse(before.noted_at || 0) > Date.parse(record.noted_at || 0)) {
        told.older += 1;
        return;
      }
      self.records[nameOf(named[0])] = record;
      told.taken += 1;
    });
    this.save();
    return told;
  };
})();
