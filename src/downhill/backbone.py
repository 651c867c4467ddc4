"""The pretrained network of the current profile: small_resnet, SqueezeNet 1.1 or ResNet-34."""

import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from pickle import UnpicklingError

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save_file
from torch import nn

from downhill import profiles
from downhill.errors import DownhillError

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message=".torch.jit.script. is deprecated")
    from fastai.vision.learner import model_meta
    from torchvision.models.resnet import BasicBlock, conv1x1

Architecture = Callable[..., nn.Module]

WEIGHTS = Path(__file__).parent / "weights" / "small_resnet.safetensors"
WIDTHS = (16, 32, 64, 128)  # channels of the four stages
OUTPUTS = 24  # of fc: the 10 shapes, 6 patterns and 8 colours of its first task


class SmallResNet(nn.Module):
    """A residual network as torchvision builds them, a fortieth of ResNet-18 in parameters.

    x: [n, 3, height, width] → [n, outputs]. Same children, names and order as torchvision's, so
    that what cuts and splits a ResNet (fastai's table) does the same here; one block per stage.
    """

    def __init__(self, outputs: int = OUTPUTS) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, WIDTHS[0], kernel_size=7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(WIDTHS[0])
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(kernel_size=3, stride=2, padding=1)
        self.layer1 = _stage(WIDTHS[0], WIDTHS[0], stride=1)
        self.layer2 = _stage(WIDTHS[0], WIDTHS[1], stride=2)
        self.layer3 = _stage(WIDTHS[1], WIDTHS[2], stride=2)
        self.layer4 = _stage(WIDTHS[2], WIDTHS[3], stride=2)
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(WIDTHS[3], outputs)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):  # as torchvision's ResNet (He et al., 2015)
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(torch.flatten(self.avgpool(x), 1))


def _stage(before: int, after: int, stride: int) -> nn.Sequential:
    """One block; a 1×1 convolution on its shortcut where the shape changes."""
    shortcut = None
    if stride != 1 or before != after:
        shortcut = nn.Sequential(conv1x1(before, after, stride), nn.BatchNorm2d(after))
    return nn.Sequential(BasicBlock(before, after, stride, shortcut))


def small_resnet(weights: str | None = None) -> SmallResNet:
    """The network, about 300,000 parameters. weights: "DEFAULT" for those in the package.

    What they were trained for stands beside them, in weights/small_resnet.md.
    """
    model = SmallResNet()
    if weights is not None:
        if weights != "DEFAULT":
            raise ValueError(f'weights must be None or "DEFAULT", got {weights!r}')
        model.load_state_dict(read_weights(WEIGHTS))
    return model


# What vision_learner looks up: cut before the pooling, three parameter groups, normalisation.
model_meta[small_resnet] = model_meta[next(f for f in model_meta if f.__name__ == "resnet34")]


def backbone() -> Architecture:
    """The architecture of the current profile, for `vision_learner(dls, backbone())`.

    Its weights are got here, so that a machine without them says so in one line. Raises
    DownhillError.
    """
    name = profiles.current().pets.backbone
    if name == "small_resnet":
        return small_resnet
    from torchvision import models

    weights = models.get_model_weights(name).DEFAULT
    try:
        weights.get_state_dict(progress=False)
    except (OSError, RuntimeError, EOFError, UnpicklingError) as error:
        place = Path(torch.hub.get_dir()) / "checkpoints" / Path(weights.url).name
        damaged = place.is_file()  # else it could not be downloaded
        why = "the file is damaged" if damaged else str(error).partition("\n")[0]
        do = (
            "remove that file and run it again"
            if damaged
            else f"connect this machine to the network, or put the file from {weights.url} there"
        )
        raise DownhillError(
            f"The weights of {name} cannot be had ({why})",
            str(place),
            f"{do}; the profile offline needs none",
        ) from error
    return models.get_model_builder(name)


def write_weights(file: Path, state: Mapping[str, torch.Tensor], about: Mapping[str, str]) -> None:
    """Tensors of a state dict to a .safetensors file, floating-point ones as float16."""
    small = {name: t.half() if t.is_floating_point() else t for name, t in state.items()}
    save_file(small, file, metadata=dict(about))


def read_weights(file: Path) -> dict[str, torch.Tensor]:
    """The state dict in a file of write_weights, float32 again. Raises DownhillError."""
    try:
        state = load(file.read_bytes())
    except (OSError, SafetensorError) as error:
        why = error.strerror if isinstance(error, OSError) else "the file is not whole"
        raise DownhillError(
            f"The weights of small_resnet cannot be read ({why})",
            str(file),
            "install the course again (in a clone: `git checkout -- src/downhill/weights`), or "
            "make them with `python -m downhill.pretraining`",
        ) from error
    return {name: t.float() if t.is_floating_point() else t for name, t in state.items()}
