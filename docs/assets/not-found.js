// On the page that says that there is none: of all pages, the one whose address is nearest.
(() => {
  const letters = (path) => path.toLowerCase().replace(/index\.html$|\.ipynb$/, "").replace(/[^a-z0-9]+/g, "_").replace(/^_|_$/g, "");
  const ends = (path) => letters(path.replace(/\/+$/, "").split("/").pop()); // what people mistype is the end

  /** How many letters must be put in, taken out or changed to make one word of the other. */
  function distance(a, b) {
    let row = Array.from({ length: b.length + 1 }, (_, j) => j);
    for (let i = 1; i <= a.length; i++) {
      const next = [i];
      for (let j = 1; j <= b.length; j++) {
        next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
      }
      row = next;
    }
    return row[b.length];
  }

  const wanted = ends(location.pathname);
  const near = document.querySelector(".not-found-near");
  if (!near || !wanted) return;
  const links = [...document.querySelectorAll(".not-found li a")];
  const ranked = links
    .map((link) => ({ link, name: ends(new URL(link.href).pathname) }))
    .map(({ link, name }) => ({ link, far: distance(wanted, name) / Math.max(wanted.length, name.length) }))
    .sort((a, b) => a.far - b.far);
  if (!ranked.length || ranked[0].far > 0.5) return; // half of the letters differ: no guess is better
  const guess = near.querySelector("a");
  guess.href = ranked[0].link.href;
  guess.textContent = ranked[0].link.textContent;
  near.classList.add("not-found-near--known");
})();
