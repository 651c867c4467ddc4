"""How the weights of small_resnet were made: `python -m downhill.pretraining`.

The task: of a drawn thing (not an animal of the lessons) say its shape, its pattern and its
colour, three linear heads on one network. Drawn in memory from a seed, trained on the CPU.
"""

import sys
import time
from random import Random

import torch
import torch.nn.functional as F

from downhill.backbone import WEIGHTS, SmallResNet, write_weights
from downhill.drawn_things import HEADS, SIDE, thing

SEED = 2026
TRAIN, HELD_OUT = 12_000, 2_000
EPOCHS, BATCH, LR = 12, 64, 4e-3
MEAN = torch.tensor([0.485, 0.456, 0.406])[:, None, None]  # of ImageNet, as fastai normalises
STD = torch.tensor([0.229, 0.224, 0.225])[:, None, None]


def pictures(count: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Drawn things: uint8 [n, 3, 64, 64] and labels int64 [n, 3]."""
    images = torch.empty(count, 3, SIDE, SIDE, dtype=torch.uint8)
    labels = torch.empty(count, len(HEADS), dtype=torch.int64)
    for index in range(count):
        image, answers = thing(Random(seed * 1_000_000 + index))
        raw = torch.frombuffer(bytearray(image.tobytes()), dtype=torch.uint8)
        images[index] = raw.reshape(SIDE, SIDE, 3).permute(2, 0, 1)
        labels[index] = torch.tensor(answers)
    return images, labels


def prepare(images: torch.Tensor) -> torch.Tensor:
    """uint8 → float32, normalised."""
    return (images / 255 - MEAN) / STD


def loss_of(outputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Sum of the three cross-entropies. outputs: [n, 24]; labels: [n, 3]."""
    parts = outputs.split(HEADS, dim=1)
    return sum(F.cross_entropy(part, labels[:, i]) for i, part in enumerate(parts))


def train(images: torch.Tensor, labels: torch.Tensor, epochs: int, seed: int) -> SmallResNet:
    """The network trained with AdamW and a one-cycle schedule; pictures mirrored and shifted."""
    torch.manual_seed(seed)
    model = SmallResNet()
    optimiser = torch.optim.AdamW(model.parameters(), lr=LR, weight_decay=0.02)
    steps = epochs * (len(images) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, LR, total_steps=steps, pct_start=0.2)
    draw = torch.Generator().manual_seed(seed)
    for epoch in range(epochs):
        started, total = time.perf_counter(), 0.0
        order = torch.randperm(len(images), generator=draw)[: len(images) // BATCH * BATCH]
        for chosen in order.split(BATCH):
            x = prepare(images[chosen])
            if torch.rand((), generator=draw) < 0.5:
                x = x.flip(-1)
            loss = loss_of(model(x), labels[chosen])
            loss.backward()
            optimiser.step()
            schedule.step()
            optimiser.zero_grad()
            total += loss.item()
        seconds = time.perf_counter() - started
        print(f"epoch {epoch + 1}: {total * BATCH / len(order):.3f} ({seconds:.0f} s)", flush=True)
    return model.eval()


@torch.no_grad()
def correct(model: SmallResNet, images: torch.Tensor, labels: torch.Tensor) -> list[int]:
    """How many pictures each head gets right."""
    right = torch.zeros(len(HEADS), dtype=torch.int64)
    for x, y in zip(images.split(250), labels.split(250), strict=True):
        parts = model(prepare(x)).split(HEADS, dim=1)
        right += torch.stack([(p.argmax(1) == y[:, i]).sum() for i, p in enumerate(parts)])
    return right.tolist()


def main() -> int:
    """Draw, train, measure, write."""
    images, labels = pictures(TRAIN, SEED)
    model = train(images, labels, EPOCHS, SEED)
    print(correct(model, *pictures(HELD_OUT, SEED + 1)))
    write_weights(WEIGHTS, model.state_dict(), {"seed": str(SEED)})
    return 0


if __name__ == "__main__":
    sys.exit(main())
