#!/usr/bin/env python3
"""Trains the workloads of `bench train` with PyTorch.

A setting is how the model runs (`eager`; `compiled`, where one compiled function takes the batch
and goes forward to the loss), the optimizer (`plain` or `fused`), and how images lie in memory (`bytes`,
converted with the batch, or `floats`); `channels-last` is the layout of convolutions.
"""
from __future__ import annotations

import os

from train_peer import (
    CONTEXT, HEADS, LAYERS, VOCABULARY, WIDTH, Data, Library, Record, main)


def settings(workload: str) -> list[str]:
    # A plain optimizer is behind a fused one, whatever else is chosen: one try shows it.
    ways = ["eager fused", "eager plain", "compiled fused"]
    if workload == "gpt":
        return ways
    last = ["eager fused floats channels-last"] if workload == "cnn" else []
    return [f"{way} bytes" for way in ways] + ["eager fused floats", *last]


def load(threads: int) -> None:
    os.environ["OMP_NUM_THREADS"] = str(threads)
    import torch

    torch.set_num_threads(threads)


def versions() -> dict:
    import torch

    return {"PyTorch": torch.__version__}


def classifier(workload: str):
    from torch import nn

    if workload == "cnn":
        return nn.Sequential(
            nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(1600, 128), nn.ReLU(), nn.Linear(128, 10))
    if workload == "lstm":
        class Recurrent(nn.Module):
            def __init__(self):
                super().__init__()
                self.lstm = nn.LSTM(28, 128, batch_first=True)
                self.linear = nn.Linear(128, 10)

            def forward(self, x):
                return self.linear(self.lstm(x)[0][:, -1])

        return Recurrent()
    width = 64 if workload == "mlp32" else 512
    return nn.Sequential(
        nn.Linear(784, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 10))


def transformer():
    import torch
    from torch import nn
    from torch.nn.functional import scaled_dot_product_attention

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm1, self.norm2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
            self.attend = nn.Linear(WIDTH, 3 * WIDTH)
            self.project = nn.Linear(WIDTH, WIDTH)
            self.mlp = nn.Sequential(
                nn.Linear(WIDTH, 4 * WIDTH), nn.GELU(), nn.Linear(4 * WIDTH, WIDTH))

        def forward(self, x):
            n, t, _ = x.shape
            heads = self.attend(self.norm1(x)).view(n, t, 3, HEADS, WIDTH // HEADS)
            query, key, value = heads.permute(2, 0, 3, 1, 4)
            y = scaled_dot_product_attention(query, key, value, is_causal=True)
            x = x + self.project(y.transpose(1, 2).reshape(n, t, WIDTH))
            return x + self.mlp(self.norm2(x))

    class GPT(nn.Module):
        def __init__(self):
            super().__init__()
            self.token = nn.Embedding(VOCABULARY, WIDTH)
            self.position = nn.Embedding(CONTEXT, WIDTH)
            self.blocks = nn.Sequential(*[Block() for _ in range(LAYERS)])
            self.norm = nn.LayerNorm(WIDTH)
            self.output = nn.Linear(WIDTH, VOCABULARY)
            for embedding in (self.token, self.position):
                nn.init.normal_(embedding.weight, std=0.02)

        def forward(self, tokens):
            x = self.token(tokens) + self.position.weight[:tokens.shape[1]]
            return self.output(self.norm(self.blocks(x)))

    return GPT()


def forward_pass(workload: str, words: list[str], data: Data):
    """The model, and its loss as a function of rows."""
    import torch
    from torch.nn.functional import cross_entropy

    if workload == "gpt":
        model = transformer()
        tokens, window = torch.from_numpy(data.tokens), torch.arange(CONTEXT + 1)

        def loss(rows):
            text = tokens[rows[:, None] + window].long()
            logits = model(text[:, :-1])
            return cross_entropy(logits.flatten(0, 1), text[:, 1:].flatten())

        return model, loss
    model = classifier(workload)
    shape = {"cnn": (-1, 1, 28, 28), "lstm": (-1, 28, 28)}.get(workload, (-1, 784))
    images = torch.tensor(data.images).reshape(shape)
    labels = torch.tensor(data.labels).long()
    if "floats" in words:
        images = images.float() / 255
    if "channels-last" in words:
        model = model.to(memory_format=torch.channels_last)
        images = images.contiguous(memory_format=torch.channels_last)

    def loss(rows):
        x = images[rows]
        if x.dtype == torch.uint8:
            x = x.float() / 255
        return cross_entropy(model(x), labels[rows])

    return model, loss


def program(workload: str, setting: str, data: Data, seed: int):
    import torch

    words = setting.split()
    torch.manual_seed(seed)
    model, loss_of = forward_pass(workload, words, data)
    make = torch.optim.AdamW if workload == "gpt" else torch.optim.Adam
    optimizer = make(model.parameters(), lr=1e-3, fused=words[1] == "fused")
    if words[0] == "compiled":
        loss_of = torch.compile(loss_of)

    def train(rows, record: Record) -> None:
        rows = torch.from_numpy(rows)
        record.begin()
        for index in range(len(rows)):
            loss = loss_of(rows[index])
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            record.mark(loss.item())

    return train, sum(weight.numel() for weight in model.parameters())


if __name__ == "__main__":
    main(Library("PyTorch", settings, load, versions, program), __doc__.splitlines()[0])
