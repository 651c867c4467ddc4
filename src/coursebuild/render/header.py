"""The row under a lesson's title: how long it takes, what it was run on, where to get it."""

from __future__ import annotations

import html
from collections.abc import Mapping

from nbformat import NotebookNode

from ..downloads.links import place
from . import elsewhere, provenance


def row(
    notebook: NotebookNode,
    name: str,
    folder: str,
    repository: str,
    edit: str,
    times: Mapping[str, str],
    pages: int = 1,
    badge: str = "",
    guide: str = "",
) -> str:
    """HTML under the title.

    folder: URL of the downloads, "" beside the page; times: device → running time as text;
    badge: HTML that leads to the status page; guide: URL of what each way to run it offers.
    """
    profile = provenance.of(notebook).get("profile", "not run yet")
    runs = " · ".join(f"{html.escape(k)} {html.escape(v)}" for k, v in times.items())
    length = f", on {pages} pages" if pages > 1 else ""
    facts = [f"Reading {provenance.reading_minutes(notebook)} min{length}"]
    facts += [f"Running {runs}"] if runs else []
    facts += [f'This page: profile <a href="#provenance">{html.escape(profile)}</a>']
    facts += [badge] if badge else []
    links = [
        (f"{folder}{name}-student.ipynb", "Notebook to work in", " download"),
        (f"{folder}{name}.ipynb", "Executed notebook", " download"),
        *((url, text, "") for url, text in elsewhere.links(repository, name)),
        *([(guide, "Which one?", "")] if guide else []),
        *([(edit, "Edit", "")] if edit else []),
    ]
    items = "".join(f"<li>{fact}</li>" for fact in facts)
    actions = "".join(
        f'<li><a href="{html.escape(url)}"{more}>{text}</a></li>' for url, text, more in links
    )
    return (
        '<div class="lesson-bar" data-search-exclude>'
        f'<ul class="lesson-facts">{items}</ul>'
        f'<ul class="lesson-actions">{actions}{place(f"pdf {name}")}</ul>'
        '<p class="lesson-local">In a clone of the course:</p>'
        f'<pre class="lesson-command" tabindex="0"><code>{html.escape(elsewhere.command(name))}'
        "</code></pre></div>"
    )
