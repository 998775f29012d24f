"""How many times as fast as the better peer Apus means to be."""

EXPONENTIALS = {"exp", "expm1", "log", "log1p", "tanh", "sigmoid", "softplus"}


def target(suite: str, name: str, size: str) -> float:
    if suite == "ops":
        if name in EXPONENTIALS and size in ("1024", "65536"):
            return 2.0
        if (name, size) in (("softmax", "768x768"), ("normalize rows", "768x128")):
            return 1.5
    return 1.0
