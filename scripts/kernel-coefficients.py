#!/usr/bin/env python3
"""Derives the polynomial coefficients of Sources/CKernels/bodies/math_f32.inc.h.

Each polynomial is a minimax fit in relative error, found by Lawson's reweighted least squares in
float64 (ample for float32 results), with the coefficients rounded to float32 at the end.
Needs NumPy.
"""
import numpy as np


def minimax(target, scale, degree, low, high, points=4001, rounds=3000):
    """Fits p so that |scale(t)| * |p(t) - target(t)| has the least maximum on [low, high]."""
    t = 0.5 * (low + high) + 0.5 * (high - low) * np.cos(np.pi * (np.arange(points) + 0.5) / points)
    basis = np.vander(t, degree + 1, increasing=True)
    wanted, weight = target(t), np.abs(scale(t))
    lawson = np.full(points, 1.0 / points)
    best, best_error = None, np.inf
    for _ in range(rounds):
        factor = np.sqrt(lawson) * weight
        fit = np.linalg.lstsq(basis * factor[:, None], wanted * factor, rcond=None)[0]
        error = weight * np.abs(basis @ fit - wanted)
        if error.max() < best_error:
            best, best_error = fit, error.max()
        lawson *= error
        lawson /= lawson.sum()
    return best, best_error


def show(name, fit):
    coefficients, error = fit
    print(f"{name}: maximum relative error {error / 2**-24:.4f} * 2^-24")
    for power, value in enumerate(coefficients):
        print(f"  t^{power}: {float(np.float32(value)).hex()}f  // {value:.9e}")


def exp_tail(r):
    """(e^r - 1 - r) / r^2, by its series: no cancellation near zero."""
    total, term = np.zeros_like(r), np.full_like(r, 0.5)
    for k in range(3, 25):
        total, term = total + term, term * r / k
    return total


def log_tail(f):
    """(ln(1 + f) - f + f^2/2) / f^3."""
    series, power = np.zeros_like(f), np.ones_like(f)
    for k in range(3, 60):
        series, power = series + power * (-1.0) ** (k + 1) / k, power * f
    with np.errstate(all="ignore"):
        direct = (np.log1p(f) - f + 0.5 * f * f) / f**3
    return np.where(np.abs(f) < 0.1, series, direct)


half_ln2 = 0.5 * np.log(2.0) * 1.0001
show("expm1: e^r - 1 = r + r^2 q(r)",
     minimax(exp_tail, lambda r: r * r / np.where(r == 0, 1, np.expm1(r)), 4, -half_ln2, half_ln2))
show("log: ln(1 + f) = f - f^2/2 + f^3 p(f)",
     minimax(log_tail, lambda f: f**3 / np.where(f == 0, 1, np.log1p(f)), 8,
             np.sqrt(0.5) - 1.0001, np.sqrt(2.0) - 0.9999))
