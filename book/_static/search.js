/* What Sphinx's search lacks: lessons before code, numbers of equations, Greek letters, spelling. */
"use strict";

(function () {
  if (typeof Search === "undefined") return;
  var greek = {
    α: "alpha", β: "beta", γ: "gamma", δ: "delta", ε: "epsilon", ζ: "zeta", η: "eta", θ: "theta",
    κ: "kappa", λ: "lambda", μ: "mu", ν: "nu", ξ: "xi", π: "pi", ρ: "rho", σ: "sigma", τ: "tau",
    φ: "phi", χ: "chi", ψ: "psi", ω: "omega", "∂": "derivative", "∇": "gradient"
  };
  var looksLikeCode = false, asked = [], phrase = "";

  function stems(text) {
    var stemmer = new Stemmer();
    return splitQuery(text.toLowerCase()).map(function (word) { return stemmer.stemWord(word); });
  }

  Scorer.score = function (result) {
    var page = result[0], score = result[4], title = stems(result[1].split(" > ")[0]);
    if (asked.every(function (word) { return title.includes(word); })) score += 30; // a page of that name
    if (page.split("/").pop().replace(/[-_]/g, " ") === phrase) score += 30;
    if (/^(book\/api|_modules)\//.test(page)) return looksLikeCode ? score + 60 : score - 20;
    if (/^book\/equation-index/.test(page)) return score - 10;
    if (/^(book\/[\w-]+|exercises)\//.test(page)) return score + 40;
    return score;
  };

  // "eq 1.43", "figure 2.5", "(1.43)": what bears this number.
  function numbered(query) {
    var asked = query.trim().match(/^([a-z]*)\.?\s*\(?(\d+\.\d+)\)?$/i);
    if (!asked) return [];
    return COURSE_SEARCH.numbered.filter(function (entry) {
      return entry[1] === asked[2] && entry[0].toLowerCase().startsWith(asked[1].slice(0, 2).toLowerCase());
    }).sort(function (a, b) { // the last is shown first
      return (a[0] === "Equation") - (b[0] === "Equation");
    }).map(function (entry) {
      return [entry[2], entry[0] + " " + entry[1] + ", in " + entry[4], "#" + entry[3], null, 1000, entry[2]];
    });
  }

  // Letters inserted, left out, changed, or two exchanged; not counted beyond the limit.
  function distance(a, b, limit) {
    if (Math.abs(a.length - b.length) > limit) return limit + 1;
    var before = [], last = [], row = [], i, j;
    for (j = 0; j <= b.length; j++) last[j] = j;
    for (i = 1; i <= a.length; i++) {
      row = [i];
      for (j = 1; j <= b.length; j++) {
        row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] !== b[j - 1]));
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
          row[j] = Math.min(row[j], before[j - 2] + 1);
        }
      }
      if (Math.min.apply(null, row) > limit) return limit + 1;
      before = last;
      last = row;
    }
    return last[b.length];
  }

  function pages(word) {
    var found = Search._index.terms[word];
    return found === undefined ? 0 : found.length || 1;
  }

  // The nearest word of the book, by its stem; of two equally near the more frequent.
  function nearest(stem) {
    var terms = Object.keys(Search._index.terms);
    if (stem.length < 5 || terms.some(function (term) { return term.includes(stem); })) return stem;
    var limit = stem.length < 8 ? 1 : 2, best = stem, least = limit + 1;
    terms.forEach(function (term) {
      var d = distance(stem, term, limit);
      if (d < least || (d === least && d <= limit && pages(term) > pages(best))) {
        best = term;
        least = d;
      }
    });
    return best;
  }

  var query = Search.query;
  Search.query = function (text) {
    looksLikeCode = /[_.][a-z]|[a-z][A-Z]/.test(text);
    text = text.replace(/./gu, function (letter) {
      var name = greek[letter.toLowerCase()];
      return name ? " " + name + " " : letter;
    });
    asked = stems(text);
    phrase = text.trim().toLowerCase();
    query(text);
  };

  var perform = Search._performSearch;
  Search._performSearch = function (text, terms, excluded, highlighted, objects) {
    var exact = numbered(text);
    if (exact.length === 0 && /^\s*(eq|fig|tab)[a-z]*\.?\s*\(?\d+\.\d+\)?\s*$/i.test(text)) return [];
    var results = perform(text, terms, excluded, highlighted, objects);
    if (exact.length + results.length === 0) {
      var corrected = new Set(Array.from(terms, nearest));
      if (Array.from(corrected).some(function (word) { return !terms.has(word); })) {
        results = perform(Array.from(corrected).join(" "), corrected, excluded, highlighted, new Set());
      }
      if (results.length) {
        var note = document.createElement("p");
        note.className = "search-note";
        note.textContent = "Nothing was found for “" + text.trim() + "”. These pages have a word that is spelled much alike.";
        Search.output.before(note);
        corrected.forEach(function (word) { terms.add(word); }); // for the excerpts
      }
    }
    return results.concat(exact); // the last is shown first
  };
})();
