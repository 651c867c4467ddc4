// The page “Take it with you”: saves the course in this browser, and tells how far it is.
// Files are kept by their digest. The list that the service worker serves from is replaced in one step, when
// every file of the new list is here: whatever breaks before leaves the old copy as it was.
import { FORMAT, LIST, ROOT, STORE, keyOf, published, saved } from "./saved.js";

const AT_ONCE = 6; // downloads
const PATIENCE = 10_000; // milliseconds for the list: a reader in a tunnel wants to see what is here
const LATER = "What has come is kept, and is not used before the rest is here.";
const place = document.querySelector("[data-save]");
const number = new Intl.NumberFormat("en-GB", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const MB = (bytes) => (bytes < 1e5 ? `${Math.ceil(bytes / 1e3)} kB` : `${number.format(bytes / 1e6)} MB`);

/** What a reader can mend, in one line. */
class Trouble extends Error {}

/** Files of a list by the names under which they are kept: {path, bytes}. */
function wanted(list) {
  return new Map(list.files.map(([path, name, bytes]) => [name, { path, bytes }]));
}

async function hex(data) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", data));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const present = async (store) => new Set((await store.keys()).map((request) => request.url));

let known; // the list as it was last fetched

async function newest(signal) {
  const list = await published("files.json", { signal });
  if (list.format !== FORMAT) throw new Trouble("The published course saves in another way than this page: reload the page without your copy, that is, remove the copy first.");
  return known = list;
}

async function fetchInto(store, name, file, signal) {
  const url = new URL(file.path.replace(/(^|\/)index\.html$/, "$1").split("/").map(encodeURIComponent).join("/"), ROOT);
  url.searchParams.set("saving", name); // past the old copy, and past what hosts keep between
  const reply = await fetch(url, { cache: "no-store", signal });
  if (!reply.ok) throw new Trouble(`The server answered ${reply.status} for ${file.path}.`);
  const data = await reply.arrayBuffer();
  if (!(await hex(data)).startsWith(name.split(".")[0])) {
    throw new Trouble(`${file.path} is not the file of the list: perhaps the course was published anew just now.`);
  }
  // A response of our own: one that was redirected may not answer for a page.
  const headers = { "content-type": reply.headers.get("content-type") ?? "", "content-length": String(data.byteLength) };
  await store.put(keyOf(name), new Response(data, { headers }));
}

async function save(signal, tell) {
  const list = await newest(signal);
  const files = wanted(list);
  const store = await caches.open(STORE);
  const here = await present(store);
  const missing = [...files].filter(([name]) => !here.has(keyOf(name)));
  const state = { files: files.size - missing.length, of: files.size, bytes: 0, ofBytes: 0 };
  for (const [name, { bytes }] of files) {
    state.ofBytes += bytes;
    if (here.has(keyOf(name))) state.bytes += bytes;
  }
  tell(state);
  const inner = new AbortController(); // the first failure ends the other downloads too
  signal.addEventListener("abort", () => inner.abort());
  const next = missing.values();
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (const [name, file] of next) {
      try {
        await fetchInto(store, name, file, inner.signal);
      } catch (error) {
        inner.abort();
        throw error;
      }
      state.files += 1;
      state.bytes += file.bytes;
      tell(state);
    }
  }));
  signal.throwIfAborted();
  await navigator.serviceWorker.register(new URL("sw.js", ROOT), { scope: ROOT.pathname });
  const worker = (await navigator.serviceWorker.ready).active;
  await store.put(LIST, new Response(JSON.stringify({ ...list, saved: new Date().toISOString() })));
  worker.postMessage("changed");
  const keep = new Set([LIST, ...[...files.keys()].map(keyOf)]);
  for (const url of await present(store)) if (!keep.has(url)) await store.delete(url);
  await navigator.storage?.persist?.(); // asks that a full disk does not take it; browsers may say no
}

async function remove() {
  await caches.delete(STORE);
  const registration = await navigator.serviceWorker.getRegistration(ROOT);
  registration?.active?.postMessage("changed");
  await registration?.unregister();
}

/** Where things stand: nothing, some files, or a copy; and what is to come, as far as the network tells. */
async function standing(list) {
  const copy = await saved();
  let trouble = "";
  try { list ??= await newest(AbortSignal.timeout(PATIENCE)); } catch (error) { trouble = inWords(error); }
  const here = await caches.has(STORE) ? await present(await caches.open(STORE)) : new Set();
  const files = list ? [...wanted(list)] : [];
  const sum = (some) => some.reduce((bytes, [, file]) => bytes + file.bytes, 0);
  const missing = files.filter(([name]) => !here.has(keyOf(name)));
  return { copy, list, trouble, files, missing, all: sum(files), toCome: sum(missing), some: here.size > 0 };
}

