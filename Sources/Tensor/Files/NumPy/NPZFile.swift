/// Named arrays in a file of NumPy's `.npz` format: a ZIP archive with an `.npy` for each array.
///
/// Opening reads and checks the archive's directory alone; each array is read when it is asked for.
///
///     let file = try NPZFile(path: "model.npz")
///     let weight = try file.tensor(named: "weight", as: Float.self)
///
/// Members may be stored (`numpy.savez`) or deflated (`numpy.savez_compressed`). Those that are not
/// named `.npy` are left alone.
///
/// Source: NumPy's `numpy.savez`; APPNOTE.TXT, ZIP File Format Specification 6.3.10, PKWARE.
public struct NPZFile: Sendable {
  public let path: String
  /// The names of the arrays, without `.npy`, in the order of the archive's directory.
  public let names: [String]
  private let members: [String: (entry: ZipEntry, data: Range<Int>)]
  private let file: InputFile

  static let suffix = ".npy"

  /// Opens the archive at `path` and checks its directory.
  ///
  /// - Throws: `NPYError.file` where it cannot be read, `.wrongFormat` where it is no ZIP archive,
  ///   `.malformed` where it breaks a rule: names that come twice or lead out of their folder,
  ///   members that overlap or reach out of the archive, sizes that cannot be;
  ///   `.unsupportedArchive` for encryption, other compression and archives of several files.
  public init(path: String) throws(NPYError) {
    self.path = path
    do throws(FileError) { file = try InputFile(path: path) } catch { throw .file(error) }
    var names: [String] = []
    var members: [String: (entry: ZipEntry, data: Range<Int>)] = [:]
    for (entry, data) in try ZipDirectory(of: file).members where entry.name.hasSuffix(Self.suffix)
    {
      let name = String(entry.name.dropLast(Self.suffix.count))
      names.append(name)
      members[name] = (entry, data)
    }
    self.names = names
    self.members = members
  }

  /// What the file says of the array called `name`.
  ///
  /// - Throws: `NPYError.missingArray`, or as `NPYFile.init(path:)` does.
  public func header(named name: String) throws(NPYError) -> NPYHeader {
    try NPYHeader(from: try member(named: name))
  }

  /// Reads the array called `name`.
  ///
  /// - Throws: `NPYError.missingArray`; as `NPYFile` does; `.malformed` where the CRC-32 or the size
  ///   of the member is not what the archive says, or where it does not inflate.
  public func tensor<Scalar: TensorScalar>(
    named name: String, as type: Scalar.Type = Scalar.self
  ) throws(NPYError) -> Tensor<Scalar> {
    let member = try member(named: name)
    return try member.tensor(try NPYHeader(from: member), as: type)
  }

  private func member(named name: String) throws(NPYError) -> ZipMember {
    guard let (entry, data) = members[name] else {
      throw .missingArray(.init(path: path), name: name)
    }
    return ZipMember(entry, data: data, in: file)
  }
}
