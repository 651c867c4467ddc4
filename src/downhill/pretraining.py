"""How the weights of small_resnet were made: `python -m downhill.pretraining` makes them again.

The task: of a drawn thing (a house, a fish, a key; no animal of the lessons) say its shape, its
pattern and its colour. Three linear heads, side by side in `fc`, on one network; their losses are
added. The pictures are drawn in memory from a seed, nothing is downloaded, the CPU is enough.
"""

import argparse
import hashlib
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import PIL
import torch
from torch.nn.functional import cross_entropy, pad

from downhill.backbone import WEIGHTS, SmallResNet, read_weights, write_weights
from downhill.drawn_things import COLOURS, HEADS, PATTERNS, SHAPES, SIDE, thing
from downhill.repro import rate

SEED = 2026
TRAIN, HELD_OUT = 10_000, 2_000  # pictures; the held-out ones have a seed of their own
EPOCHS, BATCH, LR = 16, 128, 5e-3
SHIFT = 6  # pixels that a picture is moved by at most
THREADS = 1  # sums are rounded otherwise with another number
FIRST = 50  # pictures with a digest of their own, for a test that is quick
NAMES = ("shape", "pattern", "colour")
MEAN = torch.tensor([0.485, 0.456, 0.406])[:, None, None]  # of ImageNet, with which fastai
STD = torch.tensor([0.229, 0.224, 0.225])[:, None, None]  # normalises what a ResNet sees

Report = Callable[[str], None]


def pictures(count: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Drawn things: uint8 [n, 3, 64, 64], and int64 [n, 3] with shape, pattern, colour."""
    images = torch.empty(count, 3, SIDE, SIDE, dtype=torch.uint8)
    labels = torch.empty(count, len(HEADS), dtype=torch.int64)
    for index in range(count):
        image, answers = thing(Random(seed * 1_000_000 + index))
        raw = torch.frombuffer(bytearray(image.tobytes()), dtype=torch.uint8)
        images[index] = raw.reshape(SIDE, SIDE, 3).permute(2, 0, 1)
        labels[index] = torch.tensor(answers)
    return images, labels


def digest(images: torch.Tensor, labels: torch.Tensor) -> str:
    """SHA-256 of pixels and labels: tells whether two machines draw the same."""
    return hashlib.sha256(images.numpy().tobytes() + labels.numpy().tobytes()).hexdigest()


def prepare(images: torch.Tensor) -> torch.Tensor:
    """uint8 in 0..255 → float32, normalised."""
    return (images / 255 - MEAN) / STD


def vary(x: torch.Tensor, draw: torch.Generator) -> torch.Tensor:
    """A normalised batch mirrored or not and shifted, each picture with a contrast and a cast."""
    if torch.rand((), generator=draw) < 0.5:
        x = x.flip(-1)
    left, top = torch.randint(0, 2 * SHIFT + 1, (2,), generator=draw).tolist()
    x = pad(x, (SHIFT,) * 4, mode="reflect")[..., top : top + SIDE, left : left + SIDE]
    contrast = 1 + 0.2 * torch.randn(len(x), 1, 1, 1, generator=draw)
    return x * contrast + 0.2 * torch.randn(len(x), 3, 1, 1, generator=draw)


def loss_of(outputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Sum of the three cross-entropies. outputs: [n, 24]; labels: [n, 3]."""
    parts = outputs.split(HEADS, dim=1)
    return sum(cross_entropy(part, labels[:, index]) for index, part in enumerate(parts))


def train(
    images: torch.Tensor,
    labels: torch.Tensor,
    epochs: int = EPOCHS,
    seed: int = SEED,
    batch: int = BATCH,
    report: Report = lambda line: None,
) -> SmallResNet:
    """A network from scratch: AdamW, one cycle. A batch that is not full is left out."""
    torch.manual_seed(seed)
    draw = torch.Generator().manual_seed(seed)
    model = SmallResNet().to(memory_format=torch.channels_last)  # twice as fast on a CPU
    optimiser = torch.optim.AdamW(model.parameters(), LR, weight_decay=0.05)
    steps = len(images) // batch
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, LR, total_steps=epochs * steps, pct_start=0.2
    )
    for epoch in range(epochs):
        started, total = time.perf_counter(), 0.0
        order = torch.randperm(len(images), generator=draw)[: steps * batch]
        for chosen in order.split(batch):
            x = vary(prepare(images[chosen]), draw)
            loss = loss_of(model(x.contiguous(memory_format=torch.channels_last)), labels[chosen])
            loss.backward()
            optimiser.step()
            schedule.step()
            optimiser.zero_grad()
            total += loss.item()
        seconds = time.perf_counter() - started
        report(f"epoch {epoch + 1} of {epochs}: loss {total / steps:.3f}, {seconds:.0f} s")
    return model.to(memory_format=torch.contiguous_format).eval()


