#!/usr/bin/env python3
"""Trains the multilayer perceptrons and the convolutions of `bench train` with JAX and Optax.

One jitted function takes the batch, differentiates and updates, with the buffers of parameters and
optimizer donated. A setting is how it is called (`step`: waits for each; `stream`: waits after ten,
so that the calls overlap; `scan`: ten steps in one call) and how images lie in memory (`bytes`,
converted with the batch, or `floats`).
"""
from __future__ import annotations

import math
import os

from train_peer import Data, Library, Record, groups, main

GROUP = 10


def settings(workload: str) -> list[str]:
    if workload not in ("mlp32", "mlp512", "cnn"):
        return []
    return ["step bytes", "stream bytes", "scan bytes", "scan floats"]


def load(threads: int) -> None:
    # The runtime has as many threads as processors that the process may use.
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    os.environ["JAX_PLATFORMS"] = "cpu"
    import jax  # noqa: F401


def versions() -> dict:
    import jax
    import optax

    return {"JAX": jax.__version__, "Optax": optax.__version__}


def weights(shape: tuple, fan_in: int, random):
    """A weight and a bias from U(±1 ÷ √fan_in), as PyTorch's."""
    import numpy as np

    bound = 1 / math.sqrt(fan_in)
    return tuple(random.uniform(-bound, bound, part).astype(np.float32)
                 for part in (shape, shape[-1:]))


def parameters(workload: str, random) -> list:
    if workload == "cnn":
        return [
            weights((3, 3, 1, 32), 9, random), weights((3, 3, 32, 64), 288, random),
            weights((1600, 128), 1600, random), weights((128, 10), 128, random)]
    width = 64 if workload == "mlp32" else 512
    return [weights(shape, shape[0], random) for shape in ((784, width), (width, width), (width, 10))]


def logits(workload: str, parameters: list, x):
    import jax
    from jax import lax

    linear = parameters
    if workload == "cnn":
        x = x.reshape(-1, 28, 28, 1)
        for weight, bias in parameters[:2]:
            x = lax.conv_general_dilated(
                x, weight, (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC")) + bias
            x = lax.reduce_window(
                jax.nn.relu(x), -math.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")
        x = x.reshape(len(x), -1)
        linear = parameters[2:]
    for weight, bias in linear[:-1]:
        x = jax.nn.relu(x @ weight + bias)
    return x @ linear[-1][0] + linear[-1][1]


def program(workload: str, setting: str, data: Data, seed: int):
    import jax
    import jax.numpy as jnp
    import numpy as np
    import optax

    way, kind = setting.split()
    rule = optax.adam(1e-3)
    images, labels = jnp.asarray(data.images), jnp.asarray(data.labels, jnp.int32)
    if kind == "floats":
        images = images.astype(jnp.float32) / 255
    model = jax.tree.map(jnp.asarray, parameters(workload, np.random.default_rng(seed)))

    def loss_of(model, images, labels, rows):
        x = images[rows]
        if kind == "bytes":
            x = x.astype(jnp.float32) / 255
        return optax.losses.softmax_cross_entropy_with_integer_labels(
            logits(workload, model, x), labels[rows]).mean()

    def step(carry, images, labels, rows):
        model, state = carry
        loss, gradients = jax.value_and_grad(loss_of)(model, images, labels, rows)
        updates, state = rule.update(gradients, state)
        return (optax.apply_updates(model, updates), state), loss

    def scan(carry, images, labels, rows):
        return jax.lax.scan(lambda carry, rows: step(carry, images, labels, rows), carry, rows)

    call = jax.jit(scan if way == "scan" else step, donate_argnums=0)

    def train(rows, record: Record) -> None:
        carry = (model, rule.init(model))
        rows = rows.astype(np.int32)
        record.begin()
        for group in groups(rows, 1 if way == "step" else GROUP):
            if way == "scan":
                carry, losses = call(carry, images, labels, group)
            else:
                losses = []
                for batch in group:
                    carry, loss = call(carry, images, labels, batch)
                    losses.append(loss)
            # A group holds steps of one time; its mean loss stands for them.
            record.mark(sum(map(float, jax.block_until_ready(losses))) / len(group), len(group))

    return train, sum(weight.size for weight in jax.tree.leaves(model))


if __name__ == "__main__":
    main(Library("JAX", settings, load, versions, program), __doc__.splitlines()[0])
