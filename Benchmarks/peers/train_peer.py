"""What the peers of `bench train` share: workloads, options, data, timing and the JSON file.

Each library has a script, `train_LIBRARY.py`, that lists its settings for each workload and makes a
program: a function that trains on given batches and marks the end of each step (or of a few, where
the library runs several at once; the time of one is then their mean). A step takes a batch of rows
from data in memory by a shuffled order, and goes forward, backward and through the optimizer. The
first third of the steps warms up; the median of the others counts.
"""
from __future__ import annotations

import argparse
import gzip
import json
import os
import platform
import statistics
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

from peer import processor, spread

# The steps at the end whose mean is the final loss.
TAIL = 50


@dataclass(frozen=True)
class Workload:
    batch: int
    # Of `compare-peers train`, enough for a loss to compare and a steady time.
    steps: int
    # By how much of itself the mean of the last losses may differ between programs: about four
    # standard deviations between seeds, measured with PyTorch over five to eight seeds.
    tolerance: float


WORKLOADS = {
    "mlp32": Workload(32, 2000, 0.50),
    "mlp512": Workload(128, 600, 0.25),
    "cnn": Workload(64, 240, 0.17),
    "lstm": Workload(64, 400, 0.26),
    "gpt": Workload(12, 150, 0.03),
}

# The network of `gpt`: pre-norm blocks, a norm behind them, an output layer of its own, all with
# biases, 818,241 parameters. Linear layers start as PyTorch's do, embeddings from N(0, 0.02²).
LAYERS, HEADS, WIDTH, CONTEXT, VOCABULARY = 4, 4, 128, 64, 65


@dataclass
class Data:
    """Images as bytes [n, 784] with labels, or the tokens of a text."""

    images: object = None
    labels: object = None
    tokens: object = None


@dataclass
class Record:
    """The ends of the steps, and the losses of the last."""

    steps: int
    seconds: list = field(default_factory=list)
    losses: list = field(default_factory=list)
    # From the start of the process to the end of the first step.
    first: float | None = None
    count: int = 0

    def begin(self) -> None:
        self.last = time.perf_counter()

    def mark(self, loss: float | None = None, steps: int = 1) -> None:
        now = time.perf_counter()
        if self.first is None:
            self.first = since_start()
        self.count += steps
        if self.count > self.steps // 3:
            self.seconds.append((now - self.last) / steps)
        if loss is not None and self.count > self.steps - TAIL:
            self.losses.append(float(loss))
        self.last = now

    def result(self, workload: str, setting: str, threads: int) -> dict:
        median = statistics.median(self.seconds)
        return {
            "name": workload, "setting": setting, "threads": threads, "steps": self.steps,
            "stepMicroseconds": median * 1e6, "spread": spread(self.seconds),
            "samplesPerSecond": WORKLOADS[workload].batch / median,
            "peakResidentBytes": peak_resident_bytes(), "firstStepSeconds": self.first,
            "finalLoss": statistics.fmean(self.losses),
        }


@dataclass
class Library:
    name: str
    # The settings of a workload; none where the library does not take part.
    settings: Callable[[str], list[str]]
    # Loads the library for so many threads: what the process does before anything else.
    load: Callable[[int], None]
    versions: Callable[[], dict]
    # (workload, setting, data, seed): a function of the rows of all steps and the record, and the
    # number of parameters.
    program: Callable[[str, str, Data, int], tuple[Callable[[object, Record], None], int]]


