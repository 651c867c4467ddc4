// What a reader has done, kept by the browser alone: one key of localStorage, sent nowhere.
// A classic script, so that it works from a file too; quiz.js and progress-page.js use `downhill`.
const downhill = (() => {
  const KEY = "downhill.progress";
  const LESSON = /^\d{2,3}_\w+$/;
  const NAMES = { checkpoints: /^quiz-[\w-]+$/, questions: /^question-[0-9a-f]{8}$/ };
  const WHY = {
    blocked: "This browser lets no page store anything, so nothing is kept after you leave.",
    full: "This browser's storage is full, so nothing new is kept after you leave.",
    unreadable: "What is stored here comes from another version or is damaged, so it is left alone and nothing new is kept. Erase it, or come back with the version that wrote it.",
  };
  let held = null; // what cannot be stored lives as long as the page
  let problem = "";

  const none = () => ({ version: 1, lessons: {} });
  const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

  // Text → progress. Throws an Error that says what is wrong: a file may come from anywhere.
  function parse(text) {
    let value;
    try {
      value = JSON.parse(text);
    } catch {
      throw new Error("it is no JSON");
    }
    if (!isObject(value) || !isObject(value.lessons)) throw new Error("it holds no progress of this course");
    if (value.version !== 1) throw new Error("it was written by another version of this site");
    const result = none();
    for (const [name, lesson] of Object.entries(value.lessons)) {
      if (!LESSON.test(name) || !isObject(lesson)) throw new Error(`“${name}” is no lesson`);
      const { pages = [] } = lesson;
      if (!Array.isArray(pages) || !pages.every((page) => Number.isInteger(page) && page > 0 && page < 1000))
        throw new Error(`the pages of ${name} are no numbers`);
      const made = (result.lessons[name] = { pages: [...new Set(pages)] });
      for (const [kind, form] of Object.entries(NAMES)) {
        made[kind] = {};
        if (!isObject(lesson[kind] ?? {})) throw new Error(`the ${kind} of ${name} are no list`);
        for (const [id, right] of Object.entries(lesson[kind] ?? {})) {
          if (!form.test(id) || typeof right !== "boolean") throw new Error(`“${id}” in ${name} is no answer`);
          made[kind][id] = right;
        }
      }
    }
    return result;
  }

  function read() {
    if (held) return held;
    let text = null;
    try {
      text = localStorage.getItem(KEY);
    } catch {
      problem = "blocked";
      return (held = none());
    }
    if (text === null) return none();
    try {
      return parse(text);
    } catch {
      problem = "unreadable";
      return (held = none());
    }
  }

  function store(progress) {
    if (problem !== "unreadable") {
      try {
        localStorage.setItem(KEY, JSON.stringify(progress));
        held = null;
        problem = "";
      } catch (error) {
        held = progress;
        problem = error.name === "QuotaExceededError" ? "full" : "blocked";
      }
    }
    tell();
  }

  // Read, change, write: another tab may have written in between.
  function change(name, alter) {
    const progress = read();
    alter((progress.lessons[name] ??= { pages: [], checkpoints: {}, questions: {} }));
    store(progress);
  }

  // What is here stays: a first answer is the first that was given here; what was known is known.
  function add(other) {
    const progress = read();
    for (const [name, theirs] of Object.entries(other.lessons)) {
      const ours = (progress.lessons[name] ??= { pages: [], checkpoints: {}, questions: {} });
      ours.pages = [...new Set([...ours.pages, ...theirs.pages])];
      ours.checkpoints = { ...theirs.checkpoints, ...ours.checkpoints };
      for (const [id, known] of Object.entries(theirs.questions)) ours.questions[id] ||= known;
    }
    store(progress);
  }

  function erase() {
    held = null;
    problem = "";
    try {
      localStorage.removeItem(KEY);
    } catch {
      // Where nothing can be stored there is nothing to erase; `read` says so.
    }
    tell();
  }

  const lesson = (name) => read().lessons[name] ?? { pages: [], checkpoints: {}, questions: {} };
  const tell = () => document.dispatchEvent(new Event("downhill-progress"));

  function watch(show) {
    show();
    document.addEventListener("downhill-progress", show);
    addEventListener("storage", show); // another tab
    addEventListener("pageshow", (event) => event.persisted && show()); // back from another page
  }

  return { parse, read, change, add, erase, lesson, watch, trouble: () => read() && (WHY[problem] ?? "") };
})();
