"""The one error that a person can mend: a single line, no traceback."""


class CourseError(Exception):
    """What is wrong, where, and what to do about it.

    The command line prints it as one line and exits with 1. Anything else that is raised is a bug
    of ours and keeps its traceback.
    """

    def __init__(self, what: str, where: str = "", do: str = "") -> None:
        self.what, self.where, self.do = what, where, do
        super().__init__(" — ".join(part for part in (what, where, do) if part))

    def __reduce__(self) -> tuple[type["CourseError"], tuple[str, str, str]]:
        # Pickled by the process pool: the default would call __init__ with the joined line.
        return type(self), (self.what, self.where, self.do)
