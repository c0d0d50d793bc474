/* How each style name of the island looks; colours are the tokens of style.css.
   Colour never stands alone: hatches, dashes and marker forms tell the same things.
   A `backdrop` leaves clicks to what lies under it, if anything does. */
(function () {
  "use strict";
  var gc = (window.gisclusters = window.gisclusters || {});
  var tokens = getComputedStyle(document.documentElement);

  var known = {};

  /* The value of a design token of style.css. */
  gc.token = function (name) {
    if (!(name in known)) { known[name] = tokens.getPropertyValue("--" + name).trim(); }
    return known[name];
  };

  function area(token, more) {
    return Object.assign({ fill: token, alpha: 0.55, stroke: token, width: 1.5 }, more);
  }

  var STYLES = {
    "severity-blocking": area("blocking", { alpha: 0.45, hatch: "cross", width: 2 }),
    "severity-approval": area("approval", { alpha: 0.45, hatch: "rising", width: 2 }),
    "severity-note": area("note", { alpha: 0.4, hatch: "dots", width: 2 }),
    "severity-clear": area("clear", { alpha: 0.45, width: 2 }),
    "severity-unchecked": area("unchecked", { alpha: 0.3, hatch: "falling", dash: [5, 3] }),
    "verdict-undecided": area("undecided", { alpha: 0.3, hatch: "falling", width: 2, dash: [6, 4] }),
    "verdict-within_accuracy": area("unchecked", { alpha: 0.1, dash: [2, 3], backdrop: true }),
    "verdict-compatible": area("clear", { alpha: 0.06, width: 2.5, dash: [10, 5], backdrop: true }),
    "status-planned": area("status-planned", { width: 2, dash: [6, 3] }),
    "status-established": area("status-established", { width: 2 }),
    "status-building": area("status-building", { width: 2, hatch: "rising" }),
    "status-operating": area("status-operating", { width: 2 }),
    "status-irregular": area("status-irregular", { width: 2, hatch: "cross" }),
    "status-ended": area("status-ended", { width: 2, dash: [2, 3] }),
    "status-unknown": area("unchecked", { alpha: 0.25, dash: [5, 3] }),
    "parcel-producing": area("parcel-producing", { alpha: 0.7, stroke: "ink", width: 0.8 }),
    "parcel-on_schedule": area("parcel-on-schedule", { alpha: 0.7, stroke: "ink", width: 0.8 }),
    "parcel-not_handed_over": area("parcel-waiting", { alpha: 0.8, stroke: "ink", width: 0.8 }),
    "parcel-late": area("parcel-late", { alpha: 0.8, stroke: "ink", width: 0.8, hatch: "dots" }),
    "parcel-idle": area("parcel-idle", { alpha: 0.8, stroke: "ink", width: 0.8, hatch: "rising" }),
    "parcel-lapsed": area("parcel-lapsed", { alpha: 0.75, stroke: "ink", width: 0.8, hatch: "cross" }),
    "parcel-extended": area("parcel-extended", { alpha: 0.6, stroke: "ink", width: 0.8 }),
    "parcel-ended": area("parcel-ended", { alpha: 0.7, stroke: "ink", width: 0.8 }),
    "parcel-unknown": area("parcel-unknown", { alpha: 0.35, stroke: "ink", width: 0.8, hatch: "falling" }),
    "land-lacking": area("approval", { alpha: 0.35, hatch: "falling", width: 1.5, dash: [4, 3] }),
    "land-outside": area("blocking", { alpha: 0.5, hatch: "cross", width: 1.5, dash: [2, 2] }),
    "lot-industrial": area("lot-industrial", { alpha: 0.8, stroke: "lot-edge", width: 0.7 }),
    "lot-service": area("lot-service", { alpha: 0.8, stroke: "lot-edge", width: 0.7 }),
    "lot-transport": area("lot-transport", { alpha: 0.9, stroke: "lot-edge", width: 0.7 }),
    "lot-green": area("lot-green", { alpha: 0.8, stroke: "lot-edge", width: 0.7 }),
    "lot-technical": area("lot-technical", { alpha: 0.8, stroke: "lot-edge", width: 0.7 }),
    "lot-other": area("lot-other", { alpha: 0.8, stroke: "lot-edge", width: 0.7 }),
    "plan-rice": area("plan-rice", { alpha: 0.5, stroke: "plan-edge", width: 0.8 }),
    "plan-forest": area("plan-forest", { alpha: 0.5, stroke: "plan-edge", width: 0.8 }),
    "plan-farm": area("plan-farm", { alpha: 0.5, stroke: "plan-edge", width: 0.8 }),
    "plan-water": area("plan-water", { alpha: 0.6, stroke: "plan-water-edge", width: 1.2 }),
    "plan-road": area("plan-road", { alpha: 0.6, stroke: "plan-road-edge", width: 1.4 }),
    "plan-urban": area("plan-urban", { alpha: 0.5, stroke: "plan-edge", width: 0.8 }),
    "plan-defence": area("plan-defence", { alpha: 0.5, stroke: "plan-edge", width: 0.8 }),
    "plan-mineral": area("plan-mineral", { alpha: 0.5, stroke: "plan-edge", width: 0.8 }),
    "plan-industry": area("plan-industry", { alpha: 0.4, stroke: "plan-edge", width: 0.8 }),
    "plan-other": area("plan-other", { alpha: 0.45, stroke: "plan-edge", width: 0.8 }),
    place: area("place", { alpha: 0.55, stroke: "place-edge", width: 1 }),
    boundary: { stroke: "boundary", width: 3, casing: "paper" },
    neighbour: { stroke: "boundary", width: 1.2, dash: [6, 4], fill: "boundary", alpha: 0.05 },
    arrow: { stroke: "blocking", width: 1.8, casing: "paper", arrow: true },
    "marker-ok": { point: "circle", fill: "clear", radius: 5 },
    "marker-moved": { point: "diamond", fill: "blocking", radius: 7 },
    "marker-missing": { point: "cross", fill: "ink", radius: 7 },
    "marker-extra": { point: "plus", fill: "note-deep", radius: 7 },
    "marker-duplicate": { point: "square", fill: "undecided", radius: 6 },
    "marker-undecided": { point: "triangle", fill: "approval", radius: 7 },
    "marker-none": { point: "circle", fill: "paper", radius: 4 },
  };

  var UNKNOWN = { fill: "unchecked", alpha: 0.3, stroke: "ink", width: 1, point: "circle", radius: 5 };

  gc.style = function (name) {
    return Object.prototype.hasOwnProperty.call(STYLES, name) ? STYLES[name] : UNKNOWN;
  };

  var patterns = {};

  /* A canvas pattern of the colour: "rising", "falling", "cross" or "dots". */
  gc.hatch = function (context, kind, colour) {
    var key = kind + colour;
    if (!patterns[key]) {
      var tile = document.createElement("canvas");
      tile.width = tile.height = 16;
      var pen = tile.getContext("2d");
      pen.scale(2, 2);
      pen.strokeStyle = pen.fillStyle = colour;
      pen.lineWidth = 1.3;
      pen.beginPath();
      if (kind === "dots") {
        pen.arc(4, 4, 1.3, 0, 7);
        pen.fill();
      } else {
        if (kind !== "falling") {
          pen.moveTo(-2, 2); pen.lineTo(2, -2);
          pen.moveTo(-2, 10); pen.lineTo(10, -2);
          pen.moveTo(6, 10); pen.lineTo(10, 6);
        }
        if (kind !== "rising") {
          pen.moveTo(-2, 6); pen.lineTo(2, 10);
          pen.moveTo(-2, -2); pen.lineTo(10, 10);
          pen.moveTo(6, -2); pen.lineTo(10, 2);
        }
        pen.stroke();
      }
      patterns[key] = context.createPattern(tile, "repeat");
      if (patterns[key].setTransform && window.DOMMatrix) {
        patterns[key].setTransform(new DOMMatrix([0.5, 0, 0, 0.5, 0, 0]));
      }
    }
    return patterns[key];
  };

  /* Fills and strokes the path that is open in `context`; `closed`: it bounds an area. */
  gc.paint = function (context, style, closed) {
    if (closed && style.fill) {
      context.globalAlpha = style.alpha;
      context.fillStyle = gc.token(style.fill);
      context.fill("evenodd");
      context.globalAlpha = 1;
      if (style.hatch) {
        context.globalAlpha = style.stroke === "ink" ? 0.35 : 0.8;
        context.fillStyle = gc.hatch(context, style.hatch, gc.token(style.stroke));
        context.fill("evenodd");
        context.globalAlpha = 1;
      }
    }
    if (style.stroke) {
      context.lineJoin = context.lineCap = "round";
      if (style.casing) {
        context.setLineDash([]);
        context.strokeStyle = gc.token(style.casing);
        context.lineWidth = style.width + 2.5;
        context.stroke();
      }
      context.setLineDash(style.dash || []);
      context.strokeStyle = gc.token(style.stroke);
      context.lineWidth = style.width;
      context.stroke();
      context.setLineDash([]);
    }
  };

  /* A marker's sign about (x, y). */
  gc.paintPoint = function (context, style, x, y) {
    var r = style.radius || 5;
    var form = style.point || "circle";
    context.beginPath();
    if (form === "circle") {
      context.arc(x, y, r, 0, 2 * Math.PI);
    } else if (form === "square") {
      context.rect(x - r, y - r, 2 * r, 2 * r);
    } else if (form === "diamond") {
      context.moveTo(x, y - r); context.lineTo(x + r, y); context.lineTo(x, y + r);
      context.lineTo(x - r, y); context.closePath();
    } else if (form === "triangle") {
      context.moveTo(x, y - r); context.lineTo(x + r, y + r * 0.8);
      context.lineTo(x - r, y + r * 0.8); context.closePath();
    } else {
      var a = form === "cross" ? r * 0.75 : r;
      if (form === "cross") {
        context.moveTo(x - a, y - a); context.lineTo(x + a, y + a);
        context.moveTo(x - a, y + a); context.lineTo(x + a, y - a);
      } else {
        context.moveTo(x - a, y); context.lineTo(x + a, y);
        context.moveTo(x, y - a); context.lineTo(x, y + a);
      }
      context.lineCap = "round";
      context.strokeStyle = gc.token("paper");
      context.lineWidth = 5.5;
      context.stroke();
      context.strokeStyle = gc.token(style.fill);
      context.lineWidth = 2.8;
      context.stroke();
      return;
    }
    context.fillStyle = gc.token(style.fill);
    context.fill();
    context.strokeStyle = gc.token(style.fill === "paper" ? "ink" : "paper");
    context.lineWidth = 1.5;
    context.stroke();
  };

  /* The sign of a style for legends and tables: a small canvas. */
  gc.swatch = function (name) {
    var style = gc.style(name);
    var canvas = document.createElement("canvas");
    var width = 26;
    var height = 16;
    canvas.className = "swatch";
    canvas.width = 2 * width;
    canvas.height = 2 * height;
    canvas.setAttribute("aria-hidden", "true");
    var context = canvas.getContext("2d");
    context.scale(2, 2);
    if (style.point) {
      gc.paintPoint(context, style, width / 2, height / 2);
    } else if (style.arrow) {
      gc.paintArrow(context, style, 3, 12, 23, 4);
    } else {
      context.beginPath();
      if (style.fill) {
        context.rect(1.5, 1.5, width - 3, height - 3);
      } else {
        context.moveTo(2, height / 2);
        context.lineTo(width - 2, height / 2);
      }
      gc.paint(context, style, Boolean(style.fill));
    }
    return canvas;
  };

  gc.paintArrow = function (context, style, x0, y0, x1, y1) {
    var angle = Math.atan2(y1 - y0, x1 - x0);
    var head = Math.min(9, Math.hypot(x1 - x0, y1 - y0));
    context.beginPath();
    context.moveTo(x0, y0);
    context.lineTo(x1, y1);
    [-0.45, 0.45].forEach(function (turn) {
      context.moveTo(x1, y1);
      context.lineTo(x1 - head * Math.cos(angle + turn), y1 - head * Math.sin(angle + turn));
    });
    gc.paint(context, style, false);
  };
})();
