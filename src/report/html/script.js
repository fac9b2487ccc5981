"use strict";
(function () {
  var form = document.getElementById("filter");
  var cases = Array.prototype.slice.call(document.querySelectorAll(".case"));
  // What is searched: everything but the drawings, which name every month.
  var texts = cases.map(function (c) {
    var parts = c.tagName === "DETAILS" ? c.querySelectorAll("summary, .findings, .facts, .problems") : [c];
    return Array.prototype.map.call(parts, function (p) { return p.textContent; })
      .join(" ").toLowerCase().replace(/\s+/g, " ");
  });
  var byId = function (id) { return document.getElementById(id); };
  var boxes = Array.prototype.slice.call(form.querySelectorAll("input[name=verdict]"));
  var value = function (id) { var e = byId(id); return e ? e.value : ""; };
  var has = function (list, word) { return !word || (" " + list + " ").indexOf(" " + word + " ") >= 0; };

  function apply() {
    var words = value("q").toLowerCase().split(/\s+/).filter(Boolean);
    var verdicts = boxes.filter(function (b) { return b.checked; }).map(function (b) { return b.value; });
    var shown = 0;
    cases.forEach(function (c, i) {
      var d = c.dataset;
      var fits = verdicts.indexOf(d.verdict) >= 0 &&
        (!value("kind") || d.kind === value("kind")) &&
        (!value("prison") || d.prison === value("prison")) &&
        has(d.dangers, value("danger")) && has(d.checks, value("check")) &&
        words.every(function (w) { return texts[i].indexOf(w) >= 0; });
      c.hidden = !fits;
      if (fits) shown += 1;
    });
    var out = byId("shown");
    out.textContent = out.dataset.zh + " " + shown + " / " + cases.length;
    byId("nothing").hidden = shown > 0;
    Array.prototype.forEach.call(document.querySelectorAll("table.lines"), function (t) {
      var none = !t.querySelector("tr.case:not([hidden])");
      t.hidden = none;
      if (t.previousElementSibling) t.previousElementSibling.hidden = none;
    });
  }

  function reveal() {
    var id = decodeURIComponent(location.hash.slice(1));
    var target = id && byId(id);
    if (!target) return;
    if (target.classList.contains("case") && target.hidden) { form.reset(); apply(); }
    if (target.tagName === "DETAILS") { target.open = true; target.scrollIntoView(); }
  }

  function open(yes) {
    cases.forEach(function (c) { if (c.tagName === "DETAILS" && !c.hidden) c.open = yes; });
  }

  form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("submit", function (e) { e.preventDefault(); });
  form.addEventListener("reset", function () { setTimeout(apply, 0); });
  byId("open").addEventListener("click", function () { open(true); });
  byId("close").addEventListener("click", function () { open(false); });
  document.addEventListener("click", function (e) {
    var link = e.target.closest ? e.target.closest("a[data-set]") : null;
    if (!link) return;
    form.reset();
    if (link.dataset.set === "verdict") {
      boxes.forEach(function (b) { b.checked = b.value === link.dataset.value; });
    } else {
      byId(link.dataset.set).value = link.dataset.value;
    }
    setTimeout(apply, 0);
  });
  window.addEventListener("hashchange", reveal);
  apply();
  reveal();
})();
