// What every demo shares: load the data, keep the still picture until then, state in the URL.

/** Value of a query parameter, or null. */
export const readState = (name) => new URLSearchParams(location.search).get(name);

/**
 * Writes query parameters (null or "" removes one); path, anchor and others' parameters stay.
 * They stand in the order of `values`, whichever was written first: one state, one URL.
 */
export function writeState(values) {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(values)) {
    url.searchParams.delete(name);
    if (value !== null && value !== "") url.searchParams.append(name, value);
  }
  // Browsers refuse more than about a hundred of these in half a minute: callers wait for a pause.
  if (url.href !== location.href) history.replaceState(history.state, "", url);
}

/** Runs `action` once calls have paused for `wait` milliseconds; `.cancel()` forgets it. */
export function afterPause(action, wait) {
  let timer;
  const later = () => { clearTimeout(timer); timer = setTimeout(action, wait); };
  later.cancel = () => clearTimeout(timer);
  return later;
}

export const wantsLessMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Fragment of trusted, static markup, and its parts by their `data-part` names. */
export function markup(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const parts = {};
  for (const node of template.content.querySelectorAll("[data-part]")) parts[node.dataset.part] = node;
  return { fragment: template.content, parts };
}

/**
 * A demo: `<downhill-… data-src="data.json">still picture and text</downhill-…>`.
 * A subclass has `build(json)`, which returns a fragment; until that has worked, and when it
 * cannot, the reader keeps what the page holds inside the element.
 */
export class Demo extends HTMLElement {
  connectedCallback() {
    if (this.dataset.state) return;
    this.dataset.state = "waiting";
    // The data is some tens of kilobytes: fetched when the reader comes near.
    this.watcher = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      this.watcher.disconnect();
      this.load();
    }, { rootMargin: "800px 0px" });
    this.watcher.observe(this);
  }

  disconnectedCallback() {
    this.watcher?.disconnect();
    if (this.dataset.state === "waiting") delete this.dataset.state;
  }

  async load() {
    const source = new URL(this.dataset.src, document.baseURI);
    try {
      const response = await fetch(source);
      if (!response.ok) throw new Error(`the server answered ${response.status}`);
      const fragment = this.build(await response.json());
      this.replaceChildren(fragment);
      this.dataset.state = "ready";
      this.ready?.();
    } catch (error) {
      this.dataset.state = "failed";
      const note = document.createElement("p");
      note.className = "dl-error";
      note.setAttribute("role", "alert");
      note.textContent = `This demo did not start: ${source.pathname.split("/").pop()} could not be read `
        + `(${error.message}). The picture shows what it does; reload the page to try again.`;
      this.append(note);
    }
  }
}

/** Registers a custom element once, however often its module is loaded. */
export function define(name, element) {
  if (!customElements.get(name)) customElements.define(name, element);
}
