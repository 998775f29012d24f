"""The programs that `compare-peers` starts: where they are, how they are made and run."""
from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

PEERS = Path(__file__).resolve().parent
ROOT = PEERS.parent.parent
ENVIRONMENT = ROOT / ".build" / "peers"


def fail(message: str) -> None:
    sys.exit(f"compare-peers: {message}")


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, without the usage; --help shows that."""

    def error(self, message: str) -> None:
        self.exit(2, f"compare-peers: {message}\n")


def thread_counts(parser: Parser, option: str, text: str | None) -> list[int]:
    if text is None:
        return sorted({1, processor_count()})
    try:
        counts = sorted({int(part) for part in text.split(",")})
    except ValueError:
        counts = []
    if not counts or counts[0] < 1:
        parser.error(f"{option} needs numbers of threads such as 1,2, got '{text}'")
    return counts


def processor_count() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def add_program_options(parser: Parser, libraries: str, size: str) -> None:
    parser.add_argument(
        "--install", action="store_true",
        help=f"first installs {libraries} into .build/peers, about {size}")
    parser.add_argument(
        "--python", metavar="PATH", default=os.environ.get("APUS_PEERS_PYTHON"),
        help=f"a Python that has {libraries} (default: $APUS_PEERS_PYTHON, else that of --install)")
    parser.add_argument(
        "--bench", metavar="PATH", help="an executable of bench; without it, one is built")


def install(requirements: str) -> None:
    python = ENVIRONMENT / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], check=True)
    subprocess.run(
        [str(python), "-m", "pip", "install", "--quiet", "-r", str(PEERS / requirements)],
        check=True)


def python_of_peers(path: str | None, modules: list[str]) -> str:
    wanted = ", ".join(modules)
    python = path or str(ENVIRONMENT / "bin" / "python")
    if shutil.which(python) is None:
        if path:
            fail(f"{path} is no program")
        fail(f"{wanted} are not installed; run scripts/compare-peers --install, "
             "or name a Python that has them by --python")
    check = subprocess.run([python, "-c", f"import {wanted}"], capture_output=True, text=True)
    if check.returncode != 0:
        reason = check.stderr.strip().splitlines()[-1:] or ["it stopped"]
        fail(f"{python} cannot import {wanted}: {reason[0]}")
    return python


def find_bench(path: str | None) -> str:
    bench = path or build_bench()
    if shutil.which(bench) is None:
        fail(f"{bench} is no program")
    return bench


def build_bench() -> str:
    command = ["swift", "build", "--package-path", str(ROOT), "-c", "release"]
    # What the build prints is no part of the comparison.
    built = subprocess.run(
        [*command, "--product", "bench"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if built.returncode != 0:
        fail(f"the build failed\n{built.stdout}")
    folder = subprocess.run([*command, "--show-bin-path"], capture_output=True, text=True, check=True)
    return str(Path(folder.stdout.strip()) / "bench")


def run(command: list[str], file: str) -> dict:
    """What the program wrote into `file` by its option --json."""
    done = subprocess.run([*command, "--json", file], capture_output=True, text=True)
    if done.returncode != 0:
        reason = (done.stderr or done.stdout).strip().splitlines() or ["it stopped"]
        line = next((line for line in reason if line.startswith("Error:")), reason[-1])
        fail(f"{Path(command[0]).name} {' '.join(command[1:])}\n{line}")
    with open(file) as text:
        return json.load(text)


def progress(text: str = "") -> None:
    """Shows what runs, where a person looks; without a text, clears the line."""
    if sys.stderr.isatty():
        print(f"\r\033[2K{text}", end="", file=sys.stderr, flush=True)


def duration(seconds: float) -> str:
    for unit, scale in (("µs", 1e6), ("ms", 1e3)):
        if seconds * scale < 1000:
            return f"{seconds * scale:.2f} {unit}"
    return f"{seconds:.2f} s"


def threads_text(count: int) -> str:
    return f"{count} thread{'' if count == 1 else 's'}"
