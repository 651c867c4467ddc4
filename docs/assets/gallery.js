// Demos of a page that has many: each one's script is loaded when a reader comes near, and it then
// loads its own data. Until then, and without scripts, its still picture stands there; its style is
// loaded with the page, since that reserves its height.
(() => {
  function start(demo) {
    const script = document.createElement("script");
    script.type = "module";
    script.src = `${demo.dataset.module}.js`;
    script.onload = () => {
      if (demo.dataset.state !== "waiting") return;
      demo.watcher.disconnect(); // it would wait for the reader, who was here already
      demo.load();
    };
    script.onerror = () => { demo.dataset.state = "failed"; };
    document.head.append(script);
  }
  const near = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      start(target);
    }
  }, { rootMargin: "800px 0px" });
  for (const demo of document.querySelectorAll("[data-module]")) near.observe(demo);
})();
