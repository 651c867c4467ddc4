// Material wraps each copy button in <nav>; many landmarks without a name are noise for screen readers.
document$.subscribe(() => {
  for (const nav of document.querySelectorAll(".md-code__nav")) nav.setAttribute("role", "none");
});
