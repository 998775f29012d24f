"""What the peers' suites share: operands, timing, options and the JSON file.

A suite is a list of `Case`s. Each has a name and a size, spelled as `bench` spells them, and a
statement for each library; an empty one means that the library has no such operation, and of several
(a tuple) the fastest counts. Statements are timed as `timeit` does, so that neither a function call
nor the garbage collector is measured.
"""
from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import timeit
from dataclasses import dataclass
from typing import Callable

# Set by some systems for other programs; they make NumPy's own OpenBLAS slower.
for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
    os.environ.pop(name, None)

SECONDS_PER_BATCH = 0.002
PEERS = {"numpy": "NumPy", "pytorch": "PyTorch"}


@dataclass
class Case:
    name: str
    size: str
    numpy: str | tuple
    pytorch: str | tuple
    # Makes the operands: names and NumPy arrays.
    operands: Callable[[], dict]
    # Floating-point operations of one call, where that is what counts.
    operations: float = 0
    # Statements that make more operands for PyTorch, such as those of another layout.
    pytorch_setup: str = ""


def hashed(count: int, seed: int):
    """The hash of `Pattern.swift`: lowbias32 of each index."""
    import numpy as np

    x = np.arange(count, dtype=np.uint32) + np.uint32(seed * 0x9E3779B9 & 0xFFFFFFFF)
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x7FEB352D)
    x ^= x >> np.uint32(15)
    x *= np.uint32(0x846CA68B)
    x ^= x >> np.uint32(16)
    return x


def floats(shape: tuple, low: float, high: float, seed: int):
    import numpy as np

    unit = (hashed(int(np.prod(shape)), seed) >> np.uint32(8)).astype(np.float32) * np.float32(2**-24)
    return (np.float32(low) + unit * np.float32(high - low)).reshape(shape)


def positions(shape: tuple, below: int, seed: int):
    import numpy as np

    return ((hashed(int(np.prod(shape)), seed) >> np.uint32(8)).astype(np.int64) % below).reshape(shape)


def once(make: Callable[[], dict]) -> Callable[[], dict]:
    """`make`, whose operands are kept for the cases that share them."""
    kept = []

    def get() -> dict:
        if not kept:
            kept.append(make())
        return kept[0]

    return get


def selected(cases: list[Case], words: str) -> list[Case]:
    """The cases whose name and size contain all words of one of the alternatives between commas."""
    alternatives = [part.split() for part in words.lower().split(",") if part.split()]
    return [
        case for case in cases
        if any(all(word in f"{case.name} {case.size}".lower() for word in part)
               for part in alternatives)
    ]


def processor() -> str:
    try:
        with open("/proc/cpuinfo") as file:
            for line in file:
                if line.startswith("model name"):
                    return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or "unknown processor"


def mean_magnitude(result) -> float:
    """The number by which two programs see that they did the same work."""
    import numpy as np

    values = np.abs(np.asarray(result))
    return float(values.mean(dtype=np.float64)) if values.size else 0.0


class Library:
    """NumPy or PyTorch: the names that statements see, made from the operands of a case."""

    def __init__(self, peer: str, threads: int):
        self.peer = peer
        # NumPy's BLAS reads this when it is loaded.
        os.environ["OPENBLAS_NUM_THREADS"] = str(threads)
        if peer == "pytorch":
            os.environ["OMP_NUM_THREADS"] = str(threads)
        import numpy as np

        self.names = {"np": np, "view": np.lib.stride_tricks.sliding_window_view}
        self.versions = {"NumPy": np.__version__}
        if peer == "pytorch":
            import torch

            torch.set_num_threads(threads)
            torch.autograd.grad_mode.inference_mode(True).__enter__()
            self.names = {"torch": torch, "F": torch.nn.functional}
            self.versions = {"PyTorch": torch.__version__}
            self.convert = torch.from_numpy

    def namespace(self, operands: dict) -> dict:
        if self.peer == "pytorch":
            operands = {
                name: self.convert(value) if hasattr(value, "__array_interface__") and value.shape
                else value
                for name, value in operands.items()
            }
        return {**self.names, **operands}


