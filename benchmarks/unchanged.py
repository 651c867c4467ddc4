"""What a build costs that has nothing to do: `course build` beside a bare `mkdocs build`.

    .venv/bin/python benchmarks/unchanged.py [PAIRS]

The two run in turn, so that a machine whose speed drifts does both the same harm. Prints the
seconds of each pair, their medians and the difference, which is to stay below 5 s.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
LIMIT = 5.0


def seconds(*words: str) -> float:
    """Wall seconds of a command that must succeed."""
    began = time.perf_counter()
    environment = os.environ | {"CI": "true"}
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, env=environment)
    if done.returncode:
        sys.exit(f"{' '.join(words)} failed:\n{done.stderr}")
    return time.perf_counter() - began


def main() -> None:
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    course = (str(BIN / "course"), "build")
    seconds(*course)  # brings everything up to date
    ours, bare = [], []
    with tempfile.TemporaryDirectory() as site:
        for _ in range(pairs):
            ours.append(seconds(*course))
            bare.append(seconds(str(BIN / "mkdocs"), "build", "--quiet", "--site-dir", site))
            print(f"course build {ours[-1]:.2f} s   mkdocs build {bare[-1]:.2f} s")
    more = statistics.median(ours) - statistics.median(bare)
    ratio = statistics.median(a / b for a, b in zip(ours, bare, strict=True))
    print(f"medians: {statistics.median(ours):.2f} s and {statistics.median(bare):.2f} s")
    print(f"{more:.2f} s more ({ratio:.2f} times); limit {LIMIT} s")


if __name__ == "__main__":
    main()
