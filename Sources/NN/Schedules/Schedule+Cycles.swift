extension Schedule {
  /// The line along which a rate goes from one value to another.
  public enum Curve: Sendable {
    case cosine, linear

    fileprivate func between(_ start: Double, _ end: Double, _ place: Double) -> Double {
      switch self {
      case .cosine: Schedule.cosineBetween(start, end, place)
      case .linear: start + (end - start) * place
      }
    }
  }

  /// One rise to a peak and one fall far below the start (PyTorch's `OneCycleLR`).
  ///
  /// From peak ÷ `startDivisor` to the peak over the fraction `warmup` of the steps, then to the start
  /// ÷ `endDivisor`; with three phases first back to the start, symmetrically. The last rate stays.
  /// Source: L. Smith and N. Topin, *Super-convergence*, 2018. PyTorch cycles momentum as well; that is
  /// a matter of setting `optimizer.settings` from a second schedule.
  public static func oneCycle(
    peak: Double, steps: Int, warmup: Double = 0.3, startDivisor: Double = 25,
    endDivisor: Double = 1e4, curve: Curve = .cosine, threePhases: Bool = false
  ) -> Schedule {
    require(isRate(peak), "oneCycle", "peak", peak, "0 or more and finite")
    require(steps > 0, "oneCycle", "steps", steps, "positive")
    require(
      warmup >= 0 && warmup <= (threePhases ? 0.5 : 1), "oneCycle", "warmup", warmup,
      "a fraction (of at most a half with three phases)")
    require(
      startDivisor > 0 && startDivisor.isFinite, "oneCycle", "startDivisor", startDivisor,
      "positive and finite")
    require(
      endDivisor > 0 && endDivisor.isFinite, "oneCycle", "endDivisor", endDivisor,
      "positive and finite")
    let start = peak / startDivisor
    let rise = warmup * Double(steps) - 1
    // The steps at which phases end, and the rates there.
    var knots = [(0, start), (rise, peak)]
    if threePhases { knots.append((2 * warmup * Double(steps) - 2, start)) }
    knots.append((Double(steps - 1), start / endDivisor))
    return Schedule { [knots] step in
      let now = min(Double(step), Double(steps - 1))
      let next = knots.dropFirst().firstIndex { now <= $0.0 } ?? knots.count - 1
      let (from, to) = (knots[next - 1], knots[next])
      return to.0 > from.0
        ? curve.between(from.1, to.1, (now - from.0) / (to.0 - from.0)) : to.1
    }
  }

  /// How the height of a cycle changes.
  public enum CycleHeight: Sendable {
    /// All cycles reach the peak.
    case constant
    /// Each is half as high as the one before.
    case halving
    /// Times factorᵗ at step t.
    case exponential(Double)
  }

  /// Straight lines up from a base to a peak and down again, over and over (PyTorch's `CyclicLR`).
  ///
  /// As many steps down as up unless told otherwise. Source: L. Smith, *Cyclical learning rates for
  /// training neural networks*, 2017.
  public static func cyclic(
    from base: Double, to peak: Double, stepsUp: Int = 2000, stepsDown: Int? = nil,
    height: CycleHeight = .constant
  ) -> Schedule {
    require(isRate(base), "cyclic", "base", base, "0 or more and finite")
    require(isRate(peak), "cyclic", "peak", peak, "0 or more and finite")
    require(stepsUp > 0, "cyclic", "stepsUp", stepsUp, "positive")
    let stepsDown = stepsDown ?? stepsUp
    require(stepsDown > 0, "cyclic", "stepsDown", stepsDown, "positive")
    let length = stepsUp + stepsDown
    return Schedule { step in
      let (cycle, place) = step.quotientAndRemainder(dividingBy: length)
      let part =
        place <= stepsUp
        ? Double(place) / Double(stepsUp) : Double(length - place) / Double(stepsDown)
      let scale =
        switch height {
        case .constant: 1.0
        case .halving: power(0.5, Double(cycle))
        case .exponential(let factor): power(factor, Double(step))
        }
      return base + (peak - base) * part * scale
    }
  }
}
