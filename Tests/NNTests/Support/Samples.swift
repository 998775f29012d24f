import NN
import Tensor
import Testing

/// How the elements of a test's input lie in memory.
enum MemoryLayoutKind: String, CaseIterable, Sendable {
  case contiguous, transposed, sliced, repeated
}

extension PlainArray {
  /// Numbers of U(low, high).
  static func random(
    _ shape: [Int], in range: ClosedRange<Double> = -2...2, using random: inout RandomGenerator
  ) -> PlainArray {
    PlainArray(shape: shape) { _ in Double.random(in: range, using: &random) }
  }

  /// The same numbers, those along the first axis all made equal to its first row.
  var repeatedAlongFirstAxis: PlainArray {
    guard shape.count > 0, shape[0] > 0 else { return self }
    return PlainArray(shape: shape) { self[broadcast: [0] + $0.dropFirst()] }
  }

  /// A tensor of these numbers that lies in memory as asked.
  func tensor<Scalar: FloatingPointScalar>(
    _ scalar: Scalar.Type = Double.self, layout: MemoryLayoutKind = .contiguous
  ) -> Tensor<Scalar> {
    let plain = Tensor(values.map { Scalar($0) }, shape: Shape(shape))
    switch layout {
    case .contiguous:
      return plain
    case .transposed:
      guard shape.count >= 2 else { return plain }
      let reversed = Array(shape.indices.reversed())
      let stored = Tensor(
        permuted(reversed).values.map { Scalar($0) }, shape: Shape(shape.reversed()))
      return stored.permuted(reversed)
    case .sliced:
      guard let last = shape.last else { return plain }
      var padded = Tensor<Scalar>(repeating: .nan, shape: Shape(shape.dropLast() + [last + 3]))
      let whole = Array(repeating: 0..., count: shape.count - 1) as [any AxisSelectionConvertible]
      padded.assign(plain, at: whole + [2..<last + 2])
      return padded.part(at: whole + [2..<last + 2])
    case .repeated:
      guard shape.count > 0, shape[0] > 0 else { return plain }
      return plain[0..<1].broadcast(to: Shape(shape))
    }
  }
}

extension Tensor {
  // Variadic subscripts take no array, so ranks up to four are spelled out.
  fileprivate func part(at s: [any AxisSelectionConvertible]) -> Tensor {
    switch s.count {
    case 1: self[s[0]]
    case 2: self[s[0], s[1]]
    case 3: self[s[0], s[1], s[2]]
    case 4: self[s[0], s[1], s[2], s[3]]
    default: fatalError("rank \(s.count) is not needed by these tests")
    }
  }

  fileprivate mutating func assign(_ value: Tensor, at s: [any AxisSelectionConvertible]) {
    switch s.count {
    case 1: self[s[0]] = value
    case 2: self[s[0], s[1]] = value
    case 3: self[s[0], s[1], s[2]] = value
    case 4: self[s[0], s[1], s[2], s[3]] = value
    default: fatalError("rank \(s.count) is not needed by these tests")
    }
  }
}

/// Expects equal shapes, and elements that agree to `tolerance`, relative above 1 and absolute below.
func expectClose<Scalar: FloatingPointScalar>(
  _ actual: Tensor<Scalar>, _ expected: PlainArray, tolerance: Double, _ what: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard Array(actual.shape) == expected.shape else {
    Issue.record(
      "\(what): shape \(actual.shape), expected \(expected.shape)", sourceLocation: sourceLocation)
    return
  }
  for (place, (a, b)) in zip(actual.scalars, expected.values).enumerated()
  where !(abs(Double(a) - b) <= tolerance * max(1, abs(b))) && !(a.isNaN && b.isNaN) {
    Issue.record(
      "\(what): element \(place) is \(a), expected \(b)", sourceLocation: sourceLocation)
    return
  }
}

func expectClose(
  _ actual: [Double], _ expected: [Double], tolerance: Double, _ what: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  expectClose(
    Tensor(actual), PlainArray(expected, shape: [expected.count]), tolerance: tolerance, what,
    sourceLocation: sourceLocation)
}
