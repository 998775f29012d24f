import Tensor

/// Why the state in a file could not be taken over by an optimizer; `description` is one line. The
/// optimizer is as it was before.
public enum OptimizerStateError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file could not be read.
  case file(SafetensorsError)
  /// The file is of another kind of optimizer, or of none.
  case otherOptimizer(path: String, found: String?, expected: String)
  /// The file's names or shapes are not those of the optimizer's parameters.
  case otherModel(
    path: String, missing: [String], unexpected: [String], shapes: [WeightsError.ShapeMismatch])
  /// The file is of other parameter groups.
  case otherGroups(path: String, found: [String], expected: [String])
  /// A group's settings are not those that the optimizer's make it.
  case otherSettings(path: String, group: String, setting: String, found: String, expected: String)
  /// A setting or a step is not what `save(to:)` writes.
  case damaged(path: String, reason: String)

  public var description: String {
    switch self {
    case .file(let error):
      return error.description
    case .otherOptimizer(let path, let found, let expected):
      guard let found else {
        return "\(path.onOneLine()): not the state of an optimizer, expected that of \(expected)"
      }
      return "\(path.onOneLine()): the state of \(found.onOneLine()), expected that of \(expected)"
    case .otherModel(let path, let missing, let unexpected, let shapes):
      return "\(path.onOneLine()): the state belongs to another model: "
        + WeightsError.differences(
          missing: missing, unexpected: unexpected, shapes: shapes, owner: "optimizer")
    case .otherGroups(let path, let found, let expected):
      func list(_ groups: [String]) -> String {
        groups.isEmpty ? "none" : groups.map { "[\($0.onOneLine())]" }.joined(separator: " ")
      }
      return "\(path.onOneLine()): the groups are \(list(found)), expected \(list(expected))"
    case .otherSettings(let path, let group, let setting, let found, let expected):
      return "\(path.onOneLine()): \(setting) of the group [\(group)] is \(found.onOneLine()), "
        + "expected \(expected)"
    case .damaged(let path, let reason):
      return "\(path.onOneLine()): damaged: \(reason.onOneLine())"
    }
  }
}

/// Where a file and an optimizer differ.
struct StateDifference {
  var known: Set<String> = []
  var missing: [String] = []
  var shapes: [WeightsError.ShapeMismatch] = []

  /// Throws if there is a difference; names that nobody knows count.
  func check(against file: SafetensorsFile) throws(OptimizerStateError) {
    let unexpected = file.entries.map(\.name).filter { !known.contains($0) }
    guard missing.isEmpty && unexpected.isEmpty && shapes.isEmpty else {
      throw .otherModel(
        path: file.path, missing: missing, unexpected: unexpected, shapes: shapes)
    }
  }
}
