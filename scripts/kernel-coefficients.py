#!/usr/bin/env python3
"""Derives Sources/CKernels/bodies/polynomials_f32.inc.h and polynomials_f64.inc.h.

Each polynomial is the minimax fit of its function in relative error of the result that it is part
of, found by Remez's exchange in 160-bit arithmetic, with the coefficients rounded to the type at
the end. The comment beside each tells its greatest error with those rounded coefficients.
Needs mpmath. Run it in the root of the repository; it writes both files.
"""
import mpmath as mp
import struct

mp.mp.prec = 160


def remez(target, weight, degree, low, high, rounds=12, points=600):
    """The p of least maximum |weight(t) (p(t) - target(t))| on [low, high]: its coefficients."""
    low, high = mp.mpf(low), mp.mpf(high)
    middle, half = (low + high) / 2, (high - low) / 2
    s = [-mp.cos(mp.pi * (2 * i + 1) / (2 * points)) for i in range(points)]
    wanted = [target(middle + half * u) for u in s]
    weights = [abs(weight(middle + half * u)) for u in s]
    count = degree + 2
    reference = [round(i * (points - 1) / (count - 1)) for i in range(count)]
    best = None
    for _ in range(rounds):
        system, right = mp.matrix(count, count), mp.matrix(count, 1)
        for row, k in enumerate(reference):
            for power in range(degree + 1):
                system[row, power] = s[k] ** power
            system[row, degree + 1] = (-1) ** row / weights[k]
            right[row] = wanted[k]
        fit = list(mp.lu_solve(system, right))[: degree + 1]
        errors = [w * (mp.polyval(fit[::-1], u) - f) for u, w, f in zip(s, weights, wanted)]
        greatest = max(map(abs, errors))
        if best is None or greatest < best[0]:
            best = (greatest, fit)
        # The extremes between changes of sign are the next reference.
        extremes, start = [], 0
        for k in range(1, points + 1):
            if k == points or (errors[k] > 0) != (errors[start] > 0):
                extremes.append(max(range(start, k), key=lambda i: abs(errors[i])))
                start = k
        if len(extremes) < count:
            break
        while len(extremes) > count:
            extremes.pop(0 if abs(errors[extremes[0]]) < abs(errors[extremes[-1]]) else -1)
        if extremes == reference:
            break
        reference = extremes
    # From powers of (t - middle) / half to powers of t.
    result = [mp.mpf(0)] * (degree + 1)
    term = [mp.mpf(1)]
    for c in best[1]:
        for i, v in enumerate(term):
            result[i] += c * v
        term = [(a - b * middle) / half for a, b in zip([0] + term, term + [0])]
    return result


