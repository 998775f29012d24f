import Datasets
import Tensor
import Testing

struct IDXTests {
  let folder = TemporaryFolder()

  @Test(arguments: [[5], [3, 4], [2, 3, 4], [1, 1, 1, 1, 1, 1, 1, 2]])
  func readsPlainAndCompressed(dimensions: [Int]) throws {
    let data = sampleBytes(dimensions.reduce(1, *))
    let expected = Tensor(data, shape: Shape(dimensions))
    let bytes = idx(dimensions, data)
    #expect(try IDX.read(folder.write(bytes, as: "plain")) == expected)
    #expect(try IDX.read(folder.write(gzip(bytes), as: "compressed")) == expected)
  }

  struct Bad: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    let plain: String
    /// Where the message differs when the same bytes are gzip'ed; LIMIT stands for what deflate can
    /// give at best.
    var compressed: String?
  }

  static let bad = [
    Bad(
      testDescription: "empty", bytes: [],
      plain: "ends after 0 of the 4 bytes of its IDX header"),
    Bad(
      testDescription: "three bytes", bytes: [0, 0, 8],
      plain: "ends after 3 of the 4 bytes of its IDX header"),
    Bad(
      testDescription: "cut dimensions", bytes: [0, 0, 8, 2, 0, 0, 0, 1, 0],
      plain: "ends after 9 of the 12 bytes of its IDX header"),
    Bad(
      testDescription: "PNG", bytes: [0x89, 0x50, 0x4E, 0x47],
      plain: "not an IDX file: starts with 89 50, expected 00 00"),
    Bad(
      testDescription: "floats", bytes: idx([1], [0, 0, 0, 0], type: 0x0D),
      plain: "IDX elements of type 0d (32-bit float), expected 08 (unsigned byte)"),
    Bad(
      testDescription: "unknown type", bytes: idx([1], [0], type: 0x42),
      plain: "IDX elements of type 42 (unknown), expected 08 (unsigned byte)"),
    Bad(
      testDescription: "no dimension", bytes: [0, 0, 8, 0, 1],
      plain: "IDX data of 0 dimensions, expected 1 to 8"),
    Bad(
      testDescription: "nine dimensions", bytes: idx([Int](repeating: 1, count: 9), [1]),
      plain: "IDX data of 9 dimensions, expected 1 to 8"),
    Bad(
      testDescription: "no image", bytes: idx([0, 28, 28], []),
      plain: "IDX dimension 0 is 0, expected 1 or more"),
    Bad(
      testDescription: "no column", bytes: idx([2, 28, 0], []),
      plain: "IDX dimension 2 is 0, expected 1 or more"),
    Bad(
      testDescription: "negative", bytes: idx([2, -28, 28], []),
      plain: "IDX dimension 1 is -28, expected 1 or more"),
    Bad(
      testDescription: "most negative", bytes: idx([-2_147_483_648], []),
      plain: "IDX dimension 0 is -2147483648, expected 1 or more"),
    Bad(
      testDescription: "overflow", bytes: idx([Int](repeating: 2_147_483_647, count: 3), [1]),
      plain: "the IDX header promises 2147483647 × 2147483647 × 2147483647 bytes, "
        + "but at most 2147483648 are possible here",
      compressed: "the IDX header promises 2147483647 × 2147483647 × 2147483647 bytes, "
        + "but at most LIMIT are possible here"),
    Bad(
      testDescription: "lying count", bytes: idx([60_000, 28, 28], sampleBytes(784)),
      plain: "784 bytes of data, but the IDX header promises 60000 × 28 × 28",
      compressed: "the IDX header promises 60000 × 28 × 28 bytes, "
        + "but at most LIMIT are possible here"),
    Bad(
      testDescription: "one short", bytes: idx([2, 3], [1, 2, 3, 4, 5]),
      plain: "5 bytes of data, but the IDX header promises 2 × 3"),
    Bad(
      testDescription: "one more", bytes: idx([2, 3], [1, 2, 3, 4, 5, 6, 7]),
      plain: "more data than the 2 × 3 bytes that the IDX header promises"),
    Bad(
      testDescription: "much more", bytes: idx([2], sampleBytes(200_000)),
      plain: "more data than the 2 bytes that the IDX header promises"),
  ]

  @Test(arguments: bad)
  func badFile(_ bad: Bad) {
    let content = gzip(bad.bytes)
    let plain = folder.write(bad.bytes, as: "plain")
    let compressed = folder.write(content, as: "compressed")
    let limit = "\(content.count * GzipFile.largestExpansion)"
    let expected = (bad.compressed ?? bad.plain).replacing("LIMIT", with: limit)
    #expect(
      error { () throws(DatasetError) in _ = try IDX.read(plain) }?.description
        == "\(plain): \(bad.plain)")
    #expect(
      error { () throws(DatasetError) in _ = try IDX.read(compressed) }?.description
        == "\(compressed): \(expected)")
  }

  @Test func limitHoldsBeforeAnythingIsAllocated() {
    let path = folder.write(gzip(idx([1000], sampleBytes(1000))), as: "file")
    #expect(
      error { () throws(DatasetError) in _ = try IDX.read(path, limit: 999) }
        == .implausibleIDXSize(file: path, dimensions: [1000], limit: 999))
    #expect(error { () throws(DatasetError) in _ = try IDX.read(path, limit: 1000) } == nil)
  }

  @Test func damagedGzipIsFoundBehindTheLastElement() {
    var bytes = gzip(idx([1000], sampleBytes(1000)))
    bytes[bytes.count - 5] ^= 1
    let path = folder.write(bytes, as: "file")
    #expect(
      error { () throws(DatasetError) in _ = try IDX.read(path) }
        == .corruptGzip(file: path, reason: "incorrect data check"))
  }

  /// Random headers, plain and gzip'ed, never do worse than throw.
  @Test func randomBytes() {
    var generator = RandomGenerator(seed: 7)
    var read = 0
    for round in 0..<2000 {
      let count = Int(generator.next() % 40)
      var bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
      // Most rounds get further than the magic number, and some have small dimensions.
      let header: [UInt8] = [0, 0, 8, UInt8(generator.next() % 4)]
      for (place, byte) in header.enumerated() where round % 4 != 0 && place < count {
        bytes[place] = byte
      }
      for place in 4..<max(4, count) where round % 2 == 0 && place % 4 != 3 { bytes[place] = 0 }
      for content in [bytes, gzip(bytes)] {
        let path = folder.write(content, as: "random")
        if error(of: { () throws(DatasetError) in _ = try IDX.read(path) }) == nil { read += 1 }
      }
    }
    #expect(read < 200)
  }
}
