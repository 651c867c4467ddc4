"""What a classifier does: its mistakes, its activations, its neighbours, its confidence.

Everything here takes plain tensors; the classes are numbers 0 … k - 1, named by a `vocab`.
"""

import torch


def confusion_matrix(targets, predictions, n_classes):
    """Counts [k, k] int64: row = true class, column = predicted class. targets, predictions: [n].

    Built in lesson 03.
    """
    pairs = targets * n_classes + predictions  # each pair gets a number of its own
    return torch.bincount(pairs, minlength=n_classes**2).reshape(n_classes, n_classes)


def most_confused(matrix, vocab, least=2):
    """[(true, predicted, count)] off the diagonal with count >= least, the most frequent first.

    Built in lesson 03.
    """
    pairs = [
        (vocab[i], vocab[j], int(matrix[i, j]))
        for i in range(len(vocab))
        for j in range(len(vocab))
        if i != j and matrix[i, j] >= least
    ]
    return sorted(pairs, key=lambda pair: -pair[2])


def top_losses(losses, k):
    """(values [k], positions [k]) of the k largest of losses [n], the largest first.

    Built in lesson 03.
    """
    return losses.topk(k)


def nearest_neighbours(train_features, train_labels, features, k=5):
    """The label most frequent among the k nearest rows of train_features, for each of features.

    train_features: [n, d]; train_labels: [n] int64; features: [m, d] → [m] int64. Distance is L2;
    of two equally frequent labels the smaller number wins.

    Built in lesson 03.
    """
    nearest = torch.cdist(features, train_features).topk(k, largest=False).indices  # [m, k]
    return train_labels[nearest].mode(1).values


def activations(model, layer, x):
    """What `layer` puts out while model reads x [n, …], in eval mode and without a graph.

    layer: a module inside model. The model's mode is as before when this returns.

    Built in lesson 03.
    """
    kept = []
    handle = layer.register_forward_hook(lambda module, inputs, output: kept.append(output))
    training = model.training
    try:
        with torch.no_grad():
            model.eval()(x)
    finally:
        handle.remove()  # a hook that stays would keep every later batch in memory
        model.train(training)
    return kept[-1]


def expected_calibration_error(probabilities, targets, bins=10):
    """Mean gap between confidence and accuracy, weighted by the pictures per bin: a number in 0..1.

    probabilities: [n, k], rows sum to 1; targets: [n]. The confidence is the largest probability;
    bins of equal width. Guo et al., On Calibration of Modern Neural Networks (2017), equation 3.

    Built in lesson 03.
    """
    confidence, predicted = probabilities.max(1)
    right = (predicted == targets).float()
    which = (confidence * bins).long().clamp(max=bins - 1)  # confidence 1 belongs to the last bin
    gaps = [(confidence[which == b] - right[which == b]).sum().abs() for b in range(bins)]
    return (sum(gaps) / len(targets)).item()
