extension Schedule {
  /// The same rate at every step.
  public static func constant(_ rate: Double) -> Schedule {
    require(isRate(rate), "constant", "rate", rate, "0 or more and finite")
    return Schedule { _ in rate }
  }

  /// rate · factor^⌊t ÷ period⌋ (PyTorch's `StepLR`).
  public static func step(_ rate: Double, every period: Int, factor: Double = 0.1) -> Schedule {
    require(isRate(rate), "step", "rate", rate, "0 or more and finite")
    require(period > 0, "step", "period", period, "positive")
    require(isRate(factor), "step", "factor", factor, "0 or more and finite")
    return Schedule { rate * power(factor, Double($0 / period)) }
  }

  /// rate · factorⁿ, where n of the given steps have been reached (PyTorch's `MultiStepLR`).
  public static func multiStep(
    _ rate: Double, at steps: [Int], factor: Double = 0.1
  ) -> Schedule {
    require(isRate(rate), "multiStep", "rate", rate, "0 or more and finite")
    require(isRate(factor), "multiStep", "factor", factor, "0 or more and finite")
    return Schedule { now in
      rate * power(factor, Double(steps.count(where: { $0 <= now })))
    }
  }

  /// rate · factorᵗ (PyTorch's `ExponentialLR`).
  public static func exponential(_ rate: Double, factor: Double) -> Schedule {
    require(isRate(rate), "exponential", "rate", rate, "0 or more and finite")
    require(isRate(factor), "exponential", "factor", factor, "0 or more and finite")
    return Schedule { rate * power(factor, Double($0)) }
  }

  /// end + (rate − end) · (1 − t ÷ steps)^exponent, then the end (PyTorch's `PolynomialLR`, whose end
  /// is 0).
  public static func polynomial(
    _ rate: Double, to end: Double = 0, steps: Int, exponent: Double = 1
  ) -> Schedule {
    require(isRate(rate), "polynomial", "rate", rate, "0 or more and finite")
    require(isRate(end), "polynomial", "end", end, "0 or more and finite")
    require(steps > 0, "polynomial", "steps", steps, "positive")
    require(exponent > 0 && exponent.isFinite, "polynomial", "exponent", exponent, "positive")
    return Schedule { step in
      let rest = 1 - Double(min(step, steps)) / Double(steps)
      return end + (rate - end) * power(rest, exponent)
    }
  }

  /// A straight line from one rate to another, which stays (PyTorch's `LinearLR`).
  public static func linear(from start: Double, to end: Double, steps: Int) -> Schedule {
    require(isRate(start), "linear", "start", start, "0 or more and finite")
    require(isRate(end), "linear", "end", end, "0 or more and finite")
    require(steps > 0, "linear", "steps", steps, "positive")
    return Schedule { start + (end - start) * Double(min($0, steps)) / Double(steps) }
  }

  /// Half a cosine wave: end + (rate − end) · (1 + cos(π · t ÷ steps)) ÷ 2, then the end.
  ///
  /// Source: I. Loshchilov and F. Hutter, *SGDR: stochastic gradient descent with warm restarts*, 2017.
  /// PyTorch's `CosineAnnealingLR` rises again after its span.
  public static func cosine(_ rate: Double, to end: Double = 0, steps: Int) -> Schedule {
    require(isRate(rate), "cosine", "rate", rate, "0 or more and finite")
    require(isRate(end), "cosine", "end", end, "0 or more and finite")
    require(steps > 0, "cosine", "steps", steps, "positive")
    return Schedule { cosineBetween(rate, end, Double(min($0, steps)) / Double(steps)) }
  }

  /// Half cosine waves, each from the full rate and `growth` times as long as the one before (PyTorch's
  /// `CosineAnnealingWarmRestarts`).
  ///
  /// Source: I. Loshchilov and F. Hutter, 2017.
  public static func cosineRestarts(
    _ rate: Double, to end: Double = 0, period: Int, growth: Int = 1
  ) -> Schedule {
    require(isRate(rate), "cosineRestarts", "rate", rate, "0 or more and finite")
    require(isRate(end), "cosineRestarts", "end", end, "0 or more and finite")
    require(period > 0, "cosineRestarts", "period", period, "positive")
    require(growth > 0, "cosineRestarts", "growth", growth, "positive")
    return Schedule { step in
      var (place, length) = (step, period)
      if growth == 1 {
        place %= period
      } else {
        while place >= length {
          place -= length
          length *= growth
        }
      }
      return cosineBetween(rate, end, Double(place) / Double(length))
    }
  }

  /// A rise over the first steps and a fall with the root of the step, both reaching the peak at step
  /// `warmupSteps` − 1: peak · min(s ÷ warmupSteps, √(warmupSteps ÷ s)), s = t + 1.
  public static func inverseSquareRoot(peak: Double, warmupSteps: Int) -> Schedule {
    require(isRate(peak), "inverseSquareRoot", "peak", peak, "0 or more and finite")
    require(warmupSteps > 0, "inverseSquareRoot", "warmupSteps", warmupSteps, "positive")
    let warmup = Double(warmupSteps)
    return Schedule { step in
      let s = Double(step + 1)
      return peak * min(s / warmup, (warmup / s).squareRoot())
    }
  }

  /// The schedule of the first transformers: width^−½ · min(s^−½, s · warmupSteps^−3⁄2), s = t + 1.
  ///
  /// Source: A. Vaswani and others, *Attention is all you need*, 2017, equation 3.
  public static func noam(width: Int, warmupSteps: Int) -> Schedule {
    require(width > 0, "noam", "width", width, "positive")
    require(warmupSteps > 0, "noam", "warmupSteps", warmupSteps, "positive")
    return inverseSquareRoot(
      peak: 1 / (Double(width) * Double(warmupSteps)).squareRoot(), warmupSteps: warmupSteps)
  }

  static func isRate(_ rate: Double) -> Bool { rate >= 0 && rate.isFinite }

  /// From `start` at place 0 to `end` at place 1 along half a cosine wave.
  static func cosineBetween(_ start: Double, _ end: Double, _ place: Double) -> Double {
    end + (start - end) * (1 + cosineOf(.pi * place)) / 2
  }
}
