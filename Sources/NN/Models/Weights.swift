import Tensor

/// Why the weights of a file could not be taken over; `description` is one line. The model is as it
/// was before.
public enum WeightsError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file could not be read.
  case file(SafetensorsError)
  /// The file's names or shapes are not those of the model.
  case mismatch(path: String, missing: [String], unexpected: [String], shapes: [ShapeMismatch])

  /// A tensor of the right name and another shape.
  public struct ShapeMismatch: Equatable, Sendable {
    public let name: String
    public let found: Shape
    public let expected: Shape
  }

  public var description: String {
    switch self {
    case .file(let error):
      return error.description
    case .mismatch(let path, let missing, let unexpected, let shapes):
      return "\(path): the weights are of another model: "
        + Self.differences(
          missing: missing, unexpected: unexpected, shapes: shapes, owner: "model")
    }
  }

  static func differences(
    missing: [String], unexpected: [String], shapes: [ShapeMismatch], owner: StaticString
  ) -> String {
    var parts: [String] = []
    if !missing.isEmpty { parts.append("it lacks \(list(missing))") }
    if !unexpected.isEmpty { parts.append("the \(owner) has no \(list(unexpected))") }
    if !shapes.isEmpty {
      parts.append(
        list(shapes.map { "\($0.name) is \($0.found), the \(owner)'s is \($0.expected)" }))
    }
    return parts.joined(separator: "; ")
  }

  /// A few names, then how many more there are.
  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(4).joined(separator: ", ")
    return names.count > 4 ? "\(shown) and \(names.count - 4) more" : shown
  }
}

/// What a load of weights did, by the model's names.
public struct WeightsReport: Equatable, Sendable, CustomStringConvertible {
  /// What was set from the file.
  public internal(set) var loaded: [String] = []
  /// What the model has and the file lacks.
  public internal(set) var missing: [String] = []
  /// What the file has, under the prefix, and the model lacks.
  public internal(set) var unexpected: [String] = []
  /// What has another shape in the file.
  public internal(set) var mismatched: [WeightsError.ShapeMismatch] = []

  /// Whether every name was on both sides, with the same shape.
  public var isComplete: Bool { missing.isEmpty && unexpected.isEmpty && mismatched.isEmpty }

  public var description: String {
    var lines = ["loaded \(loaded.count) tensors"]
    if !missing.isEmpty { lines.append("missing: \(missing.joined(separator: ", "))") }
    if !unexpected.isEmpty { lines.append("unexpected: \(unexpected.joined(separator: ", "))") }
    for mismatch in mismatched {
      lines.append("\(mismatch.name) is \(mismatch.found), the model's is \(mismatch.expected)")
    }
    return lines.joined(separator: "\n")
  }
}

/// Weights as safetensors files.
///
/// Names are the property paths of the parameters and shapes are those of PyTorch, so a file written
/// here loads into the same PyTorch model with `load_state_dict(safetensors.torch.load_file(path))`,
/// and one written there by `safetensors.torch.save_file(model.state_dict(), path)` loads here:
///
/// | layer | name | shape |
/// | --- | --- | --- |
/// | `Linear(inputs, outputs)` | `weight` | `[outputs, inputs]` |
/// | | `bias` | `[outputs]` |
/// | `Conv1D(inputs, outputs, …)` and `2D` | `weight` | `[outputs, inputs ÷ groups, kernel…]` |
/// | | `bias` | `[outputs]` |
/// | `ConvTranspose1D` and `2D` | `weight` | `[inputs, outputs ÷ groups, kernel…]` |
/// | `Embedding(count, width)` | `weight` | `[count, width]` |
/// | `Bilinear(first, second, outputs)` | `weight` | `[outputs, first, second]` |
/// | `BatchNorm1D(channels)` and `2D`, `GroupNorm`, `InstanceNorm` | `weight`, `bias` | `[channels]` |
/// | | `running_mean`, `running_var` | `[channels]` |
/// | | `num_batches_tracked` | `[]` |
/// | `LayerNorm(shape)`, `RMSNorm(shape)` | `weight`, `bias` | the shape |
/// | `LSTM(inputs, width)`, `GRU`, `RNN`; 4, 3 or 1 gates | `weight_ih_l0` | `[gates · width, inputs]` |
/// | | `weight_hh_l0` | `[gates · width, width]` |
/// | | `bias_ih_l0`, `bias_hh_l0` | `[gates · width]` |
/// | `MultiHeadAttention(width, heads:)` | `in_proj_weight`, `in_proj_bias` | `[3 · width, width]`, `[3 · width]` |
/// | | `out_proj.weight`, `out_proj.bias` | `[width, width]`, `[width]` |
/// | `TransformerEncoderLayer`, `…DecoderLayer` | `self_attn.…`, `linear1.…`, `norm1.…` | theirs |
/// | layer i of a `Sequential` | `i.` and its names | |
extension Parameters {
  /// Writes every parameter and buffer to a file, which appears complete or not at all.
  ///
  /// - Throws: `SafetensorsError` if the file cannot be written; a file that was there stays.
  public func save(
    to path: String, metadata: [String: String] = [:]
  ) throws(SafetensorsError) {
    try SafetensorsFile.write(
      states.map { $0.state.namedTensor($0.name) }, metadata: metadata, to: path)
  }

