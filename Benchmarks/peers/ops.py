#!/usr/bin/env python3
"""Array operations with NumPy or PyTorch: the cases of `bench ops`, under the same names.

    Benchmarks/peers/ops.py --peer numpy|pytorch [--threads N] [--rounds N] [--filter WORDS]
"""
from peer import Case, floats, main, once, positions

# name, NumPy, PyTorch. a and b are matrices in -4...4, p is positive, q and r have one axis.
LIGHT = [
    ("add", "a + b", "a + b"),
    ("subtract", "a - b", "a - b"),
    ("multiply", "a * b", "a * b"),
    ("divide", "a / p", "a / p"),
    ("maximum", "np.maximum(a, b)", "torch.maximum(a, b)"),
    ("add in place", "np.add(c, b, out=c)", "c.add_(b)"),
    ("add scalar", "a + s", "a + 1.5"),
    ("multiply scalar", "a * s", "a * 1.5"),
    ("add row", "a + row", "a + row"),
    ("add column", "a + column", "a + column"),
    ("add transposed", "a + b.T", "a + b.t()"),
    ("negate", "-a", "-a"),
    ("magnitude", "np.abs(a)", "a.abs()"),
    ("square", "np.square(a)", "a.square()"),
    ("relu", "np.maximum(a, zero)", "a.relu()"),
    ("compare", "a < b", "a < b"),
    ("where", "np.where(mask, a, b)", "torch.where(mask, a, b)"),
    ("clamp", "np.clip(a, low, one)", "a.clamp(-1, 1)"),
    ("square root", "np.sqrt(p)", "p.sqrt()"),
    ("reciprocal square root", "1 / np.sqrt(p)", "p.rsqrt()"),
]
HEAVY = [
    ("exp", "np.exp(a)", "a.exp()"),
    ("expm1", "np.expm1(a)", "a.expm1()"),
    ("log", "np.log(p)", "p.log()"),
    ("log1p", "np.log1p(p)", "p.log1p()"),
    ("sin", "np.sin(a)", "a.sin()"),
    ("cos", "np.cos(a)", "a.cos()"),
    ("tanh", "np.tanh(a)", "a.tanh()"),
    ("sigmoid", "1 / (1 + np.exp(-a))", "a.sigmoid()"),
    ("softplus", "np.logaddexp(a, zero)", "F.softplus(a)"),
    ("erf", "", "a.erf()"),
    ("gelu", "", "F.gelu(a)"),
    ("silu", "a / (1 + np.exp(-a))", "F.silu(a)"),
    ("power", "p ** b", "p ** b"),
]
REDUCTIONS = [
    ("sum all", "a.sum()", "a.sum()"),
    ("sum first axis", "a.sum(0)", "a.sum(0)"),
    ("sum last axis", "a.sum(-1)", "a.sum(-1)"),
    ("sum middle axis", "cube.sum(1)", "cube.sum(1)"),
    ("mean all", "a.mean()", "a.mean()"),
    ("mean last axis", "a.mean(-1)", "a.mean(-1)"),
    ("max all", "a.max()", "a.max()"),
    ("max first axis", "a.max(0)", "a.amax(0)"),
    ("max last axis", "a.max(-1)", "a.amax(-1)"),
    ("max middle axis", "cube.max(1)", "cube.amax(1)"),
    ("min all", "a.min()", "a.min()"),
    ("sum of squares all", "np.vdot(a, a)", "torch.dot(a.view(-1), a.view(-1))"),
    ("log sum exp last axis", "", "a.logsumexp(-1)"),
    ("variance last axis", "a.var(-1)", "a.var(-1, correction=0)"),
    ("cumulative sum last axis", "a.cumsum(-1)", "a.cumsum(-1)"),
    ("argmax last axis", "a.argmax(-1)", "a.argmax(-1)"),
    ("argmax first axis", "a.argmax(0)", "a.argmax(0)"),
]
ROWS = [
    ("softmax", "softmax(a)", "F.softmax(a, -1)"),
    ("log softmax", "log_softmax(a)", "F.log_softmax(a, -1)"),
    ("normalize rows", "normalize(a)", "F.layer_norm(a, width)"),
]
MOVES = [
    ("transposed copy", "np.ascontiguousarray(a.T)", "a.t().contiguous()"),
    ("permuted copy", "np.ascontiguousarray(cube.transpose(1, 0, 2))",
     "cube.permute(1, 0, 2).contiguous()"),
    ("concatenate", "np.concatenate((a, b))", "torch.cat((a, b))"),
    ("take rows", "a.take(q, 0)", "a.index_select(0, q)"),
    ("take columns", "a.take(q, 1)", "a.index_select(1, q)"),
    ("take elements", "flat.take(flat_places)", "flat.index_select(0, flat_places)"),
    ("gather", "np.take_along_axis(a, places, 1)", "a.gather(1, places)"),
    ("float to double", "a.astype(np.float64)", "a.double()"),
    ("double to float", "doubles.astype(np.float32)", "doubles.float()"),
    ("bytes to float", "octets.astype(np.float32)", "octets.float()"),
    ("float to int32", "a.astype(np.int32)", "a.int()"),
    ("int64 to float", "places.astype(np.float32)", "places.float()"),
    ("bool to float", "mask.astype(np.float32)", "mask.float()"),
]
ORDER = [
    ("sort", "np.sort(a)", "a.sort().values"),
    ("argsort", "a.argsort()", "a.argsort()"),
    ("top 8", "", "a.topk(8).values"),
]
SIZES = [
    (32, 32, (8, 16, 8)), (256, 256, (32, 64, 32)), (2000, 2000, (100, 400, 100)),
]


