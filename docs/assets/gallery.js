// Demos of a page that has many: each one's script and style are loaded when a reader comes near,
// and it then loads its own data. Until then, and without scripts, its still picture stands there.
(() => {
  function start(demo) {
    const style = document.createElement("link");
    style.rel = "stylesheet";
    style.href = `${demo.dataset.module}.css`;
    const script = document.createElement("script");
    script.type = "module";
    script.src = `${demo.dataset.module}.js`;
    script.onerror = () => { demo.dataset.state = "failed"; };
    style.onload = () => document.head.append(script); // a demo measures itself: style first
    style.onerror = script.onerror;
    document.head.append(style);
  }
  const near = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      start(target);
    }
  }, { rootMargin: "1200px 0px" });
  for (const demo of document.querySelectorAll("[data-module]")) near.observe(demo);
})();
