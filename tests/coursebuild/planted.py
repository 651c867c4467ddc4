"""A sound lesson, and one fault after another to be planted in it, with the rule that sees it."""

from __future__ import annotations

from collections.abc import Callable

from nbformat import NotebookNode
from nbformat.v4 import new_output

PNG = "iVBORw0KGgo="

TITLE = """# A small lesson

It ends [here](#what-you-now-know), and [01](01_first.ipynb) is before.

**After this lesson you can**

- halve a number
- halve it again
- stop in time
"""
SECTION = """## 1. Halves

> **Predict.** What is left of 12.5 % after one step?

Each step of `0.25 s` takes half: $0.5^n$.
A **95 % interval** says how sure that is.

**Checkpoint.** Why half?

<details class="choice"><summary>Since the rate is one half</summary>

Right.
It says how much is left.

</details>

<details class="choice"><summary>By chance</summary>

Not so: nothing here is drawn.

</details>

<details class="answer"><summary>What is left?</summary>

One half.

</details>"""
FIGURE = 'from downhill.plot import show\n\nshow(alt="A line that falls from left to right")'
CELLS = {
    "title": TITLE,
    "setup": "%matplotlib inline\nrate = 0.25",
    "halves": SECTION,
    "figure": FIGURE,
    "double-shown": 'def double(x):\n    """Twice x."""\n    return 2 * x',
    "exercises": "## Exercises\n\nTry first.",
    "e1-prompt": "### E1. Thrice\n\nWrite `thrice(x)`.",
    "e1-stub": "def thrice(x):\n    raise NotImplementedError",
    "e1-solution": "def thrice(x):  # noqa: F811\n    return 3 * x",
    "e1-check": "assert thrice(2) == 6",
    "end": "## What you now know\n\nHow to halve.",
}
TAGS = {"e1-stub": "exercise", "e1-solution": "solution", "e1-check": "check"}
Plant = Callable[[dict[str, NotebookNode], NotebookNode], object]


def put(cell: str, old: str, new: str) -> Plant:
    """Replace words of a cell."""

    def plant(cells: dict[str, NotebookNode], _: NotebookNode) -> None:
        assert old in cells[cell].source
        cells[cell].source = cells[cell].source.replace(old, new)

    return plant


def retag(cell: str, *tags: str) -> Plant:
    return lambda cells, _: cells[cell].metadata.update(tags=list(tags))


def output(cell: str, **data: str) -> Plant:
    bundle = {kind.replace("_", "/"): value for kind, value in data.items()}
    return lambda cells, _: cells[cell].outputs.append(new_output("display_data", bundle))


def drop(cell: str) -> Plant:
    return lambda cells, notebook: notebook.cells.remove(cells[cell])


def note(cell: str, **metadata: object) -> Plant:
    return lambda cells, _: cells[cell].metadata.update(metadata)


def number_it(cells: dict[str, NotebookNode], _: NotebookNode) -> None:
    cells["figure"].execution_count = 3


def address_in_output(cells: dict[str, NotebookNode], _: NotebookNode) -> None:
    text = "<object at 0x7f0011223344>\n"
    cells["setup"].outputs.append(new_output("stream", name="stdout", text=text))


FOLD = "<details><summary>Q</summary>\n\nA\n\n"
ALT = 'alt="A line that falls from left to right"'
STAR = "from os.path import *  # noqa: F403"
PYPLOT = "import matplotlib.pyplot as plt\n\nplt.show()"