  /// Sets every parameter and buffer from a file that has exactly their names and shapes.
  ///
  /// Floating-point numbers are converted from the precision of the file. With `strict: false` what fits is taken, and the report
  /// says what did not. With a `prefix`, only the names that begin with it count, without it: so a
  /// part of a model loads from the file of the whole (`prefix: "encoder."`).
  ///
  /// - Throws: `WeightsError`; the model is then unchanged.
  @discardableResult
  public func load(
    from path: String, strict: Bool = true, prefix: String = ""
  ) throws(WeightsError) -> WeightsReport {
    let file: SafetensorsFile
    do { file = try SafetensorsFile(path: path) } catch { throw .file(error) }
    return try load(from: file, strict: strict, prefix: prefix)
  }

  /// Sets every parameter and buffer from an open file; see `load(from:strict:prefix:)`.
  @discardableResult
  public func load(
    from file: SafetensorsFile, strict: Bool = true, prefix: String = ""
  ) throws(WeightsError) -> WeightsReport {
    let report = comparison(with: file, prefix: prefix)
    guard report.isComplete || !strict else {
      throw .mismatch(
        path: file.path, missing: report.missing, unexpected: report.unexpected,
        shapes: report.mismatched)
    }
    let fitting = Set(report.loaded)
    // Everything is read before anything is changed.
    var assignments: [() -> Void] = []
    for (name, state) in states where fitting.contains(name) {
      do {
        assignments.append(try state.assignment(from: file, name: prefix + name))
      } catch {
        throw .file(error)
      }
    }
    for assign in assignments { assign() }
    return report
  }

  /// Parameters, then buffers, with their names.
  var states: [(name: String, state: any AnyState)] {
    entries.map { ($0.name, $0.parameter) } + buffers.map { ($0.name, $0.buffer) }
  }

  private func comparison(with file: SafetensorsFile, prefix: String) -> WeightsReport {
    var report = WeightsReport()
    for (name, state) in states {
      guard let found = file.entry(named: prefix + name)?.shape else {
        report.missing.append(name)
        continue
      }
      if found == state.shape {
        report.loaded.append(name)
      } else {
        report.mismatched.append(.init(name: name, found: found, expected: state.shape))
      }
    }
    let known = Set(states.map(\.name))
    report.unexpected = file.entries.map(\.name).filter {
      $0.hasPrefix(prefix) && !known.contains(String($0.dropFirst(prefix.count)))
    }
    return report
  }
}

extension SafetensorsFile {
  /// A tensor in the model's precision, whichever floating-point format the file has it in.
  func weights<Scalar: FloatingPointScalar>(
    named name: String
  ) throws(SafetensorsError) -> Tensor<Scalar> {
    switch entry(named: name)?.dtype {
    case .float64 where Scalar.self == Float.self:
      Tensor<Scalar>(try tensor(named: name, as: Double.self))
    case .float32 where Scalar.self == Double.self, .float16 where Scalar.self == Double.self,
      .bfloat16 where Scalar.self == Double.self:
      Tensor<Scalar>(try tensor(named: name, as: Float.self))
    default:
      try tensor(named: name, as: Scalar.self)
    }
  }
}

extension Layer {
  /// Writes parameters and buffers to a safetensors file; see `Parameters.save(to:metadata:)`.
  public func save(to path: String, metadata: [String: String] = [:]) throws(SafetensorsError) {
    try Parameters(of: self).save(to: path, metadata: metadata)
  }

  /// Sets parameters and buffers from a safetensors file; see
  /// `Parameters.load(from:strict:prefix:)`.
  @discardableResult
  public func load(
    from path: String, strict: Bool = true, prefix: String = ""
  ) throws(WeightsError) -> WeightsReport {
    try Parameters(of: self).load(from: path, strict: strict, prefix: prefix)
  }
}
