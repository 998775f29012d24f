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


def extremes(errors, count):
    """Where the greatest errors between changes of sign are, the next reference of Remez; None where
    they are fewer than `count`."""
    found, start = [], 0
    for k in range(1, len(errors) + 1):
        if k == len(errors) or (errors[k] > 0) != (errors[start] > 0):
            found.append(max(range(start, k), key=lambda i: abs(errors[i])))
            start = k
    while len(found) > count:
        found.pop(0 if abs(errors[found[0]]) < abs(errors[found[-1]]) else -1)
    return found if len(found) == count else None


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
        exchanged = extremes(errors, count)
        if exchanged is None or exchanged == reference:
            break
        reference = exchanged
    # From powers of (t - middle) / half to powers of t.
    result = [mp.mpf(0)] * (degree + 1)
    term = [mp.mpf(1)]
    for c in best[1]:
        for i, v in enumerate(term):
            result[i] += c * v
        term = [(a - b * middle) / half for a, b in zip([0] + term, term + [0])]
    return result


def ratio(target, weight, over, under, low, high, rounded, rounds=12, points=400):
    """The p and q, whose first coefficient is 1, of least maximum |weight (p / q - target)|, and that.

    Coefficients are rounded one after another, from the lowest powers up, and those that are left
    fitted again, so that they make up for what rounding has lost.
    """
    low, high = mp.mpf(low), mp.mpf(high)
    x = [(low + high) / 2 - (high - low) / 2 * mp.cos(mp.pi * (2 * i + 1) / (2 * points))
         for i in range(points)]
    wanted = [target(v) for v in x]
    weights = [weight(v) for v in x]
    order = [(side, k) for k in range(max(over, under) + 1) for side in "pq"
             if k <= (over if side == "p" else under) and (side, k) != ("q", 0)]
    known, divisor = {}, [mp.mpf(1)] * points

    def term(name, i):
        side, power = name
        return x[i] ** power * weights[i] * (1 if side == "p" else -wanted[i])

    def halves(values):
        return ([values["p", k] for k in range(over + 1)],
                [mp.mpf(1)] + [values["q", k] for k in range(1, under + 1)])

    def errors(values):
        p, q = halves(values)
        below = [mp.polyval(q[::-1], v) for v in x]
        return below, [weights[i] * (mp.polyval(p[::-1], v) / below[i] - wanted[i])
                       for i, v in enumerate(x)]

    for name in order:
        free = [other for other in order if other not in known]
        count = len(free) + 1
        reference = [round(i * (points - 1) / (count - 1)) for i in range(count)]
        best = None
        for _ in range(rounds):
            system, right = mp.matrix(count, count), mp.matrix(count, 1)
            for row, i in enumerate(reference):
                for column, other in enumerate(free):
                    system[row, column] = term(other, i) / divisor[i]
                system[row, count - 1] = (-1) ** row
                rest = sum(v * term(n, i) for n, v in known.items())
                right[row] = (weights[i] * wanted[i] - rest) / divisor[i]
            solution = mp.lu_solve(system, right)
            values = known | {other: solution[i] for i, other in enumerate(free)}
            divisor, misses = errors(values)
            greatest = max(map(abs, misses))
            if best is None or greatest < best[0]:
                best = (greatest, values, divisor)
            exchanged = extremes(misses, count)
            if exchanged is None or exchanged == reference:
                break
            reference = exchanged
        divisor = best[2]
        known[name] = mp.mpf(rounded(best[1][name]))
    return *halves(known), max(map(abs, errors(known)[1]))


