import Tensor

/// Where two models differ in structure.
public struct StructuralDifference: Equatable, Sendable, CustomStringConvertible {
  /// The path of a layer, or the name of a parameter or buffer; empty for the models themselves.
  public let path: String
  /// What the first model has there: the kind of a layer such as `Linear`, or the scalar type and shape
  /// of a tensor such as `float32 [3, 2]`; nil if it has nothing of that name.
  public let first: String?
  /// What the second model has there.
  public let second: String?

  public var description: String {
    let place = path.isEmpty ? "the model" : path
    return switch (first, second) {
    case (let first?, let second?): "\(place) is \(first) in one model and \(second) in the other"
    case (let first?, nil): "\(place), \(first), is in the first model alone"
    default: "\(place), \(second ?? ""), is in the second model alone"
    }
  }
}

extension Parameters {
  /// The first difference between the structure of this model and that of another; nil if they have the
  /// same layers at the same paths, and parameters and buffers of the same names, scalar types and
  /// shapes.
  ///
  /// Layers are compared by their types, not by options such as a stride or a dropout; parameters that
  /// several layers share count under their first name, so that sharing is compared too.
  ///
  /// ```swift
  /// if let difference = Parameters(of: model).structuralDifference(from: Parameters(of: other)) {
  ///   print(difference)  // 0.weight is float32 [3, 2] in one model and float32 [4, 2] in the other
  /// }
  /// ```
  public func structuralDifference(from other: Parameters) -> StructuralDifference? {
    Self.difference(layers, other.layers) ?? differenceOfStates(from: other)
  }

  /// The first difference between the parameters and buffers alone.
  func differenceOfStates(from other: Parameters) -> StructuralDifference? {
    func parts(_ parameters: Parameters) -> [(String, String)] {
      parameters.states.map { ($0.name, "\($0.state.dtype) \($0.state.shape)") }
    }
    return Self.difference(parts(self), parts(other))
  }

  /// The paths and kinds of the layers, and of what else owns parameters.
  private var layers: [(String, String)] {
    let owning = Set(entries.map(\.owner) + buffers.map(\.owner))
    return owners.enumerated().filter { owning.contains($0.offset) || $0.element.isLayer }.map {
      ($0.element.path, $0.element.kind)
    }
  }

  private static func difference(
    _ first: [(String, String)], _ second: [(String, String)]
  ) -> StructuralDifference? {
    let mine = Dictionary(first) { $1 }
    let its = Dictionary(second) { $1 }
    let paths = first.map(\.0) + second.map(\.0).filter { mine[$0] == nil }
    return paths.first { mine[$0] != its[$0] }.map {
      StructuralDifference(path: $0, first: mine[$0], second: its[$0])
    }
  }
}