def since_start() -> float:
    """Seconds since the process began, to a hundredth."""
    with open("/proc/self/stat") as file:
        ticks = int(file.read().rsplit(")", 1)[1].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")


def peak_resident_bytes() -> int:
    """Of this program alone: `ru_maxrss` would start from the one that started it."""
    with open("/proc/self/status") as file:
        for line in file:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    raise OSError("/proc/self/status has no VmHWM")


def read_idx(folder: Path, name: str, header: int):
    import numpy as np

    plain = folder / name
    bytes = plain.read_bytes() if plain.exists() else gzip.open(folder / f"{name}.gz").read()
    return np.frombuffer(bytes, np.uint8, offset=header)


def read_data(workload: str, options: argparse.Namespace) -> Data:
    import numpy as np

    if workload == "gpt":
        letters = np.frombuffer(options.text.read_bytes(), np.uint8)
        characters, tokens = np.unique(letters, return_inverse=True)
        if len(characters) > VOCABULARY:
            sys.exit(f"{options.text}: {len(characters)} characters, expected {VOCABULARY}")
        return Data(tokens=tokens.astype(np.uint8))
    return Data(
        images=read_idx(options.data, "train-images-idx3-ubyte", 16).reshape(-1, 784),
        labels=read_idx(options.data, "train-labels-idx1-ubyte", 8))


def rows_of_steps(workload: str, data: Data, steps: int, seed: int):
    """Rows of each step [steps, batch]: images in a new order each epoch, or starts of windows."""
    import numpy as np

    random = np.random.default_rng(seed)
    batch = WORKLOADS[workload].batch
    if data.tokens is not None:
        return random.integers(0, len(data.tokens) - CONTEXT, (steps, batch), dtype=np.int64)
    count = len(data.images) // batch
    epochs = [
        random.permutation(len(data.images))[:count * batch].reshape(count, batch)
        for _ in range(-(-steps // count))
    ]
    return np.concatenate(epochs)[:steps]


def groups(rows, size: int):
    """The rows of `size` steps at a time; the last group may be smaller."""
    return [rows[start:start + size] for start in range(0, len(rows), size)]


def main(library: Library, description: str) -> None:
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--workload", choices=list(WORKLOADS), default="mlp32")
    parser.add_argument("--setting", help="one of --list; without it, the first")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--steps", type=int, help="without it, as many as compare-peers takes")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--data", type=Path, help="folder of MNIST's IDX files, plain or .gz")
    parser.add_argument("--text", type=Path, help="tinyshakespeare, for gpt")
    parser.add_argument("--json", metavar="FILE", help="writes the figures as JSON")
    parser.add_argument("--list", action="store_true", help="prints workloads and their settings")
    options = parser.parse_args()
    if options.list:
        for name in WORKLOADS:
            for setting in library.settings(name):
                print(f"{name}\t{setting}")
        return
    workload = options.workload
    settings = library.settings(workload)
    setting = options.setting or next(iter(settings), None)
    if setting not in settings:
        parser.error(f"{library.name} has no setting '{setting}' for {workload}; --list shows them")
    steps = options.steps or WORKLOADS[workload].steps
    if options.threads < 1 or steps < 2 * TAIL:
        parser.error(f"--threads must be at least 1, and --steps at least {2 * TAIL}")
    if (options.text if workload == "gpt" else options.data) is None:
        parser.error(f"{workload} needs {'--text' if workload == 'gpt' else '--data'}")

    machine = {"processor": processor(), "processorCount": len(os.sched_getaffinity(0))}
    library.load(options.threads)
    data = read_data(workload, options)
    record = Record(steps)
    train, parameter_count = library.program(workload, setting, data, options.seed)
    train(rows_of_steps(workload, data, steps, options.seed), record)
    result = record.result(workload, setting, options.threads)
    result["parameterCount"] = parameter_count
    if options.json:
        report = {
            "schema": 1, "suite": "train", "program": library.name, "machine": machine,
            "versions": {**library.versions(), "Python": platform.python_version()},
            "results": [result],
        }
        with open(options.json, "w") as file:
            json.dump(report, file, indent=2, sort_keys=True)
        return
    print(f"{library.name} {workload}, {setting}, {options.threads} thread(s): "
          f"{result['stepMicroseconds']:.0f} µs a step ±{100 * result['spread']:.1f}%, "
          f"{result['peakResidentBytes'] / 2**20:.0f} MiB, first step after "
          f"{result['firstStepSeconds']:.2f} s, final loss {result['finalLoss']:.4f}")