def softmax(a):
    import numpy as np

    e = np.exp(a - a.max(-1, keepdims=True))
    e /= e.sum(-1, keepdims=True)
    return e


def log_softmax(a):
    import numpy as np

    shifted = a - a.max(-1, keepdims=True)
    shifted -= np.log(np.exp(shifted).sum(-1, keepdims=True))
    return shifted


def normalize(a):
    import numpy as np

    centered = a - a.mean(-1, keepdims=True)
    variance = np.square(centered).mean(-1, keepdims=True)
    centered /= np.sqrt(variance + np.float32(1e-5))
    return centered


def operands(rows: int, columns: int, cube: tuple):
    def make() -> dict:
        import numpy as np

        a = floats((rows, columns), -4, 4, 1)
        names = {
            "a": a, "b": floats((rows, columns), -4, 4, 2), "c": a.copy(),
            "p": floats((rows, columns), 0.0625, 4, 3),
            "row": floats((columns,), -4, 4, 4), "column": floats((rows, 1), -4, 4, 5),
            "q": positions((rows,), rows, 6), "places": positions((rows, columns), columns, 7),
            "s": np.float32(1.5), "zero": np.float32(0), "width": (columns,),
            "softmax": softmax, "log_softmax": log_softmax, "normalize": normalize,
            "low": np.float32(-1), "one": np.float32(1), "doubles": a.astype(np.float64),
            "flat": a.reshape(-1),
        }
        names["mask"] = a < names["b"]
        names["octets"] = (names["places"] % 251).astype(np.uint8)
        names["flat_places"] = names["places"].reshape(-1)
        if cube:
            names["cube"] = a.reshape(cube)
        return names

    return once(make)


def cases() -> list[Case]:
    made = []
    for rows, columns, cube in SIZES:
        make = operands(rows, columns, cube)
        made += [
            Case(name, str(rows * columns), numpy, pytorch, make)
            for name, numpy, pytorch in LIGHT + HEAVY + REDUCTIONS + ROWS + MOVES + ORDER
        ]
    for rows, columns in [(768, 768), (768, 128)]:
        make = operands(rows, columns, ())
        made += [Case(name, f"{rows}x{columns}", numpy, pytorch, make)
                 for name, numpy, pytorch in ROWS]
    return made


if __name__ == "__main__":
    main("ops", __doc__.splitlines()[0], cases())