@torch.no_grad()
def correct(model: SmallResNet, images: torch.Tensor, labels: torch.Tensor) -> list[int]:
    """How many pictures each head names right."""
    model.eval()
    right = torch.zeros(len(HEADS), dtype=torch.int64)
    for x, y in zip(images.split(250), labels.split(250), strict=True):
        parts = model(prepare(x)).split(HEADS, dim=1)
        right += torch.stack([(p.argmax(1) == y[:, i]).sum() for i, p in enumerate(parts)])
    return right.tolist()


def card(right: list[int], held_out: int, about: dict[str, str], size: int) -> str:
    """The text that goes with the weights."""
    rows = [
        f"| {name} | {count} | {100 / count:.1f} % | {rate(k, held_out)} |"
        for name, count, k in zip(NAMES, HEADS, right, strict=True)
    ]
    answers = [", ".join(names) for names in (SHAPES, PATTERNS, COLOURS)]
    made = [f"| {name} | {value} |" for name, value in about.items()]
    return "\n".join(
        [
            "# small_resnet",
            "",
            "The weights of the network that the offline profile fine-tunes in lessons 03 and 04.",
            "They are made by this project, from its own drawings.",
            "",
            "- **Network**: `downhill.backbone.SmallResNet`, a residual network with torchvision's "
            "names, one block in each of four stages of 16, 32, 64 and 128 channels.",
            "- **Task**: of a drawn thing in a cluttered scene, 64×64 pixels, say its shape "
            f"({answers[0]}), its pattern ({answers[1]}) and its colour ({answers[2]}).",
            "  Three linear heads side by side in `fc`; their cross-entropies are added.",
            "- **Data**: drawn by `downhill.drawn_things` from a seed.",
            "  No cat, no dog, no photo, nothing downloaded.",
            "- **Training**: AdamW with a one-cycle schedule, "
            f"at most {LR:g}, batches of {BATCH}; each batch mirrored or not and shifted, "
            "each picture with a contrast and a colour cast of its own.",
            f"- **File**: `small_resnet.safetensors`, {size:,} bytes, float16.",
            "- **Licence**: MIT, as the course.",
            "",
            "What it gets right on pictures that it was not trained on, after rounding to float16:",
            "",
            "| head | answers | by chance | right |",
            "| --- | --- | --- | --- |",
            *rows,
            "",
            "| made with | |",
            "| --- | --- |",
            *made,
            "",
            "To make it again: `python -m downhill.pretraining`, some five minutes on one core.",
            "The pictures are the same on every machine with this Pillow (their digest is in the "
            "file); the weights are the same bit for bit only with the same torch, threads and "
            "kind of processor.",
            "The commit is the one that last changed this file: "
            "`git log -1 -- src/downhill/weights`.",
            "",
            "It is made to be fine-tuned on small drawings, and is of no use for photos.",
            "",
        ]
    )


def make(
    file: Path, train_pictures: int, held_out: int, epochs: int, seed: int, report: Report
) -> list[int]:
    """Draw, train, write the weights and their card; how many each head names right."""
    torch.set_num_threads(THREADS)
    images, labels = pictures(train_pictures, seed)
    report(f"{train_pictures:,} pictures drawn")
    model = train(images, labels, epochs, seed, min(BATCH, train_pictures), report)
    about = {
        "seed": str(seed),
        "pictures": f"{train_pictures:,} for training, {held_out:,} held out (seed {seed + 1})",
        "epochs": str(epochs),
        "threads": str(THREADS),
        "torch": torch.__version__,
        "Pillow": PIL.__version__,
        "sha256 of the training pictures": digest(images, labels),
        f"sha256 of the first {FIRST}": digest(images[:FIRST], labels[:FIRST]),
    }
    write_weights(file, model.state_dict(), about)
    model.load_state_dict(read_weights(file))  # what is measured is what is shipped
    right = correct(model, *pictures(held_out, seed + 1))
    file.with_suffix(".md").write_text(card(right, held_out, about, file.stat().st_size))
    return right


def main(arguments: list[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m downhill.pretraining", description=__doc__)
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="file to write")
    parser.add_argument("--pictures", type=int, default=TRAIN)
    parser.add_argument("--held-out", type=int, default=HELD_OUT)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--seed", type=int, default=SEED)
    given = parser.parse_args(arguments)
    right = make(
        given.out,
        given.pictures,
        given.held_out,
        given.epochs,
        given.seed,
        lambda line: print(line, flush=True),
    )
    for name, k in zip(NAMES, right, strict=True):
        print(f"{name}: {rate(k, given.held_out)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
