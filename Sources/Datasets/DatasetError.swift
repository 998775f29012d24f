/// What is wrong with a data file, a data set or the places where it was looked for.
///
/// `description` is one line that names the file, what was found, what was expected and, where there
/// is one, the remedy.
public enum DatasetError: Error, Sendable, Equatable {
  /// A file could not be opened or read; `reason` is the system's.
  case unreadable(file: String, reason: String)
  /// A file or folder could not be created, written or renamed.
  case unwritable(file: String, reason: String)

  /// The file ends inside its gzip stream.
  case truncatedGzip(file: String)
  /// The gzip stream is damaged; `reason` is zlib's.
  case corruptGzip(file: String, reason: String)
  /// Bytes that are no gzip member follow the gzip stream.
  case trailingBytes(file: String)

  /// The file ends inside its IDX header.
  case shortIDXHeader(file: String, found: Int, expected: Int)
  /// The file does not start with two zero bytes, as IDX does.
  case notIDX(file: String, found: [UInt8])
  /// The elements are not unsigned bytes; `code` is the third byte of the file.
  case unsupportedIDXType(file: String, code: UInt8)
  /// The fourth byte of the file, the number of dimensions, is not in 1…8.
  case badIDXRank(file: String, found: Int)
  /// A dimension is zero, or negative as the 32-bit signed integer that it is.
  case badIDXDimension(file: String, axis: Int, found: Int)
  /// The header promises more than the file can hold, or than the reader's limit.
  case implausibleIDXSize(file: String, dimensions: [Int], limit: Int)
  /// There are fewer elements than the header promises.
  case shortIDXData(file: String, dimensions: [Int], found: Int)
  /// There are more elements than the header promises.
  case excessIDXData(file: String, dimensions: [Int])

  /// The file has another number of dimensions than its role asks for.
  case wrongRank(file: String, dimensions: [Int], expected: Int)
  /// The images have another size than those of the data set.
  case wrongImageSize(file: String, found: [Int], expected: [Int])
  /// Images and labels differ in number.
  case countMismatch(images: String, imageCount: Int, labels: String, labelCount: Int)
  /// A label is not in 0..<`classes`.
  case labelOutOfRange(file: String, index: Int, label: Int, classes: Int)
  /// A data set without an example, or with images without a pixel.
  case empty(name: String)

  /// A folder lacks a file of the data set, plain or gzip'ed.
  case missingFile(name: String, folder: String)
  /// Neither `XDG_CACHE_HOME` nor `HOME` names a folder to cache a download in.
  case noCacheFolder(dataset: String)
  /// A file could be fetched from none of its mirrors; one reason for each.
  case noMirror(dataset: String, file: String, reasons: [MirrorFailure])
  /// The files that ship with the package are not beside the program nor in the source.
  case missingResources(searched: [String])

  /// Why a file could not be had from one mirror.
  public struct MirrorFailure: Error, Sendable, Equatable {
    /// The host that was asked.
    public let host: String
    /// What went wrong, in a few words.
    public let reason: String

    package init(host: String, reason: String) {
      self.host = host
      self.reason = reason
    }
  }

  /// Whether a data set is merely not to be had on this machine: no mirror answers, or there is no
  /// place to keep a download. A program may then go on with `ImageDataset.embedded`. The other
  /// errors speak of files that are missing where they were said to be, or wrong.
  public var meansUnavailable: Bool {
    switch self {
    case .noMirror, .noCacheFolder, .unwritable: true
    default: false
    }
  }
}

extension DatasetError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreadable(let file, let reason):
      "\(file): cannot be read: \(reason)"
    case .unwritable(let file, let reason):
      "\(file): cannot be written: \(reason)"
    case .truncatedGzip(let file):
      "\(file): the gzip data end too early; the file is truncated, delete it and fetch it again"
    case .corruptGzip(let file, let reason):
      "\(file): the gzip data are corrupt (\(reason)); delete the file and fetch it again"
    case .trailingBytes(let file):
      "\(file): other bytes follow the gzip data; delete the file and fetch it again"
    case .shortIDXHeader(let file, let found, let expected):
      "\(file): ends after \(found) of the \(expected) bytes of its IDX header"
    case .notIDX(let file, let found):
      "\(file): not an IDX file: starts with \(Self.hexadecimal(found)), expected 00 00"
    case .unsupportedIDXType(let file, let code):
      "\(file): IDX elements of type \(Self.idxType(code)), expected 08 (unsigned byte)"
    case .badIDXRank(let file, let found):
      "\(file): IDX data of \(found) dimensions, expected 1 to 8"
    case .badIDXDimension(let file, let axis, let found):
      "\(file): IDX dimension \(axis) is \(found), expected 1 or more"
    case .implausibleIDXSize(let file, let dimensions, let limit):
      "\(file): the IDX header promises \(Self.product(dimensions)) bytes, "
        + "but at most \(limit) are possible here"
    case .shortIDXData(let file, let dimensions, let found):
      "\(file): \(found) bytes of data, but the IDX header promises \(Self.product(dimensions))"
    case .excessIDXData(let file, let dimensions):
      "\(file): more data than the \(Self.product(dimensions)) bytes that the IDX header promises"
    case .wrongRank(let file, let dimensions, let expected):
      "\(file): \(dimensions.count) dimensions (\(Self.product(dimensions))), expected \(expected)"
    case .wrongImageSize(let file, let found, let expected):
      "\(file): images of \(Self.product(found)) pixels, expected \(Self.product(expected))"
    case .countMismatch(let images, let imageCount, let labels, let labelCount):
      "\(labels): \(labelCount) labels for the \(imageCount) images of \(images)"
    case .labelOutOfRange(let file, let index, let label, let classes):
      "\(file): label \(label) at index \(index), expected 0 to \(classes - 1)"
    case .empty(let name):
      "\(name): an empty data set, expected one example or more"
    case .missingFile(let name, let folder):
      "\(folder): has neither \(name) nor \(name).gz"
    case .noCacheFolder(let dataset):
      "\(dataset): no folder to keep the download in; set HOME or XDG_CACHE_HOME, or name a folder "
        + "with the data"
    case .noMirror(let dataset, let file, let reasons):
      "\(dataset): no mirror gave \(file) ("
        + reasons.map { "\($0.host): \($0.reason)" }.joined(separator: "; ")
        + "); try again online, or name a folder with the data"
    case .missingResources(let searched):
      "the embedded data set is in none of \(searched.joined(separator: ", ")); keep the folder "
        + "Apus_Datasets.resources beside the program"
    }
  }

  private static func product(_ dimensions: [Int]) -> String {
    dimensions.map(String.init).joined(separator: " × ")
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
  }

  private static func idxType(_ code: UInt8) -> String {
    let name =
      switch code {
      case 0x08: "unsigned byte"
      case 0x09: "signed byte"
      case 0x0B: "16-bit integer"
      case 0x0C: "32-bit integer"
      case 0x0D: "32-bit float"
      case 0x0E: "64-bit float"
      default: "unknown"
      }
    return "\(hexadecimal([code])) (\(name))"
  }
}
