import Tensor
import Testing

/// An `.npy` with any dictionary.
func npy(_ dictionary: String, data: Int = 0, major: UInt8 = 1, minor: UInt8 = 0) -> [UInt8] {
  let text = Array(dictionary.utf8)
  let length = (0..<(major == 1 ? 2 : 4)).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
  return [0x93] + Array("NUMPY".utf8) + [major, minor] + length + text
    + [UInt8](repeating: 0, count: data)
}

private func npy(descr: String, shape: String = "()", data: Int = 0) -> [UInt8] {
  npy("{'descr': \(descr), 'fortran_order': False, 'shape': \(shape)}", data: data)
}

@Suite struct NPYMalformedTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let bytes: [UInt8]
    let message: String

    init(_ bytes: [UInt8], _ message: String) {
      self.bytes = bytes
      self.message = message
    }

    var testDescription: String { message }
  }

  static let damaged = "; the file is damaged, save or copy it again"
  static let magic =
    "expected 93 4E 55 4D 50 59 (\\x93NUMPY); check that it is the right file, or save it again "
    + "with NumPy or Apus"
  static let types =
    ", expected f4, f8, i4, i8, u1 or b1; convert it with astype before saving"
  static let good = npy(descr: "'<f4'", shape: "(2, 3)", data: 24)

  static let containers: [Case] = [
    Case([], "begins with nothing, " + magic),
    Case([0x93, 0x4E], "begins with 93 4E, " + magic),
    Case(Array("PK\u{3}\u{4}12345".utf8), "begins with 50 4B 03 04 31 32, " + magic),
    Case(Array(good.prefix(6)), "it ends at byte 6, within the npy version" + damaged),
    Case(Array(good.prefix(9)), "it ends at byte 9, within the header's length" + damaged),
    Case(
      npy("{}", major: 4),
      "found version 4.0 of the npy format, expected 1.0, 2.0 or 3.0; save it in one of these"),
    Case(
      npy("{}", minor: 1),
      "found version 1.1 of the npy format, expected 1.0, 2.0 or 3.0; save it in one of these"),
    Case(
      npy("{}", major: 0),
      "found version 0.0 of the npy format, expected 1.0, 2.0 or 3.0; save it in one of these"),
    Case(
      Array(good.prefix(40)), "the header claims 57 bytes, but 30 follow" + damaged),
    Case(
      Array(npy("", major: 2).prefix(8)) + [0xFF, 0xFF, 0xFF, 0xFF],
      "the header claims 4294967295 bytes, expected at most 65535" + damaged),
    Case(
      npy(String(repeating: " ", count: 65_536), major: 3),
      "the header claims 65536 bytes, expected at most 65535" + damaged),
    Case(
      good.dropLast(), "float32 of shape [2, 3] takes 24 bytes, but 23 follow the header" + damaged),
    Case(
      good + [0], "float32 of shape [2, 3] takes 24 bytes, but 25 follow the header" + damaged),
    Case(
      npy(descr: "'|b1'", shape: "(2,)") + [1, 2],
      "element 1 is 2, expected 0 or 1 in a bool" + damaged),
  ]

  static let dictionaries: [Case] = [
    Case(npy(""), "byte 10: expected '{', found the end of the header" + damaged),
    Case(npy("[]"), "byte 10: expected '{', found '['" + damaged),
    Case(npy("{}"), "the header lacks the key \"descr\"" + damaged),
    Case(npy("{'descr': '<f4'}"), "the header lacks the key \"fortran_order\"" + damaged),
    Case(
      npy("{'descr': '<f4', 'fortran_order': True}"), "the header lacks the key \"shape\"" + damaged
    ),
    Case(npy("{,}"), "byte 11: expected a key, found ','" + damaged),
    Case(npy("{'descr' '<f4'}"), "byte 19: expected ':', found '''" + damaged),
    Case(npy("{'shape': () 'descr'"), "byte 23: expected ',' or '}', found '''" + damaged),
    Case(npy("{'shape': (),"), "byte 23: expected a key, found the end of the header" + damaged),
    Case(npy("{'shape': (), 'shape': ()}"), "byte 24: the key \"shape\" comes twice" + damaged),
    Case(npy("{'extra': 1}"), "byte 11: the key \"extra\" is unknown" + damaged),
    Case(npy("{'shape"), "byte 11: a string does not end" + damaged),
    Case(npy("{'sh\\x61pe': ()}"), "byte 14: a string holds the byte 0x5C" + damaged),
    Case(npy("{'größe': ()}"), "byte 14: a string holds the byte 0xC3" + damaged),
    Case(npy("{'fortran_order': true}"), "byte 28: expected True or False, found 't'" + damaged),
    Case(npy("{'fortran_order': 1}"), "byte 28: expected True or False, found a number" + damaged),
    Case(npy("{'shape': [2]}"), "byte 20: expected a tuple, found '['" + damaged),
    Case(npy("{'shape': (2)}"), "byte 22: expected ',', found ')'" + damaged),
    Case(
      npy("{'shape': (2, 3"), "byte 25: expected ',' or ')', found the end of the header" + damaged),
    Case(npy("{'shape': (2 3)}"), "byte 23: expected ',', found a number" + damaged),
    Case(npy("{'shape': (,)}"), "byte 21: expected an extent, found ','" + damaged),
    Case(npy("{'shape': (2.0,)}"), "byte 22: expected ',', found '.'" + damaged),
    Case(npy("{'shape': (02,)}"), "byte 21: an extent begins with a needless 0" + damaged),
    Case(
      npy("{'shape': (1*2,)}"), "byte 22: expected ',', found '*'" + damaged),
    Case(
      npy("{'shape': (-1,)}"),
      "byte 21: expected an extent of 0 or more, found a negative one" + damaged),
    Case(
      npy("{'shape': (9223372036854775808,)}"),
      "byte 21: an extent is larger than 9223372036854775807" + damaged),
    Case(
      npy("{'shape': (2L,)}", major: 3), "byte 24: expected ',', found 'L'" + damaged),
    Case(
      npy(descr: "'<f4'", shape: "(4611686018427387904, 0)"),
      "the header's shape [4611686018427387904, 0] of float32 is too large to address" + damaged),
    Case(
      npy(descr: "'<f8'", shape: "(4294967296, 4294967296)"),
      "the header's shape [4294967296, 4294967296] of float64 is too large to address" + damaged),
    Case(
      npy("{'descr': '<f4', 'fortran_order': False, 'shape': ()} x"),
      "byte 64: expected nothing more after the dictionary, found 'x'" + damaged),
    Case(
      npy("{'descr': '<f4', 'fortran_order': False, 'shape': ()}\0"),
      "byte 63: expected nothing more after the dictionary, found 0x00" + damaged),
  ]

  static let arrays: [Case] =
    [
      Case(npy(descr: "[('x', '<f4')]"), "found dtype of a structure with fields" + types),
      Case(npy(descr: "('<f4', (2,))"), "found dtype of a structure with fields" + types),
      Case(
        npy(descr: "'<f4'", shape: "(1, 1, 1, 1, 1, 1, 1, 1, 1)", data: 4),
        "found an array of 9 axes, expected at most 8; reshape it before saving"),
      Case(
        npy(descr: "'<i8'", data: 8),
        "found dtype int64, expected float32; ask for Tensor<Int64> or save it as float32"),
    ]
    + ["|O", "<c16", "<U3", "|S2", "<f2", "<u2", "|V8", "<M8[ns]", "f4", "", "<", "@f4", "<f44"].map
  {
    Case(npy(descr: "'\($0)'"), "found dtype '\($0)'" + types)
  }

  @Test(arguments: containers + dictionaries + arrays)
  func whatIsWrongIsNamed(_ example: Case) throws {
    let folder = try TemporaryFolder()
    let path = try folder.file(Array(example.bytes))
    let error = #expect(throws: NPYError.self) {
      if try NPYFile(path: path).header.dtype == .bool {
        _ = try Tensor<Bool>(npy: path)
      } else {
        _ = try Tensor<Float>(npy: path)
      }
    }
    #expect(error?.description == "\(path): \(example.message)")
  }

  @Test func aMissingFileIsNamed() {
    let error = #expect(throws: NPYError.self) { try Tensor<Float>(npy: "/nothing") }
    #expect(error?.description == "/nothing: cannot open: No such file or directory")
  }

  @Test(arguments: [
    "{'descr':'<f4','fortran_order':False,'shape':(2,3)}",
    "{ 'shape' : ( 2 , 3 , ) , \"fortran_order\" : False , 'descr' : '=f4' , } \n\n",
    "{'shape': (2L, 3L), 'fortran_order': False, 'descr': '|f4', }",
  ])
  func otherSpellingsAreRead(_ dictionary: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.file(npy(dictionary, data: 24, major: 2))
    #expect(try Tensor<Float>(npy: path) == .zeros([2, 3]))
  }

  @Test func damageNeverCrashes() throws {
    let folder = try TemporaryFolder()
    var random = TestRandom(3)
    for round in 0..<1_500 {
      var bytes = npyGoldens.randomElement(using: &random)!.bytes
      switch round % 3 {
      case 0:
        for _ in 0..<Int.random(in: 1...4, using: &random) {
          bytes[Int.random(in: 0..<bytes.count, using: &random)] ^=
            1 << UInt8.random(in: 0..<8, using: &random)
        }
      case 1: bytes.removeLast(Int.random(in: 1...bytes.count, using: &random))
      default:
        for index in 10..<bytes.count { bytes[index] = .random(in: 0x20...0x7E, using: &random) }
      }
      let path = try folder.file(bytes)
      do throws(NPYError) {
        let file = try NPYFile(path: path)
        switch file.header.dtype {
        case .float32: _ = try file.tensor(as: Float.self).scalars
        case .float64: _ = try file.tensor(as: Double.self).scalars
        case .int32: _ = try file.tensor(as: Int32.self).scalars
        case .int64: _ = try file.tensor(as: Int64.self).scalars
        case .uint8: _ = try file.tensor(as: UInt8.self).scalars
        case .bool: _ = try file.tensor(as: Bool.self).scalars
        }
      } catch {
        #expect(!error.description.contains("\n"))
      }
    }
  }
}
