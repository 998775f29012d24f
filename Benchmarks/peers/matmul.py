#!/usr/bin/env python3
"""Matrix products with NumPy or PyTorch: the cases of `bench matmul`, under the same names.

    Benchmarks/peers/matmul.py --peer numpy|pytorch [--threads N] [--rounds N] [--filter WORDS]
"""
from peer import Case, floats, main, once

SIZES = [8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048]
LAYERS = [(32, 784, 64), (128, 784, 512)]
BATCHES = [(48, 64, 32, 64), (512, 8, 8, 8), (16, 128, 128, 128)]
VECTORS = [64, 256, 1024, 2048]


def product(name: str, size: str, first: tuple, second: tuple, transposed: str = "NN") -> Case:
    """A product of operands of these shapes as stored; T swaps the last two axes of one first."""
    columns = 1 if len(second) == 1 else second[-2] if transposed[1] == "T" else second[-1]
    operations = 2 * columns
    for extent in first:
        operations *= extent
    operand_a = "a.mT" if transposed[0] == "T" else "a"
    operand_b = "b.mT" if transposed[1] == "T" else "b"
    statement = f"{operand_a} @ {operand_b}"
    make = once(lambda: {"a": floats(first, -1, 1, 1), "b": floats(second, -1, 1, 2)})
    return Case(name, size, statement, statement, make, operations)


def cases() -> list[Case]:
    made = []
    for n in SIZES:
        for transposed in ("NN", "TN", "NT", "TT"):
            name = "square" if transposed == "NN" else f"square {transposed}"
            made.append(product(name, str(n), (n, n), (n, n), transposed))
    for m, k, n in LAYERS:
        made.append(product("layer", f"{m}x{k}x{n}", (m, k), (k, n)))
        made.append(product("layer weight", f"{k}x{m}x{n}", (m, k), (m, n), "TN"))
    for batch, m, k, n in BATCHES:
        size = f"{batch}x{m}x{k}x{n}"
        made.append(product("batch", size, (batch, m, k), (batch, k, n)))
        made.append(product("batch NT", size, (batch, m, k), (batch, n, k), "NT"))
    for n in VECTORS:
        made.append(product("matrix vector", str(n), (n, n), (n,)))
        made.append(product("vector matrix", str(n), (n,), (n, n)))
    return made


if __name__ == "__main__":
    main("matmul", __doc__.splitlines()[0], cases())
