import Foundation
import Tensor
import Testing

@Suite struct FilesTests {
  private static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
    var file = try AtomicFile(path: path)
    try file.write(bytes)
    try file.commit()
  }

  // MARK: - Reading

  @Test func readsBackWhatWasWritten() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/file"
    let content = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    try Self.write(content, to: path)
    #expect(try InputFile.contents(of: path) == content)
    let file = try InputFile(path: path)
    #expect(file.byteCount == content.count)
    #expect(try file.bytes(at: 70_000, count: 10) == Array(content[70_000..<70_010]))
    #expect(try file.bytes(at: content.count, count: 0) == [])
  }

  @Test func anEmptyFileIsEmpty() throws {
    let folder = try TemporaryFolder()
    try Self.write([], to: folder.path + "/file")
    #expect(try InputFile.contents(of: folder.path + "/file") == [])
  }

  @Test func readingPastTheEndIsAnError() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/file"
    try Self.write([1, 2, 3], to: path)
    let file = try InputFile(path: path)
    let error = #expect(throws: FileError.self) { try file.bytes(at: 1, count: 3) }
    #expect(error?.description == "\(path): cannot read: it ends at byte 3, expected 4 bytes")
  }

  @Test(arguments: [
    ("/nothing/here", "/nothing/here: cannot open: No such file or directory"),
    ("", ": cannot open: No such file or directory"),
    ("/", "/: cannot open: it is a folder, expected a file"),
    ("/dev/null", "/dev/null: cannot open: it is a device, expected a file"),
    ("a\0b", #"a\0b: cannot open: the path holds a NUL character"#),
    ("/no\nwhere", #"/no\nwhere: cannot open: No such file or directory"#),
  ])
  func whatCannotBeOpenedIsNamed(_ path: String, _ message: String) {
    let error = #expect(throws: FileError.self) { try InputFile(path: path) }
    #expect(error?.description == message)
  }

  @Test func aPipeWithoutAWriterDoesNotBlock() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/pipe"
    try #require(mkfifo(path, 0o600) == 0)
    let error = #expect(throws: FileError.self) { try InputFile(path: path) }
    #expect(error?.description == "\(path): cannot open: it is a pipe, expected a file")
  }

  // MARK: - Writing

  @Test func nothingIsSeenBeforeTheCommit() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/file"
    try Self.write([1], to: path)
    var file = try AtomicFile(path: path)
    try file.write([2, 3])
    #expect(try folder.names.count == 2)
    #expect(try InputFile.contents(of: path) == [1])
    try file.write([4])
    try file.commit()
    #expect(try folder.names == ["file"])
    #expect(try InputFile.contents(of: path) == [2, 3, 4])
  }

  @Test func withoutACommitTheOldFileStays() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/file"
    try Self.write([1], to: path)
    do {
      var file = try AtomicFile(path: path)
      try file.write([2, 3])
    }
    #expect(try folder.names == ["file"])
    #expect(try InputFile.contents(of: path) == [1])
  }

  @Test func aFailedRenameLeavesNothing() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/file"
    let file = try AtomicFile(path: path)
    // A folder that is not empty, come up meanwhile, cannot be replaced.
    try FileManager.default.createDirectory(
      atPath: path + "/inner", withIntermediateDirectories: true)
    let error: FileError?
    do throws(FileError) {
      try file.commit()
      error = nil
    } catch let failure {
      error = failure
    }
    #expect(error?.description == "\(path): cannot replace: Is a directory")
    #expect(try folder.names == ["file"])
  }

  @Test(arguments: [
    ("/nothing/here", "/nothing/here: cannot create a file beside it: No such file or directory"),
    ("", ": cannot write: the path is empty"),
    ("/", "/: cannot write: it is a folder, expected a file"),
    ("/dev/null", "/dev/null: cannot write: it is a device, expected a file"),
    ("a\0b", #"a\0b: cannot write: the path holds a NUL character"#),
  ])
  func whatCannotBeWrittenIsNamed(_ path: String, _ message: String) {
    let error = #expect(throws: FileError.self) { try Self.write([1], to: path) }
    #expect(error?.description == message)
  }

  @Test func theLongestNameIsWritten() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/" + String(repeating: "x", count: 255)
    try Self.write([1], to: path)
    #expect(try InputFile.contents(of: path) == [1])
  }

  @Test func aSymbolicLinkStays() throws {
    let folder = try TemporaryFolder()
    let (target, link) = (folder.path + "/target", folder.path + "/link")
    try Self.write([1], to: target)
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "target")
    try Self.write([2], to: link)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "target")
    #expect(try InputFile.contents(of: target) == [2])
  }

  @Test func aSymbolicLinkToNothingIsRefused() throws {
    let folder = try TemporaryFolder()
    let link = folder.path + "/link"
    try FileManager.default.createSymbolicLink(
      atPath: link, withDestinationPath: folder.path + "/nothing")
    let error = #expect(throws: FileError.self) { try Self.write([1], to: link) }
    #expect(
      error?.description == "\(link): cannot write: it is a symbolic link that leads nowhere")
    #expect(try folder.names == ["link"])
  }

  @Test func permissionsStay() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/file"
    try Self.write([1], to: path)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    try Self.write([2], to: path)
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
  }

  @Test func aBareNameGoesToTheWorkingFolder() throws {
    let name = "apus-\(UUID())"
    defer { try? FileManager.default.removeItem(atPath: name) }
    try Self.write([5], to: name)
    #expect(try InputFile.contents(of: name) == [5])
  }
}
