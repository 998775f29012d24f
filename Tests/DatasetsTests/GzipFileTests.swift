import Datasets
import Testing

#if canImport(Glibc)
  import Glibc
#endif

struct GzipFileTests {
  let folder = TemporaryFolder()

  @Test(arguments: [0, 1, 2, 3, 65_535, 65_536, 65_537, 300_000])
  func plainAndCompressedReadAlike(count: Int) throws {
    let bytes = sampleBytes(count)
    let plain = folder.write(bytes, as: "plain")
    let compressed = folder.write(gzip(bytes), as: "compressed")
    for chunk in [1000, 65_536, 400_000] {
      #expect(try content(of: plain, capacity: count + 10, chunk: chunk) == bytes)
      #expect(try content(of: compressed, capacity: count + 10, chunk: chunk) == bytes)
    }
  }

  @Test func membersFollowOneAnother() throws {
    let parts = [sampleBytes(1000), [], sampleBytes(70_000, seed: 2), [7]]
    let path = folder.write(parts.flatMap(gzip), as: "members")
    let file = try GzipFile(path: path)
    #expect(file.isCompressed)
    #expect(try content(of: path, capacity: 80_000) == parts.flatMap(\.self))
  }

  @Test func everyTruncationIsFound() {
    let whole = gzip(sampleBytes(3000))
    for count in 2..<whole.count {
      let path = folder.write(Array(whole[..<count]), as: "cut")
      let found = error { () throws(DatasetError) in _ = try content(of: path, capacity: 4000) }
      #expect(found == .truncatedGzip(file: path), "\(count) of \(whole.count)")
    }
  }

  @Test func truncatedSecondMemberIsFound() {
    let first = gzip([1, 2, 3])
    let second = gzip(sampleBytes(100))
    for count in 2..<second.count {
      let path = folder.write(first + second[..<count], as: "cut")
      let found = error { () throws(DatasetError) in _ = try content(of: path, capacity: 4000) }
      #expect(found == .truncatedGzip(file: path), "\(count) of \(second.count)")
    }
  }

  /// A changed bit either leads to an error or is in a header field that says nothing of the content.
  @Test func noFlippedBitChangesTheContent() throws {
    let bytes = sampleBytes(500)
    let whole = gzip(bytes)
    var silent = 0
    for bit in 16..<8 * whole.count {  // the first two bytes tell gzip from plain
      var damaged = whole
      damaged[bit / 8] ^= 1 << (bit % 8)
      let path = folder.write(damaged, as: "flipped")
      do {
        let found = try content(of: path, capacity: 4000)
        #expect(found == bytes, "bit \(bit)")
        // The header's fields from its flags on, or the bits between deflate's end and the trailer.
        #expect(3..<10 ~= bit / 8 || bit / 8 == whole.count - 9, "bit \(bit)")
        silent += 1
      } catch {}  // a DatasetError, by the type of what throws
    }
    #expect(silent < 64)
  }

  @Test func messagesNameFileAndCause() {
    let bytes = sampleBytes(100)
    let whole = gzip(bytes)
    var badChecksum = whole
    badChecksum[whole.count - 8] ^= 0xFF
    var badLength = whole
    badLength[whole.count - 4] ^= 0xFF
    let cases: [([UInt8], String)] = [
      (
        Array(whole.dropLast()),
        "the gzip data end too early; the file is truncated, delete it and fetch it again"
      ),
      (
        badChecksum,
        "the gzip data are corrupt (incorrect data check); delete the file and fetch it again"
      ),
      (
        badLength,
        "the gzip data are corrupt (incorrect length check); delete the file and fetch it again"
      ),
      (
        whole + [0],
        "other bytes follow the gzip data; delete the file and fetch it again"
      ),
    ]
    for (content, message) in cases {
      let path = folder.write(content, as: "file.gz")
      let found = error { () throws(DatasetError) in
        _ = try DatasetsTests.content(of: path, capacity: 4000)
      }
      #expect(found?.description == "\(path): \(message)")
    }
  }

  @Test func whatIsNoReadableFile() {
    let missing = "\(folder.path)/missing"
    #expect(
      error { () throws(DatasetError) in _ = try GzipFile(path: missing) }?.description
        == "\(missing): cannot be read: No such file or directory")
    #expect(
      error { () throws(DatasetError) in _ = try GzipFile(path: folder.path) }?.description
        == "\(folder.path): cannot be read: Not a regular file")

    let locked = folder.write([1], as: "locked")
    chmod(locked, 0)
    if geteuid() != 0 {  // root reads everything
      #expect(
        error { () throws(DatasetError) in _ = try GzipFile(path: locked) }?.description
          == "\(locked): cannot be read: Permission denied")
    }
  }
}
