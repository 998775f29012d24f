"""`compare-peers train`: whole training steps of Apus, PyTorch, JAX and Keras, in turns.

Every run is a process that trains one workload in one setting with one number of threads and ends.
The first round runs all settings of each peer, the later ones those within 5% of its fastest. The
best counts: a round's ratio is the fastest peer's step over the fastest of Apus, above 1 where Apus is
ahead; the table shows the median of the rounds and its range. The numbers of
parameters, and the losses after the same number of steps, must agree, or the comparison fails.
"""
from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from programs import (
    PEERS, Parser, add_program_options, duration, fail, find_bench, install, progress,
    python_of_peers, run, thread_counts, threads_text)
from train_peer import TAIL, WORKLOADS

LIBRARIES = {"pytorch": "PyTorch", "jax": "JAX", "keras": "Keras"}
MODULES = {
    "pytorch": ["torch"], "jax": ["jax", "optax"], "keras": ["tensorflow", "keras"],
}
KEPT_WITHIN = 1.05


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = Parser(
        prog="compare-peers train", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--workload", metavar="NAMES", default=",".join(WORKLOADS),
        help=f"which of {', '.join(WORKLOADS)} (default: all), between commas")
    parser.add_argument(
        "--peers", metavar="NAMES", default=",".join(LIBRARIES),
        help=f"which of {', '.join(LIBRARIES)} (default: all), between commas")
    parser.add_argument("--rounds", type=int, default=3, help="turns (default: 3)")
    parser.add_argument("--steps", type=int, help="of each run, instead of each workload's own")
    parser.add_argument(
        "--threads", metavar="N,N", help="thread counts of all programs (default: 1 and all)")
    parser.add_argument(
        "--data", type=Path, metavar="FOLDER", help="MNIST's four IDX files, plain or .gz")
    parser.add_argument("--text", type=Path, metavar="FILE", help="tinyshakespeare, for gpt")
    parser.add_argument("--json", metavar="FILE", help="writes the comparison as JSON")
    parser.add_argument("--markdown", metavar="FILE", help="writes the table as Markdown")
    add_program_options(parser, "PyTorch, JAX, Optax, Keras and TensorFlow", "3 GB")
    options = parser.parse_args(arguments)
    options.workloads = names(parser, "--workload", options.workload, WORKLOADS)
    options.libraries = names(parser, "--peers", options.peers, LIBRARIES)
    options.thread_counts = thread_counts(parser, "--threads", options.threads)
    if options.rounds < 1:
        parser.error(f"--rounds must be at least 1, got {options.rounds}")
    if options.steps is not None and options.steps < 2 * TAIL:
        parser.error(f"--steps must be at least {2 * TAIL}, got {options.steps}")
    if options.data is None and options.workloads != ["gpt"]:
        parser.error("--data FOLDER is needed, the four files of MNIST")
    if options.text is None and "gpt" in options.workloads:
        parser.error("--text FILE is needed for gpt, the text of tinyshakespeare")
    return options


def names(parser: Parser, option: str, text: str, known: dict) -> list[str]:
    chosen = text.split(",")
    for name in chosen:
        if name not in known:
            parser.error(f"{option} knows {', '.join(known)}, not '{name}'")
    return [name for name in known if name in chosen]


@dataclass(frozen=True)
class Run:
    """A process: a program that trains one workload its way."""

    program: str
    setting: str
    threads: int

    @property
    def text(self) -> str:
        return ", ".join(part for part in (self.setting, threads_text(self.threads)) if part)


@dataclass
class Runs:
    """What the processes of one workload reported, by round."""

    workload: str
    commands: dict
    results: dict = field(default_factory=dict)

    def median(self, run: Run, key: str) -> float:
        return statistics.median(result[key] for result in self.results[run])

    def best(self, program: str) -> Run:
        """The fastest of those that ran in every round."""
        runs = [run for run in self.commands if run.program == program]
        return min(runs, key=lambda run: self.median(run, "stepMicroseconds"))

    def programs(self) -> list[str]:
        return list(dict.fromkeys(run.program for run in self.commands))

    def drop_slow(self) -> None:
        """Keeps of each peer what is nearly its fastest."""
        bound = {
            program: KEPT_WITHIN * self.median(self.best(program), "stepMicroseconds")
            for program in self.programs()
        }
        self.commands = {
            run: command for run, command in self.commands.items()
            if run.program == "Apus"
            or self.median(run, "stepMicroseconds") <= bound[run.program]
        }

    def round_of_best(self, program: str) -> list[float]:
        """The fastest step of each round."""
        runs = [self.results[run] for run in self.commands if run.program == program]
        return [min(result["stepMicroseconds"] for result in round) for round in zip(*runs)]


