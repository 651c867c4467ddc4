"""Is transfer real? The small network fine-tuned against the same network from scratch.

    .venv/bin/python benchmarks/transfer.py [--seeds N] [--epochs N] [--rates RATE…]

On the drawn pets, with the same number of passes over the same pictures: `fine_tune(epochs)`, whose
first pass trains the head alone, against `epochs + 1` passes of the whole network from random
numbers, once at each of the rates; its best rate is compared, which favours it. Prints a table,
the difference of each seed's two errors with its 95 % interval over seeds (Student's t), and the
breeds that are confused. Exit 1 where the two ranges overlap. Some five minutes on two cores.
"""

import argparse
import os
import statistics
import sys
from collections import Counter

os.environ["DOWNHILL_PROFILE"] = "offline"

import fastai.callback.schedule  # noqa: F401
from fastai.metrics import error_rate
from fastai.vision.learner import Learner, vision_learner
from scipy.stats import t

from downhill.backbone import small_resnet
from downhill.pets import pet_loaders
from downhill.repro import set_seed


def trained(seed: int, epochs: int, rate: float | None) -> Learner:
    """A learner after epochs + 1 passes; rate: from scratch with that rate, or None: fine-tuned."""
    loaders = pet_loaders(seed)
    set_seed(seed)
    learn = vision_learner(loaders, small_resnet, metrics=error_rate, pretrained=rate is None)
    with learn.no_bar(), learn.no_logging():
        if rate is None:
            learn.fine_tune(epochs)
        else:
            learn.fit_one_cycle(epochs + 1, rate)
    return learn


def error(learn: Learner) -> float:
    """Share of the validation pictures that the last epoch left wrong."""
    return learn.recorder.values[-1][-1]


def confusions(learn: Learner) -> Counter[tuple[str, ...]]:
    """Unordered pair of breeds → how many validation pictures of one were taken for the other."""
    with learn.no_bar(), learn.no_logging():
        probabilities, targets = learn.get_preds()
    answers = zip(targets.tolist(), probabilities.argmax(1).tolist(), strict=True)
    vocab = learn.dls.vocab
    return Counter(tuple(sorted((vocab[a], vocab[b]))) for a, b in answers if a != b)


def row(name: str, errors: list[float]) -> str:
    spread = f"{min(errors):.1%} to {max(errors):.1%}"
    each = ", ".join(f"{value:.1%}" for value in errors)
    return f"{name:26} {statistics.mean(errors):6.1%}  {spread:18} {each}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3, help="two or more")
    parser.add_argument("--epochs", type=int, default=3, help="of fine_tune, after the frozen one")
    parser.add_argument("--rates", type=float, nargs="+", default=[2e-3, 5e-3, 1e-2])
    given = parser.parse_args()
    if given.seeds < 2:
        parser.error("an interval over seeds needs two or more")
    seeds = range(1, given.seeds + 1)
    print(f"errors of {given.epochs + 1} epochs, seeds {seeds[0]} to {seeds[-1]}")
    tuned, pairs = [], Counter()
    for seed in seeds:
        learn = trained(seed, given.epochs, None)
        tuned.append(error(learn))
        pairs += confusions(learn)
    print(row("fine-tuned", tuned), flush=True)
    scratch = {}
    for rate in given.rates:
        scratch[rate] = [error(trained(seed, given.epochs, rate)) for seed in seeds]
        print(row(f"from scratch, rate {rate:g}", scratch[rate]), flush=True)
    rate, best = min(scratch.items(), key=lambda item: statistics.mean(item[1]))
    differences = [a - b for a, b in zip(best, tuned, strict=True)]
    half = t.ppf(0.975, len(seeds) - 1) * statistics.stdev(differences) / len(seeds) ** 0.5
    mean = statistics.mean(differences)
    print(
        f"from scratch (rate {rate:g}) minus fine-tuned: {mean:.1%} of the pictures, "
        f"95 % interval {mean - half:.1%} to {mean + half:.1%}, n = {len(seeds)} seeds"
    )
    named = [f"{a} and {b} ({k})" for (a, b), k in pairs.most_common(4)]
    print("confused most:", "; ".join(named))
    return int(max(tuned) >= min(best))


if __name__ == "__main__":
    sys.exit(main())
