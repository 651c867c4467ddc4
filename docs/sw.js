// The saved copy of the course, as the browser serves it. It is registered only when a reader saves the
// course (assets/save.js), and stands at the root of the site because that is as far as it may reach.
// What it has it answers without asking the network; all else goes to the network as if it were not there.
const FORMAT = 1; // with that of render/offline.py and assets/saved.js
const ROOT = new URL("./", self.location);
const STORE = `downhill ${FORMAT} ${ROOT.pathname}`; // two courses may live on one host
const keyOf = (name) => new URL(`offline/saved/${name}`, ROOT).href;
let files; // path → name in the store; read once while this worker lives

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => { if (event.data === "changed") files = undefined; });

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || !url.href.startsWith(ROOT.href)) return;
  if (url.searchParams.has("saving")) return; // save.js wants the network's file, not ours
  event.respondWith(answer(request, decodeURIComponent(url.pathname.slice(ROOT.pathname.length))));
});

async function answer(request, path) {
  const kept = await find(path === "" || path.endsWith("/") ? `${path}index.html` : path);
  if (kept) return request.headers.has("range") ? part(kept, request.headers.get("range")) : kept;
  if (await find(`${path}/index.html`)) return Response.redirect(new URL(`${path}/`, ROOT));
  try {
    return await fetch(request);
  } catch (error) {
    const page = request.mode === "navigate" && await find("404.html");
    return page ? new Response(page.body, { status: 404, headers: page.headers }) : Response.error();
  }
}

/** What is kept of a path, or undefined. */
async function find(path) {
  files ??= list();
  const name = (await files).get(path);
  return name && (await caches.open(STORE)).match(keyOf(name));
}

async function list() {
  if (!await caches.has(STORE)) return new Map(); // to open it would make an empty one
  const kept = await (await caches.open(STORE)).match(keyOf("files.json"));
  return new Map(kept ? (await kept.json()).files : []);
}

/** A stretch of a video: some browsers play none that does not come in stretches. */
async function part(whole, range) {
  const data = await whole.blob();
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(range) ?? [];
  if (!first && !last) return new Response(data, { headers: whole.headers });
  const from = first ? Number(first) : Math.max(0, data.size - Number(last));
  const to = first && last ? Math.min(Number(last), data.size - 1) : data.size - 1;
  if (from > to) return new Response(null, { status: 416, headers: { "content-range": `bytes */${data.size}` } });
  const headers = new Headers(whole.headers);
  headers.set("content-range", `bytes ${from}-${to}/${data.size}`);
  headers.set("content-length", String(to - from + 1));
  return new Response(data.slice(from, to + 1), { status: 206, headers });
}
