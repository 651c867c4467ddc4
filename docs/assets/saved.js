// What every page knows of the saved copy (save.js makes it, sw.js serves it): whether there is one, and,
// asked once per visit, whether the published course is newer. Without a copy nothing is asked.
export const FORMAT = 1; // with that of render/offline.py and sw.js
export const ROOT = new URL("../", import.meta.url);
export const STORE = `downhill ${FORMAT} ${ROOT.pathname}`;
export const keyOf = (name) => new URL(`offline/saved/${name}`, ROOT).href;
export const LIST = keyOf("files.json"); // its presence makes a copy whole: it is written last

/** The list of the saved copy, or null. */
export async function saved() {
  if (!globalThis.caches || !await caches.has(STORE)) return null;
  const kept = await (await caches.open(STORE)).match(LIST);
  return kept ? kept.json() : null;
}

/** A JSON file of the published course, never that of the copy. */
export async function published(name, options) {
  const url = new URL(`offline/${name}`, ROOT);
  url.searchParams.set("saving", "");
  const reply = await fetch(url, { cache: "no-store", ...options });
  if (!reply.ok) throw new Error(`${name}: the server answered ${reply.status}`);
  return reply.json();
}

const ASKED = `${STORE} newest`, NOT_NOW = `${STORE} not now`;

async function tellOfNewer() {
  const copy = await saved();
  if (!copy || document.querySelector("[data-save]")) return; // that page tells it itself
  let newest = sessionStorage.getItem(ASKED);
  if (!newest) {
    if (!navigator.onLine) return;
    newest = (await published("version.json")).version;
    sessionStorage.setItem(ASKED, newest);
  }
  if (newest === copy.version || sessionStorage.getItem(NOT_NOW) === newest) return;
  const note = document.createElement("div");
  note.className = "saved-note";
  note.setAttribute("role", "status");
  note.innerHTML = `<p>This page is from your saved copy. A newer version is there: <a>update</a>.</p><button type="button">Not now</button>`;
  note.querySelector("a").href = new URL("offline/", ROOT);
  note.querySelector("button").addEventListener("click", () => {
    sessionStorage.setItem(NOT_NOW, newest);
    note.remove();
  });
  document.body.append(note);
}

tellOfNewer().catch(() => {}); // no network, or no right to store: then there is nothing to tell
