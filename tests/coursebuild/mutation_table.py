"""The mutation table: faults planted in a small lesson, one at a time, and edits that do no harm.

python tests/coursebuild/mutation_table.py      runs them all and prints the table
"""

from __future__ import annotations

from mutating import Fault, main

# One line each, however long: it is a table.
# ruff: noqa: E501

CLEAN_RUNS = 10

LEARNING = [
    Fault("the loss has the wrong sign", "model", "F.softplus(scores)", "-F.softplus(scores)"),
    Fault("the loss is a sum, not a mean", "model", ".mean()", ".sum()"),
    Fault("the loss rewards sevens", "model", "y == 1", "y == 0"),
    Fault("labels are shuffled", "model", "    return torch", "    y = y[torch.randperm(len(y))]\n    return torch"),
    Fault("the learning rate is doubled", "training", "lr=0.5", "lr=1.0"),
    Fault("the learning rate is 2 % higher", "training", "lr=0.5", "lr=0.51"),
    Fault("the learning rate is a thousand times higher", "training", "lr=0.5", "lr=500.0"),
    Fault("momentum is left out", "training", ", momentum=0.5", ""),
    Fault("zero_grad is left out", "training", "        optimiser.zero_grad()\n", ""),
    Fault("one epoch fewer", "training", "range(5)", "range(4)"),
    Fault("other batches", "training", "split(64)", "split(32)"),
    Fault("the last batch is lost", "training", "train.split(64)", "train.split(64)[:-1]"),
    Fault("weights start at 0.1", "training", "torch.zeros(64, 1, requires", "torch.full((64, 1), 0.1, requires"),
    Fault("validated on the training set", "training", "scores = predict(x[valid], w, b)", "valid = train; scores = predict(x[valid], w, b)"),
    Fault("the loss of another batch is kept", "training", "history.append([epoch, loss.item()", "history.append([epoch, 0.99 * loss.item()"),
]  # fmt: skip
DATA = [
    Fault("pixels are scaled by 15", "data", "/ 16", "/ 15"),
    Fault("another seed", "data", "set_seed(42)", "set_seed(43)"),
    Fault("no seed", "data", "set_seed(42)\n", ""),
    Fault("another pair of digits", "data", "(digits.target == 7)", "(digits.target == 8)"),
    Fault("one item more to train on", "data", "order[:256], order[256:]", "order[:257], order[257:]"),
    Fault("training and validation overlap", "data", "order[256:]", "order[255:]"),
    Fault("pixels in double precision", "data", "digits.images[keep]).float()", "digits.images[keep]).double()"),
    Fault("labels lose their column", "data", ".float()[:, None]", ".float()"),
    Fault("pictures are read column by column", "data", ".flatten(1)", ".mT.flatten(1)"),
    Fault("a label of a set is another", "data", "{str(d) for", "{str(d + 1) for"),
]  # fmt: skip
NUMBERS = [
    Fault("a metric is off by one", "result", "y[valid]), len", "y[valid]) + 1, len"),
    Fault("n is off by one", "result", "len(valid)", "len(valid) + 1"),
    Fault("a count is off by one", "counts", "int(named),", "int(named) + 1,"),
    Fault("values of a dict change places", "counts", '"threes": int(named), "sevens": len(train) - int(named)', '"sevens": int(named), "threes": len(train) - int(named)'),
    Fault("a list is in another order", "counts", "y[train][:6]", "y[train][:6].flip(0)"),
    Fault("a slope loses its sign", "slope", "gradient.abs().max())", "-gradient.abs().max())"),
    Fault("the steepest is another", "slope", "abs().argmax()", "abs().argmin()"),
    Fault("a value of a dict moves by one in a hundred", "spread", ".mean().item()", ".mean().item() * 1.01"),
    Fault("a column of a table changes its name", "training", '"valid_loss"])', '"loss"])'),
    Fault("rows of a table change places", "training", "\"valid_loss\"])\ntable", "\"valid_loss\"])\ntable.iloc[::-1]"),
    Fault("a table is not shown", "training", "\"valid_loss\"])\ntable", "\"valid_loss\"])\ntable;"),
]  # fmt: skip
WORDS = [
    Fault("a stale claim: the number has moved", "result", "right / n > 0.9", "right / n > 0.999"),
    Fault("a stale claim: it says the opposite", "result", "final < first", "final > first"),
    Fault("a claim says more than it measured", "result", "More than nine in ten", "More than 99 in 100"),
    Fault("a claim is gone", "result", 'claim("The validation loss falls", final < first)', ""),
    Fault("a sentence speaks of another set", "result", "on the validation set", "on the training set"),
    Fault("a word that is printed has a typo", "loss-check", "loss of a guess", "loss of a gues"),
    Fault("a failure shown on purpose fails no more", "mismatch", "loss_func(scores, y)", "loss_func(scores, y[valid])"),
    Fault("a failure shown on purpose is another", "mismatch", "loss_func(scores, y)", "loss_func(scores)"),
]  # fmt: skip
FIGURES = [
    Fault("the axes of a plot are swapped", "curve", '(table["epoch"], table["valid_loss"]', '(table["valid_loss"], table["epoch"]'),
    Fault("a curve is drawn twice", "curve", 'table["valid_loss"]', 'table["train_loss"]'),
    Fault("a label of a curve is wrong", "curve", 'label="validation"', 'label="test"'),
    Fault("a label of an axis is wrong", "curve", 'xlabel="epoch"', 'xlabel="batch"'),
    Fault("a title is wrong", "curve", '"wrong answers"', '"right answers"'),
    Fault("the legend is gone", "curve", "axes[0].legend()\n", ""),
    Fault("a picture is turned", "curve", "view(8, 8)", "view(8, 8).T"),
    Fault("a picture is its negative", "curve", "imshow(w.", "imshow(-w."),
    Fault("a bar is one too high", "curve", '"three"], wrong)', '"three"], [wrong[0], wrong[1] + 1])'),
    Fault("the figure is not shown", "curve", "show(fig, alt=", "str("),
    Fault("the alternative text describes another", "curve", "Two falling", "Two rising"),
]  # fmt: skip
VERSIONS = [
    Fault("an argument has a new name", "training", "lr=0.5", "learning_rate=0.5"),
    Fault("a deprecated import", "setup", "import torch\n", "import torch\nfrom ast import Num\n"),
    Fault("a deprecated call", "training", "    with torch.no_grad():\n", "    with torch.no_grad(), torch.cuda.amp.autocast(enabled=False):\n"),
    Fault("a warning that is new", "counts", "named = ", "import warnings\n\nwarnings.warn('slow')\nnamed = "),
    Fault("an import that is gone", "setup", "count_correct", "count_right"),
]  # fmt: skip
EXERCISES = [
    Fault("a solution climbs", "solution", "p -= self.lr", "p += self.lr"),
    Fault("a solution forgets an argument", "solution", " + self.weight_decay * p", ""),
    Fault("a solution is still the stub", "solution", "self.parameters = list(parameters)", "raise NotImplementedError"),
    Fault("a check asks for another exercise", "check", '"02.E1"', '"02.E2"'),
    Fault("a check accepts a wrong answer", "exercises/sgd_walks.py", "return torch.allclose(a, b, rtol=1e-4, atol=1e-5)", "return True"),
    Fault("a check asks less", "exercises/sgd_momentum.py", '    Course({"lr": 0.1, "momentum": 0.9, "weight_decay": 0.5}),\n', ""),
]  # fmt: skip
PACKAGE = [
    Fault("SGD climbs", "optim.py", "p -= self.lr * v", "p += self.lr * v"),
    Fault("SGD forgets its momentum", "optim.py", "v.mul_(self.momentum)", "v.mul_(0)"),
    Fault("the threshold has moved", "train.py", "return ((scores > 0) == (y == 1))", "return ((scores > 1) == (y == 1))"),
    Fault("an interval is narrower than it says", "repro.py", "(1 + confidence) / 2", "confidence"),
    Fault("the seed is not set", "repro.py", "torch.manual_seed(seed)", "pass"),
    Fault("a figure comes without its summary", "plot.py", "FIGURE: described, ", ""),
    Fault("what is said is not shown", "claims.py", 'publish({"text/markdown": markdown,', 'print({"text/markdown": markdown,'),
]  # fmt: skip
FAULTS = [*LEARNING, *DATA, *NUMBERS, *WORDS, *FIGURES, *VERSIONS, *EXERCISES, *PACKAGE]