class Type:
    def __init__(self, suffix):
        self.suffix, self.text = suffix, []

    def round(self, value):
        if self.suffix == "f32":
            return struct.unpack("f", struct.pack("f", float(value)))[0]
        return float(value)

    def literal(self, value):
        text = float(self.round(value)).hex()
        return text.replace("0000000p", "p") + "f" if self.suffix == "f32" else text

    def estrin(self, terms, vector, fma):
        """Statements that sum the terms of a polynomial of t in pairs: short chains (Estrin)."""
        lines, power, level = [], "t", 0
        while len(terms) > 1:
            if level > 0:
                lines.append(f"  const {vector} t{2**level} = {power} * {power};")
                power = f"t{2**level}"
            pairs = []
            for i in range(0, len(terms) - 1, 2):
                pair = f"{fma}({power}, {terms[i + 1]}, {terms[i]})"
                if len(terms) == 2:
                    lines.append(f"  return {pair};")
                else:
                    pairs.append(f"{'abcdef'[level]}{i // 2}")
                    lines.append(f"  const {vector} {pairs[-1]} = {pair};")
            terms = pairs + terms[len(terms) // 2 * 2:] if len(terms) > 2 else []
            level += 1
        return lines

    def fit(self, name, comment, target, weight, degree, low, high, vector="V", fma="FMA"):
        exact = remez(target, weight, degree, low, high)
        rounded = [mp.mpf(self.round(c)) for c in exact]
        step = (mp.mpf(high) - low) / 1000
        grid = [low + step * (i + mp.mpf(1) / 2) for i in range(1000)]
        error = max(abs(weight(t) * (mp.polyval(rounded[::-1], t) - target(t))) for t in grid)
        lines = [f"// {comment}", f"// Relative error below 2^{float(mp.log(error, 2)) + 0.05:.1f}."]
        lines.append(f"INLINE {vector} {name}_{self.suffix}({vector} t) {{")
        lines += self.estrin([self.literal(c) for c in exact], vector, fma)
        self.text.append("\n".join(lines) + "\n}\n")


def write(suffix, *types):
    path = f"Sources/CKernels/bodies/polynomials_{suffix}.inc.h"
    with open(path, "w") as file:
        file.write("// Made by scripts/kernel-coefficients.py, not by hand.\n\n")
        file.write("\n".join(text for type in types for text in type.text))


def erfcx(z):
    return mp.exp(z * z) * mp.erfc(z)


def all_polynomials(type, degrees):
    """The polynomials of both types."""
    ln2 = mp.log(2)
    r = ln2 / 2 * mp.mpf("1.0001")
    type.fit("poly_exp", "e^t - 1 = t + t^2 p(t) for |t| <= ln(2) / 2.",
             lambda t: (mp.expm1(t) - t) / t**2, lambda t: t**2 / mp.expm1(t),
             degrees["exp"], -r, r)

    quarter = (mp.pi / 4 * mp.mpf("1.01")) ** 2
    type.fit("poly_sin", "sin r = r + r^3 p(t) with t = r^2, |r| <= pi / 4.",
             lambda t: (mp.sin(mp.sqrt(t)) / mp.sqrt(t) - 1) / t,
             lambda t: t * mp.sqrt(t) / mp.sin(mp.sqrt(t)), degrees["sin"], 1e-9, quarter)
    type.fit("poly_cos", "cos r = 1 - t / 2 + t^2 p(t) with t = r^2, |r| <= pi / 4.",
             lambda t: (mp.cos(mp.sqrt(t)) - 1 + t / 2) / t**2,
             lambda t: t**2 / mp.cos(mp.sqrt(t)), degrees["cos"], 1e-9, quarter)
    type.fit("poly_sinh", "sinh x = x + x^3 p(t) with t = x^2, |x| <= 1.",
             lambda t: (mp.sinh(mp.sqrt(t)) / mp.sqrt(t) - 1) / t,
             lambda t: t * mp.sqrt(t) / mp.sinh(mp.sqrt(t)), degrees["sinh"], 1e-9, 1)
    type.fit("poly_erf", "erf x = x + x p(t) with t = x^2, |x| <= 1.",
             lambda t: mp.erf(mp.sqrt(t)) / mp.sqrt(t) - 1,
             lambda t: mp.sqrt(t) / mp.erf(mp.sqrt(t)), degrees["erf"], 1e-9, 1)


def fit_erfcx(type, degree, middle, end, *vector):
    k = mp.mpf(middle)

    def scaled(t):
        z = k * (1 + t) / (1 - t)
        return (z + k) * erfcx(z) / 2
    type.fit("poly_erfcx",
             f"e^(z^2) erfc(z) / 2 = p(t) / (z + {middle}) with"
             f" t = (z - {middle}) / (z + {middle}), 0 <= z <= {end}.",
             scaled, lambda t: 1 / scaled(t), degree, -1, (end - k) / (end + k), *vector)


single = Type("f32")
all_polynomials(single, {"exp": 4, "sin": 2, "cos": 2, "sinh": 3, "erf": 6})
single.fit("poly_log_erfc", "ln(1 - erf t) = p(t) for 1 <= t <= 4, in relative error of erf t.",
           lambda t: mp.log(mp.erfc(t)), lambda t: mp.erfc(t) / mp.erf(t), 6, 1, 4)
def normal_tail(t):
    a = mp.mpf("2.5") * (1 + t) / (1 - t)
    return erfcx(a / mp.sqrt(2)) / 2


single.fit("poly_normal_tail",
           "e^(a^2 / 2) Phi(-a) = p(t) with t = (a - 2.5) / (a + 2.5), 0 <= a <= 5.",
           normal_tail, lambda t: 1 / normal_tail(t), 8, -1, mp.mpf(1) / 3)
single.fit("poly_log", "ln(1 + t) = t - t^2 / 2 + t^3 p(t) for sqrt(1/2) <= 1 + t <= sqrt(2).",
           lambda t: (mp.log1p(t) - t + t * t / 2) / t**3, lambda t: t**3 / mp.log1p(t), 8,
           mp.sqrt(0.5) - mp.mpf("1.0001"), mp.sqrt(2) - mp.mpf("0.9999"))
single.fit("poly_asin", "asin x = x + x^3 p(t) with t = x^2, |x| <= 1/2.",
           lambda t: (mp.asin(mp.sqrt(t)) / mp.sqrt(t) - 1) / t,
           lambda t: t * mp.sqrt(t) / mp.asin(mp.sqrt(t)), 4, 1e-9, 0.25)
single.fit("poly_atan", "atan x = x + x^3 p(t) with t = x^2, |x| <= 1.",
           lambda t: (mp.atan(mp.sqrt(t)) / mp.sqrt(t) - 1) / t,
           lambda t: t * mp.sqrt(t) / mp.atan(mp.sqrt(t)), 9, 1e-9, 1)
# What single precision computes in double.
wide = Type("wide")
wide.fit("poly_log2", "log2((1 + s) / (1 - s)) = s p(t) with t = s^2, |s| <= 0.1716.",
         lambda t: mp.log((1 + mp.sqrt(t)) / (1 - mp.sqrt(t)), 2) / mp.sqrt(t),
         lambda t: mp.mpf(1) / 3, 5, 1e-9, mp.mpf("0.1717") ** 2, "W", "WIDE_FMA")
wide.fit("poly_exp2", "2^t = p(t) for |t| <= 1/2.",
         lambda t: mp.mpf(2) ** t, lambda t: mp.mpf(2) ** -t, 7, -0.5, 0.5, "W", "WIDE_FMA")
fit_erfcx(wide, 9, 3, 10.7, "W", "WIDE_FMA")
write("f32", single, wide)

double = Type("f64")
all_polynomials(double, {"exp": 10, "sin": 5, "cos": 5, "sinh": 7, "erf": 13})
fit_erfcx(double, 22, 4, 27.6)
double.fit("poly_log", "ln((1 + s) / (1 - s)) = 2 s + s t p(t) with t = s^2, |s| <= 0.1716.",
           lambda t: (mp.log((1 + mp.sqrt(t)) / (1 - mp.sqrt(t))) / mp.sqrt(t) - 2) / t,
           lambda t: t / 2, 6, 1e-9, mp.mpf("0.1717") ** 2)
write("f64", double)
