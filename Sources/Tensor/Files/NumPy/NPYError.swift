/// Why an `.npy` or `.npz` file could not be read or written; `description` is one line.
public enum NPYError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Where the fault lies: a file, and in an `.npz` archive the member.
  public struct Place: Equatable, Sendable, CustomStringConvertible {
    /// The path as the caller gave it.
    public let path: String
    /// The member's name in the archive, with its `.npy`; nil for an `.npy` file or the archive.
    public let member: String?

    package init(path: String, member: String? = nil) {
      self.path = path
      self.member = member
    }

    public var description: String {
      let path = path.onOneLine()
      guard let member else { return path }
      return "\(path): member \"\(member.onOneLine())\""
    }
  }

  /// The file could not be opened, read or written.
  case file(FileError)
  /// The content does not begin as the format does; `expected` says how.
  case wrongFormat(Place, found: String, expected: String)
  /// The `.npy` format has another version than 1.0, 2.0 and 3.0.
  case unknownVersion(Place, major: Int, minor: Int)
  /// The content breaks a rule of the format.
  case malformed(Place, reason: String)
  /// The elements are of a type that tensors cannot hold, such as `<c16`, `|O` or a structure.
  case unsupportedDType(Place, found: String)
  /// The array has more axes than tensors can have.
  case unsupportedRank(Place, rank: Int)
  /// The elements are of another type than asked for.
  case dtypeMismatch(Place, found: DType, expected: DType)
  /// The archive uses what is not read here, such as encryption; `found` names it.
  case unsupportedArchive(Place, found: String, expected: String)
  /// The archive holds no array of that name.
  case missingArray(Place, name: String)
  /// The arrays cannot be written in this format; nothing was written.
  case unwritable(Place, reason: String)

  public var description: String {
    switch self {
    case .file(let error):
      return error.description
    case .wrongFormat(let place, let found, let expected):
      return "\(place): begins with \(found), expected \(expected); "
        + "check that it is the right file, or save it again with NumPy or Apus"
    case .unknownVersion(let place, let major, let minor):
      return "\(place): found version \(major).\(minor) of the npy format, expected 1.0, 2.0 or "
        + "3.0; save it in one of these"
    case .malformed(let place, let reason):
      return "\(place): \(reason); the file is damaged, save or copy it again"
    case .unsupportedDType(let place, let found):
      let known = "f4, f8, i4, i8, u1 or b1"
      return "\(place): found dtype \(found.onOneLine()), expected \(known); "
        + "convert it with astype before saving"
    case .unsupportedRank(let place, let rank):
      return "\(place): found an array of \(rank) axes, expected at most \(Dimensions.capacity); "
        + "reshape it before saving"
    case .dtypeMismatch(let place, let found, let expected):
      return "\(place): found dtype \(found), expected \(expected); "
        + "ask for Tensor<\(found.scalarName)> or save it as \(expected)"
    case .unsupportedArchive(let place, let found, let expected):
      return "\(place): found \(found), expected \(expected); "
        + "save it again with numpy.savez or numpy.savez_compressed"
    case .missingArray(let place, let name):
      return "\(place): it holds no array \"\(name.onOneLine())\", expected one of its names; "
        + "see NPZFile.names"
    case .unwritable(let place, let reason):
      return "\(place): cannot be written: \(reason)"
    }
  }
}

extension DType {
  /// The Swift type of the elements.
  fileprivate var scalarName: String {
    switch self {
    case .float32: "Float"
    case .float64: "Double"
    case .int32: "Int32"
    case .int64: "Int64"
    case .uint8: "UInt8"
    case .bool: "Bool"
    }
  }
}
