"""Around the cells of a lesson's page: the row under its title, the table at its foot."""

from __future__ import annotations

from collections.abc import Sequence

from mkdocs.structure.files import File, Files

from . import header, progress, provenance, quiz, status
from .documents import LessonFile


class Frame:
    """The pages that a lesson's page leads to, as far as the course has them."""

    def __init__(self, files: Files, repository: str) -> None:
        self.repository = repository
        self.status, self.progress, self.guide = (
            files.get_file_from_path(name) for name in ("status.md", "progress.md", "run.md")
        )

    def put(
        self, file: LessonFile, edit: str, runs: Sequence[status.Ran], asked: quiz.Asked
    ) -> None:
        """Around one page of a lesson. edit: URL where people edit it; runs: this site's first."""
        times = provenance.running(file.notebook, {run.profile: run.seconds for run in runs})
        row = header.row(
            file.notebook,
            file.lesson.name,
            "" if file.part.number == 1 else f"../{file.lesson.name}/",
            self.repository,
            edit,
            status.times(file.notebook, runs),
            file.part.count,
            status.badge(runs[0] if runs else None, _url(self.status, file, file.lesson.name)),
            _url(self.guide, file, "elsewhere"),
        )
        file.head = row + progress.line(file.part, asked, _url(self.progress, file))
        file.foot = provenance.table(file.notebook, times)


def _url(to: File | None, file: LessonFile, anchor: str = "") -> str:
    if to is None:
        return ""
    return to.url_relative_to(file) + (f"#{anchor}" if anchor else "")