HARMLESS = [
    Fault("prose", "title", "small lesson", "short lesson"),
    Fault("a comment", "data", "# [n, 64]", "# [n, 64] in 0..1"),
    Fault("a name", "slope", "gradient = ", "_ = gradient = "),
    Fault("the order of a dict", "spread", "in (0, 1)", "in (1, 0)"),
    Fault("the order of a set", "data", "{str(d) for d in digits.target[keep]}", '"{\'7\', \'3\'}"'),
    Fault("the sixth digit", "spread", ".mean().item()", ".mean().item() * 1.00001"),
    Fault("the colours of a picture", "curve", "view(8, 8))", "view(8, 8), cmap='gray')"),
    Fault("the size of a figure", "curve", "(7, 2.4)", "(6, 2)"),
    Fault("a stale bar", "counts", "named = ", 'print("\\r50%|##  | 1/2 [00:01<00:01, 1.0it/s]\\r", end="")\nnamed = '),
    Fault("a docstring of the package", "optim.py", "Forget the gradients;", "Drop the gradients;"),
]  # fmt: skip

if __name__ == "__main__":
    found = main(FAULTS, HARMLESS, CLEAN_RUNS)
    for kind, results in found.items():
        print(f"\n{kind}: {sum(bool(one.guard) for one in results)} of {len(results)} seen")
        for one in results:
            print(f"{one.guard or '-':6} {one.name:46} {one.words}")
