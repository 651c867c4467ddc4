"""What a demo gets: 8-bit weights, packed arrays, a still picture, little weight."""

import base64

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from downhill.demo import demo, pack, quantize
from downhill.errors import DownhillError
from downhill.mime import DARK, DEMO

ALT = "Draw a digit and see what three models say."
FLOATS = arrays(np.float32, array_shapes(max_dims=3), elements=st.floats(-1e6, 1e6, width=32))


def unpack(packed):
    values = np.frombuffer(base64.b64decode(packed["base64"]), np.dtype(packed["dtype"]))
    return values.reshape(packed["shape"])


@given(FLOATS, st.booleans())
def test_the_error_of_8_bits_is_at_most_half_a_step(values, per_row):
    tensor = torch.from_numpy(values)
    whole, scale = quantize(tensor, per_row=per_row)
    assert whole.dtype == torch.int8
    assert whole.shape == tensor.shape
    assert (scale > 0).all()
    assert ((whole * scale - tensor).abs() <= scale * 0.5001 + 1e-30).all()


@given(FLOATS)
def test_the_opposite_tensor_has_the_opposite_bytes(values):
    tensor = torch.from_numpy(values)
    assert torch.equal(quantize(-tensor)[0], -quantize(tensor)[0])


def test_it_agrees_with_torchs_own_quantization():
    weights = torch.randn(30, 784, generator=torch.Generator().manual_seed(0))
    whole, scale = quantize(weights)
    assert scale.shape == (30, 1)
    theirs = torch.fake_quantize_per_channel_affine(
        weights, scale.flatten(), torch.zeros(30, dtype=torch.int32), 0, -127, 127
    )
    torch.testing.assert_close(whole * scale, theirs)


def test_scales_are_arrays_that_broadcast():
    assert quantize(torch.randn(5))[1].shape == (1,)
    assert quantize(torch.randn(5, 3), per_row=False)[1].shape == (1, 1)
    whole, scale = quantize(torch.zeros(2, 3, requires_grad=True))
    assert (whole.sum(), scale.flatten().tolist()) == (0, [1.0, 1.0])


@pytest.mark.parametrize("bad", [[float("nan")], [float("inf")], []])
def test_what_has_no_scale_is_refused(bad):
    with pytest.raises(DownhillError, match="Cannot quantize"):
        quantize(torch.tensor(bad))


@given(FLOATS)
def test_what_is_packed_comes_back(values):
    assert np.array_equal(unpack(pack(values)), values)
    assert np.array_equal(unpack(pack(torch.from_numpy(values).requires_grad_())), values)


@pytest.mark.parametrize(
    ("given", "packed"),
    [("float64", "float32"), ("int64", "int32"), ("bool", "uint8"), ("int8", "int8")],
)
def test_types_that_javascript_lacks_are_made_smaller(given, packed):
    result = pack(np.ones((2, 3), given).T)
    assert (result["dtype"], result["shape"]) == (packed, [3, 2])
    assert unpack(result).tolist() == [[1, 1]] * 3


def test_bytes_are_little_endian_and_row_by_row():
    big = np.array([[1, 2], [3, 4]], ">i4").T
    assert base64.b64decode(pack(big)["base64"])[:8] == b"\x01\0\0\0\x03\0\0\0"


def test_what_cannot_be_packed_is_an_error():
    with pytest.raises(DownhillError, match="Cannot pack complex128"):
        pack(np.ones(1, complex))
    with pytest.raises(DownhillError, match="beyond 32 bits"):
        pack(np.array([2**40]))


def test_a_demo_is_one_bundle_with_data_picture_and_text(cell):
    bundles, error, _ = cell(
        "import torch, matplotlib.pyplot as plt; from downhill.demo import demo\n"
        "plt.plot([1, 2])\n"
        "data = {'w': torch.ones(2, 2), 'rows': [torch.tensor(0.5), 'x'], 'n': 3}\n"
        f"demo('draw-a-digit', data, {ALT!r})\nprint(plt.get_fignums())"
    )
    assert error is None
    assert set(bundles[0]) == {DEMO, "image/png", DARK, "text/plain"}
    shown = bundles[0][DEMO]
    assert (shown["demo"], shown["alt"]) == ("draw-a-digit", ALT)
    assert unpack(shown["data"]["w"]).tolist() == [[1, 1], [1, 1]]
    assert (shown["data"]["rows"], shown["data"]["n"]) == ([0.5, "x"], 3)
    assert bundles[0]["text/plain"] == f"Demo draw-a-digit: {ALT}"
    assert plt.get_fignums() == []


def test_a_demo_that_weighs_too_much_is_an_error():
    noise = np.random.default_rng(0).random(20_000)
    with pytest.raises(DownhillError, match=r"KB gzipped, 40 KB at most.*quantize"):
        demo("heavy", {"noise": noise}, ALT)


def test_a_demo_without_a_text_alternative_is_an_error():
    with pytest.raises(DownhillError, match="does not describe the demo"):
        demo("mute", {}, "")


def test_the_still_picture_may_be_another_figure_than_the_current(capsys):
    mpl.use("agg")
    still, current = plt.figure(), plt.figure()
    demo("still", {}, ALT, still=still)
    assert plt.get_fignums() == [current.number]
    plt.close("all")
    assert capsys.readouterr().out == f"Demo still: {ALT}\n"
