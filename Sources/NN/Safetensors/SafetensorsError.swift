import Tensor

/// Why a safetensors file could not be read or written; `description` is one line.
public enum SafetensorsError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file could not be opened, read or written.
  case file(FileError)
  /// The content breaks a rule of the format; `tensor` names the tensor where one is at fault.
  case malformed(path: String, tensor: String?, reason: String)
  /// The file holds no tensor of that name.
  case missingTensor(path: String, tensor: String)
  /// The tensor's elements are of another type than asked for.
  case dtypeMismatch(
    path: String, tensor: String, found: SafetensorsDType, expected: [SafetensorsDType])
  /// The tensors cannot be written in this format; nothing was written.
  case unwritable(path: String, tensor: String?, reason: String)

  public var description: String {
    switch self {
    case .file(let error):
      return error.description
    case .malformed(let path, let tensor, let reason):
      return "\(Self.place(path, tensor)): \(reason); "
        + "the file is damaged or not safetensors, save or copy it again"
    case .missingTensor(let path, let tensor):
      return "\(Self.place(path, tensor)): it is not in the file; "
        + "check the name and that the file belongs to the model"
    case .dtypeMismatch(let path, let tensor, let found, let expected):
      let expected = expected.map(\.rawValue).joined(separator: ", ")
      return "\(Self.place(path, tensor)): found dtype \(found.rawValue), expected \(expected); "
        + "ask for a matching scalar type or save the file in it"
    case .unwritable(let path, let tensor, let reason):
      return "\(Self.place(path, tensor)): cannot be written: \(reason)"
    }
  }

  private static func place(_ path: String, _ tensor: String?) -> String {
    let path = path.onOneLine()
    guard let tensor else { return path }
    return "\(path): tensor \"\(tensor.onOneLine())\""
  }
}