function inWords(error) {
  if (error instanceof Trouble) return error.message;
  if (error.name === "QuotaExceededError") return "The browser has no more room for this site: free some space.";
  if (error.name === "SecurityError") return "This browser does not let the site store anything; in a private window that is usual.";
  if (error instanceof TypeError || error.name === "TimeoutError") return "The network did not answer.";
  return `${error.message || error.name}.`;
}

// ── The page ────────────────────────────────────────────────────────────────────────────────

place.innerHTML = `
  <p data-part="now" role="status"></p>
  <div data-part="bar" hidden><progress aria-label="Saved so far" max="1" value="0"></progress><p data-part="count"></p></div>
  <p data-part="trouble" role="alert"></p>
  <p class="save-buttons">
    <button type="button" class="md-button md-button--primary" data-part="save" hidden></button>
    <button type="button" class="md-button" data-part="stop" hidden>Stop</button>
    <button type="button" class="md-button" data-part="remove" hidden>Remove</button>
  </p>`;
const parts = Object.fromEntries([...place.querySelectorAll("[data-part]")].map((node) => [node.dataset.part, node]));
const date = new Intl.DateTimeFormat("en-GB", { dateStyle: "long" });

/** Shows these buttons; one that had the focus and goes hands it on. */
function buttons(...shown) {
  const focused = place.contains(document.activeElement);
  for (const name of ["save", "stop", "remove"]) parts[name].hidden = !shown.includes(name);
  if (focused && document.activeElement.hidden) parts[shown[0]]?.focus();
}

async function show(trouble = "", list = null) {
  const at = await standing(list);
  const s = at.missing.length === 1 ? "" : "s";
  parts.bar.hidden = true;
  place.dataset.state = at.copy ? "saved" : at.some ? "partly" : "none";
  parts.trouble.textContent = trouble;
  const came = at.files.length - at.missing.length;
  if (at.copy) {
    const size = MB(at.copy.files.reduce((sum, [, , bytes]) => sum + bytes, 0));
    const kept = `Saved in this browser on ${date.format(new Date(at.copy.saved))}, ${size}: its pages open without a network.`;
    const newer = at.list && at.list.version !== at.copy.version;
    place.dataset.newer = newer ? "yes" : at.list ? "no" : "unknown";
    parts.now.textContent = newer ? `${kept} A newer version is there: ${at.missing.length} file${s} to fetch, ${MB(at.toCome)}.`
      : at.list ? `${kept} It is the newest version.` : `${kept} Whether there is a newer version cannot be told now.`;
    parts.save.textContent = "Update the copy";
    buttons(...newer ? ["save", "remove"] : ["remove"]);
  } else if (at.some) {
    parts.now.textContent = at.list ? `Not whole yet: ${came} of ${at.files.length} files are here, ${MB(at.toCome)} are to come. ${LATER}` : `Not whole yet. ${LATER}`;
    parts.save.textContent = "Go on";
    buttons("save", "remove");
  } else {
    parts.now.textContent = "Nothing is saved in this browser.";
    parts.save.textContent = at.list ? `Save the course (${MB(at.all)})` : "Save the course";
    buttons("save");
    if (!trouble) parts.trouble.textContent = at.trouble;
  }
}

let stopping;

async function start() {
  stopping = new AbortController();
  parts.trouble.textContent = "";
  place.dataset.state = "saving";
  parts.now.textContent = "Saving. This page has to stay open; you may stop, and go on another day.";
  parts.bar.hidden = false;
  buttons("stop");
  let last = "";
  try {
    await save(stopping.signal, ({ files, of, bytes, ofBytes }) => {
      parts.bar.firstElementChild.value = bytes / ofBytes;
      last = `${files} of ${of} files, ${MB(bytes)} of ${MB(ofBytes)}`;
      parts.count.textContent = last;
    });
    await show();
  } catch (error) {
    if (stopping.signal.aborted) return show("", known);
    const old = await saved() ? " Your copy is as it was." : "";
    await show(`${inWords(error)} Ended at ${last || "the list of files"}.${old}`);
  }
}

// One tab at a time: two would put and prune in the same store.
const alone = (action) => navigator.locks.request(STORE, { ifAvailable: true }, async (lock) => {
  if (lock) await action();
  else parts.trouble.textContent = "Another tab is saving or removing the course just now.";
});

parts.save.addEventListener("click", () => alone(start));
parts.stop.addEventListener("click", () => stopping.abort());
parts.remove.addEventListener("click", () => alone(async () => { await remove(); await show(); }));

if (!navigator.serviceWorker || !globalThis.caches || !globalThis.crypto?.subtle || !navigator.locks) {
  place.dataset.state = "unable";
  parts.now.textContent = "This browser cannot save the course here: that takes an address with https, and a browser with service workers.";
} else {
  show().catch((error) => { parts.trouble.textContent = inWords(error); });
}
