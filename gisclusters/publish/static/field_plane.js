/* Positions of a phone in the VN-2000 plane of a marker: where it lies from here, and whether
   the accuracy allows to say that it is reached. */
(function () {
  "use strict";
  var gc = (window.gisclusters = window.gisclusters || {});

  /* East and north, metres, of a WGS 84 position in `zone` (projection and datum of the island). */
  gc.toPlane = function (zone, longitude, latitude) {
    var plane = proj4(zone.proj4, [longitude, latitude]);
    return { easting_m: plane[0], northing_m: plane[1] };
  };

  /* The way from one place of the plane to another; the bearing is from grid north, clockwise. */
  gc.way = function (from, to) {
    var east = to.easting_m - from.easting_m;
    var north = to.northing_m - from.northing_m;
    var bearing = (Math.atan2(east, north) * 180) / Math.PI;
    return {
      de_m: east,
      dn_m: north,
      distance_m: Math.hypot(east, north),
      bearing_deg: (bearing + 360) % 360,
    };
  };

  /* `reached` where the marker lies within the reach whatever the accuracy hides, `far` where it
     does not, `unsure` between; without an accuracy nothing is ever reached. */
  gc.reaching = function (distance_m, accuracy_m, reach_m) {
    var known = Number.isFinite(accuracy_m) && accuracy_m > 0;
    if (known && distance_m + accuracy_m <= reach_m) { return "reached"; }
    if (distance_m - (known ? accuracy_m : 0) > reach_m) { return "far"; }
    return "unsure";
  };
})();
