/* Small repairs that need the page itself: keyboard access, and search from a folder. */
"use strict";

(function () {
  // From a folder a page may not read another: search then lists results without excerpts.
  if (location.protocol === "file:" && typeof DOCUMENTATION_OPTIONS !== "undefined") {
    DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
  }

  // What scrolls sideways must be reachable by keyboard; what does not must not be a stop.
  var BOXES = "div.math mjx-container, .pst-scrollable-table-container, .frames-picture";
  function reachable() {
    document.querySelectorAll(BOXES).forEach(function (box) {
      if (box.scrollWidth > box.clientWidth) {
        box.tabIndex = 0;
      } else {
        box.removeAttribute("tabindex");
      }
      if (!box.dataset.fades) {
        box.dataset.fades = "true";
        box.addEventListener("scroll", function () { fade(box); }, { passive: true });
      }
      fade(box);
    });
  }

  // Type is legible from 0.594 of a figure's size on: 12 points are then 10.6 pixels. On a phone
  // a wide figure keeps that size and scrolls; one that lacks a twentieth is made to fit.
  function legible() {
    document.querySelectorAll(".cell_output img").forEach(function (image) {
      var box = image.closest(".frames-picture");
      if (!box) {
        box = document.createElement("div");
        box.className = "frames-picture";
        image.replaceWith(box);
        box.append(image);
      }
      var size = parseFloat(image.style.width) || Number(image.getAttribute("width")) || 0;
      box.style.setProperty("--legible", 0.594 * size + "px");
      box.classList.toggle("wide", 0.594 * size > 1.05 * box.clientWidth);
    });
  }

  // Where a box is cut off it fades, as a sign that there is more.
  function fade(box) {
    var hidden = box.scrollWidth - box.clientWidth;
    box.classList.toggle("cut-left", hidden > 1 && box.scrollLeft > 1);
    box.classList.toggle("cut-right", hidden > 1 && box.scrollLeft < hidden - 1);
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

  // Folded code is called what its line says, not "toggle hidden content".
  function nameFolds() {
    document.querySelectorAll("details.hide > summary[aria-label]").forEach(function (fold) {
      fold.removeAttribute("aria-label");
    });
  }

  // From a folder a browser opens a notebook as text, but downloads a zip.
  function offerZip() {
    if (location.protocol !== "file:") return;
    document.querySelectorAll("a.btn-download-source-button[href$='.ipynb']").forEach(function (link) {
      link.href = location.href.replace(/\.html([?#].*)?$/, ".zip");
      link.removeAttribute("target");
      link.querySelector(".btn__text-container").textContent = "Notebook (.zip)";
    });
  }

  window.addEventListener("load", function () {
    nameFolds();
    offerZip();
    nameCells();
    nameToggles();
    legible();
    reachable();
    if (window.MathJax && MathJax.startup && MathJax.startup.promise) {
      MathJax.startup.promise.then(reachable);
    }
  });
  window.addEventListener("resize", function () { legible(); reachable(); });
})();
