/// A file that could not be opened, read or written, with the system's reason.
public struct FileError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What was being done when the system refused.
  public enum Operation: String, Sendable {
    case open
    case read
    case create = "create a file beside it"
    case write
    case replace
  }

  /// The path as the caller gave it.
  public let path: String
  public let operation: Operation
  /// The system's text for its error number, or what was found and expected where there is none.
  public let reason: String

  package init(path: String, operation: Operation, reason: String) {
    self.path = path
    self.operation = operation
    self.reason = reason
  }

  /// One line: the path, the operation and the reason.
  public var description: String {
    "\(path.onOneLine()): cannot \(operation.rawValue): \(reason)"
  }
}

extension StringProtocol {
  /// The text with control characters escaped and cut off beyond `limit` scalars, so that
  /// names which come from outside keep an error message on one short line.
  package func onOneLine(limit: Int = 200) -> String {
    var line = ""
    for scalar in unicodeScalars.prefix(limit) {
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator, .format:
        line += scalar.escaped(asASCII: true)
      default:
        line.unicodeScalars.append(scalar)
      }
    }
    return unicodeScalars.dropFirst(limit).isEmpty ? line : line + "…"
  }
}
