/* What the theme leaves to do for people who use a keyboard or a screen reader. */
(() => {
  const reachable = () => {
    for (const box of document.querySelectorAll("pre, .table-wrapper, .states")) {
      // A box that scrolls can be scrolled by keys only where it can have the focus.
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  };
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelector(".sidebar-drawer")?.setAttribute("aria-label", "All pages");
    document.querySelector(".toc-drawer")?.setAttribute("aria-label", "On this page");
    const heading = document.querySelector("#search-results > h2");
    if (!document.querySelector("h1:not(noscript h1)") && document.getElementById("searchbox")) {
      const title = document.createElement("h1");
      title.textContent = "Search";
      (heading || document.getElementById("searchbox")).before(title);
    }
    reachable();
  });
  window.addEventListener("load", reachable);
  window.addEventListener("resize", reachable);
})();
