import Tensor

/// What a model is made of and what it takes: its layers in the order in which they are called, the
/// shapes of their outputs, parameters, multiply-adds and memory.
///
/// ```swift
/// print(model.summary(input: [64, 784]))              // a layer
/// print(ModelSummary(of: model) { model(tokens) })    // any model, called as it is meant to be
/// ```
///
/// The model runs once, in evaluation. Each row counts what its layer does itself; what the layers within
/// it do stands in their own rows, so that the rows add up to the totals. Layers in a `Sequential` and
/// layers with parameters have rows, and so does each type that holds a parameter; what is computed
/// elsewhere, such as by an activation that a model of one's own calls, counts for what encloses it.
public struct ModelSummary: Sendable, Equatable {
  /// A layer.
  public struct Row: Sendable, Equatable {
    /// Where in the model it is, such as `encoder.0`; empty for the model itself.
    public let path: String
    /// Its type, such as `Linear`.
    public let kind: String
    /// The shape of its output in its last call: of the first one if it has several. nil if it is not
    /// called, or makes no tensor.
    public internal(set) var outputShape: Shape?
    /// How many times it is called.
    public internal(set) var calls = 0
    /// The number of elements of its parameters; a parameter that several layers share counts for the
    /// first.
    public internal(set) var parameters = 0
    /// How many of these are frozen.
    public internal(set) var frozenParameters = 0
    /// The multiplications, each with an addition, of its matrix products, convolutions, recurrent steps
    /// and attention, which leaves out what causality hides and padding at the end. Biases, elementwise
    /// functions, normalisation and pooling count for nothing; other masks and lengths lessen nothing.
    public internal(set) var multiplyAdds = 0
    /// The bytes of its parameters and buffers.
    public internal(set) var parameterBytes = 0
    /// The bytes of all that its operations compute, without views: about what training keeps until the
    /// backward pass.
    public internal(set) var activationBytes = 0
  }

  /// The layers in the order of their first calls, then those that are never called.
  public let rows: [Row]

  /// The sums of all rows.
  public var total: Row {
    rows.reduce(into: Row(path: "", kind: "total")) { sum, row in
      sum.calls += row.calls
      sum.parameters += row.parameters
      sum.frozenParameters += row.frozenParameters
      sum.multiplyAdds += row.multiplyAdds
      sum.parameterBytes += row.parameterBytes
      sum.activationBytes += row.activationBytes
    }
  }

  /// Runs a model by `call`, on any input, and gathers what its layers do.
  ///
  /// `call` should evaluate, not train. Its result, a variable or a tuple that begins with one, is the
  /// output of the model.
  public init<Result>(of model: Any, _ call: () throws -> Result) rethrows {
    let parameters = Parameters(walking: model)
    let recorder = SummaryRecorder(parameters)
    try recorder.counter.during {
      try OperationObserver.with(recorder) {
        _ = try LayerScope.within("", LayerScope.kind(of: model), call)
      }
    }
    rows = recorder.rows(with: parameters)
  }
}

extension Layer {
  /// The summary of this layer for an input of zeros of this shape, its batch included; see
  /// `ModelSummary`.
  public func summary(input shape: Shape) -> ModelSummary {
    ModelSummary(of: self) { self(Variable(Tensor<Scalar>.zeros(shape)), in: .evaluation) }
  }
}

extension ModelSummary: CustomStringConvertible {
  /// A table with a line for each row, the totals, and what the parameters are.
  public var description: String {
    let total = total
    var table = [["layer", "kind", "output", "parameters", "multiply-adds", "activations"]]
    for row in rows {
      table.append([
        row.path, row.kind + (row.calls > 1 ? " × \(row.calls)" : ""),
        row.outputShape.map { "\($0)" } ?? "–", grouped(row.parameters), grouped(row.multiplyAdds),
        byteText(row.activationBytes),
      ])
    }
    table.append([
      "total", "", "", grouped(total.parameters), grouped(total.multiplyAdds),
      byteText(total.activationBytes),
    ])
    let trained = grouped(total.parameters - total.frozenParameters)
    return textTable(table, right: [3, 4, 5])
      + "\n\(trained) parameters are trained, \(grouped(total.frozenParameters)) are frozen; with "
      + "buffers they take \(byteText(total.parameterBytes))"
  }
}

/// A number with a comma before each three digits.
private func grouped(_ number: Int) -> String {
  let digits = String(number)
  var text = ""
  for (place, digit) in digits.enumerated() {
    if place > 0 && (digits.count - place) % 3 == 0 { text.append(",") }
    text.append(digit)
  }
  return text
}
