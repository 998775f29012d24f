import Tensor

/// Reads IDX, the format of MNIST's files: a header of two zero bytes, a type code, the number of
/// dimensions and each dimension as a 32-bit big-endian integer, then the elements in row-major order.
///
/// Only unsigned bytes (type code 0x08) are read. The source is "The MNIST database of handwritten
/// digits" by LeCun, Cortes and Burges, section on file formats.
public enum IDX {
  /// The most elements that `read` accepts unless told otherwise: 2 GiB.
  public static let defaultLimit = 1 << 31

  private static let unsignedByte: UInt8 = 0x08

  /// Reads a file, plain or gzip'ed, into a tensor of the header's dimensions.
  ///
  /// Nothing is allocated that the file cannot fill: a plain file's size must agree with its header,
  /// and a gzip'ed one may not promise more than deflate can give or than `limit`.
  ///
  /// - Parameters:
  ///   - path: The file; its content, not its name, tells whether it is gzip.
  ///   - limit: The most elements to accept.
  /// - Throws: `DatasetError` for a file that cannot be read, is damaged, is no IDX of unsigned bytes,
  ///   or has not exactly the data that its header promises.
  public static func read(
    _ path: String, limit: Int = defaultLimit
  ) throws(DatasetError) -> Tensor<UInt8> {
    let file = try GzipFile(path: path)
    let dimensions = try readHeader(file)
    let count = try checkedCount(of: dimensions, in: file, limit: limit)

    var failure: DatasetError?
    let tensor = Tensor<UInt8>(unsafeUninitialized: Shape(dimensions)) { buffer in
      do throws(DatasetError) {
        let found = try file.read(into: UnsafeMutableRawBufferPointer(buffer))
        guard found == count else {
          throw .shortIDXData(file: path, dimensions: dimensions, found: found)
        }
        guard try file.isAtEnd() else {
          throw .excessIDXData(file: path, dimensions: dimensions)
        }
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return tensor
  }

  private static func readHeader(_ file: GzipFile) throws(DatasetError) -> [Int] {
    let magic = try bytes(4, of: file, headerCount: 4, before: 0)
    guard magic[0] == 0 && magic[1] == 0 else {
      throw .notIDX(file: file.path, found: Array(magic[..<2]))
    }
    guard magic[2] == unsignedByte else {
      throw .unsupportedIDXType(file: file.path, code: magic[2])
    }
    let rank = Int(magic[3])
    guard 1...8 ~= rank else { throw .badIDXRank(file: file.path, found: rank) }

    let extents = try bytes(4 * rank, of: file, headerCount: 4 + 4 * rank, before: 4)
    var dimensions: [Int] = []
    for axis in 0..<rank {
      let value = extents[4 * axis..<4 * axis + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      let extent = Int(Int32(bitPattern: value))
      guard extent > 0 else {
        throw .badIDXDimension(file: file.path, axis: axis, found: extent)
      }
      dimensions.append(extent)
    }
    return dimensions
  }

  private static func bytes(
    _ count: Int, of file: GzipFile, headerCount: Int, before: Int
  ) throws(DatasetError) -> [UInt8] {
    var failure: DatasetError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      do throws(DatasetError) {
        initializedCount = try file.read(into: UnsafeMutableRawBufferPointer(buffer))
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    guard bytes.count == count else {
      throw .shortIDXHeader(
        file: file.path, found: before + bytes.count, expected: headerCount)
    }
    return bytes
  }

  /// The number of elements, if the file can have that many.
  private static func checkedCount(
    of dimensions: [Int], in file: GzipFile, limit: Int
  ) throws(DatasetError) -> Int {
    let available = file.fileSize - 4 - 4 * dimensions.count
    let most =
      file.isCompressed
      ? min(limit, file.fileSize * GzipFile.largestExpansion) : limit
    var count = 1
    for extent in dimensions {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow && product <= most else {
        throw .implausibleIDXSize(file: file.path, dimensions: dimensions, limit: most)
      }
      count = product
    }
    if !file.isCompressed {
      guard available >= count else {
        throw .shortIDXData(file: file.path, dimensions: dimensions, found: available)
      }
      guard available == count else {
        throw .excessIDXData(file: file.path, dimensions: dimensions)
      }
    }
    return count
  }
}
