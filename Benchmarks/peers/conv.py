#!/usr/bin/env python3
"""Convolutions and pooling with PyTorch: the cases of `bench conv`, under the same names.

PyTorch may keep the channels innermost ("channels last"): both layouts are tried, and the faster one
counts.

    Benchmarks/peers/conv.py --peer pytorch [--threads N] [--rounds N] [--filter WORDS]
"""
from __future__ import annotations

from peer import Case, floats, main, once

LAST = "{0}l = {0}.contiguous(memory_format=torch.channels_last)"
SETUP = "backward = torch.ops.aten.convolution_backward\n" + "\n".join(LAST.format(x) for x in "xwg")


def layer(name: str, channels: int, outputs: int, kernel: int = 3, padding: int = 1, stride: int = 1,
          groups: int = 1) -> list[Case]:
    extent = (28 + 2 * padding - kernel) // stride + 1
    make = once(lambda: {
        "x": floats((64, channels, 28, 28), -1, 1, 1),
        "w": floats((outputs, channels // groups, kernel, kernel), -1, 1, 2),
        "g": floats((64, outputs, extent, extent), -1, 1, 3),
    })
    operations = 64 * outputs * extent * extent * 2 * (channels // groups) * kernel * kernel
    forward = f"F.conv2d({{x}}, {{w}}, None, {stride}, {padding}, 1, {groups})"
    backward = (
        f"backward({{g}}, {{x}}, {{w}}, None, [{stride}] * 2, [{padding}] * 2, [1, 1], False, [0, 0], "
        f"{groups}, {{wanted}})[{{index}}]")

    def case(suffix: str, statement: str, **more) -> Case:
        layouts = tuple(
            statement.format(x="x" + last, w="w" + last, g="g" + last, **more) for last in ("", "l"))
        return Case(name + suffix, f"64x{channels}x28x28-{outputs}", "", layouts, make, operations,
                    SETUP)

    return [
        case("", forward),
        case(" input gradient", backward, wanted="[True, False, False]", index=0),
        case(" weight gradient", backward, wanted="[False, True, False]", index=1),
    ]


def pooling() -> list[Case]:
    make = once(lambda: {
        "x": floats((64, 32, 28, 28), -1, 1, 1), "g": floats((64, 32, 14, 14), -1, 1, 2)})
    setup = (
        "\n".join(LAST.format(x) for x in "xg")
        + "\nmaximum = torch.ops.aten.max_pool2d_with_indices_backward"
        + "\naverage = torch.ops.aten.avg_pool2d_backward"
        + "\nplaces = F.max_pool2d(x, 2, return_indices=True)[1]"
        + "\nplacesl = F.max_pool2d(xl, 2, return_indices=True)[1]")

    def case(name: str, statement: str) -> Case:
        layouts = tuple(
            statement.format(x="x" + last, g="g" + last, places="places" + last) for last in ("", "l"))
        return Case(name, "64x32x28x28", "", layouts, make, pytorch_setup=setup)

    return [
        case("max pool 2x2", "F.max_pool2d({x}, 2)"),
        case("max pool 2x2 input gradient",
             "maximum({g}, {x}, [2, 2], [2, 2], [0, 0], [1, 1], False, {places})"),
        case("average pool 2x2", "F.avg_pool2d({x}, 2)"),
        case("average pool 2x2 input gradient",
             "average({g}, {x}, [2, 2], [2, 2], [0, 0], False, True, None)"),
    ]


def cases() -> list[Case]:
    return (
        layer("conv 3x3", 32, 64)
        + layer("conv 3x3", 1, 32)
        + layer("conv 3x3 valid", 32, 64, padding=0)
        + layer("conv 3x3 stride 2", 32, 64, stride=2)
        + layer("conv 1x1", 32, 64, kernel=1, padding=0)
        + layer("depthwise 3x3", 32, 32, groups=32)
        + pooling()
    )


if __name__ == "__main__":
    main("conv", __doc__.splitlines()[0], cases())
