/* The position of the phone, and in plain words why there is none. */
(function () {
  "use strict";
  var gc = (window.gisclusters = window.gisclusters || {});
  var OPTIONS = { enableHighAccuracy: true, maximumAge: 1000, timeout: 20000 };
  var DENIED = 1;
  var NO_SIGNAL = 2;

  /* Whether a page opened from a file: browsers give such pages a position rarely. */
  function fromFile() {
    return ["http:", "https:"].indexOf(window.location.protocol) < 0;
  }

  /* Watches the position.  `told(state, fix)` hears: `off` (not asked yet), `insecure`,
     `unsupported`, `waiting`, `fix`, `stale` (the last fix is too old to go by), `denied`,
     `denied_file`, `no_signal`, `timeout`. */
  gc.Gps = function (stale_s, told) {
    this.stale_ms = stale_s * 1000;
    this.told = told;
    this.state = "off";
    this.fix = null;
    this.watch = null;
    var self = this;
    window.setInterval(function () { self.age(); }, 1000);
  };

  gc.Gps.prototype.say = function (state) {
    this.state = state;
    this.told(state, this.current());
  };

  /* The fix to go by, or null. */
  gc.Gps.prototype.current = function () {
    return this.state === "fix" ? this.fix : null;
  };

  gc.Gps.prototype.age = function () {
    if (this.state === "fix" && Date.now() - this.fix.heard > this.stale_ms) {
      this.say("stale");
    }
  };

  /* Starts at once where the user has already allowed it; else says what stands in the way. */
  gc.Gps.prototype.begin = function () {
    var self = this;
    if (!this.possible()) { return; }
    this.say("off");
    if (!navigator.permissions || !navigator.permissions.query) { return; }
    navigator.permissions.query({ name: "geolocation" }).then(
      function (answer) {
        if (answer.state === "granted" && self.watch === null) { self.start(); }
      },
      function () { /* the button is there */ }
    );
  };

  gc.Gps.prototype.possible = function () {
    if (window.isSecureContext === false) { this.say("insecure"); return false; }
    if (!navigator.geolocation) { this.say("unsupported"); return false; }
    return true;
  };

  gc.Gps.prototype.start = function () {
    var self = this;
    if (!this.possible()) { return; }
    this.stop();
    this.say("waiting");
    this.watch = navigator.geolocation.watchPosition(
      function (position) { self.hear(position); },
      function (problem) { self.fail(problem); },
      OPTIONS
    );
  };

  gc.Gps.prototype.stop = function () {
    if (this.watch !== null) { navigator.geolocation.clearWatch(this.watch); }
    this.watch = null;
  };

  gc.Gps.prototype.hear = function (position) {
    var at = position.coords;
    if (!Number.isFinite(at.longitude) || !Number.isFinite(at.latitude)) { return; }
    this.fix = {
      lon: at.longitude,
      lat: at.latitude,
      accuracy_m: Number.isFinite(at.accuracy) && at.accuracy > 0 ? at.accuracy : null,
      time: Number.isFinite(position.timestamp) ? position.timestamp : Date.now(),
      heard: Date.now(),
    };
    this.say("fix");
  };

  gc.Gps.prototype.fail = function (problem) {
    if (problem.code === DENIED) {
      this.stop();
      this.say(fromFile() ? "denied_file" : "denied");
    } else {
      this.say(problem.code === NO_SIGNAL ? "no_signal" : "timeout");
    }
  };
})();
