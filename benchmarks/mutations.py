"""What a build would execute after each kind of edit, on the real lesson 01.

    .venv/bin/python benchmarks/mutations.py

Works on a copy of this checkout, its cache and its drawn data in another folder; nothing is run,
the cache is asked. That a lesson which must run does run, and shows the new value, is tested on
small lessons with real kernels in tests/coursebuild/test_run.py.
"""

import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from coursebuild.cache import Cache
from coursebuild.course import Course
from coursebuild.lesson import code_cells

ROOT = Path(__file__).parents[1]
LESSON = "lessons/01_mnist_basics.ipynb"


def notebook(change: Callable[[dict], object]) -> Callable[[Path], object]:
    """An edit of the lesson's JSON."""

    def edit(root: Path) -> None:
        content = json.loads((root / LESSON).read_text())
        change(content)
        (root / LESSON).write_text(json.dumps(content))

    return edit


def first(content: dict, kind: str) -> dict:
    return next(cell for cell in content["cells"] if cell["cell_type"] == kind)


def append(file: str, line: str = "EDITED = 1") -> Callable[[Path], object]:
    """An edit of a source file."""
    return lambda root: (root / file).write_text((root / file).read_text() + f"\n{line}\n")


def picture(root: Path) -> None:
    """One pixel file of the data set is replaced by another."""
    one, other, *_ = sorted((root / "build/data/offline/mnist_sample/train/3").iterdir())
    shutil.copyfile(other, one)


EDITS: dict[str, tuple[bool, Callable[[Path], object]]] = {
    # what is changed: (must the lesson run?, how)
    "nothing, in another folder": (False, lambda root: None),
    "prose": (False, notebook(lambda nb: first(nb, "markdown").update(source="# Other words"))),
    "a cell's tag": (False, notebook(lambda nb: first(nb, "code")["metadata"].update(tags=["x"]))),
    "a module it did not import": (False, append("src/downhill/doctor.py")),
    "the site's renderer": (False, append("src/coursebuild/render/page.py")),
    "a new module": (False, lambda root: (root / "src/downhill/new.py").write_text("x = 1\n")),
    "a comment in a module": (False, append("src/downhill/plot.py", "# edited")),
    "a module it imported": (True, append("src/downhill/plot.py")),
    "a module imported by that": (True, append("src/downhill/mime.py")),
    "a file of the data": (True, picture),
    "a code cell": (True, notebook(lambda nb: first(nb, "code").update(source="print(1)"))),
    "the lock file": (True, append("requirements.txt", "# edited")),
    "the profile": (True, lambda root: None),
}


def main() -> None:
    wrong = 0
    print(f"{'changed':<30}{'cells executed':>15}")
    with tempfile.TemporaryDirectory() as scratch:
        for number, (what, (must, edit)) in enumerate(EDITS.items()):
            root = Path(scratch) / str(number)
            for part in ("src", "lessons", "build/cache", "build/data"):
                shutil.copytree(ROOT / part, root / part)
            shutil.copyfile(ROOT / "requirements.txt", root / "requirements.txt")
            edit(root)
            course = Course(root)
            lesson = course.select(["01"])[0].read()
            profile, device = ("gpu", "cuda") if what == "the profile" else ("offline", "cpu")
            found = Cache(course, profile, device).find(lesson)
            print(f"{what:<30}{0 if found else len(code_cells(lesson)):>15}")
            wrong += (found is None) != must
    if wrong:
        sys.exit(f"{wrong} of {len(EDITS)} are wrong (is lesson 01 in the cache? course run 01)")


if __name__ == "__main__":
    main()
