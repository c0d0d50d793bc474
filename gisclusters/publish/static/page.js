/* Builds the page around the map from the data island: head, figures, tables, legend, search,
   readout.  Every text reaches the page as textContent. */
(function () {
  "use strict";
  var gc = window.gisclusters;
  var data = gc.readIsland("island");
  var words = data.words;
  var map = window.gisclustersMap.map;
  var narrow = window.matchMedia("(max-width: 760px)").matches;

  function el(tag, options) {
    var node = document.createElement(tag);
    var given = options || {};
    if (given.cls) { node.className = given.cls; }
    if (given.text !== undefined && given.text !== null) { node.textContent = given.text; }
    Object.keys(given.attrs || {}).forEach(function (name) {
      node.setAttribute(name, given.attrs[name]);
    });
    for (var i = 2; i < arguments.length; i += 1) {
      if (arguments[i]) { node.appendChild(arguments[i]); }
    }
    return node;
  }

  function link(href, text, cls) {
    return el("a", { text: text, cls: cls, attrs: { href: href } });
  }

  // ---- the map -------------------------------------------------------------------------
  var sets = data.sets.map(gc.prepare);
  var setById = {};
  sets.forEach(function (set) { setById[set.id] = set; });
  var drawing = new gc.Drawing(sets, window.gisclustersMap.groups).addTo(map);
  gc.drawing = drawing;
  gc.map = map;

  map.on("layeradd layerremove", function (event) {
    if (event.layer !== drawing) { drawing.redraw(); }
  });

  /* What the open legend takes of the map's right side, pixels. */
  function legendSide() {
    var legend = document.getElementById("legend");
    return legend.open && !narrow ? legend.offsetWidth + 20 : 24;
  }

  function fit(box) {
    map.fitBounds([[box[1], box[0]], [box[3], box[2]]], {
      paddingTopLeft: [56, 34], paddingBottomRight: [legendSide(), 62],
      maxZoom: 18, animate: false,
    });
  }

  // ---- choosing a feature, from the map or from a table -----------------------------------
  var rowsOf = {}; // set id -> feature -> table rows
  var popup = L.popup({ maxWidth: narrow ? 260 : 340, minWidth: 200 });
  var closing = false;

  function popupBody(set, feature) {
    var body = el("div", { cls: "popup" });
    body.appendChild(el("p", { cls: "popup-kind", text: set.words }));
    body.appendChild(el("h3", { text: set.titles[feature] }));
    var list = el("dl");
    set.facts.forEach(function (fact) {
      if (fact.values[feature]) {
        list.appendChild(el("dt", { text: fact.label }));
        list.appendChild(el("dd", { text: fact.values[feature] }));
      }
    });
    body.appendChild(list);
    if (set.links && set.links[feature]) {
      body.appendChild(link(set.links[feature], words.open_cluster, "button"));
    }
    return body;
  }

  function mark(set, feature, scroll) {
    document.querySelectorAll("tr.chosen").forEach(function (row) {
      row.classList.remove("chosen");
      row.removeAttribute("aria-selected");
    });
    var rows = set ? (rowsOf[set.id] || {})[feature] || [] : [];
    rows.forEach(function (row) {
      row.classList.add("chosen");
      row.setAttribute("aria-selected", "true");
    });
    if (scroll && rows.length) {
      gc.openPanelOf(rows[0]);
      rows[0].scrollIntoView({ block: "nearest" });
    }
  }

  gc.choose = function (setId, feature, options) {
    var set = setById[setId];
    var how = options || {};
    if (!map.hasLayer(window.gisclustersMap.groups[set.group])) {
      map.addLayer(window.gisclustersMap.groups[set.group]);
    }
    drawing.choose(set, feature);
    mark(set, feature, how.scroll);
    if (set.packed.paths === 0 ||
        set.packed.featurePath[feature] === set.packed.featurePath[feature + 1]) {
      map.closePopup(popup);
      drawing.choose(set, feature);
      mark(set, feature, how.scroll);
      return;
    }
    if (how.zoom) {
      var around = drawing.bounds(set, feature).pad(0.6);
      fit([around.getWest(), around.getSouth(), around.getEast(), around.getNorth()]);
    }
    closing = true;
    popup.options.autoPanPaddingTopLeft = [56, 12];
    popup.options.autoPanPaddingBottomRight = [legendSide(), 44];
    popup.setLatLng(how.at || [set.packed.atLat[feature], set.packed.atLon[feature]])
      .setContent(popupBody(set, feature)).openOn(map);
    closing = false;
  };

  map.on("popupclose", function (event) {
    if (event.popup === popup && !closing) {
      drawing.choose(null);
      mark(null);
    }
  });

  map.on("click", function (event) {
    var found = drawing.pick(event.containerPoint);
    if (found) {
      gc.choose(found.set.id, found.feature, { scroll: true, at: event.latlng });
    }
  });

  map.on("mousemove", function (event) {
    map.getContainer().classList.toggle("over", Boolean(drawing.pick(event.containerPoint)));
  });

  // ---- head --------------------------------------------------------------------------------
  function buildHead() {
    var head = document.getElementById("head");
    var titles = el("div", { cls: "titles" });
    if (data.back) { titles.appendChild(link(data.back, "‹ " + words.back, "back")); }
    titles.appendChild(el("h1", { text: data.title }));
    titles.appendChild(el("p", { cls: "subtitle", text: data.subtitle }));
    head.appendChild(titles);
    var side = el("div", { cls: "head-side" });
    data.badges.forEach(function (badge) {
      side.appendChild(el("span", { cls: "badge" }, gc.swatch(badge.style),
        el("span", { text: badge.text })));
    });
    data.links.forEach(function (entry) {
      side.appendChild(link(entry.href, entry.text, "button"));
    });
    head.appendChild(side);
    document.title = data.title;
  }

  // ---- blocks of the panel --------------------------------------------------------------------
  var blocks = {
    text: function (block) { return el("p", { cls: "remark " + (block.mark || ""), text: block.text }); },

    heading: function (block) { return el("h3", { text: block.text }); },

    tiles: function (block) {
      var list = el("ul", { cls: "tiles" });
      block.tiles.forEach(function (tile) {
        list.appendChild(el("li", { cls: tile.mark ? "mark-" + tile.mark : "" },
          el("b", { text: tile.value }), el("span", { text: tile.label })));
      });
      return list;
    },

    lines: function (block) {
      var list = el("dl", { cls: "lines" });
      block.lines.forEach(function (line) {
        list.appendChild(el("dt", { text: line[0] }));
        list.appendChild(el("dd", { text: line[1] }));
      });
      return list;
    },

    bars: function (block) {
      var list = el("ul", { cls: "bars" });
      block.bars.forEach(function (bar) {
        var fill = el("span", { cls: "bar-fill" });
        fill.style.width = 100 * Math.max(0, Math.min(1, bar.share)) + "%";
        var track = el("span", { cls: "bar" }, fill);
        if (bar.norm !== null && bar.norm !== undefined) {
          var tick = el("span", { cls: "bar-norm" });
          tick.style.left = 100 * Math.min(1, bar.norm) + "%";
          track.appendChild(tick);
        }
        list.appendChild(el("li", { cls: bar.mark || "" },
          el("span", { cls: "bar-label", text: bar.label }), track,
          el("span", { cls: "bar-value", text: bar.value })));
      });
      return list;
    },

    licences: function (block) {
      var list = el("div", { cls: "licences" });
      block.licences.forEach(function (entry) {
        list.appendChild(el("details", {}, el("summary", { text: entry.name }),
          el("pre", { text: entry.text })));
      });
      return list;
    },

    table: buildTable,
  };

  // ---- tables ---------------------------------------------------------------------------------
  function buildTable(block) {
    var box = el("div", { cls: "table-box" });
    var state = { text: "", picks: {}, sort: "sort" in block ? block.sort : null, down: false };
    var body = el("tbody");
    var count = el("p", { cls: "count", attrs: { role: "status" } });
    var rows = block.rows.map(function (cells, index) { return buildRow(block, cells, index); });
    var search = block.search ? block.search.map(gc.fold) : [];

    function refresh() {
      var wanted = gc.fold(state.text);
      var kept = rows.map(function (row, i) { return i; }).filter(function (i) {
        return (!wanted || search[i].indexOf(wanted) >= 0) &&
          Object.keys(state.picks).every(function (name) {
            return !state.picks[name] || block.filters[name].values[i] === state.picks[name];
          });
      });
      if (state.sort !== null) {
        var keys = block.keys[state.sort];
        kept.sort(function (a, b) { return order(keys[a], keys[b], state.down); });
      }
      body.textContent = "";
      kept.forEach(function (i) { body.appendChild(rows[i]); });
      count.textContent = words.rows_shown
        .replace("%1", kept.length).replace("%2", rows.length);
      if (block.set && block.hides) {
        var set = setById[block.set];
        set.hidden.fill(1);
        kept.forEach(function (i) { set.hidden[block.features[i]] = 0; });
        drawing.redraw();
      }
    }

    if (block.search) {
      var input = el("input", {
        attrs: { type: "search", placeholder: block.search_words, "aria-label": block.search_words },
      });
      input.addEventListener("input", function () { state.text = input.value; refresh(); });
      box.appendChild(el("div", { cls: "search" }, input));
    }
    if (block.filters) {
      var bar = el("div", { cls: "filters" });
      Object.keys(block.filters).forEach(function (name) {
        var filter = block.filters[name];
        if (filter.options.length < 2) { return; }
        var select = el("select", { attrs: { "aria-label": filter.label } },
          el("option", { text: filter.label + ": " + words.all, attrs: { value: "" } }));
        filter.options.forEach(function (option) {
          select.appendChild(el("option", { text: option[1], attrs: { value: option[0] } }));
        });
        select.addEventListener("change", function () {
          state.picks[name] = select.value;
          refresh();
        });
        bar.appendChild(select);
      });
      box.appendChild(bar);
    }
    var header = el("tr");
    block.headers.forEach(function (title, i) {
      var cell = el("th", { cls: block.numeric[i] ? "num" : "", attrs: { scope: "col" } });
      var button = el("button", { text: title, attrs: { type: "button" } });
      button.addEventListener("click", function () {
        state.down = state.sort === i ? !state.down : false;
        state.sort = i;
        header.querySelectorAll("th").forEach(function (other) {
          other.removeAttribute("aria-sort");
        });
        cell.setAttribute("aria-sort", state.down ? "descending" : "ascending");
        refresh();
      });
      if (state.sort === i) { cell.setAttribute("aria-sort", "ascending"); }
      cell.appendChild(button);
      header.appendChild(cell);
    });
    var table = el("table", {}, el("caption", { text: block.caption }), el("thead", {}, header), body);
    box.appendChild(el("div", { cls: "wide" }, table));
    if (block.search || block.filters) { box.appendChild(count); }
    refresh();
    return box;
  }

  /* Cells that hold nothing stay last, whichever way the others run. */
  function order(a, b, down) {
    var emptyA = a === null || a === "";
    var emptyB = b === null || b === "";
    if (emptyA || emptyB) { return emptyA - emptyB; }
    var sign = down ? -1 : 1;
    if (typeof a === "number" && typeof b === "number") { return (a - b) * sign; }
    return String(a).localeCompare(String(b), data.lang, { numeric: true }) * sign;
  }

  function buildRow(block, cells, index) {
    var row = el("tr");
    var feature = block.features ? block.features[index] : -1;
    cells.forEach(function (cell, i) {
      var node = el("td", { cls: block.numeric[i] ? "num" : "" });
      var lines = Array.isArray(cell) ? cell : [cell];
      var badge = block.badges && block.badges[i] ? block.badges[i][index] : null;
      if (badge) {
        node.className = "with-badge";
        node.appendChild(el("span", { cls: "badge" }, gc.swatch(badge), el("span", { text: lines[0] })));
      } else if (i === 0 && block.links && block.links[index]) {
        node.appendChild(link(block.links[index], lines[0]));
      } else {
        node.appendChild(el("span", { text: lines[0] }));
      }
      lines.slice(1).forEach(function (line) {
        if (line) { node.appendChild(el("small", { text: line })); }
      });
      row.appendChild(node);
    });
    if (block.set && feature >= 0) {
      row.tabIndex = 0;
      row.classList.add("pickable");
      row.setAttribute("data-feature", block.set + ":" + feature);
      var known = (rowsOf[block.set] = rowsOf[block.set] || {});
      (known[feature] = known[feature] || []).push(row);
      var pick = function () {
        gc.choose(block.set, feature, { zoom: true });
        if (narrow) { document.getElementById("map-area").scrollIntoView({ block: "start" }); }
      };
      row.addEventListener("click", function (event) {
        if (event.target.tagName !== "A") { pick(); }
      });
      row.addEventListener("keydown", function (event) {
        if (event.key === "Enter" && event.target === row) { pick(); }
      });
    }
    return row;
  }

  // ---- panel: sections one below the other, or tabs ---------------------------------------------
  function buildPanel() {
    var panel = document.getElementById("panel");
    if (data.areas.length > 1) {
      var areas = el("div", { cls: "chips", attrs: { role: "group", "aria-label": words.zoom_to } });
      areas.appendChild(el("span", { cls: "chips-label", text: words.zoom_to }));
      [{ text: words.all_areas, box: data.box }].concat(data.areas).forEach(function (entry) {
        var chip = el("button", { cls: "chip", text: entry.text, attrs: {
          type: "button", "aria-pressed": String(entry.box.join() === data.start.join()),
        } });
        chip.addEventListener("click", function () {
          areas.querySelectorAll(".chip").forEach(function (other) {
            other.setAttribute("aria-pressed", String(other === chip));
          });
          fit(entry.box);
        });
        areas.appendChild(chip);
      });
      panel.appendChild(areas);
    }
    data.lead.forEach(function (block) { panel.appendChild(blocks[block.type](block)); });
    if (data.tabs) { buildTabs(panel); } else { buildSections(panel); }
  }

  function buildSections(panel) {
    data.sections.forEach(function (section, i) {
      var box = el("details", { cls: "section", attrs: { id: "section-" + section.id } },
        el("summary", { text: section.title }));
      box.open = narrow ? i === 0 : section.open;
      section.blocks.forEach(function (block) { box.appendChild(blocks[block.type](block)); });
      panel.appendChild(box);
    });
  }

  function buildTabs(panel) {
    var list = el("div", { cls: "tabs", attrs: { role: "tablist" } });
    var panes = [];
    var buttons = [];
    function open(i) {
      panes.forEach(function (pane, j) { pane.hidden = i !== j; });
      buttons.forEach(function (button, j) {
        button.setAttribute("aria-selected", String(i === j));
        button.tabIndex = i === j ? 0 : -1;
      });
    }
    data.sections.forEach(function (section, i) {
      var button = el("button", { text: section.title, attrs: {
        type: "button", role: "tab", id: "tab-" + section.id, "aria-controls": "pane-" + section.id,
      } });
      if (section.count) { button.appendChild(el("span", { cls: "pill", text: section.count })); }
      button.addEventListener("click", function () { open(i); });
      button.addEventListener("keydown", function (event) {
        var step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (step) {
          var next = (i + step + buttons.length) % buttons.length;
          open(next);
          buttons[next].focus();
        }
      });
      buttons.push(button);
      list.appendChild(button);
      var pane = el("div", { cls: "pane", attrs: {
        role: "tabpanel", id: "pane-" + section.id, "aria-labelledby": "tab-" + section.id,
      } });
      section.blocks.forEach(function (block) { pane.appendChild(blocks[block.type](block)); });
      panes.push(pane);
    });
    panel.appendChild(list);
    panes.forEach(function (pane) { panel.appendChild(pane); });
    open(0);
    gc.openTab = open;
    gc.panes = panes;
  }

  gc.openPanelOf = function (row) {
    var section = row.closest("details.section");
    if (section) { section.open = true; }
    (gc.panes || []).forEach(function (pane, i) {
      if (pane.contains(row)) { gc.openTab(i); }
    });
  };

  // ---- legend, colours, readout -------------------------------------------------------------------
  function buildLegend() {
    var box = document.getElementById("legend");
    box.appendChild(el("summary", { text: words.legend }));
    var toggle = document.querySelector(".leaflet-control-layers-toggle");
    if (toggle) { toggle.title = words.layers; }
    if (data.colours.length > 1) {
      var choice = el("select", { attrs: { "aria-label": words.colour_by } });
      data.colours.forEach(function (entry) {
        choice.appendChild(el("option", { text: words.colour_by + ": " + entry.text,
          attrs: { value: entry.id } }));
      });
      choice.addEventListener("change", function () {
        setById.clusters.colour = choice.value;
        showColours(choice.value);
        drawing.redraw();
      });
      box.appendChild(choice);
    }
    data.legend.forEach(function (part) {
      var list = el("ul", { attrs: part.colour ? { "data-colour": part.colour } : {} });
      if (part.title) { list.appendChild(el("li", { cls: "legend-title", text: part.title })); }
      part.items.forEach(function (item) {
        list.appendChild(el("li", {}, gc.swatch(item[0]), el("span", { text: item[1] })));
      });
      box.appendChild(list);
    });
    box.appendChild(el("p", { cls: "map-note", text: data.map_note }));
    box.open = !narrow;
    box.addEventListener("toggle", function () { drawing.redraw(); });
    if (data.colours.length) { showColours(data.colours[0].id); }
    L.DomEvent.disableClickPropagation(box);
    L.DomEvent.disableScrollPropagation(box);
  }

  function showColours(id) {
    document.querySelectorAll("#legend [data-colour]").forEach(function (list) {
      list.hidden = list.getAttribute("data-colour") !== id;
    });
  }

  function shownNumber(value, decimals) {
    return value.toLocaleString(data.lang === "vi" ? "vi-VN" : "en-GB",
      { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  }

  /* The zone of the data whose central meridian is nearest to a longitude. */
  gc.zoneAt = function (longitude) {
    return data.zones.reduce(function (best, zone) {
      return !best || Math.abs(zone.meridian - longitude) < Math.abs(best.meridian - longitude)
        ? zone : best;
    }, null);
  };

  gc.toZone = function (zone, longitude, latitude) {
    var plane = proj4(zone.proj4, [longitude, latitude]);
    return { easting_m: plane[0], northing_m: plane[1] };
  };

  function buildReadout() {
    var box = document.getElementById("readout");
    function show(at) {
      var zone = gc.zoneAt(at.lng);
      box.textContent = "";
      if (zone) {
        var plane = gc.toZone(zone, at.lng, at.lat);
        box.appendChild(el("b", { text: zone.words }));
        box.appendChild(el("span", { text: words.northing + " " + shownNumber(plane.northing_m, 2) }));
        box.appendChild(el("span", { text: words.easting + " " + shownNumber(plane.easting_m, 2) }));
      }
      box.appendChild(el("span", { cls: "lonlat", text: "WGS 84 " + shownNumber(at.lat, 6) + " ; " +
        shownNumber(at.lng, 6) }));
    }
    map.on("mousemove", function (event) { show(event.latlng); });
    map.on("move", function () { if (narrow) { show(map.getCenter()); } });
    document.body.classList.toggle("narrow", narrow);
    show(map.getCenter());
    gc.showReadout = show;
  }

  buildHead();
  buildPanel();
  buildLegend();
  map.invalidateSize(false);
  fit(data.start);
  buildReadout();
  document.body.classList.add("ready");
})();