def commands(options: argparse.Namespace, workload: str, bench: str, python: str) -> dict:
    steps = options.steps or WORKLOADS[workload].steps
    common = ["--workload", workload, "--steps", str(steps)]
    common += ["--text", str(options.text)] if workload == "gpt" else ["--data", str(options.data)]
    found = {
        Run("Apus", "", count): [bench, "train", *common, "--threads", str(count)]
        for count in options.thread_counts
    }
    for name in options.libraries:
        script = [python, "-B", str(PEERS / f"train_{name}.py")]
        listed = subprocess.run([*script, "--list"], capture_output=True, text=True, check=True)
        for line in listed.stdout.splitlines():
            own, setting = line.split("\t")
            for count in options.thread_counts if own == workload else []:
                found[Run(LIBRARIES[name], setting, count)] = [
                    *script, *common, "--threads", str(count), "--setting", setting]
    return found


def collect(options: argparse.Namespace, bench: str, python: str) -> tuple[list[Runs], dict]:
    all_runs = [Runs(name, commands(options, name, bench, python)) for name in options.workloads]
    versions: dict = {}
    with tempfile.TemporaryDirectory() as folder:
        for round in range(options.rounds):
            for runs in all_runs:
                order = list(runs.commands)
                first = round % len(order)
                for who in order[first:] + order[:first]:
                    progress(f"round {round + 1} of {options.rounds}: {runs.workload}, "
                             f"{who.program} {who.text}")
                    report = run(runs.commands[who], os.path.join(folder, "figures.json"))
                    versions.setdefault("machine", report["machine"])
                    versions.setdefault(who.program, report["versions"])
                    result, = report["results"]
                    runs.results.setdefault(who, []).append(result)
                if round == 0:
                    runs.drop_slow()
    progress()
    return all_runs, versions


def figures(runs: Runs, run: Run) -> dict:
    keys = ("stepMicroseconds", "spread", "samplesPerSecond", "peakResidentBytes",
            "firstStepSeconds", "finalLoss", "floorShare", "allocationsPerStep", "parameterCount")
    return {
        "threads": run.threads, **({"setting": run.setting} if run.setting else {}),
        **{key: runs.median(run, key) for key in keys
           if all(result.get(key) is not None for result in runs.results[run])},
    }


def compare(runs: Runs) -> dict:
    """The figures of a workload: those of Apus by thread count, and the best of each peer."""
    apus = [figures(runs, run) for run in runs.commands if run.program == "Apus"]
    best = runs.best("Apus")
    own = figures(runs, best)
    tolerance = WORKLOADS[runs.workload].tolerance
    peers = []
    for program in runs.programs():
        if program == "Apus":
            continue
        ratios = [peer / apus for peer, apus in
                  zip(runs.round_of_best(program), runs.round_of_best("Apus"))]
        peer = figures(runs, runs.best(program))
        losses = [result["finalLoss"] for run, results in runs.results.items()
                  if run.program == program for result in results]
        peers.append({
            "program": program, **peer, "ratio": statistics.median(ratios), "lowest": min(ratios),
            "highest": max(ratios), "meanLoss": statistics.fmean(losses),
            "memoryRatio": peer["peakResidentBytes"] / own["peakResidentBytes"],
            "lossesAgree": all(
                abs(loss - own["finalLoss"]) <= tolerance * own["finalLoss"] for loss in losses),
            "sameParameters": peer["parameterCount"] == own["parameterCount"],
            "tried": [figures(runs, run) for run in runs.results if run.program == program],
        })
    by_threads = {figure["threads"]: figure["stepMicroseconds"] for figure in apus}
    return {
        "name": runs.workload, "bestThreads": best.threads, "apus": apus,
        "threadsRatio": by_threads[min(by_threads)] / by_threads[max(by_threads)],
        "tolerance": tolerance, "peers": peers,
    }


def best_apus(row: dict) -> dict:
    return next(figure for figure in row["apus"] if figure["threads"] == row["bestThreads"])


def step(figure: dict) -> str:
    return duration(figure["stepMicroseconds"] / 1e6)


def mebibytes(figure: dict) -> str:
    return f"{figure['peakResidentBytes'] / 2**20:.0f} MiB"


def heading(versions: dict, rounds: int) -> list[str]:
    machine = versions["machine"]
    return [
        f"{machine['processor']}, {machine['processorCount']} processors; "
        f"{rounds} round{'' if rounds == 1 else 's'}",
        "; ".join(
            f"{program}: " + ", ".join(f"{key} {value}" for key, value in versions[program].items())
            for program in versions if program != "machine"),
    ]


