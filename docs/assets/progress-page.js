// The page “Your progress”: what was done, and export, import, erase. Nothing leaves the browser.
(() => {
  const find = (name) => document.querySelector(`.progress-${name}`);
  const [state, out, into, erase, file, sure, yes, no] = ["state", "export", "import", "erase", "file", "sure", "yes", "no"].map(find);
  const MEGABYTE = 1e6; // a whole course is a hundredth of it

  function chip(element, right, words) {
    element.dataset.done = right ?? "";
    element.querySelector(".chip-mark").textContent = { true: "✓", false: "✗" }[right] ?? "";
    element.querySelector(".chip-said").textContent = right === undefined ? "" : `, ${words}`;
  }

  function show() {
    let anything = false;
    for (const place of document.querySelectorAll(".progress-lesson")) {
      const { pages, checkpoints, questions } = downhill.lesson(place.dataset.lesson);
      anything ||= pages.length > 0 || Object.keys({ ...checkpoints, ...questions }).length > 0;
      for (const page of place.querySelectorAll("[data-page]")) chip(page, pages.includes(Number(page.dataset.page)) || undefined, "read");
      for (const link of place.querySelectorAll("[data-of]")) {
        const right = checkpoints[link.dataset.of];
        chip(link, right, right ? "right at the first try" : "not right at the first try");
      }
      const answers = place.dataset.questions.split(" ").map((id) => questions[id]);
      const count = (wanted) => answers.filter((answer) => answer === wanted).length;
      const known = place.querySelector(".progress-known");
      if (known) known.textContent = count(undefined) < answers.length ? `: ${count(true)} known, ${count(false)} missed` : "";
    }
    out.disabled = !anything;
    erase.disabled = !anything && !downhill.trouble();
    say(downhill.trouble() || (anything ? "This is what you have done so far." : "Nothing yet: read a page to its end, or answer a checkpoint."));
  }

  const say = (text) => (state.textContent = text);

  function done(text) {
    say(text);
    state.focus(); // so that it is read out, and the next key is pressed from here
  }

  out.addEventListener("click", () => {
    const text = JSON.stringify(downhill.read(), null, 1);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    link.download = `downhill-progress-${new Date().toISOString().slice(0, 10)}.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    done(`Exported to ${link.download}.`);
  });

  into.addEventListener("click", () => file.click());
  file.addEventListener("change", async () => {
    const [chosen] = file.files;
    file.value = ""; // the same file can be chosen again
    if (!chosen) return;
    try {
      if (chosen.size > MEGABYTE) throw new Error("it is too large");
      downhill.add(downhill.parse(await chosen.text()));
    } catch (error) {
      done(`${chosen.name} was not imported: ${error.message}. Nothing has changed.`);
      return;
    }
    done(`${chosen.name} was imported. ${downhill.trouble()}`);
  });

  function ask(open) {
    sure.hidden = !open;
    erase.setAttribute("aria-expanded", open);
    (open ? no : erase).focus();
  }
  erase.addEventListener("click", () => ask(sure.hidden));
  no.addEventListener("click", () => ask(false));
  sure.addEventListener("keydown", (event) => event.key === "Escape" && ask(false));
  yes.addEventListener("click", () => {
    ask(false);
    downhill.erase();
    done(downhill.trouble() || "Erased: this browser keeps nothing of your progress now.");
  });

  downhill.watch(show);
})();
