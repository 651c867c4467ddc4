// The first script of every page of the zip. From file:// a browser fetches no file and starts no worker, but
// it does load classic scripts: files of data are scripts here, and so is the text of the search's worker.
// The build appends two calls: downhillGraph(…) and downhillWorker(…).
(() => {
  "use strict";
  const ROOT = new URL("../", document.currentScript.src);
  const loads = new Map(), values = new Map();
  let graph = {};

  function load(url) {
    if (!loads.has(url)) loads.set(url, new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = url;
      script.async = false; // in the order in which they are asked for
      script.onload = resolve;
      script.onerror = () => { loads.delete(url); reject(new TypeError(`${url} is not in this copy`)); };
      document.head.append(script);
    }));
    return loads.get(url);
  }

  window.downhillModules = {};
  window.downhillGraph = (whole) => { graph = whole; };
  window.downhillFile = (value) => values.set(document.currentScript.src, value);

  /** What `import(…)` is in a page from a server. */
  window.downhillImport = async (address) => {
    const path = decodeURIComponent(new URL(address, document.baseURI).href.slice(ROOT.href.length));
    const missing = (graph[path] ?? [path]).filter((each) => !window.downhillModules[each]);
    await Promise.all(missing.map((each) => load(new URL(each, ROOT).href)));
    return window.downhillModules[path];
  };

  window.fetch = async (what) => {
    const url = new URL(what.url ?? what, document.baseURI);
    const script = `${url.origin === "null" ? "file://" : url.origin}${url.pathname}.js`;
    await load(script);
    return new Response(JSON.stringify(values.get(script)), { headers: { "content-type": "application/json" } });
  };

  window.downhillWorker = (text) => {
    const Worker = window.Worker;
    window.Worker = class extends Worker {
      constructor() { super(URL.createObjectURL(new Blob([text], { type: "text/javascript" }))); }
    };
  };
})();
