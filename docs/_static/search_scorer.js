/* Which results stand first: terms of the index and titles of pages before names of functions, and what shops run before
   what tests take. The weights are Sphinx's own but for objPrio and score (html_search_scorer in conf.py). */
var Scorer = {
  score: ([docname, title, anchor, descr, score]) => {
    if (docname.startsWith("reference/testing") || docname === "changelog") return score - 30;
    if (docname.startsWith("adr/")) return score - 12;
    if (docname === "explanation/glossary") return score - 3;
    if (docname.startsWith("how-to/")) return score + 4;
    return score;
  },
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 0, 1: 0, 2: -10 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