PLANTED: dict[str, tuple[str, str, int, Plant]] = {
    # what is planted: (rule, cell, line, plant)
    "a stored picture": ("pictures", "figure", 0, output("figure", text_plain="x", image_png=PNG)),
    "a count of executions": ("execution", "figure", 0, number_it),
    "times of a run": ("execution", "figure", 0, note("figure", execution={"idle": "now"})),
    "a folded cell": ("execution", "title", 0, note("title", collapsed=True)),
    "an address in an output": ("form", "setup", 0, address_in_output),
    "a conflict of a merge": (
        "conflicts",
        "end",
        3,
        put("end", "How", "<<<<<<< local\nHow\n=======\nWhere\n>>>>>>> remote\nHow"),
    ),
    "an id drawn at random": (
        "ids",
        "1f00cafe",
        0,
        lambda cells, _: cells["end"].update(id="1f00cafe"),
    ),
    "a tag that is misspelled": ("tags", "figure", 0, retag("figure", "hide-inputs")),
    "a level left out": ("headings", "end", 3, put("end", "How", "#### How")),
    "a second title": ("headings", "end", 1, put("end", "## What", "# What")),
    "a section out of order": ("headings", "halves", 1, put("halves", "## 1.", "## 3.")),
    "mathematics in a heading": (
        "headings",
        "e1-prompt",
        1,
        put("e1-prompt", "Thrice", "Thrice $x$"),
    ),
    "two headings alike": ("headings", "end", 4, put("end", "How to halve.", "### More\n### More")),
    "an empty heading": ("headings", "end", 3, put("end", "How to halve.", "### ")),
    "no outcomes": ("outcomes", "title", 0, put("title", "**After", "**Before")),
    "two outcomes": ("outcomes", "title", 5, put("title", "- stop in time\n", "")),
    "a link to no file": ("links", "title", 3, put("title", "01_first", "01_frist")),
    "a link to no heading": ("links", "title", 3, put("title", "#what-you-now", "#what-you")),
    "a link to another lesson's lost heading": (
        "links",
        "title",
        3,
        put("title", "ipynb)", "ipynb#no)"),
    ),
    "a link without encryption": (
        "links",
        "end",
        3,
        put("end", "halve", "[halve](http://example.org)"),
    ),
    "a picture that is not there": (
        "links",
        "end",
        3,
        put("end", "How", "![A half](half.png) How"),
    ),
    "a stub that is the solution": (
        "exercises",
        "e1-stub",
        0,
        put("e1-stub", "raise NotImplementedError", "return 3 * x"),
    ),
    "an exercise without a check": ("exercises", "e1-stub", 0, drop("e1-check")),
    "an exercise without a solution": ("exercises", "e1-stub", 0, drop("e1-solution")),
    "an exercise without a stub": ("exercises", "e1-check", 0, drop("e1-stub")),
    "an exercise without a task": (
        "exercises",
        "e1-stub",
        0,
        put("e1-prompt", "\n\nWrite `thrice(x)`.", ""),
    ),
    "an answer that is empty": ("answers", "halves", 23, put("halves", "One half.", "")),
    "an answer without a question": ("answers", "halves", 23, put("halves", "What is left?", "")),
    "a fold that stays open": (
        "answers",
        "halves",
        23,
        put("halves", "One half.\n\n</details>", "One half."),
    ),
    "a checkpoint without a right choice": (
        "checkpoints",
        "halves",
        8,
        put("halves", "Right.\nIt says", "Not so: it says"),
    ),
    "a checkpoint that merely folds": (
        "folded-checkpoints",
        "end",
        3,
        put("end", "How", f'<details class="checkpoint">{FOLD[9:]}</details>\n\nHow'),
    ),
    "a choice that gives no reason": (
        "checkpoints",
        "halves",
        17,
        put("halves", "Not so: nothing here is drawn.", "Not so:"),
    ),
    "a choice without a question above it": (
        "checkpoints",
        "end",
        3,
        put("end", "How", f'<details class="choice">{FOLD[9:]}</details>\n\nHow'),
    ),
    "a fold within a fold that stays open": (
        "answers",
        "end",
        3,
        put("end", "How", f"{FOLD}{FOLD}</details> How"),
    ),
    "a device that is not declared": (
        "gpu",
        "setup",
        2,
        put("setup", "rate", "device = default_device()  # noqa: F821\nrate"),
    ),
    "a device that nobody uses": (
        "gpu",
        "",
        0,
        lambda _, notebook: notebook.metadata.setdefault("downhill", {}).update(gpu=True),
    ),
    "a result typed as a rate": (
        "numbers",
        "end",
        3,
        put("end", "How to halve", "It gets 93.1 % right"),
    ),
    "a result typed as a percentage in words": (
        "numbers",
        "end",
        3,
        put("end", "How", "93 per cent. How"),
    ),
    "a result typed with a point": (
        "numbers",
        "end",
        3,
        put("end", "How to halve", "The loss is 0.043"),
    ),
    "a result typed as a count": (
        "numbers",
        "end",
        3,
        put("end", "How", "It gets 173 of 180. How"),
    ),
    "a time that was measured": ("numbers", "end", 3, put("end", "How", "It took 12 seconds. How")),
    "an excuse without a reason": ("numbers", "end", 3, put("end", "How", "<!-- number: --> How")),
    "a slip of the pen": ("spelling", "end", 3, put("end", "How", "Recieve. How")),
    "an American spelling": ("spelling", "end", 3, put("end", "halve", "color the center")),
    "an American spelling in alt text": (
        "spelling",
        "figure",
        3,
        put("figure", "A line", "A colored line"),
    ),
    "import *": ("star-imports", "setup", 2, put("setup", "rate", f"{STAR}\n\nrate")),
    "a figure without alt text": ("alt-text", "figure", 3, put("figure", ALT, "")),
    "a figure with empty alt text": ("alt-text", "figure", 3, put("figure", ALT, 'alt=" "')),
    "a figure that matplotlib shows": (
        "alt-text",
        "setup",
        4,
        put("setup", "rate", f"{PYPLOT}\nrate"),
    ),
    "code that is not the package's": (
        "concepts",
        "double-shown",
        1,
        put("double-shown", "2 * x", "x * 2"),
    ),
    "code that the lesson lost": ("concepts", "", 0, drop("double-shown")),
    "a name that does not exist": ("ruff", "e1-check", 1, put("e1-check", "thrice(2)", "twice(2)")),
    "code that is no Python": ("ruff", "e1-check", 1, put("e1-check", "assert", "assert (")),
    "code that is not formatted": ("ruff", "e1-check", 0, put("e1-check", " == ", "==")),
}
