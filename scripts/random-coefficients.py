#!/usr/bin/env python3
"""Derives the polynomial coefficients of Sources/CKernels/bodies/random.inc.h: interpolation at
Chebyshev's points in 50 digits, rounded to float64. Needs mpmath."""
import mpmath as mp

mp.mp.dps = 50


def show(name, coefficient, end, count):
    """Fits the power series with the given coefficients on [0, end]."""
    fit, error = mp.chebyfit(
        lambda t: sum(coefficient(k) * mp.mpf(t) ** k for k in range(40)), [mp.mpf(0), mp.mpf(end)],
        count, error=True)
    print(f"{name}: maximum error {mp.nstr(error, 3)}")
    for power, value in enumerate(reversed(fit)):
        print(f"  t^{power}: {float(value).hex()}")


root = (mp.sqrt(2) - 1) / (mp.sqrt(2) + 1)
show("ln((1 + s) / (1 - s)) = 2 s + s^3 p(s^2)",
     lambda k: mp.mpf(2) / (2 * k + 3), root**2 * mp.mpf("1.0001"), 7)
show("sin(2 pi r) = r p(r^2)",
     lambda k: (-1) ** k * (2 * mp.pi) ** (2 * k + 1) / mp.factorial(2 * k + 1), mp.mpf(1) / 64, 7)
show("cos(2 pi r) = 1 + r^2 p(r^2)",
     lambda k: (-1) ** (k + 1) * (2 * mp.pi) ** (2 * k + 2) / mp.factorial(2 * k + 2),
     mp.mpf(1) / 64, 7)
