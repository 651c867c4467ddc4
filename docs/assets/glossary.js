// The explanation of a term beside the word: while the pointer is on it, while it has the focus, after
// a tap. Escape closes it, the pointer may move onto it, and it covers text but never moves any.
// The text is in the page (render/glossary.py puts it there); without this script the word is a link.
(() => {
  const SHOW_AFTER = 150, HIDE_AFTER = 250; // ms: passing over a word opens nothing; time to reach the tip
  const EDGE = 8; // px that stay free at the window's sides
  const tip = document.createElement("div");
  tip.className = "term-tip md-typeset";
  tip.hidden = true;
  tip.setAttribute("aria-hidden", "true"); // the link is described by the same text already
  let current = null; // the link whose tip is open
  let timer;
  let press = { touch: false, open: null }; // the last press, and what was open before it

  const termOf = (event) => event.target.closest?.("a.term");
  const later = (action, wait) => { clearTimeout(timer); timer = setTimeout(action, wait); };

  function show(term) {
    clearTimeout(timer);
    const text = document.getElementById(term.getAttribute("aria-describedby"));
    if (!text) return;
    current = term;
    tip.replaceChildren(...[...text.childNodes].map((node) => node.cloneNode(true)));
    if (press.touch) {
      const more = document.createElement("span");
      more.className = "term-tip__more";
      more.textContent = "Tap the word again for the glossary.";
      tip.append(more);
    }
    if (!tip.isConnected) document.body.append(tip);
    tip.hidden = false;
    place(term.getClientRects()[0] ?? term.getBoundingClientRect()); // a word may be broken over two lines
  }

  function place(word) {
    tip.style.left = tip.style.top = "0px";
    const origin = tip.getBoundingClientRect(); // wherever the page's own layout puts 0, 0
    const room = document.documentElement.clientWidth - tip.offsetWidth - EDGE;
    const left = Math.max(EDGE, Math.min(word.left, room));
    const below = word.bottom + tip.offsetHeight + EDGE <= innerHeight || word.top < tip.offsetHeight;
    const top = below ? word.bottom : word.top - tip.offsetHeight;
    tip.style.left = `${left - origin.left}px`;
    tip.style.top = `${top - origin.top}px`;
  }

  function hide() {
    clearTimeout(timer);
    current = null;
    tip.hidden = true;
  }

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    const term = termOf(event);
    if (term && term === current || tip.contains(event.target)) clearTimeout(timer);
    else if (term) later(() => show(term), SHOW_AFTER);
    else if (current && !current.matches(":focus-visible")) later(hide, HIDE_AFTER);
    else clearTimeout(timer);
  });
  document.addEventListener("focusin", (event) => {
    const term = termOf(event);
    if (term?.matches(":focus-visible")) show(term);
  });
  document.addEventListener("focusout", (event) => { if (termOf(event) === current) hide(); });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && current) hide(); });
  document.addEventListener("pointerdown", (event) => {
    press = { touch: event.pointerType !== "mouse", open: current };
    if (current && !tip.contains(event.target) && termOf(event) !== current) hide();
  });
  document.addEventListener("click", (event) => {
    const term = termOf(event);
    const byTap = press.touch && event.detail > 0; // Enter on a link is a click without a press
    if (!term || !byTap || press.open === term) return;
    event.preventDefault();
    show(term);
  });
  addEventListener("resize", () => { if (current) hide(); });
})();
