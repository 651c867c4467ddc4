"""The page of all claims: what the course says, and what the run measured."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from nbformat import NotebookNode

from . import outputs, provenance
from .bundles import CLAIM, find

PLACE = "<!-- downhill:claims -->"
STATES = {"held": "held", "failed": "failed"}


@dataclass(frozen=True)
class Source:
    """A lesson whose claims are listed. pages: cell id → URL, from the page that lists them."""

    title: str
    pages: Mapping[str, str]
    notebook: NotebookNode


def table(sources: Iterable[Source], markdown: Callable[[str], str]) -> str:
    """One section per lesson: its run, then its claims, each linked to where it is made."""
    return "".join(_section(source, markdown) for source in sources)


def _section(source: Source, markdown: Callable[[str], str]) -> str:
    run = provenance.of(source.notebook)
    claims = list(find(source.notebook, CLAIM))
    said = [claim.value["text"] for claim in claims]
    # Which of the claims of the same words this is: a link says where it leads.
    turns = [said[: i + 1].count(text) for i, text in enumerate(said)]
    rows = "".join(
        f'<tr><td class="claim-{c.value["state"]}"><span class="claim-tick" aria-hidden="true">'
        f"{outputs.TICKS[c.value['state']]}</span> {_state(c.value)}</td>"
        f'<td><a href="{source.pages[c.cell]}#{c.anchor}">'
        f"{_unlinked(markdown(c.value['text']))}{f' ({turn})' if turn > 1 else ''}</a></td>"
        f"<td>{outputs.measured(c.value) if c.value['state'] != 'elsewhere' else '–'}</td></tr>"
        for c, turn in zip(claims, turns, strict=True)
    )
    held = sum(claim.value["state"] == "held" for claim in claims)
    facts = [f"profile <code>{html.escape(str(run.get('profile', 'none')))}</code>"]
    facts += [html.escape(str(run[key])) for key in ("device",) if key in run]
    facts += [html.escape(str(run["date"])[:10])] if "date" in run else []
    title = html.escape(source.title)
    return (
        f"<h2>{title}</h2><p>{held} of {len(claims)} held: {', '.join(facts)}.</p>"
        f'<div class="nb-scroll claims" tabindex="0" role="region" aria-label="Claims of {title}">'
        '<table class="nb-table"><thead><tr><th scope="col">State</th><th scope="col">Claim</th>'
        f'<th scope="col">Measured</th></tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _state(claim: Mapping[str, str]) -> str:
    return STATES.get(claim["state"]) or f"only on {outputs.PLACES[claim['on']]}"


def _unlinked(block: str) -> str:
    """A claim's text may hold a link, which cannot stand inside another."""
    text = outputs.inline(block)
    return text if "<a " not in text else html.escape(text)
