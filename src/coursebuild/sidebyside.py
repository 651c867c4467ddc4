"""A difference in the terminal: what is stored on the left, what came on the right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich import box
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from . import tables
from .difference import LINES, REASONS, Change, Difference
from .sides import Miss, Piece, Row, advice, misses, rows

LEFT = {"same": "", "near": "dim", "other": "bold red"}
RIGHT = {"same": "", "near": "dim", "other": "bold green"}
OUT, IN = "[-{}-]", "{{+{}+}}"  # what marks a word where there are no colours, as in git


def show(difference: Difference, console: Console) -> None:
    """Where, then each output on both sides, with by how much a number misses."""
    marks = console.no_color or console.color_system is None
    head = Text("✗ ", style="bold red").append(difference.place, style="bold")
    for part in [head, *_changes(difference.changes, marks)]:
        console.print(part, soft_wrap=False)


def in_words(changes: Iterable[Change]) -> Iterator[Change]:
    """Changes to show: the plain form of an output says its table or sentence a second time."""
    shown = None
    for change in changes:
        plain = change.what == "text/plain" and shown is not None
        if plain and shown is not None and _says_the_same(shown, change):
            continue
        shown = change
        yield change


def _says_the_same(rich: Change, plain: Change) -> bool:
    if rich.what == "text/markdown":
        return (rich.stored, rich.came) == (plain.stored, plain.came)
    return rich.what == "text/html" and tables.compared(rich) is not None


def _changes(changes: Iterable[Change], marks: bool) -> Iterator[RenderableType]:
    for change in in_words(changes):
        yield Text(f"  {change.what}", style="bold")
        for part in _change(change, marks):
            yield Padding(part, (0, 0, 0, 4))


def _change(change: Change, marks: bool) -> Iterator[RenderableType]:
    if with_tables := tables.compared(change):
        pairs, change = with_tables
        yield from (_grid(pair, marks) for pair in pairs if pair.changed)
    if change.stored or change.came:
        yield _text(rows(change), marks)
        if do := advice(change):
            yield Text("\n".join(do), style="yellow")
    elif change.reasons:
        yield _values(misses(change))


def _table() -> Table:
    return Table(
        box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 1), expand=True, header_style="dim"
    )


def _text(lines: list[Row], marks: bool) -> Table:
    numbers = any(row.misses for row in lines)
    table = _table()
    table.add_column("stored", ratio=3)
    table.add_column("came", ratio=3)
    if numbers:
        table.add_column("off by", ratio=2, style="yellow")
    for row in lines[:LINES]:
        if row.skipped:
            gap = f"… {row.skipped} {'line agrees' if row.skipped == 1 else 'lines agree'}"
            table.add_row(Text(gap, style="dim"))
        else:
            whole = not (row.stored and row.came)  # a line without partner needs no marks
            left = _pieces(row.stored, LEFT, OUT if marks and not whole else "{}")
            right = _pieces(row.came, RIGHT, IN if marks and not whole else "{}")
            cells = [left, right]
            table.add_row(*cells, *([Text("\n".join(row.misses))] if numbers else []))
    if len(lines) > LINES:
        table.add_row(Text(f"… and {len(lines) - LINES} more rows", style="dim"))
    return table


def _pieces(pieces: tuple[Piece, ...], styles: dict[str, str], mark: str) -> Text:
    return Text.assemble(
        *(
            (mark.format(piece.text) if piece.state == "other" else piece.text, styles[piece.state])
            for piece in pieces
        )
    )


def _values(values: list[Miss]) -> RenderableType:
    """What differs inside a bundle, a row each."""
    if not any(value.came for value in values):
        return Text("\n".join(value.where for value in values[:REASONS]), style="yellow")
    table = _table()
    table.add_column("where", ratio=2)
    table.add_column("stored", ratio=2, style=LEFT["other"])
    table.add_column("came", ratio=2, style=RIGHT["other"])
    table.add_column("off by", ratio=2, style="yellow")
    for value in values[:REASONS]:
        table.add_row(*map(Text, (value.where, value.stored, value.came, value.why)))
    if len(values) > REASONS:
        table.add_row(Text(f"… and {len(values) - REASONS} more", style="dim"))
    return table


def _grid(pair: tables.Pair, marks: bool) -> Table:
    """Of a table: the head and the rows that differ, a cell as it was and as it came."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 1))
    for head in pair.rows[0]:
        table.add_column(_cell(head, marks))
    for number in pair.changed[:LINES]:
        table.add_row(*(_cell(cell, marks) for cell in pair.rows[number]))
    agree = len(pair.rows) - 1 - len(pair.changed)
    more = len(pair.changed) - LINES
    words = [f"{agree} {'row agrees' if agree == 1 else 'rows agree'}"] if agree else []
    words += [f"{more} more rows differ"] if more > 0 else []
    table.caption = "; ".join(words) or None
    return table


def _cell(cell: tables.CellPair, marks: bool) -> Text:
    if cell.agrees:
        return Text(cell.came or "")
    text = Text()
    if cell.stored:
        text.append((OUT if marks else "{}").format(cell.stored), LEFT["other"])
    if cell.came:
        text.append(" " if cell.stored else "")
        text.append((IN if marks else "{}").format(cell.came), RIGHT["other"])
    numbers = [miss.split(": ", 1)[1] for miss in cell.misses if ": " in miss]
    return text.append("".join(f"\n{number}" for number in numbers), style="yellow")
