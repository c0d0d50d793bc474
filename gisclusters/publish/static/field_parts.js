/* Elements, buttons and numbers of the field page.  Texts are set as textContent only. */
(function () {
  "use strict";
  var gc = (window.gisclusters = window.gisclusters || {});

  gc.parts = function (lang) {
    function el(tag, options) {
      var node = document.createElement(tag);
      var given = options || {};
      if (given.cls) { node.className = given.cls; }
      if (given.text !== undefined && given.text !== null) { node.textContent = given.text; }
      if (given.id) { node.id = given.id; }
      Object.keys(given.attrs || {}).forEach(function (name) { node.setAttribute(name, given.attrs[name]); });
      for (var i = 2; i < arguments.length; i += 1) { node.appendChild(arguments[i]); }
      return node;
    }

    function button(id, text, act) {
      var node = el("button", { id: id, text: text, attrs: { type: "button" } });
      node.addEventListener("click", act);
      return node;
    }

    function filled(sentence, values) {
      return sentence.replace(/\{(\w+)\}/g, function (whole, name) { return values[name]; });
    }

    function shown(value, decimals) {
      return value.toLocaleString(lang === "vi" ? "vi-VN" : "en-GB",
        { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
    }

    function metres(value) { return shown(value, value < 1000 ? 1 : 0) + " m"; }

    function drawArrow() {
      var space = "http://www.w3.org/2000/svg";
      var svg = document.createElementNS(space, "svg");
      var path = document.createElementNS(space, "path");
      svg.id = "arrow";
      svg.setAttribute("viewBox", "0 0 56 56");
      svg.setAttribute("aria-hidden", "true");
      path.setAttribute("d", "M28 2 46 52 28 42 10 52Z");
      svg.appendChild(path);
      return svg;
    }

    function say(node, text) { if (node.textContent !== text) { node.textContent = text; } }

    return {
      el: el, button: button, filled: filled, shown: shown, metres: metres, drawArrow: drawArrow, say: say,
    };
  };
})();
