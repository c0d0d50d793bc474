/* Draws the feature sets of the island on one canvas of the folium map, and finds the feature
   under a click.  Texts are painted or set as textContent, never as HTML. */
(function () {
  "use strict";
  var gc = (window.gisclusters = window.gisclusters || {});
  var TILE = 256;
  var SMALLEST_PX = 13; // a cluster seen from afar is drawn as a dot of this size
  var LABELS = {
    name: { font: "600 13px ", colour: "ink", halo: 4 },
    place: { font: "italic 12px ", colour: "place-text", halo: 3 },
    plan: { font: "italic 12px ", colour: "plan-text", halo: 3 },
    finding: { font: "700 12px ", colour: "finding-text", halo: 4 },
    small: { font: "11px ", colour: "ink", halo: 3 },
    marker: { font: "600 11px ", colour: "ink", halo: 3 },
  };

  function mercatorY(latitude) {
    var sine = Math.sin((latitude * Math.PI) / 180);
    return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
  }

  /* A set of the island made ready to draw: world coordinates 0..1 and a box per feature. */
  gc.prepare = function (set) {
    var packed = gc.unpack(set.shapes);
    var count = packed.lon.length;
    var x = new Float64Array(count);
    var y = new Float64Array(count);
    for (var i = 0; i < count; i += 1) {
      x[i] = (packed.lon[i] + 180) / 360;
      y[i] = mercatorY(packed.lat[i]);
    }
    var boxes = new Float64Array(4 * packed.count);
    for (var f = 0; f < packed.count; f += 1) {
      var from = packed.pathStart[packed.featurePath[f]];
      var to = packed.pathStart[packed.featurePath[f + 1]];
      var west = Infinity, north = Infinity, east = -Infinity, south = -Infinity;
      for (var v = from; v < to; v += 1) {
        if (x[v] < west) { west = x[v]; }
        if (x[v] > east) { east = x[v]; }
        if (y[v] < north) { north = y[v]; }
        if (y[v] > south) { south = y[v]; }
      }
      boxes.set([west, north, east, south], 4 * f);
    }
    var atX = new Float64Array(packed.count);
    var atY = new Float64Array(packed.count);
    for (var p = 0; p < packed.count; p += 1) {
      atX[p] = (packed.atLon[p] + 180) / 360;
      atY[p] = mercatorY(packed.atLat[p]);
    }
    return Object.assign({}, set, {
      packed: packed, x: x, y: y, boxes: boxes, atX: atX, atY: atY,
      hidden: new Uint8Array(packed.count), colour: Object.keys(set.styles)[0],
    });
  };

  gc.styleOf = function (set, feature) {
    return set.style_names[set.styles[set.colour][feature]];
  };

  gc.Drawing = L.Renderer.extend({
    initialize: function (sets, groups) {
      L.Renderer.prototype.initialize.call(this, { padding: 0.25, pane: "gisclusters" });
      this._sets = sets;
      this._groups = groups;
      this._chosen = null;
      this.drawn = 0;
    },

    shown: function (set) {
      var zoom = this._map.getZoom();
      return this._map.hasLayer(this._groups[set.group]) && zoom >= (set.min_zoom || 0);
    },

    choose: function (set, feature) {
      this._chosen = set ? { set: set, feature: feature } : null;
      this.redraw();
    },

    redraw: function () {
      if (this._map && this._bounds && !this._waiting) {
        this._waiting = L.Util.requestAnimFrame(function () {
          this._waiting = null;
          if (this._map) { this._draw(); }
        }, this);
      }
    },

    _initContainer: function () {
      this._container = document.createElement("canvas");
      this._context = this._container.getContext("2d");
    },

    _destroyContainer: function () {
      L.DomUtil.remove(this._container);
      this._container = this._context = null;
    },

    _updatePaths: function () {},

    _update: function () {
      if (this._map._animatingZoom && this._bounds) { return; }
      L.Renderer.prototype._update.call(this);
      var size = this._bounds.getSize();
      var ratio = Math.min(window.devicePixelRatio || 1, 2);
      L.DomUtil.setPosition(this._container, this._bounds.min);
      this._container.width = ratio * size.x;
      this._container.height = ratio * size.y;
      this._container.style.width = size.x + "px";
      this._container.style.height = size.y + "px";
      this._ratio = ratio;
      this._draw();
      this.fire("update");
    },

    _draw: function () {
      var context = this._context;
      var size = this._bounds.getSize();
      var corner = this._bounds.min;
      var origin = this._map.getPixelOrigin();
      context.setTransform(this._ratio, 0, 0, this._ratio, 0, 0);
      context.clearRect(0, 0, size.x, size.y);
      var world = TILE * Math.pow(2, this._map.getZoom());
      var view = { world: world, dx: -origin.x - corner.x, dy: -origin.y - corner.y, size: size };
      this._view = view;
      this._taken = this._covered(corner);
      this.labels = [];
      this.drawn = 0;
      var visible = this._sets.filter(this.shown, this);
      visible.forEach(function (set) { this._drawSet(set, view); }, this);
      if (this._chosen && this.shown(this._chosen.set)) { this._drawChosen(view); }
      visible.slice().sort(function (a, b) {
        return (a.label_rank || 9) - (b.label_rank || 9);
      }).forEach(function (set) { this._drawLabels(set, view); }, this);
    },

    /* Where labels must not go: under the controls.  Also notes the part of the canvas one sees. */
    _covered: function (corner) {
      var seen = this._map.containerPointToLayerPoint([0, 0]).subtract(corner);
      var size = this._map.getSize();
      var frame = this._map.getContainer().getBoundingClientRect();
      this._seen = [seen.x + 4, seen.y + 4, seen.x + size.x - 4, seen.y + size.y - 4];
      var parts = this._map.getContainer().parentNode
        .querySelectorAll(".leaflet-control, #legend, #readout");
      return Array.prototype.map.call(parts, function (part) {
        var box = part.getBoundingClientRect();
        return [box.left - frame.left + seen.x, box.top - frame.top + seen.y,
          box.right - frame.left + seen.x, box.bottom - frame.top + seen.y];
      });
    },

    _box: function (set, f, view) {
      return {
        west: set.boxes[4 * f] * view.world + view.dx,
        north: set.boxes[4 * f + 1] * view.world + view.dy,
        east: set.boxes[4 * f + 2] * view.world + view.dx,
        south: set.boxes[4 * f + 3] * view.world + view.dy,
      };
    },

    _inView: function (box, view) {
      return box.east >= -20 && box.west <= view.size.x + 20 &&
        box.south >= -20 && box.north <= view.size.y + 20;
    },

    _drawSet: function (set, view) {
      for (var f = 0; f < set.packed.count; f += 1) {
        var box = this._box(set, f, view);
        if (!set.hidden[f] && this._inView(box, view)) {
          this._drawFeature(set, f, view, box);
          this.drawn += 1;
        }
      }
    },

    _drawFeature: function (set, f, view, box) {
      var context = this._context;
      var style = gc.style(gc.styleOf(set, f));
      var first = set.packed.featurePath[f];
      var last = set.packed.featurePath[f + 1];
      if (set.dot && Math.max(box.east - box.west, box.south - box.north) < SMALLEST_PX) {
        gc.paintPoint(context, { point: "circle", fill: style.fill || style.stroke, radius: 7 },
          (box.west + box.east) / 2, (box.north + box.south) / 2);
        return;
      }
      if (style.arrow) {
        var v = set.packed.pathStart[first];
        gc.paintArrow(context, style,
          set.x[v] * view.world + view.dx, set.y[v] * view.world + view.dy,
          set.x[v + 1] * view.world + view.dx, set.y[v + 1] * view.world + view.dy);
        return;
      }
      var kinds = set.packed.kinds;
      var closed = false;
      var open = false;
      context.beginPath();
      for (var path = first; path < last; path += 1) {
        if (kinds[path] === "o") {
          var at = set.packed.pathStart[path];
          gc.paintPoint(context, style, set.x[at] * view.world + view.dx,
            set.y[at] * view.world + view.dy);
          context.beginPath();
        } else {
          this._trace(set, path, view);
          open = true;
          closed = closed || kinds[path] === "p";
        }
      }
      if (open) { gc.paint(context, style, closed); }
    },

    /* Adds one path; vertices that fall on the same half pixel are skipped. */
    _trace: function (set, path, view) {
      var context = this._context;
      var from = set.packed.pathStart[path];
      var to = set.packed.pathStart[path + 1];
      var px = set.x[from] * view.world + view.dx;
      var py = set.y[from] * view.world + view.dy;
      context.moveTo(px, py);
      for (var v = from + 1; v < to; v += 1) {
        var x = set.x[v] * view.world + view.dx;
        var y = set.y[v] * view.world + view.dy;
        if (Math.abs(x - px) > 0.5 || Math.abs(y - py) > 0.5 || v === to - 1) {
          context.lineTo(x, y);
          px = x;
          py = y;
        }
      }
      if (set.packed.kinds[path] === "p") { context.closePath(); }
    },

    _drawChosen: function (view) {
      var set = this._chosen.set;
      var f = this._chosen.feature;
      var context = this._context;
      var box = this._box(set, f, view);
      if (set.packed.featurePath[f] === set.packed.featurePath[f + 1]) { return; }
      context.beginPath();
      if (set.packed.kinds[set.packed.featurePath[f]] === "o" ||
          (set.dot && Math.max(box.east - box.west, box.south - box.north) < SMALLEST_PX)) {
        context.arc((box.west + box.east) / 2, (box.north + box.south) / 2, 12, 0, 2 * Math.PI);
      } else {
        for (var p = set.packed.featurePath[f]; p < set.packed.featurePath[f + 1]; p += 1) {
          this._trace(set, p, view);
        }
      }
      gc.paint(context, { stroke: "chosen", width: 3.5, casing: "paper" }, false);
    },

    _drawLabels: function (set, view) {
      if (!set.labels || this._map.getZoom() < (set.label_zoom || 0)) { return; }
      var look = LABELS[set.label_style];
      var context = this._context;
      context.font = look.font + gc.token("font");
      context.textAlign = "center";
      context.textBaseline = "middle";
      context.lineJoin = "round";
      for (var f = 0; f < set.packed.count; f += 1) {
        var text = set.labels[f];
        if (!text || set.hidden[f]) { continue; }
        var box = this._box(set, f, view);
        if (this._inView(box, view)) { this._drawLabel(set, f, text, box, look, view); }
      }
    },

    /* One label where no other stands: on the feature, else above, right, below or left. */
    _drawLabel: function (set, f, text, box, look, view) {
      var context = this._context;
      var wide = box.east - box.west;
      var lines = gc.lines(text, set.label_fit ? wide : 0, context);
      var width = Math.max.apply(null, lines.map(function (line) {
        return context.measureText(line).width;
      }));
      var height = 15 * lines.length;
      if (set.label_fit && (width > wide - 4 || height > box.south - box.north)) { return; }
      var x = set.atX[f] * view.world + view.dx;
      var y = set.atY[f] * view.world + view.dy;
      var seen = this._seen;
      if (x < seen[0] || x > seen[2] || y < seen[1] || y > seen[3]) { return; }
      var small = Math.max(wide, box.south - box.north) < 40;
      var far = Math.max(9, wide / 2);
      var tall = small ? far : (box.south - box.north) / 2 + 3;
      var beside = [
        [0, -tall - height / 2], [far + width / 2 + 2, 0], [0, tall + height / 2],
        [-far - width / 2 - 2, 0],
      ];
      var tries = small ? beside : set.label_style === "finding" ? [[0, 0]].concat(beside) : [[0, 0]];
      for (var i = 0; i < tries.length; i += 1) {
        var half = width / 2 + 3;
        var cx = Math.max(seen[0] + half, Math.min(seen[2] - half, x + tries[i][0]));
        var cy = y + tries[i][1];
        var place = [cx - half, cy - height / 2 - 1, cx + half, cy + height / 2 + 1];
        if (this._free(place)) {
          this._taken.push(place);
          this.labels.push(text);
          this._write(lines, cx, cy, look);
          return;
        }
      }
    },

    _free: function (place) {
      return this._taken.every(function (other) {
        return place[2] < other[0] || place[0] > other[2] ||
          place[3] < other[1] || place[1] > other[3];
      });
    },

    _write: function (lines, x, y, look) {
      var context = this._context;
      lines.forEach(function (line, i) {
        var at = y + 15 * (i - (lines.length - 1) / 2);
        context.strokeStyle = gc.token("paper");
        context.lineWidth = look.halo;
        context.strokeText(line, x, at);
        context.fillStyle = gc.token(look.colour);
        context.fillText(line, x, at);
      });
    },

    /* The topmost feature at a point of the map's container: {set, feature} or null. */
    pick: function (point) {
      var at = this._map.containerPointToLayerPoint(point).subtract(this._bounds.min);
      return this._pickAmong(at, false) || this._pickAmong(at, true);
    },

    _pickAmong: function (at, backdrops) {
      for (var s = this._sets.length - 1; s >= 0; s -= 1) {
        var set = this._sets[s];
        if (set.silent || !this.shown(set)) { continue; }
        var found = this._pickIn(set, at, this._view, backdrops);
        if (found !== null) { return { set: set, feature: found }; }
      }
      return null;
    },

    _pickIn: function (set, at, view, backdrops) {
      var best = null;
      var smallest = Infinity;
      for (var f = 0; f < set.packed.count; f += 1) {
        var box = this._box(set, f, view);
        if (set.hidden[f] || Boolean(gc.style(gc.styleOf(set, f)).backdrop) !== backdrops) {
          continue;
        }
        if (at.x < box.west - 10 || at.x > box.east + 10 ||
            at.y < box.north - 10 || at.y > box.south + 10) { continue; }
        var size = (box.east - box.west) * (box.south - box.north);
        if (size < smallest && this._hits(set, f, at, view, box)) {
          smallest = size;
          best = f;
        }
      }
      return best;
    },

    _hits: function (set, f, at, view, box) {
      if (set.dot && Math.max(box.east - box.west, box.south - box.north) < SMALLEST_PX) {
        return true;
      }
      var inside = false;
      for (var p = set.packed.featurePath[f]; p < set.packed.featurePath[f + 1]; p += 1) {
        var from = set.packed.pathStart[p];
        var to = set.packed.pathStart[p + 1];
        var kind = set.packed.kinds[p];
        for (var v = from; v < to; v += 1) {
          var x = set.x[v] * view.world + view.dx;
          var y = set.y[v] * view.world + view.dy;
          if (kind === "o") {
            if (Math.hypot(x - at.x, y - at.y) <= 10) { return true; }
          } else if (v > from) {
            var px = set.x[v - 1] * view.world + view.dx;
            var py = set.y[v - 1] * view.world + view.dy;
            if (kind === "l" && gc.distance(at.x, at.y, px, py, x, y) <= 6) { return true; }
            if (kind === "p" && (y > at.y) !== (py > at.y) &&
                at.x < ((px - x) * (at.y - y)) / (py - y) + x) { inside = !inside; }
          }
        }
      }
      return inside;
    },

    bounds: function (set, feature) {
      var first = set.packed.pathStart[set.packed.featurePath[feature]];
      var last = set.packed.pathStart[set.packed.featurePath[feature + 1]];
      var bounds = L.latLngBounds([]);
      for (var v = first; v < last; v += 1) {
        bounds.extend([set.packed.lat[v], set.packed.lon[v]]);
      }
      return bounds;
    },
  });

  /* A label broken at blanks so that no line is wider than `width` pixels (0: one line). */
  gc.lines = function (text, width, context) {
    var words = text.split("\n");
    if (!width) { return words; }
    var lines = [];
    words.forEach(function (part) {
      var line = "";
      part.split(" ").forEach(function (word) {
        var longer = line ? line + " " + word : word;
        if (line && context.measureText(longer).width > width - 6) {
          lines.push(line);
          line = word;
        } else {
          line = longer;
        }
      });
      lines.push(line);
    });
    return lines;
  };

  /* Distance of a point from a segment, pixels. */
  gc.distance = function (x, y, ax, ay, bx, by) {
    var dx = bx - ax;
    var dy = by - ay;
    var length = dx * dx + dy * dy;
    var t = length ? Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / length)) : 0;
    return Math.hypot(x - ax - t * dx, y - ay - t * dy);
  };
})();
