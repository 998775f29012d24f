import NN
import Tensor

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Reductions over all axes, over one, and over none.
enum ReductionFunction: String, CaseIterable, FunctionFamily {
  case sumOfSquares, product, productOfAxis, productOfAxes, productWithZeros, rowProductsWithZeros
  case max, maxOfAxis, min, minOfAxis
  case variance, varianceOfAxis, deviation, deviationOfAxis
  case logSumExp, logSumExpOfAxis
  case norm, normOfAxis, normOfOne, normOfThree, normOfHalf, normOfInfinity, normOfZero,
    normSmallest
  case cumulativeSum, cumulativeProduct, cumulativeProductWithZeros
  case sumsBefore, sumsFrom, sumsBehind, productsBefore, productsFrom, productsBehind
  case keeping, ofNoAxes

  func callAsFunction<S: FloatingPointScalar>(_ x: [Variable<S>]) -> Variable<S> {
    let x = x[0]
    return switch self {
    case .sumOfSquares: x.sumOfSquares(axes: [0])
    case .product: x.product()
    case .productOfAxis: x.product(axes: [-1])
    case .productOfAxes: x.product(axes: [0, 2], keepingDimensions: true)
    case .productWithZeros: (x - Variable(Self.offsets.tensor(S.self))).product()
    case .rowProductsWithZeros: (x - Variable(Self.offsets.tensor(S.self))).product(axes: [1])
    case .max: x.max()
    case .maxOfAxis: x.max(axes: [1], keepingDimensions: true)
    case .min: x.min()
    case .minOfAxis: x.min(axes: [-1])
    case .variance: x.variance()
    case .varianceOfAxis: x.variance(axes: [0], correction: 1, keepingDimensions: true)
    case .deviation: x.standardDeviation(correction: 1)
    case .deviationOfAxis: x.standardDeviation(axes: [-1])
    case .logSumExp: x.logSumExp()
    case .logSumExpOfAxis: x.logSumExp(axes: [0])
    case .norm: x.norm()
    case .normOfAxis: x.norm(axes: [-1], keepingDimensions: true)
    case .normOfOne: x.norm(order: 1, axes: [0])
    case .normOfThree: x.norm(order: 3)
    case .normOfHalf: x.norm(order: 0.5, axes: [0])
    case .normOfInfinity: x.norm(order: .infinity, axes: [1])
    case .normOfZero: x.norm(order: 0)
    case .normSmallest: x.norm(order: -.infinity)
    case .cumulativeSum: x.cumulativeSum(axis: 0)
    case .cumulativeProduct: x.cumulativeProduct(axis: -1)
    case .cumulativeProductWithZeros:
      (x - Variable(Self.offsets.tensor(S.self))).cumulativeProduct(axis: 1)
    case .sumsBefore: x.cumulativeSum(axis: 0, exclusive: true)
    case .sumsFrom: x.cumulativeSum(axis: -1, reversed: true)
    case .sumsBehind: x.cumulativeSum(axis: 0, exclusive: true, reversed: true)
    case .productsBefore: x.cumulativeProduct(axis: 0, exclusive: true)
    case .productsFrom: x.cumulativeProduct(axis: -1, reversed: true)
    case .productsBehind: x.cumulativeProduct(axis: 0, exclusive: true, reversed: true)
    case .keeping:
      x.mean(axes: [0], keepingDimensions: true) * x.logSumExp(axes: [-1], keepingDimensions: true)
    case .ofNoAxes: x.product(axes: []) + x.mean(axes: []) + x.max(axes: []) + x.norm(axes: [])
    }
  }

  /// Taken off from ones they leave three zeros, two of them in one row.
  private static let offsets = PlainArray([-0.5, 1, 0.3, 1, 2, 1], shape: [2, 3])