class Type:
    def __init__(self, suffix, scheme):
        self.suffix, self.scheme, self.text = suffix, scheme, []

    def round(self, value):
        if self.suffix == "f32":
            return struct.unpack("f", struct.pack("f", float(value)))[0]
        return float(value)

    def literal(self, value):
        text = float(self.round(value)).hex()
        return text.replace("0000000p", "p") + "f" if self.suffix == "f32" else text

    @staticmethod
    def horner(terms, vector, fma):
        """Statements that sum the terms of a polynomial of t one by one: the fewest operations. From
        seven terms on, those after the first in pairs: their chain would be too long."""
        if len(terms) < 7:
            lines = [f"  {vector} y = {fma}(t, {terms[-1]}, {terms[-2]});"]
            lines += [f"  y = {fma}(t, y, {term});" for term in terms[-3:0:-1]]
        else:
            lines = Type.estrin(terms[1:], vector, fma)
            lines[-1] = lines[-1].replace("return", f"const {vector} y =")
        return lines + [f"  return {fma}(t, y, {terms[0]});"]

    @staticmethod
    def estrin(terms, vector, fma):
        """Statements that sum the terms of a polynomial of t in pairs: short chains (Estrin)."""
        lines, power, level = [], "t", 0
        while len(terms) > 1:
            if level > 0:
                lines.append(f"  const {vector} t{2**level} = {power} * {power};")
                power = f"t{2**level}"
            if level > 0 and len(terms) % 2 == 1:
                terms = terms[:-2] + [f"{fma}({power}, {terms[-1]}, {terms[-2]})"]
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

    def fit(self, name, comment, target, weight, degree, low, high, vector="V", fma="FMA",
            scheme=None):
        exact = remez(target, weight, degree, low, high)
        rounded = [mp.mpf(self.round(c)) for c in exact]
        step = (mp.mpf(high) - low) / 1000
        grid = [low + step * (i + mp.mpf(1) / 2) for i in range(1000)]
        error = max(abs(weight(t) * (mp.polyval(rounded[::-1], t) - target(t))) for t in grid)
        self.write(name, comment, error, exact, vector, fma, scheme)

    def fit_ratios(self, name, comment, target, weight, degrees, ranges):
        """p and q of p(t) / (1 + t q(t)) on each of two ranges, with the degrees of both polynomials of
        that quotient: where `far` is true, and where not. The latter are not less."""
        (far_p, far_q, far_error), (p, q, error) = (
            ratio(target, weight, over, under, low, high, self.round)
            for (over, under), (low, high) in zip(degrees, ranges))
        far_p += [mp.mpf(0)] * (len(p) - len(far_p))
        far_q += [mp.mpf(0)] * (len(q) - len(far_q))
        self.write(f"{name}_p", comment, max(error, far_error), list(zip(far_p, p)), "V", "FMA")
        self.write(f"{name}_q", "The q of the above.", None, list(zip(far_q, q))[1:], "V", "FMA")

    def powers(self, count, shift):
        """2^(j / count) for 0 <= j < count, for processors that look them up: as bits to which
        j << shift is to be added. For floats also what rounding took from each, in parts of it."""
        exact = [mp.mpf(2) ** (mp.mpf(j) / count) for j in range(count)]
        near = [self.round(v) for v in exact]
        is_float = self.suffix == "f32"
        bits, digits = ("I", "f") if is_float else ("Q", "d"), 8 if is_float else 16
        words = [struct.unpack(bits[0], struct.pack(bits[1], v))[0] - (j << shift)
                 for j, v in enumerate(near)]
        self.table(f"2^(j / {count}), rounded, as bits less j << {shift}.", "root_bits",
                   [f"0x{word:0{digits}x}" for word in words], f"uint{4 * digits}_t")
        if is_float:
            self.table("What is missing of each, relative to it.", "root_lows",
                       [self.literal((v - n) / n) for v, n in zip(exact, near)], "float")

    def table(self, comment, name, items, type):
        self.text.append("\n".join([
            f"// {comment}", "#if defined(APUS_AVX512)",
            f"static const {type} {name}_{self.suffix}[{len(items)}] = {{", *self.rows(items), "};",
            "#endif\n"]))

    @staticmethod
    def rows(items):
        return ["    " + ", ".join(items[i:i + 4]) + "," for i in range(0, len(items), 4)]

    def write(self, name, comment, error, coefficients, vector, fma, scheme=None):
        lines = [f"// {comment}"]
        if error is not None:
            lines.append(f"// Relative error below 2^{float(mp.log(error, 2)) + 0.05:.1f}.")
        choice = ", const bool far" if isinstance(coefficients[0], tuple) else ""
        lines.append(f"INLINE {vector} {name}_{self.suffix}({vector} t{choice}) {{")
        terms = [f"PICK({self.literal(c[0])}, {self.literal(c[1])})" if choice
                 else self.literal(c) for c in coefficients]
        lines += (scheme or self.scheme)(terms, vector, fma)
        self.text.append("\n".join(lines) + "\n}\n")


def write(suffix, *types):
    path = f"Sources/CKernels/bodies/polynomials_{suffix}.inc.h"
    with open(path, "w") as file:
        file.write("// Made by scripts/kernel-coefficients.py, not by hand.\n\n")
        file.write("\n".join(text for type in types for text in type.text))


