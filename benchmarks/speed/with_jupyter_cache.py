"""Executes what jupyter-cache has not, in parallel, and writes the lessons with their outputs.

Run by the peers' Python in the folder of a course.
"""

import sys
from pathlib import Path

import nbformat
from jupyter_cache import get_cache
from jupyter_cache.executors import load_executor

PATIENCE = 900  # seconds for a cell, as in this course

if __name__ == "__main__":
    cache = get_cache(".jupyter_cache")
    lessons = sorted(Path("lessons").glob("*.ipynb"))
    for path in lessons:
        cache.add_nb_to_project(str(path))
    here = [str(path.absolute()) for path in lessons]
    result = load_executor("local-parallel", cache).run_and_cache(
        filter_uris=here, timeout=PATIENCE
    )
    if failed := [*result.excepted, *result.errored]:
        sys.exit(f"failed: {failed}")
    target = Path("out/docs/lessons")
    target.mkdir(exist_ok=True)
    for path in lessons:
        _, merged = cache.merge_match_into_notebook(nbformat.read(path, 4))
        nbformat.write(merged, target / path.name)
