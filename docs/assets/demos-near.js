// A demo's script, and the modules that it imports, are loaded when its reader comes near: a page
// that is not scrolled to its demo pays nothing for it. The head links each demo's style sheet, so
// that heights are reserved from the start; its `data-demo` names the element, `data-script` the script.
// Until then, and without scripts, the still picture stands there.
document.querySelectorAll("link[data-demo]").forEach((style) => {
  const name = style.dataset.demo;
  const elements = document.querySelectorAll(`downhill-${name}`);
  const near = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    near.disconnect();
    import(new URL(style.dataset.script, document.baseURI)).catch(() => elements.forEach((element) => {
      element.dataset.state = "failed";
      const note = document.createElement("p");
      note.className = "dl-error";
      note.setAttribute("role", "alert");
      note.textContent = `This demo did not start: ${name}.js could not be loaded. `
        + "The picture shows what it does; reload the page to try again.";
      element.append(note);
    }));
  }, { rootMargin: "600px 0px" });
  elements.forEach((element) => near.observe(element));
});
