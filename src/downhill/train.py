"""The training loops of lessons 01 and 02; the same definitions, for lessons that come after.

Scores are of shape [n, 1], high for a three; y is [n, 1] with 1 for a three, 0 for a seven.
Lesson 01 trains on whole tensors (x, y), with the update written out (`train_epoch`, `fit`).
Lesson 02 trains on loaders of batches, with an optimiser object (`run_epoch`, `run_epochs`).
"""

import torch
import torch.nn.functional as F  # noqa: N812 - the name everybody gives it

from downhill.data import load_images


def threes_and_sevens(folder):
    """Pictures and labels. x: [n, 784] float32 in 0..1, threes first; y: [n, 1], 1 for a three.

    Built in lesson 01.
    """
    three, seven = load_images(folder / "3"), load_images(folder / "7")
    x = torch.cat([three, seven]).float().flatten(1) / 255  # [n, 28, 28] → [n, 784]
    y = torch.cat([torch.ones(len(three), 1), torch.zeros(len(seven), 1)])
    return x, y


def count_correct(scores, y):
    """How many of scores [n, 1] are on the right side of 0; y [n, 1] holds 1 for a three, else 0.

    Built in lesson 01.
    """
    if scores.shape != y.shape:
        raise ValueError(f"scores {list(scores.shape)} and y {list(y.shape)} differ in shape")
    return ((scores > 0) == (y == 1)).sum().item()


def init_params(shape, std=0.01):
    """Random numbers around 0 with spread std, ready to be learned.

    Built in lesson 01.
    """
    return torch.normal(0.0, std, shape).requires_grad_()


def mnist_loss(scores, y):
    """Mean probability given to the wrong answer. scores, y: [n, 1]; y is 1 for a three, else 0.

    Built in lesson 01.
    """
    p = torch.sigmoid(scores)
    return torch.where(y == 1, 1 - p, p).mean()


def binary_cross_entropy(scores, y):
    """Mean of -log(probability of the right answer). scores, y: [n, 1]; y is 1 for a three, else 0.

    Built in lesson 01.
    """
    return torch.where(y == 1, F.softplus(-scores), F.softplus(scores)).mean()


def train_epoch(model, parameters, x, y, loss_func, lr, batch_size=256, shuffle=True):
    """One pass over x [n, 784], y [n, 1]; for each mini-batch a step against the gradient.

    Built in lesson 01.
    """
    order = torch.randperm(len(x)) if shuffle else torch.arange(len(x))
    for batch in order.split(batch_size):
        loss_func(model(x[batch]), y[batch]).backward()
        with torch.no_grad():
            for p in parameters:
                p -= lr * p.grad
                p.grad = None


def fit(model, parameters, train, valid, loss_func, epochs, lr, batch_size=256, shuffle=True):
    """Train for some epochs. train, valid: (x, y). How many of valid are right after each epoch.

    Built in lesson 01.
    """
    parameters, correct = list(parameters), []
    for _ in range(epochs):
        train_epoch(model, parameters, *train, loss_func, lr, batch_size, shuffle)
        with torch.no_grad():
            correct.append(count_correct(model(valid[0]), valid[1]))
    return correct


def run_epoch(model, loader, loss_func, optimiser):
    """One step for each batch (xb [b, …], yb [b, …]) of the loader. Mean loss of the items, each
    taken before its step.

    Built in lesson 02.
    """
    total = n = 0
    for xb, yb in loader:
        loss = loss_func(model(xb), yb)
        loss.backward()
        optimiser.step()
        optimiser.zero_grad()
        total += loss.item() * len(yb)
        n += len(yb)
    return total / n


def validate_epoch(model, loader):
    """(right, n) over all items of the loader; items are counted, batches are not averaged.

    Built in lesson 02.
    """
    right = n = 0
    with torch.no_grad():
        for xb, yb in loader:
            right += count_correct(model(xb), yb)
            n += len(yb)
    return right, n


def paced(loader, optimiser, schedule, epoch, epochs):
    """The batches of a loader; before each, the optimiser's rate is set by the schedule.

    schedule: fraction of all steps done, 0 ≤ fraction < 1 → learning rate.

    Built in lesson 02.
    """
    for i, batch in enumerate(loader):
        optimiser.lr = schedule((epoch + i / len(loader)) / epochs)
        yield batch


def run_epochs(model, train_loader, valid_loader, loss_func, optimiser, epochs, schedule=None):
    """Train for some epochs. [(right, n) on the validation items after each epoch].

    schedule: fraction of all steps done, 0 ≤ fraction < 1 → the learning rate of the next step.

    Built in lesson 02.
    """
    counts = []
    for epoch in range(epochs):
        batches = train_loader
        if schedule is not None:
            batches = paced(train_loader, optimiser, schedule, epoch, epochs)
        run_epoch(model, batches, loss_func, optimiser)
        counts.append(validate_epoch(model, valid_loader))
    return counts
