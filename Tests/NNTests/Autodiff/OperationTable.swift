import NN
import Tensor
import Testing

/// A family of differentiable functions, each with a reference in plain loops over `Double`.
///
/// A family is an enumeration; its rows say on which inputs each of its functions is checked. Every
/// operation that has a rule of its own must be recorded by a row.
protocol FunctionFamily: CaseIterable, Sendable {
  static var rows: [OperationCase] { get }
  var name: String { get }
  func callAsFunction<S: FloatingPointScalar>(_ x: [Variable<S>]) -> Variable<S>
  func reference(_ x: [PlainArray]) -> PlainArray
}

extension FunctionFamily where Self: RawRepresentable, RawValue == String {
  var name: String { rawValue }
}

extension OperationCase {
  /// The families of the table.
  static let families: [any FunctionFamily.Type] = [
    CoreFunction.self,
    LossFunction.self,
    ElementLossFunction.self,
    NormalizationFunction.self,
    BlockFunction.self,
    ElementFunction.self, PairFunction.self, WindowFunction.self, ShapeFunction.self,
    ReductionFunction.self, MatrixFunction.self, RecurrentFunction.self, AttentionFunction.self,
    SamplingFunction.self,
  ]

  static let all = families.flatMap { $0.rows } + emptyRows
}

/// A row of the table: a function with the shapes of its inputs and where they come from.
struct OperationCase: Sendable, CustomTestStringConvertible {
  let function: any FunctionFamily
  let shapes: [[Int]]
  let domain: ClosedRange<Double>

  var testDescription: String { "\(function.name)\(shapes)" }

  init(_ function: any FunctionFamily, shapes: [[Int]], in domain: ClosedRange<Double>) {
    self.function = function
    self.shapes = shapes
    self.domain = domain
  }
}

extension FunctionFamily {
  /// A row of this family.
  static func row(_ function: Self, _ shapes: [Int]..., in domain: ClosedRange<Double> = -2...2)
    -> OperationCase
  {
    OperationCase(function, shapes: shapes, in: domain)
  }
}
