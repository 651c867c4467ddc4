// While one reads: which section this is, keys that go from one to the next, and a switch for all
// keys without Ctrl or Alt, since some people's keys are pressed by what they say.
{ // a scope of its own: other scripts of the page share the outer one
const STORE = "downhill.keys";
const OURS = "jk", THEIRS = "/sf.,np"; // Material's

const stored = () => {
  try { return localStorage.getItem(STORE); } catch { return null; } // storage may be forbidden
};
let keysOff = stored() === "off";

const sections = [...document.querySelectorAll("article h2[id]")];
const current = () => {
  const line = innerHeight * 0.3;
  return sections.findLastIndex((section) => section.getBoundingClientRect().top <= line);
};

addEventListener("keydown", (event) => {
  const busy = event.target.closest?.("input, textarea, select, video, [contenteditable], .downhill-demo, [data-own-keys]");
  if (busy || event.ctrlKey || event.altKey || event.metaKey || !(OURS + THEIRS).includes(event.key)) return;
  if (keysOff) event.stopImmediatePropagation();
  else if (OURS.includes(event.key) && sections.length) {
    const to = current() + (event.key === "j" ? 1 : -1);
    const section = sections[Math.min(Math.max(to, 0), sections.length - 1)];
    section.tabIndex = -1; // the next Tab goes on from here
    section.focus({ preventScroll: true });
    section.scrollIntoView();
  }
}, true); // before Material's own listener

const choice = document.querySelector(".keys-on");
if (choice) {
  choice.checked = !keysOff;
  choice.closest("[hidden]").hidden = false;
  choice.addEventListener("change", () => {
    keysOff = !choice.checked;
    try { keysOff ? localStorage.setItem(STORE, "off") : localStorage.removeItem(STORE); } catch { /* until the page is left */ }
  });
}

// The label below the header; the table of contents says the same where there is room for it.
const header = document.querySelector(".lesson-header");
if (header && sections.length > 1) {
  const label = document.createElement("div");
  label.className = "section-now";
  label.setAttribute("aria-hidden", "true"); // the headings say it where they stand
  const say = () => {
    const at = current();
    label.hidden = at < 0;
    header.classList.toggle("in-section", at >= 0); // the button "Back to top" stands lower
    if (at >= 0) label.textContent = `${at + 1}/${sections.length} · ${sections[at].textContent.replace("¶", "").trim()}`;
  };
  header.append(label);
  // Each heading is "seen" once it has passed the line at 30 % of the screen, however fast.
  const watch = new IntersectionObserver(say, { rootMargin: "1000000px 0px -70% 0px" });
  for (const section of sections) watch.observe(section);
  say();
}
}
