// The theme puts a copy button into a <nav> without a name; it leads nowhere, so readers of the page aloud are not told of one.
new MutationObserver(() => {
  for (const nav of document.querySelectorAll("nav.md-code__nav:not([role])")) nav.setAttribute("role", "none");
}).observe(document.documentElement, { childList: true, subtree: true });
