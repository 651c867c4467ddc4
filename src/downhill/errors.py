"""The one error class for what a learner can mend: one line says what, where and what to do."""

import linecache
import traceback
from types import TracebackType


class DownhillError(Exception):
    """what went wrong, where, and what to do about it. Shown as one line, without a traceback."""

    def __init__(self, what: str, where: str = "", do: str = "") -> None:
        self.what, self.where, self.do = what, where, do
        super().__init__(" — ".join(part for part in (what, where, do) if part))

    def _render_traceback_(self) -> list[str]:
        """What IPython shows instead of a traceback: the line of the cell, then the message."""
        message = f"{type(self).__name__}: {self}"
        line = _cell_line(self.__traceback__)
        return [line, message] if line else [message]


def _cell_line(trace: TracebackType | None) -> str:
    """The innermost line of a notebook cell in the trace, as IPython points at it, or ""."""
    for frame, lineno in reversed(list(traceback.walk_tb(trace))):
        # ipykernel and IPython give the module of a cell this name; library code has another.
        if frame.f_globals.get("__name__") == "__main__":
            source = linecache.getline(frame.f_code.co_filename, lineno).rstrip()
            return f"----> {lineno} {source}".rstrip()
    return ""
