// Checkpoints that answer at once, the questionnaire as a self-test, and the line under a title.
// Without this script all of them fold and unfold; src/coursebuild/render/quiz.py marks them.
(() => {
  const line = document.querySelector(".you");
  const { lesson } = line.dataset;
  const kept = () => downhill.lesson(lesson);

  const make = (tag, name, text = "") => Object.assign(document.createElement(tag), { className: name, textContent: text });
  const voice = make("p", "quiz-hidden"); // one for the page: each change of it is read out
  voice.setAttribute("role", "status");
  document.body.append(voice);

  function mark(details, name, text) {
    const summary = details.querySelector("summary");
    summary.querySelector(".quiz-mark")?.remove();
    if (text) summary.append(make("span", `quiz-mark quiz-${name}`, text));
  }

  // ── Checkpoints ──────────────────────────────────────────────────────────────────────────

  function note(quiz, state, text) {
    quiz.dataset.state = state;
    quiz.querySelector(".quiz-note").textContent = text;
  }

  for (const quiz of document.querySelectorAll(".quiz")) {
    const before = kept().checkpoints[quiz.id];
    if (before !== undefined) note(quiz, "", `Your first answer here was ${before ? "✓ right" : "✗ not right"}.`);
    // A click, by mouse or key: what search in the page or a printer unfolds is no answer.
    quiz.addEventListener("click", (event) => {
      const choice = event.target.closest("summary")?.parentElement;
      if (!choice?.matches(".choice") || choice.open) return;
      const right = choice.dataset.verdict === "right";
      const first = kept().checkpoints[quiz.id] === undefined;
      if (first) downhill.change(lesson, (done) => (done.checkpoints[quiz.id] = right));
      mark(choice);
      const label = choice.querySelector("summary").textContent;
      mark(choice, choice.dataset.verdict, right ? "✓ Right" : "✗ Not so");
      let said = right ? (first ? "✓ Right, at the first try." : "✓ Right.") : "✗ Not so: read why, and choose again.";
      if (downhill.trouble()) said += " This browser does not keep it.";
      if (right || quiz.dataset.state !== "right") note(quiz, choice.dataset.verdict, said);
      voice.textContent = `${label}: ${right ? "right" : "not so"}. The reason is unfolded.`;
    });
  }

  // ── Questionnaire ────────────────────────────────────────────────────────────────────────

  const test = document.querySelector(".self-test");
  const questions = [...document.querySelectorAll("details.answer[id]")];
  if (test && questions.length) selfTest();

  function selfTest() {
    const score = test.querySelector(".self-test-score");
    const missed = test.querySelector(".self-test-missed");
    const again = test.querySelector(".self-test-again");
    const begin = score.textContent;
    let round = null; // the missed ones that are gone through again and have no answer yet

    const is = (question) => kept().questions[question.id];
    const groups = groupsOf(questions);

    function show() {
      const known = questions.filter(is).length;
      const wrong = questions.filter((question) => is(question) === false).length;
      score.textContent = known + wrong ? `${known} of ${questions.length} known, ${wrong} missed.` : begin;
      missed.textContent = round ? "Show all questions" : "Go through the missed ones again";
      missed.disabled = !wrong && !round;
      again.disabled = !(known + wrong);
      for (const question of questions) {
        const answer = is(question);
        mark(question, answer ? "right" : "wrong", { true: "✓ Knew it", false: "✗ Not yet" }[answer]);
      }
    }

    function filter(some) {
      round = some && new Set(some);
      for (const question of questions) {
        question.hidden = Boolean(round && !round.has(question));
        question.open = false;
      }
      for (const [heading, own] of groups) heading.hidden = own.every((question) => question.hidden);
      show();
    }

    function answer(question, knew) {
      downhill.change(lesson, (done) => (done.questions[question.id] = knew));
      question.open = false;
      round?.delete(question);
      const open = questions.filter((other) => (round ? round.has(other) : is(other) === undefined));
      const at = questions.indexOf(question);
      const next = open.find((other) => questions.indexOf(other) > at) ?? open[0];
      if (!next && round) filter(null);
      else show();
      voice.textContent = score.textContent;
      (next?.querySelector("summary") ?? score).focus();
    }

    for (const question of questions) {
      const row = make("p", "self-test-row");
      for (const [text, knew] of [["I knew it", true], ["Not yet", false]]) {
        const button = make("button", "", text);
        button.type = "button";
        button.addEventListener("click", () => answer(question, knew));
        row.append(button);
      }
      question.append(row);
    }
    missed.addEventListener("click", () => {
      filter(round ? null : questions.filter((question) => is(question) === false));
      voice.textContent = round ? `${round.size} to go through again.` : score.textContent;
      if (round) [...round][0].querySelector("summary").focus();
    });
    again.addEventListener("click", () => {
      downhill.change(lesson, (done) => (done.questions = {}));
      filter(null);
      voice.textContent = score.textContent;
      questions[0].querySelector("summary").focus();
    });
    downhill.watch(show);
  }

  // Headings between the questions, each with those that follow it.
  function groupsOf(questions) {
    const groups = new Map();
    for (const question of questions) {
      let above = question.previousElementSibling;
      while (above && !/^H\d$/.test(above.tagName)) above = above.previousElementSibling;
      if (above?.tagName === "H3") groups.set(above, [...(groups.get(above) ?? []), question]);
    }
    return groups;
  }

  // ── The line under the title, and the end of the page ────────────────────────────────────

  const link = line.firstElementChild;
  downhill.watch(() => {
    const { pages: of, checkpoints: all } = line.dataset;
    const answered = Math.min(Object.keys(kept().checkpoints).length, all); // a lesson may lose one
    const pages = kept().pages.filter((page) => page <= of).length;
    const parts = all > 0 ? [`${answered} of ${all} checkpoints`] : [];
    parts.push(`${pages} of ${of} page${of > 1 ? "s" : ""}`);
    link.textContent = `You: ${parts.join(", ")}`;
    link.hidden = !(answered + pages);
    line.querySelector(".you-trouble")?.remove();
    if (!link.hidden && downhill.trouble()) line.append(make("span", "you-trouble", ` · ${downhill.trouble()}`));
  });
  const page = Number(line.dataset.page);
  const reach = ([entry], observer) => {
    if (!entry.isIntersecting) return;
    observer.disconnect();
    if (!kept().pages.includes(page)) downhill.change(lesson, (done) => done.pages.push(page));
  };
  // The margin: a reader who jumps past the heading has reached it too.
  new IntersectionObserver(reach, { rootMargin: "1000000px 0px 0px" }).observe(document.getElementById("provenance"));
})();
