/* Small repairs that need the page itself: keyboard access, and search from a folder. */
"use strict";

(function () {
  // From a folder a page may not read another: search then lists results without excerpts.
  if (location.protocol === "file:" && typeof DOCUMENTATION_OPTIONS !== "undefined") {
    DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
  }

  // What scrolls sideways must be reachable by keyboard; what does not must not be a stop.
  function reachable() {
    document.querySelectorAll("div.math mjx-container, .pst-scrollable-table-container").forEach(function (box) {
      if (box.scrollWidth > box.clientWidth) {
        box.tabIndex = 0;
      } else {
        box.removeAttribute("tabindex");
      }
    });
  }

  // On a phone a "stacked" table is laid out as cards: each cell says its column, and the roles
  // that the layout takes away are written down.
  function nameCells() {
    document.querySelectorAll("table.stacked").forEach(function (table) {
      var heads = Array.from(table.querySelectorAll("thead th")).map(function (th) {
        th.setAttribute("role", "columnheader");
        return th.textContent.trim();
      });
      table.setAttribute("role", "table");
      table.querySelectorAll("thead, tbody").forEach(function (group) {
        group.setAttribute("role", "rowgroup");
      });
      table.querySelectorAll("tr").forEach(function (row) { row.setAttribute("role", "row"); });
      table.querySelectorAll("tbody tr").forEach(function (row) {
        Array.from(row.cells).forEach(function (cell, i) {
          cell.setAttribute("role", "cell");
          cell.dataset.label = heads[i] || "";
          cell.classList.toggle("empty", !cell.textContent.trim());
        });
      });
    });
  }


  // The arrows of the table of contents have no name of their own.
  function nameToggles() {
    document.querySelectorAll(".bd-sidebar-primary details > summary").forEach(function (toggle) {
      var link = toggle.closest("li").querySelector("a");
      toggle.setAttribute("aria-label", "Pages of " + (link ? link.textContent.trim() : "this part"));
    });
  }

  window.addEventListener("load", function () {
    nameCells();
    nameToggles();
    reachable();
    if (window.MathJax && MathJax.startup && MathJax.startup.promise) {
      MathJax.startup.promise.then(reachable);
    }
  });
  window.addEventListener("resize", reachable);
})();
