"""How many times as fast as the better peer Apus means to be."""

EXPONENTIALS = {
    "exp", "expm1", "log", "log1p", "tanh", "sigmoid", "softplus", "sin", "cos", "erf", "gelu", "silu",
}


def target(suite: str, name: str, size: str) -> float:
    if suite == "ops":
        if name in EXPONENTIALS and size in ("1024", "65536"):
            return 2.0
        if (name, size) in (("softmax", "768x768"), ("normalize rows", "768x128")):
            return 1.5
    if suite == "matmul":
        if name == "square":
            return 1.3 if int(size) < 128 else 1.0
        if name == "batch":
            return {"48x64x32x64": 1.2, "512x8x8x8": 2.0}.get(size, 1.0)
    is_plain = name.startswith("conv 3x3") and "stride" not in name
    if suite == "conv" and is_plain and size == "64x32x28x28-64":
        return 1.3
    return 1.0
