import NN
import Tensor
import Testing

/// Files that break a rule of the format, each with the message that it gets.
@Suite struct SafetensorsMalformedTests {
  struct Case: CustomTestStringConvertible {
    let file: [UInt8]
    let message: String
    var testDescription: String { message }

    init(_ file: [UInt8], _ message: String) {
      self.file = file
      self.message = message
    }

    /// A header with its true length, and `data` zeros.
    init(_ header: String, data: Int = 0, _ message: String) {
      self.init(safetensors(Array(header.utf8), data: Array(repeating: 0, count: data)), message)
    }

    /// A header of the tensor `a` with these members, and `data` zeros; the message is about `a`.
    init(a members: String, data: Int = 4, _ message: String) {
      self.init(#"{"a":{\#(members)}}"#, data: data, #"tensor "a": "# + message)
    }
  }

  static let lengths: [Case] = [
    Case([], "the file has 0 bytes, expected at least the 8 of the header's length"),
    Case(
      [2, 0, 0, 0, 0, 0, 0],
      "the file has 7 bytes, expected at least the 8 of the header's length"),
    Case(safetensors([], length: 2), "the header claims 2 bytes, but 0 follow"),
    Case(safetensors([0x7B, 0x7D], length: 3), "the header claims 3 bytes, but 2 follow"),
    Case(
      safetensors([0x7B, 0x7D], length: 100_000_000),
      "the header claims 100000000 bytes, but 2 follow"),
    Case(
      safetensors([0x7B, 0x7D], length: 100_000_001),
      "the header claims 100000001 bytes, expected at most 100000000"),
    Case(
      safetensors([0x7B, 0x7D], length: .max),
      "the header claims 18446744073709551615 bytes, expected at most 100000000"),
  ]