def calls_per_batch(timer: timeit.Timer) -> int:
    """As many calls as take `SECONDS_PER_BATCH`, at least one."""
    calls = 1
    while True:
        elapsed = timer.timeit(calls)
        if elapsed >= SECONDS_PER_BATCH / 4:
            return max(1, int(calls * SECONDS_PER_BATCH / elapsed))
        calls *= 8 if elapsed < SECONDS_PER_BATCH / 64 else 2


def spread(samples: list[float]) -> float:
    """Half the range between the quartiles, as a share of the median."""
    ordered = sorted(samples)
    lower, upper = ordered[(len(ordered) - 1) // 4], ordered[(len(ordered) * 3 - 1) // 4]
    return (upper - lower) / 2 / statistics.median(ordered)


class Measurement:
    """The statements of a case for one library, and the seconds of each."""

    def __init__(self, case: Case, library: Library):
        statements = getattr(case, library.peer)
        if isinstance(statements, str):
            statements = (statements,)
        names = library.namespace(case.operands())
        if library.peer == "pytorch":
            exec(case.pytorch_setup, names)
        self.case = case
        self.magnitude = mean_magnitude(eval(statements[0], names))
        self.timers = [timeit.Timer(statement, globals=names) for statement in statements]
        self.calls = []
        for timer in self.timers:
            timer.timeit(1)
            self.calls.append(calls_per_batch(timer))
        self.samples: list = [[] for _ in statements]

    def run(self) -> None:
        for timer, calls, samples in zip(self.timers, self.calls, self.samples):
            timer.timeit(1)
            samples.append(timer.timeit(calls) / calls)

    def result(self, threads: int) -> dict:
        """The figures of the fastest statement."""
        medians = [statistics.median(samples) for samples in self.samples]
        best = medians.index(min(medians))
        samples = self.samples[best]
        result = {
            "name": self.case.name, "size": self.case.size, "threads": threads,
            "calls": self.calls[best], "rounds": len(samples),
            "seconds": {
                "median": medians[best], "minimum": min(samples), "maximum": max(samples)},
            "spread": spread(samples), "meanMagnitude": self.magnitude,
        }
        if self.case.operations:
            result["gigaflops"] = self.case.operations / medians[best] / 1e9
        return result


def measure(cases: list[Case], library: Library, threads: int, rounds: int) -> list[dict]:
    measurements = [Measurement(case, library) for case in cases if getattr(case, library.peer)]
    for _ in range(rounds):
        for measurement in measurements:
            measurement.run()
    return [measurement.result(threads) for measurement in measurements]


def main(suite: str, description: str, cases: list[Case]) -> None:
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--peer", choices=list(PEERS), default="numpy")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=7, help="batches of each case")
    parser.add_argument("--filter", metavar="WORDS", help="as of bench")
    parser.add_argument("--json", metavar="FILE", help="writes the figures as JSON")
    parser.add_argument("--list", action="store_true", help="prints names and sizes of the cases")
    options = parser.parse_args()
    if options.threads < 1 or options.rounds < 1:
        parser.error("--threads and --rounds must be at least 1")
    if options.filter is not None:
        cases = selected(cases, options.filter)
        if not cases:
            parser.error(f"--filter: no case matches '{options.filter}'; --list shows them")
    if options.list:
        for case in cases:
            print(f"{case.name}\t{case.size}")
        return

    library = Library(options.peer, options.threads)
    results = measure(cases, library, options.threads, options.rounds)
    if options.json:
        report = {
            "schema": 1, "suite": suite, "program": PEERS[options.peer],
            "machine": {"processor": processor(), "processorCount": len(os.sched_getaffinity(0))},
            "versions": {**library.versions, "Python": platform.python_version()},
            "results": results,
        }
        with open(options.json, "w") as file:
            json.dump(report, file, indent=2, sort_keys=True)
        return
    print(f"{PEERS[options.peer]} {library.versions}, {options.threads} thread(s)")
    for result in results:
        print(f"{result['name']:<24}{result['size']:>16}{result['seconds']['median'] * 1e6:14.2f} µs"
              f"{100 * result['spread']:7.1f}%")
