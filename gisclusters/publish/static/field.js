/* Builds the field page: guidance to the chosen marker, its state and note, the list, and the
   ways out and in.  Every text reaches the page as textContent. */
(function () {
  "use strict";
  var gc = window.gisclusters;
  var data = gc.readIsland("island");
  var words = data.words;
  var book = new gc.Book(data.key, data.markers, data.states);
  var chosen = 0;
  var several = data.markers.some(function (each) { return each.cluster !== data.markers[0].cluster; });
  var ARMED_MS = 5000;
  var LARGEST_FILE = 5e6;
  var MOST_ROWS = 200;

  var parts = gc.parts(data.lang);
  var el = parts.el;
  var button = parts.button;
  var filled = parts.filled;
  var shown = parts.shown;
  var metres = parts.metres;
  var say = parts.say;

  // ---- parts of the page -------------------------------------------------------------------
  var gpsText = el("p", { id: "gps-text" });
  var spoken = el("p", { id: "spoken", attrs: { role: "status" } }); // changes only, not every fix
  var gpsButton = button("gps-start", words.gps_start, function () { gps.start(); });
  var gpsBox = el("div", { id: "gps" }, gpsText, gpsButton, spoken);
  var name = el("h2", { id: "target" });
  var kind = el("p", { id: "target-kind" });
  var verdict = el("p", { id: "reach" });
  var arrow = parts.drawArrow();
  var distance = el("b", { id: "distance" });
  var bearing = el("span", { id: "bearing" });
  var wayBox = el("div", { cls: "way" }, arrow, el("div", {}, distance, bearing));
  var steps = el("p", { id: "steps" });
  var plane = el("tbody");
  var states = el("div", { cls: "states" });
  var note = el("textarea", { id: "note", attrs: { rows: "2", maxlength: "500" } });
  var placed = el("p", { id: "placed", attrs: { "aria-live": "polite" } });
  var placeButton = button("place", words.place_record, recordPlace);
  var unplaceButton = button("unplace", words.place_remove, function () {
    change({ lon: null, lat: null, accuracy_m: null });
  });
  var search = el("input", { id: "search", attrs: { type: "search", placeholder: words.search,
    "aria-label": words.search, autocomplete: "off" } });
  var nearest = el("input", { id: "nearest", attrs: { type: "checkbox" } });
  var list = el("ul", { id: "list" });
  var nothing = el("p", { id: "nothing", text: words.nothing_found });
  var more = el("p", { id: "more" });
  var counted = el("p", { id: "counted" });
  var told = el("p", { id: "told", attrs: { role: "status" } });
  var keeping = el("p", { id: "keeping" });
  var copied = el("textarea", { id: "copied", attrs: { readonly: "", rows: "5", "aria-label": words.copy } });
  var tabs = {};

  function buildHead() {
    var look = button("look", "", function () {
      setLook(document.documentElement.dataset.look === "dark" ? "light" : "dark");
    });
    document.getElementById("head").append(el("h1", { text: data.title }), look);
    var dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
    setLook(dark ? "dark" : "light");
  }

  function setLook(look) {
    document.documentElement.dataset.look = look;
    say(document.getElementById("look"), look === "dark" ? words.look_light : words.look_dark);
  }

  function tab(id, text, content) {
    var head = el("button", { id: "tab-" + id, text: text,
      attrs: { type: "button", role: "tab", "aria-controls": "page-" + id } });
    var page = el("section", { id: "page-" + id, attrs: { role: "tabpanel", "aria-labelledby": "tab-" + id } });
    page.append.apply(page, content);
    head.addEventListener("click", function () { open(id); });
    head.addEventListener("keydown", function (event) {
      var all = Object.keys(tabs);
      var step = { ArrowRight: 1, ArrowLeft: all.length - 1 }[event.key];
      if (step) { open(all[(all.indexOf(id) + step) % all.length], true); }
    });
    tabs[id] = { head: head, page: page };
    return head;
  }

  function open(id, focus) {
    Object.keys(tabs).forEach(function (each) {
      tabs[each].head.setAttribute("aria-selected", String(each === id));
      tabs[each].head.tabIndex = each === id ? 0 : -1;
      tabs[each].page.hidden = each !== id;
    });
    document.getElementById("panel").scrollTop = 0;
    if (focus) { tabs[id].head.focus(); }
    if (id === "list") { fillList(); }
    if (id === "out") { showCount(); }
  }

  function buildPanel() {
    var rows = el("div", { cls: "table" }, el("table", { id: "plane" }, plane));
    data.states.forEach(function (state) {
      var input = el("input", { id: "state-" + state, attrs: { type: "radio", name: "state", value: state } });
      input.addEventListener("change", function () { change({ state: state }); });
      states.append(input, el("label", { text: words["state_" + state], attrs: { for: "state-" + state } }));
    });
    note.addEventListener("input", function () { change({ note: note.value }, true); });
    search.addEventListener("input", fillList);
    nearest.addEventListener("change", fillList);
    var file = el("input", { id: "import", attrs: { type: "file", accept: ".csv,.geojson,.json,.txt" } });
    file.addEventListener("change", function () { takeFile(file); });
    var bar = el("div", { id: "tabs", attrs: { role: "tablist" } },
      tab("go", words.tab_go, [
        el("div", { id: "guide" }, el("div", { cls: "names" }, name, kind), verdict,
          wayBox, steps),
        el("fieldset", {}, el("legend", { text: words.state }), states,
          button("unstate", words.state_none, function () { change({ state: null }); })),
        el("label", { cls: "title", text: words.note, attrs: { for: "note" } }), note,
        el("div", { cls: "buttons" }, placeButton, unplaceButton), placed, rows,
        el("p", { cls: "caveat", text: words.caveat }),
      ]),
      tab("list", words.tab_list, [
        search, el("label", { cls: "check" }, nearest, el("span", { text: words.nearest })), nothing, list, more,
      ]),
      tab("out", words.tab_out, [
        counted, keeping,
        el("div", { cls: "buttons" },
          button("csv", words.export_csv, function () { download("csv", book.csv(), "text/csv"); }),
          button("geojson", words.export_geojson, function () {
            download("geojson", book.geojson(), "application/geo+json");
          }),
          button("copy", words.copy, copyCsv)),
        copied,
        el("div", { cls: "file" }, file, el("label", { text: words.import, attrs: { for: "import" } })),
        clearButton(), told,
        el("p", { cls: "caveat", text: words.verify }),
        el("p", { cls: "caveat", text: words.served }), licences(),
      ]));
    var panel = document.getElementById("panel");
    panel.append(gpsBox, bar);
    Object.keys(tabs).forEach(function (id) { panel.appendChild(tabs[id].page); });
    copied.hidden = true;
  }

  function licences() {
    var box = el("details", {}, el("summary", { text: words.licences }));
    data.licences.forEach(function (each) {
      box.append(el("h3", { text: each.package + " " + each.version + " · " + each.licence }),
        el("pre", { text: each.text }));
    });
    return box;
  }

  // ---- the chosen marker -------------------------------------------------------------------
  function choose(i, how) {
    chosen = i;
    fieldMap.choose(i);
    var marker = data.markers[i];
    say(name, marker.id);
    say(kind, [marker.kind, marker.cluster].filter(Boolean).join(" · "));
    note.value = book.of(marker).note;
    showRecord();
    showGuide();
    if (how) { open("go"); }
    if (how === "list") { fieldMap.fitChosen(); }
  }

  function change(fields, typing) {
    book.note(data.markers[chosen], fields);
    if (!typing) { note.value = book.of(data.markers[chosen]).note; }
    showRecord();
  }

  function showRecord() {
    var record = book.of(data.markers[chosen]);
    data.states.forEach(function (state) {
      document.getElementById("state-" + state).checked = record.state === state;
    });
    fieldMap.show(chosen, record.state);
    document.getElementById("unstate").hidden = record.state === null;
    unplaceButton.hidden = record.lon === null;
    say(placed, record.lon === null ? words.place_none : filled(words.place_kept, {
      accuracy: record.accuracy_m === null ? "?" : shown(record.accuracy_m, 1),
      time: (record.observed_at || "").slice(0, 16).replace("T", " "),
    }));
    showKeeping();
  }

  function recordPlace() {
    var fix = gps.current();
    if (!fix) { say(placed, words.place_no_fix); return; }
    if (fix.accuracy_m === null) { say(placed, words.place_no_accuracy); return; }
    change({ lon: fix.lon, lat: fix.lat, accuracy_m: fix.accuracy_m, observed_at: gc.localTime(fix.time) });
  }

  function row(label, first, second) {
    return el("tr", {}, el("th", { text: label, attrs: { scope: "row" } }), el("td", { text: first }),
      el("td", { text: second }));
  }

  function wayTo(marker, fix) {
    return gc.way(gc.toPlane(data.zones[marker.zone], fix.lon, fix.lat), marker);
  }

  function showGuide() {
    var marker = data.markers[chosen];
    var zone = data.zones[marker.zone];
    var fix = gps.current();
    plane.textContent = "";
    plane.append(row(zone.words, words.northing, words.easting),
      row(words.marker, shown(marker.northing_m, 3), shown(marker.easting_m, 3)));
    wayBox.hidden = !fix;
    steps.hidden = !fix;
    var reach = "none";
    if (fix) {
      var here = gc.toPlane(zone, fix.lon, fix.lat);
      var way = gc.way(here, marker);
      plane.append(row(words.me, shown(here.northing_m, 1), shown(here.easting_m, 1)));
      say(distance, metres(way.distance_m));
      var tenths = (Math.round(way.bearing_deg * 10) % 3600) / 10; // 359.97° reads 0.0°
      say(bearing, shown(tenths, 1) + "° " +
        words.compass.split(" ")[Math.round(way.bearing_deg / 45) % 8]);
      arrow.style.transform = "rotate(" + way.bearing_deg + "deg)";
      say(steps, filled(words.steps, {
        north: metres(Math.abs(way.dn_m)), east: metres(Math.abs(way.de_m)),
        north_word: way.dn_m < 0 ? words.south : words.north,
        east_word: way.de_m < 0 ? words.west : words.east,
      }));
      reach = gc.reaching(way.distance_m, fix.accuracy_m, data.reach_m);
    }
    var news = verdict.dataset.reach !== reach;
    verdict.dataset.reach = reach;
    say(verdict, filled(words["reach_" + reach], {
      reach: shown(data.reach_m, 0),
      accuracy: fix && fix.accuracy_m !== null ? shown(fix.accuracy_m, 1) : "?",
    }));
    if (news) { say(spoken, fix ? verdict.textContent : gpsText.textContent); }
  }

  // ---- the list ----------------------------------------------------------------------------
  function fillList() {
    var wanted = gc.fold(search.value);
    var fix = gps.current();
    var rows = [];
    data.markers.forEach(function (marker, i) {
      if (gc.fold(marker.id + " " + marker.cluster + " " + marker.kind).indexOf(wanted) >= 0) {
        rows.push({ i: i, away: fix ? wayTo(marker, fix).distance_m : null });
      }
    });
    if (fix && nearest.checked) { rows.sort(function (a, b) { return a.away - b.away; }); }
    list.textContent = "";
    nothing.hidden = rows.length > 0;
    more.hidden = rows.length <= MOST_ROWS;
    say(more, filled(words.more, { rest: rows.length - MOST_ROWS }));
    rows.slice(0, MOST_ROWS).forEach(function (each) {
      var marker = data.markers[each.i];
      var state = book.of(marker).state;
      var line = button("", "", function () { choose(each.i, "list"); });
      line.removeAttribute("id");
      line.append(el("b", { text: marker.id }),
        el("span", { cls: "state", text: several ? marker.cluster : "" }),
        el("span", { cls: "state", text: state ? words["state_" + state] : "" }),
        el("span", { cls: "away", text: each.away === null ? "" : metres(each.away) }));
      if (each.i === chosen) { line.setAttribute("aria-current", "true"); }
      list.appendChild(el("li", {}, line));
    });
  }

  // ---- out and in --------------------------------------------------------------------------
  function showCount() {
    say(counted, filled(words.counted, { done: book.count(), all: data.markers.length }));
    showKeeping();
  }

  function showKeeping() {
    say(keeping, book.kept ? words.kept : words.not_kept);
    keeping.classList.toggle("bad", !book.kept);
    gpsBox.classList.toggle("not-kept", !book.kept);
    tabs.out.head.classList.toggle("bad", !book.kept);
  }

  function download(suffix, text, type) {
    var link = el("a", { attrs: { download: data.file + "." + suffix } });
    link.href = URL.createObjectURL(new Blob([text], { type: type + ";charset=utf-8" }));
    document.body.appendChild(link);
    link.click();
    link.remove();
    window.setTimeout(function () { URL.revokeObjectURL(link.href); }, 60000);
    say(told, filled(words.exported, { file: data.file + "." + suffix }));
  }

  function copyCsv() {
    var text = book.csv().replace(/^\ufeff/, "");
    function byHand() {
      copied.hidden = false;
      copied.value = text;
      copied.focus();
      copied.select();
      say(told, document.execCommand("copy") ? words.copied : words.copy_by_hand);
    }
    if (!navigator.clipboard || !window.isSecureContext) { byHand(); return; }
    navigator.clipboard.writeText(text).then(function () { say(told, words.copied); }, byHand);
  }

  function takeFile(input) {
    var file = input.files[0];
    if (!file) { return; }
    if (file.size > LARGEST_FILE) { say(told, words.import_bad); return; }
    file.text().then(function (text) {
      say(told, filled(words.imported, book.take(text)));
      showAll();
    }).catch(function () { say(told, words.import_bad); });
    input.value = "";
  }

  /* Clearing takes two presses, the second within a few seconds. */
  function clearButton() {
    var armed = 0;
    var node = button("clear", words.clear, function () {
      if (Date.now() - armed < ARMED_MS) {
        armed = 0;
        book.clear();
        showAll();
        say(node, words.clear);
        say(told, words.cleared);
      } else {
        armed = Date.now();
        say(node, words.clear_again);
        window.setTimeout(function () { say(node, words.clear); }, ARMED_MS);
      }
    });
    return node;
  }

  function showAll() {
    data.markers.forEach(function (marker, i) { fieldMap.show(i, book.of(marker).state); });
    note.value = book.of(data.markers[chosen]).note;
    showRecord();
    showCount();
  }

  window.addEventListener("storage", function (event) {
    if (event.key === book.key) { book.load(); showAll(); } // noted in another tab
  });
  window.addEventListener("beforeunload", function (event) {
    if (!book.kept && book.count()) { event.preventDefault(); }
  });

  // ---- the position ------------------------------------------------------------------------
  var first = true;
  var gps = new gc.Gps(data.stale_s, function (state, fix) {
    var running = state === "fix" || state === "waiting";
    gpsBox.dataset.state = state;
    gpsButton.hidden = running || state === "insecure" || state === "unsupported";
    say(gpsButton, state === "off" ? words.gps_start : words.gps_again);
    say(gpsText, filled(words["gps_" + state], {
      accuracy: fix && fix.accuracy_m !== null ? shown(fix.accuracy_m, 1) : "?",
    }));
    if (gps.fix) { fieldMap.showMe(gps.fix, !fix); }
    showGuide();
    if (fix && !tabs.list.page.hidden && nearest.checked && document.activeElement !== search) { fillList(); }
    if (fix && first) { first = false; fieldMap.fitChosen(); }
  });
  var fieldMap = new gc.FieldMap(data, function (i) { choose(i, "map"); });

  buildHead();
  buildPanel();
  document.getElementById("map-buttons").append(
    button("fit-target", words.fit_target, function () { fieldMap.fitChosen(); }),
    button("fit-all", words.fit_all, function () { fieldMap.fitAll(); }));
  fieldMap.map.invalidateSize(false);
  fieldMap.fitAll();
  showAll();
  choose(0);
  open("go");
  gps.begin();
  gc.book = book;
  gc.data = data;
  document.body.classList.add("ready");
})();
