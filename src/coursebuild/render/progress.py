"""Places for what a reader has done: a line on each lesson page, and the page “Your progress”.

What is done is known to the browser alone, and docs/assets/progress.js puts it in.
"""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass

from .parts import Part
from .quiz import Asked

PLACE = "<!-- downhill:progress -->"
# What the browser keeps is shown, exported, imported and erased by progress-page.js.
TOOLS = """\
<div class="progress-tools">
<p class="progress-state" tabindex="-1"></p>
<p><button type="button" class="progress-export" disabled>Export</button>
<button type="button" class="progress-import">Import…</button>
<button type="button" class="progress-erase" disabled>Erase…</button>
<input type="file" class="progress-file" accept=".json,application/json" \
aria-label="File to import" hidden></p>
<div class="progress-sure" role="group" aria-labelledby="progress-sure" hidden>
<p id="progress-sure">Erase all that this browser keeps of your progress? \
Only a file that you exported brings it back.</p>
<p><button type="button" class="progress-yes">Yes, erase it</button>
<button type="button" class="progress-no">No, keep it</button></p>
</div>
</div>
"""
NO_SCRIPT = (
    '<p class="no-script">Scripts are off in this browser, so nothing is kept, and nothing is '
    "shown here but the way to each page and checkpoint.</p>"
)


@dataclass(frozen=True)
class Source:
    """A lesson as the progress page shows it. urls: name of a page → its address from there."""

    name: str
    title: str
    parts: list[Part]
    asked: Asked
    urls: dict[str, str]


def line(part: Part, asked: Asked, url: str) -> str:
    """The quiet line under the bar of a lesson, empty until a script fills it.

    url: of the progress page, "" where the course has none.
    """
    words = f'<a href="{html.escape(url)}" hidden></a>' if url else "<span hidden></span>"
    return (
        f'<p class="you" data-search-exclude data-lesson="{part.lesson}" data-page="{part.number}" '
        f'data-pages="{part.count}" data-checkpoints="{len(asked.checkpoints)}">{words}</p>'
    )


def table(sources: Iterable[Source]) -> str:
    """All lessons, each with its pages, checkpoints and questionnaire, and what acts on them."""
    return NO_SCRIPT + TOOLS + "".join(_lesson(source) for source in sources)


def _lesson(source: Source) -> str:
    first = html.escape(source.urls[source.parts[0].name])
    pages = "".join(
        f"<li>{_chip(source.urls[part.name], 'Page', part.number, f'data-page={part.number}')}</li>"
        for part in source.parts
    )
    checkpoints = "".join(
        f"<li>{_chip(f'{source.urls[page]}#{name}', 'Checkpoint', number, f'data-of={name}')}</li>"
        for number, (name, page) in enumerate(source.asked.checkpoints.items(), 1)
    )
    rows = [("Pages", f'<ul class="chips">{pages}</ul>')]
    if checkpoints:
        rows.append(("Checkpoints", f'<ul class="chips">{checkpoints}</ul>'))
    if source.asked.questions:
        url = f"{source.urls[next(iter(source.asked.questions.values()))]}#self-test"
        count = len(source.asked.questions)
        link = f'<a href="{html.escape(url)}">{count} questions</a>'
        rows.append(("Questionnaire", f'{link}<span class="progress-known"></span>'))
    facts = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in rows)
    return (
        f'<section class="progress-lesson" data-lesson="{source.name}" '
        f'data-questions="{" ".join(source.asked.questions)}">'
        f'<h2 id="{source.name}"><a href="{first}">{html.escape(source.title)}</a></h2>'
        f"<dl>{facts}</dl></section>"
    )


def _chip(url: str, kind: str, number: int, data: str) -> str:
    return (
        f'<a class="chip" href="{html.escape(url)}" {data}><span class="quiz-hidden">{kind} </span>'
        f'{number}<span class="chip-mark" aria-hidden="true"></span>'
        '<span class="quiz-hidden chip-said"></span></a>'
    )