def all_polynomials(type, degrees, sine_turn):
    """The polynomials of both types. Where the sine is of use beyond pi / 4, sine_turn is 2."""
    ln2 = mp.log(2)
    r = ln2 / 2 * mp.mpf("1.0001")
    type.fit("poly_exp", "e^t - 1 = t + t^2 p(t) for |t| <= ln(2) / 2.",
             lambda t: (mp.expm1(t) - t) / t**2, lambda t: t**2 / mp.expm1(t),
             degrees["exp"], -r, r, scheme=Type.estrin)

    quarter = (mp.pi / 4 * mp.mpf("1.01")) ** 2
    type.fit("poly_sin", f"sin r = r + r^3 p(t) with t = r^2, |r| <= pi / {4 // sine_turn}.",
             lambda t: (mp.sin(mp.sqrt(t)) / mp.sqrt(t) - 1) / t,
             lambda t: t * mp.sqrt(t) / mp.sin(mp.sqrt(t)), degrees["sin"], 1e-9,
             quarter * sine_turn**2)
    type.fit("poly_cos", "cos r = 1 - t / 2 + t^2 p(t) with t = r^2, |r| <= pi / 4.",
             lambda t: (mp.cos(mp.sqrt(t)) - 1 + t / 2) / t**2,
             lambda t: t**2 / mp.cos(mp.sqrt(t)), degrees["cos"], 1e-9, quarter)
    type.fit("poly_sinh", "sinh x = x + x^3 p(t) with t = x^2, |x| <= 1.",
             lambda t: (mp.sinh(mp.sqrt(t)) / mp.sqrt(t) - 1) / t,
             lambda t: t * mp.sqrt(t) / mp.sinh(mp.sqrt(t)), degrees["sinh"], 1e-9, 1)


single = Type("f32", Type.horner)
all_polynomials(single, {"exp": 4, "sin": 3, "cos": 2, "sinh": 3}, sine_turn=2)
single.fit("poly_exp_half", "e^(-t / 2) - 1 = t p(t) for |t| <= ln 2.",
           lambda t: mp.expm1(-t / 2) / t, lambda t: t / mp.exp(-t / 2), 5, -mp.mpf("0.694"),
           mp.mpf("0.694"), scheme=Type.estrin)
# The same after 2^(j / 16), for what is left of t.
step = mp.log(2) / 32 * mp.mpf("1.0001")
single.powers(16, 19)
single.fit("poly_exp_short", "e^t - 1 = t + t^2 p(t) for |t| <= ln(2) / 32.",
           lambda t: (mp.expm1(t) - t) / t**2, lambda t: t**2 / mp.exp(t), 1, -step, step,
           scheme=Type.estrin)
single.fit("poly_expm1_twice_short", "e^(2 t) - 1 = t p(t) for |t| <= ln(2) / 64.",
           lambda t: mp.expm1(2 * t) / t, lambda t: t / mp.expm1(2 * t), 3, -step / 2, step / 2)
single.fit("poly_exp_half_short", "e^(-t / 2) - 1 = t p(t) for |t| <= ln(2) / 16.",
           lambda t: mp.expm1(-t / 2) / t, lambda t: t / mp.exp(-t / 2), 2, -2 * step, 2 * step)


def fourth_root(t):
    return mp.erfc(t) ** (mp.mpf(1) / 4)


single.fit("poly_erf", "1 - (1 - erf t)^(1 / 4) = t p(t) for 0 <= t <= 3.93, in relative error of erf t.",
           lambda t: (1 - fourth_root(t)) / t, lambda t: 4 * fourth_root(t)**3 * t / mp.erf(t), 9,
           1e-9, mp.mpf("3.93"))

# Where the exponential is found with ln 2 rounded, which is off by as much.
ln_2_error = mp.mpf(single.round(mp.log(2))) / mp.log(2) - 1


def normal_tail(t):
    return mp.exp(t * t / 2) * mp.erfc(t / mp.sqrt(2)) / 2 * (1 - t * t / 2 * ln_2_error)


near = mp.mpf("4.9")
# What the best quotient up to there has before t, rounded; beyond it is near to sqrt(2 pi).
slope = mp.mpf(float.fromhex("0x1.41221ap+1"))
single.fit_ratios(
    "poly_normal", "e^(-t^2 / 2) / Phi(-t) = slope t + p(t) / (1 + t q(t)); 0 <= t <= 4.9 <= far t <= 13.5.",
    lambda t: 1 / normal_tail(t) - slope * t, normal_tail, [(3, 2), (3, 3)], [(near, 13.5), (0, near)])
