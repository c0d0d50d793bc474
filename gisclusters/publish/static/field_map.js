/* The map of the field page: boundary, markers with labels, the phone and its accuracy. */
(function () {
  "use strict";
  var gc = (window.gisclusters = window.gisclusters || {});
  var SYMBOLS = { found: "✓", broken: "!", lost: "?", replaced: "R", buried: "▾", not_accessible: "×" };
  var TARGET_PX = 44;
  var MOST_LABELS = 400;

  /* `data` is the island, `chosen(index)` hears of a tap on a marker. */
  gc.FieldMap = function (data, chosen) {
    this.map = window.gisclustersMap.map;
    this.groups = window.gisclustersMap.groups;
    this.data = data;
    this.at = -1;
    this.me = null;
    var places = gc.undelta(data.points.at);
    this.places = data.markers.map(function (marker, i) { return [places.lat[i], places.lon[i]]; });
    var above = this.map.createPane("me"); // the phone lies over the marker it has reached
    above.style.zIndex = 650;
    above.style.pointerEvents = "none";
    this.drawRings(gc.unpack(data.rings.shapes));
    this.drawMarkers(chosen);
    var self = this;
    this.map.on("zoomend moveend resize", function () { self.declutter(); });
  };

  gc.FieldMap.prototype.drawRings = function (packed) {
    for (var feature = 0; feature < packed.count; feature += 1) {
      var paths = [];
      for (var p = packed.featurePath[feature]; p < packed.featurePath[feature + 1]; p += 1) {
        var path = [];
        for (var v = packed.pathStart[p]; v < packed.pathStart[p + 1]; v += 1) {
          path.push([packed.lat[v], packed.lon[v]]);
        }
        paths.push(path);
      }
      var joined = this.data.rings.joined[feature];
      L.polyline(paths, {
        className: joined ? "ring joined" : "ring", weight: 4, interactive: false,
        dashArray: joined ? "8 7" : null,
      }).addTo(this.groups.boundary);
    }
  };

  gc.FieldMap.prototype.drawMarkers = function (chosen) {
    var self = this;
    this.icons = this.data.markers.map(function (marker, i) {
      var icon = document.createElement("div");
      var dot = document.createElement("span");
      var label = document.createElement("span");
      dot.className = "dot";
      label.className = "label";
      label.textContent = marker.id;
      icon.append(dot, label);
      var placed = L.marker(self.places[i], {
        keyboard: false,
        icon: L.divIcon({ html: icon, className: "field-marker", iconSize: [TARGET_PX, TARGET_PX] }),
      }).on("click", function () { chosen(i); }).addTo(self.groups.markers);
      return { box: icon, dot: dot, label: label, marker: placed };
    });
  };

  gc.FieldMap.prototype.show = function (i, state) {
    this.icons[i].dot.textContent = state ? SYMBOLS[state] : "";
    this.icons[i].box.dataset.state = state || "";
  };

  gc.FieldMap.prototype.choose = function (i) {
    if (this.at >= 0) {
      this.icons[this.at].box.classList.remove("chosen");
      this.icons[this.at].marker.setZIndexOffset(0);
    }
    this.at = i;
    this.icons[i].box.classList.add("chosen");
    this.icons[i].marker.setZIndexOffset(1000);
    this.declutter();
    this.drawWay();
  };

  /* Labels that would lie over one already shown are left out; that of the chosen marker stays. */
  gc.FieldMap.prototype.declutter = function () {
    var self = this;
    var view = this.map.getBounds().pad(0.1);
    var order = [];
    this.icons.forEach(function (icon, i) {
      icon.label.classList.add("hidden");
      if (i !== self.at && view.contains(self.places[i])) { order.push(i); }
    });
    if (order.length > MOST_LABELS) { order = []; }
    var taken = order.map(function (i) {
      var at = self.map.latLngToContainerPoint(self.places[i]);
      return [at.x - 10, at.y - 10, at.x + 10, at.y + 10];
    });
    if (this.at >= 0) { order.unshift(this.at); }
    order.forEach(function (i) {
      var at = self.map.latLngToContainerPoint(self.places[i]);
      var width = 8.5 * self.data.markers[i].id.length + 14;
      var box = [at.x - width / 2, at.y + 11, at.x + width / 2, at.y + 34];
      var free = i === self.at || taken.every(function (other) {
        return box[2] < other[0] || box[0] > other[2] || box[3] < other[1] || box[1] > other[3];
      });
      if (free) {
        self.icons[i].label.classList.remove("hidden");
        taken.push(box);
      }
    });
  };

  /* The phone at `fix`; `old` fixes are shown faded. */
  gc.FieldMap.prototype.showMe = function (fix, old) {
    var at = [fix.lat, fix.lon];
    if (!this.me) {
      this.accuracy = L.circle(at, {
        pane: "me", radius: 0, className: "accuracy", interactive: false, weight: 2,
      }).addTo(this.groups.me);
      this.me = L.circleMarker(at, {
        pane: "me", radius: 8, className: "me", interactive: false, weight: 3,
      }).addTo(this.groups.me);
      this.way = L.polyline([], { className: "way", interactive: false, weight: 4, dashArray: "4 8" })
        .addTo(this.groups.me);
    }
    this.accuracy.setLatLng(at).setRadius(fix.accuracy_m || 0);
    this.me.setLatLng(at);
    this.map.getContainer().classList.toggle("old-fix", old);
    this.drawWay();
  };

  gc.FieldMap.prototype.drawWay = function () {
    if (this.me && this.at >= 0) {
      this.way.setLatLngs([this.me.getLatLng(), this.places[this.at]]);
    }
  };

  gc.FieldMap.prototype.fit = function (points) {
    this.map.fitBounds(L.latLngBounds(points), {
      paddingTopLeft: [66, 30], paddingBottomRight: [66, 100], maxZoom: 19, animate: false,
    });
  };

  gc.FieldMap.prototype.fitAll = function () { this.fit(this.places); };

  /* The chosen marker, with the phone where that is not too far to be of use. */
  gc.FieldMap.prototype.fitChosen = function () {
    var target = L.latLng(this.places[this.at]);
    var here = this.me && this.me.getLatLng();
    if (here && this.map.distance(here, target) < 5000) { this.fit([here, target]); }
    else { this.map.setView(target, Math.max(this.map.getZoom(), 17), { animate: false }); }
  };
})();