  func reference(_ x: [PlainArray]) -> PlainArray {
    let x = x[0]
    let last = x.shape.count - 1
    return switch self {
    case .sumOfSquares: x.map { $0 * $0 }.sum(axes: [0])
    case .product: x.reduced(nil) { $0.reduce(1, *) }
    case .productOfAxis: x.reduced([last]) { $0.reduce(1, *) }
    case .productOfAxes: x.reduced([0, 2], keeping: true) { $0.reduce(1, *) }
    case .productWithZeros: x.combined(with: Self.offsets, -).reduced(nil) { $0.reduce(1, *) }
    case .rowProductsWithZeros: x.combined(with: Self.offsets, -).reduced([1]) { $0.reduce(1, *) }
    case .cumulativeProductWithZeros: x.combined(with: Self.offsets, -).running(1, *)
    case .max: x.reduced(nil) { $0.max()! }
    case .maxOfAxis: x.reduced([1], keeping: true) { $0.max()! }
    case .min: x.reduced(nil) { $0.min()! }
    case .minOfAxis: x.reduced([last]) { $0.min()! }
    case .variance: x.reduced(nil) { plainVariance($0, 0) }
    case .varianceOfAxis: x.reduced([0], keeping: true) { plainVariance($0, 1) }
    case .deviation: x.reduced(nil) { plainVariance($0, 1).squareRoot() }
    case .deviationOfAxis: x.reduced([last]) { plainVariance($0, 0).squareRoot() }
    case .logSumExp: x.reduced(nil) { Plain.log($0.map(Plain.exp).reduce(0, +)) }
    case .logSumExpOfAxis: x.reduced([0]) { Plain.log($0.map(Plain.exp).reduce(0, +)) }
    case .norm: x.reduced(nil) { plainNorm($0, 2) }
    case .normOfAxis: x.reduced([last], keeping: true) { plainNorm($0, 2) }
    case .normOfOne: x.reduced([0]) { plainNorm($0, 1) }
    case .normOfThree: x.reduced(nil) { plainNorm($0, 3) }
    case .normOfHalf: x.reduced([0]) { plainNorm($0, 0.5) }
    case .normOfInfinity: x.reduced([1]) { $0.map { abs($0) }.max()! }
    case .normOfZero: x.reduced(nil) { Double($0.count) }
    case .normSmallest: x.reduced(nil) { $0.map { abs($0) }.min()! }
    case .cumulativeSum: x.running(0, +)
    case .cumulativeProduct: x.running(last, *)
    case .sumsBefore: x.folded(0, 0, +) { $1 < $0 }
    case .sumsFrom: x.folded(last, 0, +) { $1 >= $0 }
    case .sumsBehind: x.folded(0, 0, +) { $1 > $0 }
    case .productsBefore: x.folded(0, 1, *) { $1 < $0 }
    case .productsFrom: x.folded(last, 1, *) { $1 >= $0 }
    case .productsBehind: x.folded(0, 1, *) { $1 > $0 }
    case .keeping:
      x.mean(axes: [0], keeping: true).combined(
        with: x.reduced([last], keeping: true) { Plain.log($0.map(Plain.exp).reduce(0, +)) }, *)
    case .ofNoAxes: x.map { 3 * $0 + abs($0) }
    }
  }
}

