#!/usr/bin/env python3
"""Trains the multilayer perceptrons and the convolutions of `bench train` with Keras on TensorFlow.

A setting is the loop (`fit`, with ten steps in an execution; `batch`: `train_on_batch`; `function`: a
`tf.function` that takes the batch and runs Keras's own `train_step`) and how TensorFlow runs it
(`graph`, or `xla`). Images are bytes, converted with the batch, in `function`; the others are given
floats.
"""
from __future__ import annotations

import math
import os

from train_peer import TAIL, WORKLOADS, Data, Library, Record, main

GROUP = 10


def settings(workload: str) -> list[str]:
    if workload not in ("mlp32", "mlp512", "cnn"):
        return []
    return [f"{loop} {way}" for loop in ("function", "fit") for way in ("graph", "xla")] + [
        "batch graph"]


def load(threads: int) -> None:
    os.environ.update(KERAS_BACKEND="tensorflow", TF_CPP_MIN_LOG_LEVEL="3")
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)


def versions() -> dict:
    import keras
    import tensorflow as tf

    return {"Keras": keras.__version__, "TensorFlow": tf.__version__}


def network(workload: str):
    import keras
    from keras import layers

    def started(layer, fan_in: int, *options, **named):
        """Weight and bias from U(±1 ÷ √fan_in), as PyTorch's."""
        bound = 1 / math.sqrt(fan_in)
        uniform = [keras.initializers.RandomUniform(-bound, bound) for _ in range(2)]
        return layer(
            *options, **named, kernel_initializer=uniform[0], bias_initializer=uniform[1])

    if workload == "cnn":
        return keras.Sequential([
            keras.Input((28, 28, 1)),
            started(layers.Conv2D, 9, 32, 3, activation="relu"), layers.MaxPooling2D(),
            started(layers.Conv2D, 288, 64, 3, activation="relu"), layers.MaxPooling2D(),
            layers.Flatten(), started(layers.Dense, 1600, 128, activation="relu"),
            started(layers.Dense, 128, 10)])
    width = 64 if workload == "mlp32" else 512
    return keras.Sequential([
        keras.Input((784,)), started(layers.Dense, 784, width, activation="relu"),
        started(layers.Dense, width, width, activation="relu"), started(layers.Dense, width, 10)])


def program(workload: str, setting: str, data: Data, seed: int):
    import keras
    import numpy as np
    import tensorflow as tf

    loop, way = setting.split()
    keras.utils.set_random_seed(seed)
    model = network(workload)
    model.compile(
        optimizer=keras.optimizers.Adam(1e-3, epsilon=1e-8),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=way == "xla", steps_per_execution=GROUP if loop == "fit" else 1)
    shape = (-1, 28, 28, 1) if workload == "cnn" else (-1, 784)
    images, labels = data.images.reshape(shape), data.labels.astype(np.int32)
    if loop != "function":
        images = images.astype(np.float32) / 255

    def function(rows, record: Record) -> None:
        held, answers = tf.constant(images), tf.constant(labels)

        @tf.function(jit_compile=way == "xla")
        def step(rows):
            x = tf.cast(tf.gather(held, rows), tf.float32) / 255
            y = tf.gather(answers, rows)
            with tf.GradientTape() as tape:
                loss = model.compute_loss(y=y, y_pred=model(x, training=True))
            gradients = tape.gradient(loss, model.trainable_weights)
            model.optimizer.apply_gradients(zip(gradients, model.trainable_weights))
            return loss

        model.optimizer.build(model.trainable_variables)
        rows = [tf.constant(batch) for batch in rows]
        record.begin()
        for batch in rows:
            record.mark(step(batch).numpy())

    def batch(rows, record: Record) -> None:
        record.begin()
        for batch in rows:
            record.mark(model.train_on_batch(images[batch], labels[batch]))

    def fit(rows, record: Record) -> None:
        class Marks(keras.callbacks.Callback):
            def on_train_batch_begin(self, index, logs=None):
                # What `fit` does before the first batch is no part of a step.
                if index == 0:
                    record.begin()

            def on_train_batch_end(self, index, logs=None):
                record.mark(steps=GROUP)

        size = WORKLOADS[workload].batch
        for part in (rows[:-TAIL], rows[-TAIL:]):
            # `fit` shuffles by itself; the rows only bound the number of steps.
            chosen = part.reshape(-1)
            history = model.fit(
                images[chosen], labels[chosen], batch_size=size, epochs=1, verbose=0,
                callbacks=[Marks()])
        record.losses.append(history.history["loss"][0])

    return {"function": function, "batch": batch, "fit": fit}[loop], model.count_params()


if __name__ == "__main__":
    main(Library("Keras", settings, load, versions, program), __doc__.splitlines()[0])