  static let json: [Case] = [
    Case("", "the header does not begin with '{'"),
    Case(" {}", "the header does not begin with '{'"),
    Case("[]", "the header does not begin with '{'"),
    Case("PK\u{3}\u{4}", "the header does not begin with '{'"),
    Case("{", "byte 9: expected a key, found the end of the header"),
    Case("{}x", "byte 10: expected nothing more after the object, found 'x'"),
    Case("{}\0", "byte 10: expected nothing more after the object, found 0x00"),
    Case("{,}", "byte 9: expected a key, found ','"),
    Case("{1:2}", "byte 9: expected a key, found a number"),
    Case(#"{"a"}"#, "byte 12: expected ':', found '}'"),
    Case(#"{"a"#, "byte 9: a string does not end"),
    Case(#"{"a":{}}"#, #"tensor "a": its dtype is missing"#),
    Case(#"{"__metadata__":{},}"#, "byte 27: expected a key, found '}'"),
    Case(#"{"__metadata__":{} "b":{}}"#, "byte 27: expected ',' or '}', found a string"),
    Case(#"{"__metadata__":null}"#, "byte 24: expected an object, found 'n'"),
    Case(#"{"__metadata__":{"k":1}}"#, "byte 29: expected a string, found a number"),
    Case(
      #"{"__metadata__":{"k":"1","k":"2"}}"#, #"byte 33: the key "k" comes twice"#),
    Case(
      #"{"__metadata__":{},"__metadata__":{}}"#,
      #"byte 27: the key "__metadata__" comes twice"#),
    Case(#"{"a":[]}"#, #"tensor "a": byte 13: expected an object, found '['"#),
    Case(#"{"a":"b"}"#, #"tensor "a": byte 13: expected an object, found a string"#),
    // Nesting that the format has not is refused where it begins.
    Case(
      String(repeating: #"{"a":"#, count: 100_000),
      #"tensor "a": its key "a" is unknown"#),
    Case(
      #"{"a":{"shape":"# + String(repeating: "[", count: 100_000),
      #"tensor "a": byte 23: expected a non-negative integer, found '['"#),
  ]

  static let strings: [Case] = [
    Case(
      safetensors([0x7B, 0x22, 0xC3, 0x28, 0x22]), "byte 10: a string is not valid UTF-8"),
    // An overlong form, a surrogate in UTF-8 and a byte that never occurs.
    Case(safetensors([0x7B, 0x22, 0xC0, 0x80, 0x22]), "byte 10: a string is not valid UTF-8"),
    Case(
      safetensors([0x7B, 0x22, 0xED, 0xA0, 0x80, 0x22]), "byte 10: a string is not valid UTF-8"),
    Case(
      safetensors([0x7B, 0x22, 0x5C, 0x6E, 0xFF, 0x22]), "byte 10: a string is not valid UTF-8"),
    Case(safetensors([0x7B, 0xFF]), "byte 9: expected a key, found 0xFF"),
    Case("{\"a\nb\"", "byte 11: a string holds the raw control character 0x0A"),
    Case(#"{"a\"#, "byte 11: an escape does not end"),
    Case(#"{"\x41":0}"#, "byte 10: an unknown escape in a string"),
    Case(#"{"\u12"#, "byte 10: an escape in a string needs four hexadecimal digits"),
    Case(#"{"\u12G4":0}"#, "byte 10: an escape in a string needs four hexadecimal digits"),
    Case(#"{"\uD83D":0}"#, "byte 10: half of a surrogate pair in a string"),
    Case(#"{"\uDE00\uD83D":0}"#, "byte 10: half of a surrogate pair in a string"),
    Case(#"{"\uD83D\u0041":0}"#, "byte 10: half of a surrogate pair in a string"),
    Case(#"{"\uD83D\u"#, "byte 10: an escape in a string needs four hexadecimal digits"),
  ]

  static let tensors: [Case] = [
    Case(a: #""dtype":"F32","shape":[1]"#, "its data_offsets are missing"),
    Case(a: #""dtype":"F32","data_offsets":[0,4]"#, "its shape is missing"),
    Case(a: #""shape":[1],"data_offsets":[0,4]"#, "its dtype is missing"),
    Case(a: #""dtype":"F32","dtype":"F32""#, #"byte 28: the key "dtype" comes twice"#),
    Case(a: #""dtype":"F31","shape":[1],"data_offsets":[0,4]"#, #"its dtype "F31" is unknown"#),
    Case(a: #""dtype":"f32","shape":[1],"data_offsets":[0,4]"#, #"its dtype "f32" is unknown"#),
    Case(a: #""dtype":4"#, "byte 22: expected a string, found a number"),
    Case(a: #""kind":4"#, #"its key "kind" is unknown"#),
    Case(
      a: #""shape":[-1]"#, "byte 23: expected a non-negative integer, found a negative number"),
    Case(a: #""shape":[1.0]"#, "byte 23: expected an integer, found a fraction or an exponent"),
    Case(a: #""shape":[1e0]"#, "byte 23: expected an integer, found a fraction or an exponent"),
    Case(a: #""shape":[01]"#, "byte 23: a number begins with a needless 0"),
    Case(a: #""shape":["1"]"#, "byte 23: expected a non-negative integer, found a string"),
    Case(a: #""shape":[NaN]"#, "byte 23: expected a non-negative integer, found 'N'"),
    Case(a: #""shape":[1,]"#, "byte 25: expected a non-negative integer, found ']'"),
    Case(a: #""shape":[1 2]"#, "byte 25: expected ',' or ']', found a number"),
    Case(
      a: #""shape":[9223372036854775808]"#, "byte 23: a number is larger than \(Int.max)"),
    Case(
      a: #""shape":[99999999999999999999999999]"#,
      "byte 23: a number is larger than \(Int.max)"),
    Case(
      a: #""dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]"#,
      "F32 of shape [4294967296, 4294967296] is too large to address"),
    Case(
      a: #""dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,0]"#, data: 0,
      "F32 of shape [4611686018427387904] is too large to address"),
    Case(
      a: #""dtype":"F32","shape":[0,4294967296,4294967296],"data_offsets":[0,0]"#, data: 0,
      "F32 of shape [0, 4294967296, 4294967296] is too large to address"),
    Case(
      a: #""dtype":"F32","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]"#,
      "it has more than 8 dimensions"),
    Case(
      a: #""dtype":"F4","shape":[3],"data_offsets":[0,2]"#, data: 2,
      "F4 of shape [3] takes 12 bits, which is not a whole number of bytes"),
    Case(
      a: #""dtype":"F32","shape":[2],"data_offsets":[0,4]"#,
      "F32 of shape [2] takes 8 bytes, but its data_offsets span 4"),
    Case(
      a: #""dtype":"F32","shape":[],"data_offsets":[0,0]"#, data: 0,
      "F32 of shape [] takes 4 bytes, but its data_offsets span 0"),
    Case(
      a: #""dtype":"F32","shape":[0],"data_offsets":[0,4]"#,
      "F32 of shape [0] takes 0 bytes, but its data_offsets span 4"),
    Case(
      a: #""dtype":"F32","shape":[1],"data_offsets":[4,0]"#,
      "it begins at data byte 4, after its end at 0"),
    Case(
      a: #""dtype":"F32","shape":[1],"data_offsets":[4]"#, "it has 1 data offsets, expected 2"),
    Case(
      a: #""dtype":"F32","shape":[1],"data_offsets":[0,4,8]"#,
      "it has more than 2 data offsets"),
    Case(
      a: #""dtype":"F32","shape":[1],"data_offsets":[-4,0]"#,
      "byte 56: expected a non-negative integer, found a negative number"),
  ]

  static let layouts: [Case] = [
    Case(two(0, 4), data: 8, #"byte 61: the key "a" comes twice"#),
    Case(
      two(0, 2, "b"), data: 6,
      #"tensor "b": it begins at data byte 2, within tensor "a", which ends at 4"#),
    Case(
      two(0, 0, "b"), data: 4,
      #"tensor "b": it begins at data byte 0, within tensor "a", which ends at 4"#),
    Case(
      two(0, 8, "b"), data: 12,
      #"tensor "b": it begins at data byte 8, which leaves a hole from 4 on"#),
    Case(
      two(4, 8, "b"), data: 12,
      #"tensor "a": it begins at data byte 4, which leaves a hole from 0 on"#),
    Case(
      two(4, 0, "b"), data: 7, "the tensors take 8 bytes of data, but the file holds 7"),
    Case(
      two(4, 0, "b"), data: 9, "the tensors take 8 bytes of data, but the file holds 9"),
    Case("{}", data: 1, "the tensors take 0 bytes of data, but the file holds 1"),
  ]

  /// A header of two F32 scalars that begin at these bytes.
  private static func two(_ first: Int, _ second: Int, _ name: String = "a") -> String {
    let members = [("a", first), (name, second)].map { name, start in
      #""\#(name)":{"dtype":"F32","shape":[],"data_offsets":[\#(start),\#(start + 4)]}"#
    }
    return "{\(members.joined(separator: ","))}"
  }

  @Test(arguments: [lengths, json, strings, tensors, layouts].joined())
  func isRefusedWithItsMessage(_ malformed: Case) throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("model.safetensors", malformed.file)
    let error = #expect(throws: SafetensorsError.self) { try SafetensorsFile(path: path) }
    #expect(
      error?.description == "\(path): \(malformed.message)"
        + "; the file is damaged or not safetensors, save or copy it again")
  }

  @Test func longAndMultilineNamesStayOnOneShortLine() throws {
    let folder = try TemporaryFolder()
    let name = #"a\n\u2028"# + String(repeating: "x", count: 1000)
    let path = try folder.file("f", safetensors(Array(#"{"\#(name)":0}"#.utf8)))
    let error = try #require(throws: SafetensorsError.self) { try SafetensorsFile(path: path) }
    let shown = #"a\n\u{2028}"# + String(repeating: "x", count: 197) + "…"
    #expect(error.description.hasPrefix("\(path): tensor \"\(shown)\": byte "))
  }

  @Test func aBooleanIsZeroOrOne() throws {
    let folder = try TemporaryFolder()
    let header = #"{"mask":{"dtype":"BOOL","shape":[3],"data_offsets":[0,3]}}"#
    let path = try folder.file("f", safetensors(Array(header.utf8), data: [1, 0, 2]))
    let file = try SafetensorsFile(path: path)
    let error = #expect(throws: SafetensorsError.self) {
      try file.tensor(named: "mask", as: Bool.self)
    }
    #expect(
      error?.description == "\(path): tensor \"mask\": element 2 is 2, expected 0 or 1 in a BOOL; "
        + "the file is damaged or not safetensors, save or copy it again")
  }

  // MARK: - Fuzz

  @Test func everyFlippedBitIsRefusedOrRead() throws {
    let folder = try TemporaryFolder()
    let golden = SafetensorsGolden.scalars
    var opened = 0
    for bit in 0..<golden.count * 8 {
      var bytes = golden
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      let path = try folder.file("f", bytes)
      do throws(SafetensorsError) {
        let file = try SafetensorsFile(path: path)
        opened += 1
        try readAll(file)
      } catch {
        #expect(!error.description.contains("\n"))
      }
    }
    // Flips in the data and in names leave a valid file; all others must be noticed.
    #expect(opened > 84 * 8 && opened < golden.count * 4)
  }

  @Test func everyTruncationIsRefused() throws {
    let folder = try TemporaryFolder()
    for count in 0..<SafetensorsGolden.scalars.count {
      let path = try folder.file("f", Array(SafetensorsGolden.scalars[..<count]))
      #expect(throws: SafetensorsError.self) { try SafetensorsFile(path: path) }
    }
  }

  @Test func randomHeadersAreRefused() {
    var random = SplitMix64(state: 1)
    let tokens = [
      "{", "}", "[", "]", ":", ",", "\"", "\\", "\\u", "D83D", "0", "1", "-", ".", "e9", " ",
      #""a""#, #""dtype":"F32""#, #""shape":[1]"#, #""data_offsets":[0,4]"#, "99999999999999999999",
      "\u{1}", "é", "😀", "null", "true", #""__metadata__""#,
    ]
    for _ in 0..<20_000 {
      let bytes: [UInt8] =
        if Bool.random(using: &random) {
          (0..<Int.random(in: 0...40, using: &random)).map { _ in
            .random(in: 0...255, using: &random)
          }
        } else {
          (0..<Int.random(in: 0...20, using: &random))
            .flatMap { _ in tokens.randomElement(using: &random)!.utf8 }
        }
      let header = try? SafetensorsHeader(json: [UInt8(ascii: "{")] + bytes, dataByteCount: 4)
      #expect(header == nil || header?.entries.count == 1)
    }
  }
}
