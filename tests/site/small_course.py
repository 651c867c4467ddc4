"""A small course in a temporary folder, whose lessons were really executed."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from coursebuild.course import Course
from coursebuild.lesson import code_digest, read_notebook

REPOSITORY = Path(__file__).parents[2]
FIXTURES = REPOSITORY / "tests" / "fixtures"
LESSONS = {
    "01_rendered_lesson": FIXTURES / "rendered_lesson.ipynb",
    "02_another_lesson": FIXTURES / "another_lesson.ipynb",
    "03_furnished_lesson": FIXTURES / "furnished_lesson.ipynb",
}
# A course's own list of plugins takes the place of the inherited one, the search's words with it.
SEPARATOR = re.findall(r"^ *(separator: .*)$", (REPOSITORY / "mkdocs.yml").read_text(), re.M)[0]
CONFIG = f"""\
INHERIT: {REPOSITORY / "mkdocs.yml"}
docs_dir: docs
plugins:
  search:
    {SEPARATOR}
  coursebuild:
    pages:
      01_rendered_lesson: [maths]
nav:
  - Home: index.md
  - Syllabus: syllabus.md
  - Lessons:
      - 1 Rendered: lessons/01_rendered_lesson.ipynb
      - 2 Another: lessons/02_another_lesson.ipynb
      - 3 Furnished: lessons/03_furnished_lesson.ipynb
  - Demos: demos.md
  - Reference:
      - Glossary: glossary.md
      - Notation: notation.md
      - Error index: errors.md
      - fastai 1 to 2: fastai-v1-v2.md
      - The package: api/index.md
      - Keyboard: keyboard.md
  - This course:
      - What this course claims: claims.md
      - Status: status.md
      - Your progress: progress.md
      - Run it yourself: run.md
      - Take it with you: offline.md
      - Data: data.md
      - About: about.md
      - Building it:
          - How fast it is: speed.md
          - Lessons in shards: shards.md
          - On many machines: cluster.md
          - GPU runners: gpu-runners.md
          - A shared cache: shared-cache.md
"""
SYLLABUS = """\
---
description: What each lesson needs.
path:
  02_another_lesson:
    01_rendered_lesson: everything
---

# Syllabus

<!-- downhill:graph -->

<!-- downhill:time 01_rendered_lesson -->
"""
PLACE = re.compile(r"(<!-- downhill:demo) [\w-]+ from \w+ -->")
LINK = re.compile(r"\]\(lessons/\w+\.ipynb(?:#[\w-]+)?\)")
PACKAGE = ("claims.py", "repro.py")  # of the library, for the page that describes it
DEMO = """\
customElements.define("downhill-still-life", class extends HTMLElement {
  async connectedCallback() {
    const { answer } = await (await fetch(this.dataset.src)).json();
    this.dataset.answer = answer;
    this.dataset.state = "ready";
  }
});
"""


def execute(path: Path) -> nbformat.NotebookNode:
    """An executed artefact as `course run` leaves it, provenance included."""
    notebook = read_notebook(path)
    NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    notebook.metadata.downhill["provenance"] = {
        "profile": "offline",
        "device": "cpu",
        "versions": {"python": "3.12", "torch": "2.15", "fastai": "2.8.12"},
        "commit": "0123456789abcdef",
        "dirty": False,
        "date": "2026-11-21T01:00:00+00:00",
        "seconds": 12.5,
        "datasets": [{"name": "mnist_sample", "digest": "ab" * 32, "files": 14434}],
        "cells": [{"id": c.id, "seconds": 0.5} for c in notebook.cells if c.cell_type == "code"],
        "code": code_digest(notebook),
    }
    return notebook


def make_course(root: Path, executed: dict[str, nbformat.NotebookNode]) -> Course:
    """The repository's pages around the given lessons. executed: name → executed notebook."""
    course = Course(root)
    shutil.copytree(REPOSITORY / "docs", course.docs_dir, dirs_exist_ok=True)
    (root / "mkdocs.yml").write_text(CONFIG, encoding="utf-8")
    (root / "node_modules").symlink_to(REPOSITORY / "node_modules")
    (course.docs_dir / "demos" / "still-life.js").write_text(DEMO, encoding="utf-8")
    (course.docs_dir / "demos" / "still-life.css").write_text("", encoding="utf-8")
    (course.docs_dir / "syllabus.md").write_text(SYLLABUS, encoding="utf-8")
    for page in course.docs_dir.glob("*.md"):  # what they say of the lessons, they say of the first
        text = PLACE.sub(r"\1 still-life from 01_rendered_lesson -->", page.read_text("utf-8"))
        text = LINK.sub("](lessons/01_rendered_lesson.ipynb)", text)
        page.write_text(text, encoding="utf-8")
    package = course.source_dir / "downhill"
    package.mkdir(parents=True)
    for name in PACKAGE:
        shutil.copyfile(REPOSITORY / "src" / "downhill" / name, package / name)
    course.lessons_dir.mkdir()
    course.executed("offline").mkdir(parents=True)
    for name, notebook in executed.items():
        shutil.copyfile(LESSONS[name], course.lessons_dir / f"{name}.ipynb")
        nbformat.write(notebook, course.executed("offline") / f"{name}.ipynb")
    return course