single.fit("poly_log", "ln(1 + t) = t + t^2 p(t) for sqrt(1/2) <= 1 + t <= sqrt(2).",
           lambda t: (mp.log1p(t) - t) / t**2, lambda t: t**2 / mp.log1p(t), 8,
           mp.sqrt(0.5) - mp.mpf("1.0001"), mp.sqrt(2) - mp.mpf("0.9999"))
single.fit("poly_asin", "asin x = x + x^3 p(t) with t = x^2, |x| <= 1/2.",
           lambda t: (mp.asin(mp.sqrt(t)) / mp.sqrt(t) - 1) / t,
           lambda t: t * mp.sqrt(t) / mp.asin(mp.sqrt(t)), 4, 1e-9, 0.25)
single.fit("poly_atan", "atan x = x + x^3 p(t) with t = x^2, |x| <= 1.",
           lambda t: (mp.atan(mp.sqrt(t)) / mp.sqrt(t) - 1) / t,
           lambda t: t * mp.sqrt(t) / mp.atan(mp.sqrt(t)), 9, 1e-9, 1)
# What single precision computes in double.
wide = Type("wide", Type.estrin)
wide.fit("poly_log2", "log2((1 + s) / (1 - s)) = s p(t) with t = s^2, |s| <= 0.1716.",
         lambda t: mp.log((1 + mp.sqrt(t)) / (1 - mp.sqrt(t)), 2) / mp.sqrt(t),
         lambda t: mp.mpf(1) / 3, 5, 1e-9, mp.mpf("0.1717") ** 2, "W", "WIDE_FMA")
wide.fit("poly_exp2", "2^t = p(t) for |t| <= 1/2.",
         lambda t: mp.mpf(2) ** t, lambda t: mp.mpf(2) ** -t, 7, -0.5, 0.5, "W", "WIDE_FMA")
# The same by tables, for sixteenths of a binade: near 1, from either side, x - 1 is left as it is.
inverses = [mp.mpf(1) if j in (0, 15) else 32 / mp.mpf(33 + 2 * j if j < 8 else (33 + 2 * j) / mp.mpf(2))
            for j in range(16)]
inverses = [float(v) for v in inverses]
wide.table("For the sixteenths of 1 <= m < 2, of which those from 1.5 on count half: about 1 / m.",
           "inverses", [wide.literal(v) for v in inverses], "double")
wide.table("The logarithms to base 2 of what these are the inverses of, for the whole m.", "inverse_logs",
           [wide.literal((0 if j < 8 else 1) - mp.log(v, 2)) for j, v in enumerate(inverses)], "double")
wide.fit("poly_log2_short", "log2(1 + t) = t p(t) for -1 / 32 <= t <= 1 / 16.",
         lambda t: mp.log1p(t) / mp.log(2) / t, lambda t: mp.log(2), 5, -0.0313, 0.0626, "W",
         "WIDE_FMA", Type.horner)
wide.powers(16, 48)
wide.fit("poly_exp2_short", "2^t = p(t) for |t| <= 1 / 32.",
         lambda t: mp.mpf(2) ** t, lambda t: mp.mpf(2) ** -t, 3, -0.03126, 0.03126, "W", "WIDE_FMA",
         Type.horner)
write("f32", single, wide)

double = Type("f64", Type.estrin)
all_polynomials(double, {"exp": 10, "sin": 5, "cos": 5, "sinh": 7}, sine_turn=1)
double.fit("poly_erf", "erf x = x + x p(t) with t = x^2, |x| <= 1.",
           lambda t: mp.erf(mp.sqrt(t)) / mp.sqrt(t) - 1,
           lambda t: mp.sqrt(t) / mp.erf(mp.sqrt(t)), 13, 1e-9, 1)


def scaled_erfcx(t):
    z = 4 * (1 + t) / (1 - t)
    return (z + 4) * mp.exp(z * z) * mp.erfc(z) / 2


double.fit("poly_erfcx",
           "e^(z^2) erfc(z) / 2 = p(t) / (z + 4) with t = (z - 4) / (z + 4), 0 <= z <= 27.6.",
           scaled_erfcx, lambda t: 1 / scaled_erfcx(t), 22, -1, (27.6 - mp.mpf(4)) / (27.6 + mp.mpf(4)))
double.fit("poly_log", "ln((1 + s) / (1 - s)) = 2 s + s t p(t) with t = s^2, |s| <= 0.1716.",
           lambda t: (mp.log((1 + mp.sqrt(t)) / (1 - mp.sqrt(t))) / mp.sqrt(t) - 2) / t,
           lambda t: t / 2, 6, 1e-9, mp.mpf("0.1717") ** 2)
write("f64", double)
