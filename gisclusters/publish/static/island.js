/* Reads the data island of a page and turns its packed shapes back into coordinates.
   The format is described in gisclusters/publish/island.py. */
(function () {
  "use strict";
  var gc = (window.gisclusters = window.gisclusters || {});

  gc.QUANTUM_DEG = 1e-7;

  gc.readIsland = function (id) {
    return JSON.parse(document.getElementById(id).textContent);
  };

  /* Longitudes and latitudes in the order they were packed. */
  gc.undelta = function (deltas) {
    var count = deltas.length / 2;
    var lon = new Float64Array(count);
    var lat = new Float64Array(count);
    var x = 0;
    var y = 0;
    for (var i = 0; i < count; i += 1) {
      x += deltas[2 * i];
      y += deltas[2 * i + 1];
      lon[i] = x * gc.QUANTUM_DEG;
      lat[i] = y * gc.QUANTUM_DEG;
    }
    return { lon: lon, lat: lat };
  };

  /* Where each run begins, with the total at the end: [3, 2] gives [0, 3, 5]. */
  gc.starts = function (sizes) {
    var found = new Int32Array(sizes.length + 1);
    for (var i = 0; i < sizes.length; i += 1) {
      found[i + 1] = found[i] + sizes[i];
    }
    return found;
  };

  /* A packed set as arrays: vertices, paths (runs of vertices), features (runs of paths). */
  gc.unpack = function (packed) {
    var vertices = gc.undelta(packed.xy);
    var inside = gc.undelta(packed.at);
    return {
      lon: vertices.lon,
      lat: vertices.lat,
      kinds: packed.kinds,
      pathStart: gc.starts(packed.sizes),
      featurePath: gc.starts(packed.paths),
      atLon: inside.lon,
      atLat: inside.lat,
      count: packed.paths.length,
    };
  };

  /* Text without case and diacritics, so that "ngo may" finds "Ngô Mây". */
  gc.fold = function (text) {
    return String(text)
      .normalize("NFD")
      .replace(/[\u0300-\u036f]/g, "")
      .replace(/[đĐ]/g, "d")
      .toLowerCase()
      .replace(/\s+/g, " ")
      .trim();
  };
})();
