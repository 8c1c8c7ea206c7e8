/* Small repairs that need the page itself: keyboard access, and search from a folder. */
"use strict";

(function () {
  // From a folder a page may not read another: search then lists results without excerpts.
  if (location.protocol === "file:" && typeof DOCUMENTATION_OPTIONS !== "undefined") {
    DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
  }

  // What scrolls sideways must be reachable by keyboard; what does not must not be a stop.
  function reachable() {
    document.querySelectorAll("div.math, .pst-scrollable-table-container").forEach(function (box) {
      if (box.scrollWidth > box.clientWidth + 1) {
        box.tabIndex = 0;
      } else {
        box.removeAttribute("tabindex");
      }
    });
  }
  window.addEventListener("load", function () {
    reachable();
    if (window.MathJax && MathJax.startup && MathJax.startup.promise) {
      MathJax.startup.promise.then(reachable);
    }
  });
  window.addEventListener("resize", reachable);
})();
