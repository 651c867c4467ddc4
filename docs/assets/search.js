// A worker around Material's search worker. Material hands its worker the whole index on every page;
// here it waits: Material's worker and the sections of all lessons are fetched with the first letter
// that a reader types.
const SETUP = 0, READY = 1, QUERY = 2, RESULT = 3; // Material's messages, in both directions
const MISSING = { location: "", title: "The search index did not load", text: "Check the network, then type on.", score: 0, terms: {} };
const answer = self.postMessage.bind(self);
let setup, query, fetching;
let holding = true;
let inner = self.location.hash.slice(1); // the theme says which: its name changes with each release

self.addEventListener("message", (event) => {
  const { type, data, whole } = event.data;
  if (!holding || whole) return; // Material's own listener is next
  event.stopImmediatePropagation();
  if (type === SETUP) {
    setup = data;
    answer({ type: READY });
  } else if (type === QUERY) {
    query = data;
    if (query.trim()) fetching ??= load();
    else answer({ type: RESULT, data: { items: [] } });
  }
});

async function load() {
  try {
    if (inner) importScripts(inner);
    inner = "";
    const reply = await fetch(new URL("../search/sections.json", self.location));
    if (!reply.ok) throw new Error(reply.statusText);
    tell({ type: SETUP, data: { ...setup, docs: await reply.json() }, whole: true });
  } catch {
    fetching = undefined; // the next letter tries again
    answer({ type: RESULT, data: { items: [[MISSING]] } });
  }
}

self.postMessage = (message) => {
  if (message.type !== READY) return answer(message);
  holding = false;
  tell({ type: QUERY, data: query }); // the newest: the reader has typed on
};

function tell(data) {
  self.dispatchEvent(new MessageEvent("message", { data }));
}
