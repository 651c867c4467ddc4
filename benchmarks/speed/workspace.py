"""A copy of the course to measure on, with places to edit and marks to find on its pages.

One lesson gets a cell of prose and a code cell more. What the code prints is a product that stands
nowhere as text, so a page that has it has the output of a run that read the edit.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
MODULE = "planted.py"  # of the package; only the edited lesson imports it
PROSE, CODE = "planted-prose", "planted-code"
FACTOR = 7919  # a prime: products do not come up by chance
LOOKS = ("assets", "demos")  # of docs/, what all pages draw on
WHO = ("-c", "user.name=Benchmark", "-c", "user.email=benchmark@example.org")


@dataclass
class Workspace:
    """A course of some lessons. marks: kind of edit → number that the page must show."""

    root: Path
    edited: str  # name of the lesson that is edited
    marks: dict[str, int] = field(default_factory=lambda: {"prose": 1001, "code": 1, "module": 2})

    @property
    def lessons(self) -> list[Path]:
        return sorted((self.root / "lessons").glob("*.ipynb"))

    @property
    def lesson(self) -> Path:
        return self.root / "lessons" / f"{self.edited}.ipynb"

    def make(self, lessons: list[str]) -> None:
        """Copy the course with these lessons only: all tools get the same pages."""
        shutil.rmtree(self.root, ignore_errors=True)
        ignore = shutil.ignore_patterns("__pycache__", "*.egg-info")
        shutil.copytree(ROOT / "src", self.root / "src", ignore=ignore)
        shutil.copyfile(ROOT / "requirements.txt", self.root / "requirements.txt")
        (self.root / "lessons").mkdir()
        for name in lessons:
            text = (ROOT / f"lessons/{name}.ipynb").read_text(encoding="utf-8")
            (self.root / f"lessons/{name}.ipynb").write_text(whole(text, lessons), encoding="utf-8")
        for folder in LOOKS:
            shutil.copytree(ROOT / "docs" / folder, self.root / "docs" / folder)
        (self.root / "docs" / "index.md").write_text("# Home\n", encoding="utf-8")
        (self.root / "mkdocs.yml").write_text(config(lessons), encoding="utf-8")
        (self.root / "node_modules").symlink_to(ROOT / "node_modules")
        forget(self.root / "src" / "downhill", {name[:2] for name in lessons})
        self.plant()
        self.commit()

    def plant(self) -> None:
        notebook = self.read()
        first = next(i for i, c in enumerate(notebook["cells"]) if c["cell_type"] == "code")
        # What is stored is what a run says: the course passes its check.
        said = f"{self.shown('module')} {self.shown('code')}\n"
        output = {"name": "stdout", "output_type": "stream", "text": said}
        code = {"execution_count": None, "outputs": [output]}
        notebook["cells"][first + 1 : first + 1] = [
            {"cell_type": "markdown", "id": PROSE, "metadata": {}, "source": ""},
            {"cell_type": "code", "id": CODE, "metadata": {}, "source": "", **code},
        ]
        self.write(notebook)
        for kind, mark in self.marks.items():
            self.edit(kind, mark)

    def edit(self, kind: str, mark: int) -> None:
        """Make an edit whose mark the page must show, and touch nothing else."""
        self.marks[kind] = mark
        if kind == "module":
            code = f"def planted():\n    return {mark} * {FACTOR}\n"
            (self.root / "src" / "downhill" / MODULE).write_text(code, encoding="utf-8")
            return
        notebook = self.read()
        cells = {cell["id"]: cell for cell in notebook["cells"]}
        if kind == "prose":
            cells[PROSE]["source"] = f"The mark of this edit is {self.shown('prose')}."
        else:
            lines = "from downhill.planted import planted\n\n"
            cells[CODE]["source"] = f"{lines}print(planted(), {mark} * {FACTOR})"
        self.write(notebook)

    def shown(self, kind: str) -> str:
        """What a page says that has this edit."""
        mark = self.marks[kind]
        return f"mark{mark}" if kind == "prose" else str(mark * FACTOR)

    def found(self, site: Path, kinds: set[str]) -> str:
        """Whether the edited lesson's pages show these edits: right, stale, or none."""
        pages = sorted((site / "lessons").glob(f"{self.edited}*/index.html"))
        if not pages:
            return "none"
        text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
        return "right" if all(self.shown(kind) in text for kind in kinds) else "stale"

    def read(self) -> dict[str, Any]:
        return dict(json.loads(self.lesson.read_text(encoding="utf-8")))

    def write(self, notebook: dict[str, Any]) -> None:
        text = json.dumps(notebook, indent=1, ensure_ascii=False)
        self.lesson.write_text(text + "\n", encoding="utf-8")

    def commit(self) -> None:
        """Make it a repository: what asks git asks about the copy."""
        (self.root / ".gitignore").write_text("build/\nout/\n.cache/\n.jupyter_cache/\n*.log\n")
        for words in (("init", "-q"), ("add", "--all"), ("commit", "-q", "-m", "measured")):
            subprocess.run(["git", *WHO, *words], cwd=self.root, check=True)


def config(lessons: list[str]) -> str:
    """The course's own mkdocs.yml with a nav of these lessons."""
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    nav = "nav:\n  - Home: index.md\n  - Lessons:\n"
    nav += "".join(f"      - {name}: lessons/{name}.ipynb\n" for name in lessons)
    text = re.sub(r"^nav:.*?\n\n", nav + "\n", text, count=1, flags=re.DOTALL | re.MULTILINE)
    return text.replace("strict: true", "strict: false")  # the package's page is not in this nav


def whole(notebook: str, lessons: list[str]) -> str:
    """A lesson's text without links to what the copy has not: the words of the link are left."""

    def link(match: re.Match[str]) -> str:
        return match[0] if Path(match[2]).stem in lessons else match[1]

    return re.sub(r"\[([^][]*)\]\(([^()#\s]+\.(?:ipynb|md))(?:#[^()\s]*)?\)", link, notebook)


def forget(package: Path, numbers: set[str]) -> None:
    """Let the package's page not look for definitions in lessons that are not there."""
    for path in package.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        new = re.sub(
            r"Built in lesson (\d+)\.",
            lambda match: match[0] if match[1] in numbers else "Built in another lesson.",
            text,
        )
        if new != text:
            path.write_text(new, encoding="utf-8")