def print_table(rows: list[dict], versions: dict, rounds: int) -> None:
    print("training steps: " + "\n".join(heading(versions, rounds)))
    for row in rows:
        own = best_apus(row)
        share = f"; {own['floorShare']:.2f} of the floor" if "floorShare" in own else ""
        print(f"\n{row['name']}")
        for figure in row["apus"]:
            print(f"  Apus, {threads_text(figure['threads']):<11}{step(figure):>12} "
                  f"±{100 * figure['spread']:.1f}%  {mebibytes(figure):>9}  first step "
                  f"{figure['firstStepSeconds']:6.2f} s  loss {figure['finalLoss']:.4f}")
        if len(row["apus"]) > 1:
            print(f"  {row['apus'][-1]['threads']} threads: {row['threadsRatio']:.2f} times "
                  f"{threads_text(row['apus'][0]['threads'])}{share}")
        for peer in row["peers"]:
            print(f"  {peer['program']:<16}{step(peer):>12} ±{100 * peer['spread']:.1f}%  "
                  f"{mebibytes(peer):>9}  first step {peer['firstStepSeconds']:6.2f} s  "
                  f"loss {peer['finalLoss']:.4f}  ratio {peer['ratio']:.2f} "
                  f"({peer['lowest']:.2f}...{peer['highest']:.2f}), memory "
                  f"{peer['memoryRatio']:.1f}: {peer['setting']}, {threads_text(peer['threads'])}")
    print("\nratio: a step of the peer / a step of Apus, each with its best setting and threads.")


def markdown(rows: list[dict], versions: dict, rounds: int) -> str:
    programs = list(dict.fromkeys(peer["program"] for row in rows for peer in row["peers"]))
    counts = [figure["threads"] for figure in rows[0]["apus"]]
    titles = [
        "workload", *(f"Apus, {threads_text(count)}" for count in counts), "share of floor",
        *programs, *(f"memory, {program} ÷ Apus" for program in programs),
        "first step: " + ", ".join(["Apus", *programs]),
    ]
    lines = [line + "  " for line in heading(versions, rounds)]
    lines += ["", f"| {' | '.join(titles)} |", f"|{' --- |' * len(titles)}"]
    for row in rows:
        own, peers = best_apus(row), {peer["program"]: peer for peer in row["peers"]}
        cells = [row["name"], *(step(figure) for figure in row["apus"])]
        cells.append(f"{own['floorShare']:.2f}" if "floorShare" in own else "–")
        for program in programs:
            peer = peers.get(program)
            cells.append(f"{step(peer)}: **{peer['ratio']:.2f}** "
                         f"({peer['lowest']:.2f} to {peer['highest']:.2f})" if peer else "–")
        cells += [f"{peers[program]['memoryRatio']:.1f}" if program in peers else "–"
                  for program in programs]
        starts = [own, *(peers.get(program) for program in programs)]
        cells.append(", ".join(
            f"{figure['firstStepSeconds']:.2f} s" if figure else "–" for figure in starts))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def disagreements(rows: list[dict]) -> list[str]:
    return [
        f"{row['name']} has {peer['parameterCount']:.0f} parameters by {peer['program']}, "
        f"{best_apus(row)['parameterCount']:.0f} by Apus"
        for row in rows for peer in row["peers"] if not peer["sameParameters"]
    ] + [
        f"the losses of {row['name']} differ: {peer['meanLoss']:.4f} by {peer['program']}, "
        f"{best_apus(row)['finalLoss']:.4f} by Apus, more than {row['tolerance']:.0%}"
        for row in rows for peer in row["peers"] if not peer["lossesAgree"]
    ]


def main(arguments: list[str]) -> None:
    options = parse(arguments)
    if options.install:
        install("requirements-train.txt")
    python = python_of_peers(
        options.python, [module for name in options.libraries for module in MODULES[name]])
    all_runs, versions = collect(options, find_bench(options.bench), python)
    rows = [compare(runs) for runs in all_runs]
    if options.json:
        report = {"schema": 1, "suite": "train", "rounds": options.rounds, "versions": versions,
                  "results": rows}
        Path(options.json).write_text(json.dumps(report, indent=2) + "\n")
    if options.markdown:
        Path(options.markdown).write_text(markdown(rows, versions, options.rounds))
    print_table(rows, versions, options.rounds)
    problems = disagreements(rows)
    if problems:
        sys.stdout.flush()
        fail("\ncompare-peers: ".join(problems))