extension ReductionFunction {
  static let rows: [OperationCase] = [
    row(.sumOfSquares, [2, 3]), row(.sumOfSquares, [0, 3]),
    row(.product, [2, 3]), row(.product, []), row(.product, [0, 3]),
    row(.productOfAxis, [2, 3]), row(.productOfAxis, [2, 0]), row(.productOfAxes, [2, 2, 2]),
    row(.productWithZeros, [2, 3], in: 1...1), row(.rowProductsWithZeros, [2, 3], in: 1...1),
    row(.max, [2, 3]), row(.max, []), row(.maxOfAxis, [2, 3, 2]), row(.maxOfAxis, [0, 2]),
    row(.min, [1, 4]), row(.minOfAxis, [2, 3]), row(.minOfAxis, [0, 3]),
    row(.variance, [2, 3]), row(.varianceOfAxis, [3, 2]), row(.varianceOfAxis, [2, 0]),
    row(.deviation, [2, 3]), row(.deviationOfAxis, [2, 3]), row(.deviationOfAxis, [0, 3]),
    row(.logSumExp, [2, 3]), row(.logSumExp, []), row(.logSumExpOfAxis, [3, 2]),
    row(.logSumExpOfAxis, [2, 0]),
    row(.norm, [2, 3]), row(.norm, [0, 2]), row(.normOfAxis, [2, 3]), row(.normOfOne, [3, 2]),
    row(.normOfThree, [2, 3]), row(.normOfHalf, [3, 2], in: 0.5...2),
    row(.normOfInfinity, [2, 3]), row(.normOfZero, [2, 3]), row(.normSmallest, [2, 3]),
    row(.cumulativeSum, [3, 2]), row(.cumulativeSum, [0, 2]),
    row(.cumulativeProduct, [2, 4]), row(.cumulativeProduct, [2, 0]),
    row(.cumulativeProductWithZeros, [2, 3], in: 1...1),
    row(.sumsBefore, [3, 2]), row(.sumsBefore, [0, 2]), row(.sumsFrom, [2, 3]),
    row(.sumsFrom, [2, 0]), row(.sumsBehind, [3, 2]), row(.sumsBehind, [1, 0]),
    row(.productsBefore, [3, 2]), row(.productsBefore, [0, 2]), row(.productsBefore, [1, 2]),
    row(.productsFrom, [2, 3]), row(.productsFrom, [2, 0]),
    row(.productsBehind, [3, 2]), row(.productsBehind, [2, 0]),
    row(.keeping, [2, 3]), row(.ofNoAxes, [2, 2]),
  ]
}

private func plainVariance(_ values: [Double], _ correction: Int) -> Double {
  let mean = values.reduce(0, +) / Double(values.count)
  return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - correction)
}

private func plainNorm(_ values: [Double], _ order: Double) -> Double {
  pow(values.reduce(0) { $0 + pow(abs($1), order) }, 1 / order)
}

extension PlainArray {
  /// A number for the elements along some axes, or along all.
  func reduced(
    _ axes: [Int]?, keeping: Bool = false, _ combine: ([Double]) -> Double
  ) -> PlainArray {
    let axes = axes ?? Array(shape.indices)
    let kept = shape.indices.map { axes.contains($0) ? 1 : shape[$0] }
    let result = PlainArray(shape: kept) { index in
      let inner = Self.indices(of: axes.map { shape[$0] })
      return combine(
        inner.map { places in
          var source = index
          for (axis, place) in zip(axes, places) { source[axis] = place }
          return self[broadcast: source]
        })
    }
    let rest = shape.indices.filter { !axes.contains($0) }.map { shape[$0] }
    return keeping ? result : result.reshaped(to: rest)
  }

  /// For each place the elements along an axis whose places are wanted, combined with the first value.
  func folded(
    _ axis: Int, _ first: Double, _ combine: (Double, Double) -> Double,
    where isWanted: (_ place: Int, _ other: Int) -> Bool
  ) -> PlainArray {
    PlainArray(shape: shape) { index in
      (0..<shape[axis]).filter { isWanted(index[axis], $0) }.reduce(first) { result, other in
        var source = index
        source[axis] = other
        return combine(result, self[broadcast: source])
      }
    }
  }

  /// Each element combined with all before it along an axis.
  func running(_ axis: Int, _ combine: (Double, Double) -> Double) -> PlainArray {
    PlainArray(shape: shape) { index in
      (0...index[axis]).map { place in
        var source = index
        source[axis] = place
        return self[broadcast: source]
      }.reduce(nil as Double?) { before, next in before.map { combine($0, next) } ?? next }!
    }
  }
}
