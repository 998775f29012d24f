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
      var parts: [String] = []
      if !missing.isEmpty { parts.append("it lacks \(Self.list(missing))") }
      if !unexpected.isEmpty { parts.append("the model has no \(Self.list(unexpected))") }
      if !shapes.isEmpty {
        parts.append(
          Self.list(shapes.map { "\($0.name) is \($0.found), the model's is \($0.expected)" }))
      }
      return "\(path): the weights are of another model: \(parts.joined(separator: "; "))"
    }
  }

  /// A few names, then how many more there are.
  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(4).joined(separator: ", ")
    return names.count > 4 ? "\(shown) and \(names.count - 4) more" : shown
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
/// | layer i of a `Sequential` | `i.` and its names | |
extension Parameters {
  /// Writes every parameter to a file, which appears complete or not at all.
  ///
  /// - Throws: `SafetensorsError` if the file cannot be written; a file that was there stays.
  public func save(
    to path: String, metadata: [String: String] = [:]
  ) throws(SafetensorsError) {
    try SafetensorsFile.write(
      entries.map { $0.parameter.namedTensor($0.name) }, metadata: metadata, to: path)
  }

  /// Sets every parameter from a file that has exactly their names and shapes.
  ///
  /// A file in half precision is converted.
  ///
  /// - Throws: `WeightsError`; the parameters are then unchanged.
  public func load(from path: String) throws(WeightsError) {
    let file: SafetensorsFile
    do { file = try SafetensorsFile(path: path) } catch { throw .file(error) }
    if let mismatch = mismatch(with: file) { throw mismatch }
    // Everything is read before anything is changed.
    var assignments: [() -> Void] = []
    for entry in entries {
      do {
        assignments.append(try entry.parameter.assignment(from: file, name: entry.name))
      } catch {
        throw .file(error)
      }
    }
    for assign in assignments { assign() }
  }

  private func mismatch(with file: SafetensorsFile) -> WeightsError? {
    let missing = names.filter { file.entry(named: $0) == nil }
    let known = Set(names)
    let unexpected = file.entries.map(\.name).filter { !known.contains($0) }
    let shapes = entries.compactMap { entry -> WeightsError.ShapeMismatch? in
      guard let found = file.entry(named: entry.name)?.shape, found != entry.parameter.shape else {
        return nil
      }
      return .init(name: entry.name, found: found, expected: entry.parameter.shape)
    }
    if missing.isEmpty && unexpected.isEmpty && shapes.isEmpty { return nil }
    return .mismatch(
      path: file.path, missing: missing, unexpected: unexpected, shapes: shapes)
  }
}

extension Layer {
  /// Writes the parameters to a safetensors file; see `Parameters.save(to:metadata:)`.
  public func save(to path: String, metadata: [String: String] = [:]) throws(SafetensorsError) {
    try Parameters(of: self).save(to: path, metadata: metadata)
  }

  /// Sets the parameters from a safetensors file; see `Parameters.load(from:)`.
  public func load(from path: String) throws(WeightsError) {
    try Parameters(of: self).load(from: path)
  }
}
