import Foundation
import Tensor
import Testing

@Suite struct NPZTests {
  static let stored = [UInt8](Data(base64Encoded: NPZGoldens.stored)!)
  static let deflated = [UInt8](Data(base64Encoded: NPZGoldens.deflated)!)
  static let damaged = "; the file is damaged, save or copy it again"

  @Test(arguments: [stored, deflated]) func readsWhatNumPyWrites(_ bytes: [UInt8]) throws {
    let folder = try TemporaryFolder()
    let file = try NPZFile(path: try folder.file(bytes))
    #expect(file.names == ["weights", "größe/x", "mask", "turned"])
    #expect(
      try file.tensor(named: "weights", as: Float.self)
        == Tensor([0, 1, 2, 3, 4, 5], shape: [2, 3]))
    #expect(try file.tensor(named: "größe/x", as: Int64.self) == Tensor(0))
    #expect(
      try file.tensor(named: "mask", as: Bool.self) == Tensor((0..<300).map { $0 % 2 == 1 }))
    #expect(
      try file.tensor(named: "turned", as: Double.self)
        == Tensor([0, 2, 4, 1, 3, 5], shape: [2, 3]))
    #expect(try file.header(named: "turned").isFortranOrder)
    #expect(try file.header(named: "mask").shape == [300])
  }

  @Test func comesBackAsItWas() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/file.npz"
    let matrix = Tensor<Float>((0..<12).map(Float.init), shape: [3, 4])
    let arrays = [
      NPZArray("a", matrix), NPZArray("b/ü", matrix.transposed),
      NPZArray("sliced", matrix[1..., 1..<3]), NPZArray("empty", Tensor<Int32>([])),
      NPZArray("scalar", Tensor(true)), NPZArray("a.npy", Tensor<UInt8>([7])),
    ]
    try NPZFile.write(arrays, to: path)
    let file = try NPZFile(path: path)
    #expect(file.names == arrays.map(\.name))
    #expect(try file.tensor(named: "a") == matrix)
    #expect(try file.tensor(named: "b/ü") == matrix.transposed)
    #expect(try file.tensor(named: "sliced") == matrix[1..., 1..<3])
    #expect(try file.tensor(named: "empty") == Tensor<Int32>([]))
    #expect(try file.tensor(named: "scalar") == Tensor(true))
    #expect(try file.tensor(named: "a.npy") == Tensor<UInt8>([7]))
    let bytes = try InputFile.contents(of: path)
    try NPZFile.write(arrays, to: path)
    #expect(try InputFile.contents(of: path) == bytes)
    try NPZFile.write([], to: path)
    #expect(try NPZFile(path: path).names == [])
  }

  @Test(arguments: [
    (["a", "a"], "a", "its name comes twice"),
    ([""], "", "its name is empty"),
    (["../a"], "../a", "its name leads out of its folder"),
    (["/a"], "/a", "its name is an absolute path"),
    (["C:a"], "C:a", "its name is an absolute path"),
    (["a\\b"], "a\\b", "its name holds a backslash"),
    (["a\nb"], "a\\nb", "its name holds a control character"),
  ])
  func whatCannotBeWrittenIsNamed(_ names: [String], _ shown: String, _ reason: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/file"
    let error = #expect(throws: NPYError.self) {
      try NPZFile.write(names.map { NPZArray($0, Tensor<Float>(1)) }, to: path)
    }
    #expect(
      error?.description == "\(path): member \"\(shown)\": cannot be written: \(reason)")
    #expect(try folder.names == [])
  }

  /// What turns a good archive with the member "ab.npy" (128 + 8 bytes) into a bad one.
  struct Damage: CustomTestStringConvertible, Sendable {
    let message: String
    let change: @Sendable (inout [UInt8]) -> Void

    init(_ message: String, _ change: @escaping @Sendable (inout [UInt8]) -> Void) {
      self.message = message
      self.change = change
    }

    var testDescription: String { message }
  }

  // The local header is at 0, its name at 30, the data from 36 to 172, the directory from there to
  // 224 and the end record to 246.
  static let damages: [Damage] = [
    Damage(
      ": begins with nothing, expected 50 4B 03 04 (a ZIP archive); check that it is the right "
        + "file, or save it again with NumPy or Apus"
    ) { $0 = [] },
    Damage(": the archive's end record is missing, or bytes follow it" + damaged) {
      $0.append(0)
    },
    Damage(": the archive's end record is missing, or bytes follow it" + damaged) {
      $0.removeLast()
    },
    Damage(
      ": found a part of an archive, expected an archive of one file; save it again with "
        + "numpy.savez or numpy.savez_compressed"
    ) { $0[228] = 1 },
    Damage(": the archive claims 2 members, but its directory holds 1" + damaged) {
      ($0[232], $0[234]) = (2, 2)
    },
    Damage(
      ": the archive's directory claims 52 bytes from byte 173, expected it to end at 224" + damaged
    ) { $0[240] += 1 },
    Damage(": the archive's directory has no entry at its byte 0" + damaged) { $0[172] = 0 },
    Damage(": the archive's directory ends within the entry at its byte 0" + damaged) {
      $0[200] = 7
    },
    Damage(
      ": member \"ab.npy\": found an encrypted or patched member, expected a plain one; save it "
        + "again with numpy.savez or numpy.savez_compressed"
    ) { $0[180] = 1 },
    Damage(
      ": member \"ab.npy\": found compression method 12, expected 0 (stored) or 8 (deflated); save "
        + "it again with numpy.savez or numpy.savez_compressed"
    ) { $0[182] = 12 },
    Damage(": member \"ab.npy\": it is stored in 136 bytes, but claims 137" + damaged) {
      $0[196] += 1
    },
    Damage(
      ": member \"ab.npy\": it claims to expand from 136 to 1073741960 bytes, more than deflate can"
        + damaged
    ) { ($0[182], $0[199]) = (8, 0x40) },
    Damage(
      ": member \"ab.npy\": it reaches beyond the members, which end at byte 172" + damaged
    ) { ($0[192], $0[196]) = (137, 137) },
    Damage(
      ": member \"ab.npy\": it reaches beyond the members, which end at byte 172" + damaged
    ) { $0[214] = 137 },
    Damage(": member \"ab.npy\": no member begins at byte 1" + damaged) { $0[214] = 1 },
    Damage(": member \"ab.npy\": its ZIP64 sizes are missing or too large" + damaged) {
      for index in 214..<218 { $0[index] = 0xFF }
    },
    Damage(
      ": member \"ab.npy\": its own header and the archive's directory disagree" + damaged
    ) { $0[30] = 0x78 },
    Damage(": the name of a member is not UTF-8" + damaged) { $0[218] = 0xFF },
    Damage(": the name of member \"../npy\" leads out of its folder" + damaged) {
      $0.replaceSubrange(218..<221, with: "../".utf8)
    },
    Damage(": the name of member \"/b.npy\" is an absolute path" + damaged) { $0[218] = 0x2F },
    Damage(": member \"ab.npy\": its CRC-32 is 90ACFA0C, expected E7ABCA9A" + damaged) {
      $0[171] ^= 1
    },
    Damage(
      ": member \"ab.npy\": float32 of shape [2] takes 8 bytes, but 7 follow the header" + damaged
    ) { bytes in
      // All sizes agree on one byte less, which is then a gap.
      for index in [18, 22, 192, 196] { bytes[index] -= 1 }
    },
    Damage(
      ": member \"ab.npy\": its deflate stream is broken (invalid stored block lengths)" + damaged
    ) {
      ($0[8], $0[182]) = (8, 8)
      $0[36] = 0
    },
  ]

  @Test(arguments: damages) func whatIsWrongIsNamed(_ damage: Damage) throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/file"
    try NPZFile.write([NPZArray("ab", Tensor<Float>([1, 2]))], to: path)
    var bytes = try InputFile.contents(of: path)
    try #require(bytes.count == 246)
    damage.change(&bytes)
    _ = try folder.file(bytes)
    let error = #expect(throws: NPYError.self) {
      try NPZFile(path: path).tensor(named: "ab", as: Float.self)
    }
    #expect(error?.description == path + damage.message)
  }

  @Test(arguments: [
    (20, 53, "its deflate stream is cut short"),
    (16, 14, "its CRC-32 is"),
  ])
  func damageInDeflatedMembersIsNamed(_ central: Int, _ local: Int, _ reason: String) throws {
    // The first member's header is at 0; the place of its entry stands 6 bytes before the end.
    var bytes = Self.deflated
    let end = bytes.count - 6
    let entry = bytes[end..<end + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
    bytes[entry + central] -= 1
    bytes[local] -= 1
    let folder = try TemporaryFolder()
    let path = try folder.file(bytes)
    let file = try NPZFile(path: path)
    let error = #expect(throws: NPYError.self) {
      try file.tensor(named: "weights", as: Float.self)
    }
    let description = error?.description ?? ""
    #expect(description.hasPrefix("\(path): member \"weights.npy\": \(reason)"))
    #expect(description.hasSuffix(Self.damaged))
  }

  @Test func membersMustDifferAndLieApart() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/file"
    let tensor = Tensor<Float>([1, 2])
    try NPZFile.write([NPZArray("a", tensor), NPZArray("b", tensor)], to: path)
    let good = try InputFile.contents(of: path)
    // Entries of 51 bytes end 22 before the end; each member takes 171.
    let second = good.count - 22 - 51
    var bytes = good
    bytes[second + 46] = 0x61
    _ = try folder.file(bytes)
    var error = #expect(throws: NPYError.self) { try NPZFile(path: path) }
    #expect(
      error?.description
        == "\(path): the member \"a.npy\" comes twice in the archive" + Self.damaged)
    bytes = good
    // The second member hides within the data of the first.
    bytes.replaceSubrange(40..<75, with: good[171..<206])
    bytes[second + 42] = 40
    _ = try folder.file(bytes)
    error = #expect(throws: NPYError.self) { try NPZFile(path: path) }
    #expect(
      error?.description
        == "\(path): member \"b.npy\": it begins at byte 40, within another member, which ends at "
        + "171" + Self.damaged)
  }

  @Test func whatIsAskedForMustBeThere() throws {
    let folder = try TemporaryFolder()
    let file = try NPZFile(path: try folder.file(Self.stored))
    var error = #expect(throws: NPYError.self) { try file.tensor(named: "x", as: Float.self) }
    #expect(
      error?.description
        == "\(file.path): it holds no array \"x\", expected one of its names; see NPZFile.names")
    error = #expect(throws: NPYError.self) { try file.tensor(named: "mask", as: Float.self) }
    #expect(
      error?.description
        == "\(file.path): member \"mask.npy\": found dtype bool, expected float32; "
        + "ask for Tensor<Bool> or save it as float32")
  }

  @Test(arguments: [stored, deflated]) func damageNeverCrashes(_ good: [UInt8]) throws {
    let folder = try TemporaryFolder()
    var random = TestRandom(5)
    for round in 0..<600 {
      var bytes = good
      if round % 4 == 0 {
        bytes.removeSubrange(Int.random(in: 0..<bytes.count, using: &random)...)
      } else {
        for _ in 0..<Int.random(in: 1...3, using: &random) {
          bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(
            in: 0...255, using: &random)
        }
      }
      do throws(NPYError) {
        let file = try NPZFile(path: (try? folder.file(bytes)) ?? "")
        for name in file.names {
          switch try file.header(named: name).dtype {
          case .float32: _ = try file.tensor(named: name, as: Float.self).scalars
          case .float64: _ = try file.tensor(named: name, as: Double.self).scalars
          case .int64: _ = try file.tensor(named: name, as: Int64.self).scalars
          default: _ = try file.tensor(named: name, as: Bool.self).scalars
          }
        }
      } catch {
        #expect(!error.description.contains("\n"))
      }
    }
  }
}
