"""The glossary: its page is the one source; lessons explain each term where it is first used.

docs/assets/glossary.js shows the explanation beside the word; without it the word is a link.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .problem import PageError

PAGE = "glossary.md"
HEADING = re.compile(r"^### ", re.MULTILINE)
ENTRY = re.compile(
    r'(?P<name>[^\n{]+?) \{ #(?P<anchor>[\w-]+)(?: data-forms="(?P<forms>[^"]*)")? \}\n\n'
    r"(?P<text>.+?)\n\n\[[^\]]+\]\((?P<where>lessons/[^)]+)\)\s*(?:## \S+\s*)?$",
    re.DOTALL,
)
FORMS = re.compile(r' data-forms="[^"]*"')  # for the build, not for readers
LINK = re.compile(r"\[([^\]]+)\]\([^)]+\)")
CODE = re.compile(r"`([^`]+)`")
TOKEN = re.compile(r"(<!--.*?-->|<[^>]+>)", re.DOTALL)
TAG = re.compile(r"<(?P<end>/?)(?P<name>[\w-]+)(?P<rest>.*?)(?P<empty>/?)>", re.DOTALL)
VOID = {"area", "br", "col", "hr", "img", "input", "source", "track", "wbr"}
# Not prose, or prose that is folded away: the first use that is *seen* is to carry the link.
NOT_PROSE = {"a", "button", "code", "details", "fieldset", "figcaption", "form", "h1", "h2", "h3"}
NOT_PROSE |= {"h4", "h5", "h6", "kbd", "label", "math", "pre", "script", "style", "summary"}
NOT_PROSE |= {"svg", "table"}
MARKS = re.compile(r"[*_`\\~^=+]")
FORMULA = re.compile(r'class="[^"]*\barithmatex\b')


@dataclass(frozen=True)
class Term:
    """An entry. forms: the words that lead to it; text: the definition, as inline HTML."""

    name: str
    anchor: str
    forms: tuple[str, ...]
    text: str

    @property
    def id(self) -> str:
        return f"term-{self.anchor}"


def read(source: str) -> list[Term]:
    """The entries of the glossary's Markdown. Raises PageError for one that is not in form."""
    terms = [_term(block) for block in HEADING.split(source)[1:]]
    known: dict[str, str] = {}
    for term in terms:
        for form in term.forms:
            if form in known:
                raise _problem(f"“{form}” leads to {known[form]} and to {term.name}", term.name)
            known[form] = term.name
    return terms


def _term(block: str) -> Term:
    match = ENTRY.fullmatch(block)
    if match is None:
        raise _problem("an entry is not in form", block.partition("\n")[0])
    forms = tuple(form.strip() for form in (match["forms"] or "").split(",") if form.strip())
    text = html.escape(LINK.sub(r"\1", " ".join(match["text"].split())), quote=False)
    return Term(match["name"], match["anchor"], forms, CODE.sub(r"<code>\1</code>", text))


def _problem(what: str, where: str) -> PageError:
    form = '### Name { #name data-forms="name, names" }, its definition, a link to a lesson'
    return PageError(what, f"docs/{PAGE}, {where}", f"write it as: {form}")


class Glossary:
    """Puts links on terms, each once per lesson, in the order in which its pages come."""

    def __init__(self, terms: list[Term]) -> None:
        self.terms = {form: term for term in terms for form in term.forms}
        longest_first = sorted(self.terms, key=len, reverse=True)
        self.words = re.compile(
            rf"(?<![\w-])(?:{'|'.join(_pattern(form) for form in longest_first)})(?![\w-])"
        )
        self.bare = {form: _bare(form) for form in self.terms}
        self.seen: dict[str, set[Term]] = {}

    @classmethod
    def load(cls, docs: Path) -> Glossary | None:
        """The glossary of a course; None for a course that has none."""
        path = docs / PAGE
        return cls(read(path.read_text(encoding="utf-8"))) if path.exists() else None

    def explained(self, lesson: str) -> list[str]:
        """Anchors of the terms that the pages of a lesson have explained so far."""
        return sorted(term.anchor for term in self.seen.get(lesson, ()))

    def remember(self, lesson: str, anchors: Collection[str]) -> None:
        """A page of an earlier build explains these terms."""
        terms = {term for term in self.terms.values() if term.anchor in anchors}
        self.seen.setdefault(lesson, set()).update(terms)

    def around(self, lesson: str, sources: Iterable[str]) -> list[str]:
        """All that a page of this Markdown can take from here, and a few words more.

        A word may stand between marks of Markdown or across lines, so these do not count.
        """
        text = _bare(" ".join(sources))
        near = [f"{form} {self.terms[form]}" for form, bare in self.bare.items() if bare in text]
        return [*near, "explained before:", *self.explained(lesson)]

    def mark(self, content: str, lesson: str, url: str) -> tuple[str, bool]:
        """A page with links on terms, and their explanations at its end; whether there are any.

        content: HTML of one page; url: of the glossary, from this page.
        """
        seen, used = self.seen.setdefault(lesson, set()), list[Term]()

        def link(match: re.Match[str]) -> str:
            term = self._find(match[0])
            if term in seen:
                return match[0]
            seen.add(term)
            used.append(term)
            return (
                f'<a class="term" href="{url}#{term.anchor}" aria-describedby="{term.id}">'
                f"{match[0]}</a>"
            )

        marked = "".join(_prose(content, lambda text: self.words.sub(link, text)))
        return marked + _definitions(used), bool(used)

    def _find(self, word: str) -> Term:
        form = " ".join(word.split())
        return self.terms.get(form) or self.terms[form[0].lower() + form[1:]]


def _bare(text: str) -> str:
    """Words without what Markdown may put between them."""
    return " ".join(MARKS.sub("", text).lower().split())


def _pattern(form: str) -> str:
    """A form, also at the beginning of a sentence and across a line's end."""
    words = r"\s+".join(re.escape(word) for word in form.split())
    if form != form.lower():
        return words  # ReLU, Adam, t-SNE: written in one way only
    return f"[{form[0].upper()}{form[0]}]{words[1:]}" if form[0].isalpha() else words


def _prose(content: str, change: Callable[[str], str]) -> Iterator[str]:
    """HTML in which `change` was applied to each piece of prose, and to nothing else."""
    open_elements: list[tuple[str, bool]] = []
    for token in TOKEN.split(content):
        tag = TAG.fullmatch(token)
        if tag is None:
            hidden = token.startswith("<!--") or any(skip for _, skip in open_elements)
            yield token if hidden else change(token)
            continue
        name = tag["name"].lower()
        if tag["end"]:
            while open_elements and open_elements.pop()[0] != name:
                pass  # HTML lets <p> and <li> end without saying so
        elif name not in VOID and not tag["empty"]:
            skip = name in NOT_PROSE or bool(FORMULA.search(tag["rest"]))
            open_elements.append((name, skip))
        yield token


def _definitions(used: list[Term]) -> str:
    """What the links are described by: in the page, so that it needs no request and no script."""
    if not used:
        return ""
    spans = "".join(f'<span id="{term.id}">{term.text}</span>' for term in used)
    # <section>: Material's search ends an exclusion at the first closing tag of its name
    return f'<section class="terms" hidden data-search-exclude>{spans}</section>'
