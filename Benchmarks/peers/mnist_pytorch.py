#!/usr/bin/env python3
"""Trains the network of `mnist --model mlp` (or wide) with PyTorch, for comparison.

Needs torch and numpy; for example in a virtual environment: pip install torch numpy. Data are in
memory as floats, and a step is a batch taken, forward, backward and Adam: the median of an epoch,
with the fused and the plain optimizer. It is the same work as a step of `mnist`.

    Benchmarks/peers/mnist_pytorch.py --data FOLDER [--threads N] [--model mlp|wide] [--epochs N]
"""
import argparse
import gzip
import statistics
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn


def read_idx(folder: Path, name: str, header: int) -> np.ndarray:
    plain = folder / name
    data = plain.read_bytes() if plain.exists() else gzip.open(folder / (name + ".gz")).read()
    return np.frombuffer(data, np.uint8, offset=header)


def load(folder: Path, part: str) -> tuple[torch.Tensor, torch.Tensor]:
    images = read_idx(folder, f"{part}-images-idx3-ubyte", 16).reshape(-1, 784)
    labels = read_idx(folder, f"{part}-labels-idx1-ubyte", 8)
    return torch.from_numpy(images.astype(np.float32) / 255), torch.from_numpy(
        labels.astype(np.int64))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of the four IDX files")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--model", choices=["mlp", "wide"], default="mlp")
    parser.add_argument("--epochs", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    width, batch = (64, 32) if options.model == "mlp" else (512, 128)
    x, y = load(options.data, "train")
    test_x, test_y = load(options.data, "t10k")

    for fused in (False, True):
        model = nn.Sequential(
            nn.Linear(784, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(),
            nn.Linear(width, 10))
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=fused)
        loss = nn.CrossEntropyLoss()
        for _ in range(options.epochs):
            order = torch.randperm(len(x))
            times = []
            for start in range(0, len(x), batch):
                begin = time.perf_counter()
                rows = order[start:start + batch]
                optimizer.zero_grad(set_to_none=True)
                loss(model(x[rows]), y[rows]).backward()
                optimizer.step()
                times.append(time.perf_counter() - begin)
        with torch.no_grad():
            accuracy = (model(test_x).argmax(1) == test_y).float().mean().item()
        print(
            f"PyTorch {torch.__version__} {options.model}, {options.threads} thread(s), "
            f"{'fused' if fused else 'plain'} Adam: {statistics.median(times) * 1e6:.0f} µs a step, "
            f"test accuracy {accuracy:.4f}")


if __name__ == "__main__":
    main()
