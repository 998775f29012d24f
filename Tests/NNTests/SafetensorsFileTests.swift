import NN
import Tensor
import Testing

@Suite struct SafetensorsFileTests {
  /// The tensors of `SafetensorsGolden.scalars`, in another order than the file's.
  static let scalars = [
    NamedTensor(
      "layers.0.weight",
      Tensor<Float>([0.5, -1.25, 3, 0x1p-149, .greatestFiniteMagnitude, -0.0], shape: [2, 3])),
    NamedTensor("layers.0.bias", Tensor<Double>([0.1, .infinity, -2.5e-308], shape: [3])),
    NamedTensor("step", Tensor<Int64>([-1 << 62], shape: [])),
    NamedTensor("labels", Tensor<Int32>([3, -7, .max, 0], shape: [4])),
    NamedTensor("pixels", Tensor<UInt8>([0, 127, 128, 255, 1], shape: [5])),
    NamedTensor("mask", Tensor<Bool>([true, false, true], shape: [3])),
    NamedTensor("empty", Tensor<Float>([], shape: [0, 4])),
    NamedTensor("größe \"a\\b\"\n\u{1}😀", Tensor<Float>([1], shape: [1])),
  ]

  @Test func readsWhatPythonWrites() throws {
    let folder = try TemporaryFolder()
    let file = try SafetensorsFile(path: folder.file("f", SafetensorsGolden.scalars))
    #expect(file.metadata == ["format": "pt"])
    #expect(
      file.entries.map(\.name) == [
        "step", "layers.0.bias", "empty", "größe \"a\\b\"\n\u{1}😀", "layers.0.weight", "labels",
        "pixels", "mask",
      ])
    #expect(file.entries.map(\.shape) == [[], [3], [0, 4], [1], [2, 3], [4], [5], [3]])
    #expect(
      file.entries.map(\.dtype)
        == [.int64, .float64, .float32, .float32, .float32, .int32, .uint8, .bool])

    let weight = try file.tensor(named: "layers.0.weight", as: Float.self)
    #expect(weight.shape == [2, 3])
    #expect(
      weight.scalars.map(\.bitPattern)
        == [0.5, -1.25, 3, 0x1p-149, .greatestFiniteMagnitude, -0.0].map(\Float.bitPattern))
    #expect(
      try file.tensor(named: "layers.0.bias", as: Double.self).scalars
        == [0.1, .infinity, -2.5e-308])
    #expect(try file.tensor(named: "step", as: Int64.self).scalars == [-1 << 62])
    #expect(try file.tensor(named: "labels", as: Int32.self).scalars == [3, -7, .max, 0])
    #expect(try file.tensor(named: "pixels", as: UInt8.self).scalars == [0, 127, 128, 255, 1])
    #expect(try file.tensor(named: "mask", as: Bool.self).scalars == [true, false, true])
    #expect(try file.tensor(named: "empty", as: Float.self).shape == [0, 4])
  }

  @Test func writesTheBytesThatPythonWrites() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("f")
    try SafetensorsFile.write(Self.scalars, metadata: ["format": "pt"], to: path)
    #expect(try bytes(ofFile: path) == SafetensorsGolden.scalars)
    #expect(try folder.names == ["f"])
  }

  @Test func widensHalves() throws {
    let folder = try TemporaryFolder()
    let file = try SafetensorsFile(path: folder.file("f", SafetensorsGolden.halves))
    let half = try file.tensor(named: "half", as: Float.self)
    #expect(half.shape == [2, 2])
    #expect(half.scalars == [1.5, -2, 0x1p-24, 65504])
    // The nearest bfloat16 to -3e38 is -(1 + 98/128) * 2^127.
    #expect(
      try file.tensor(named: "brain", as: Float.self).scalars
        == [1.5, -0x1.C4p127, -.infinity])
  }

  #if !((os(macOS) || targetEnvironment(macCatalyst)) && arch(x86_64))
    @Test func everyHalfIsExact() {
      for bits in UInt16.min ... .max {
        let expected = Float(Float16(bitPattern: bits))
        let widened = HalfFormat.float16.float(bitPattern: bits)
        if expected.isNaN {
          #expect(widened.isNaN)
        } else {
          #expect(widened.bitPattern == expected.bitPattern)
        }
      }
    }
  #endif

  @Test(arguments: [
    [:], ["": ""], ["b": "é\u{0}\u{1F}\u{7F}\u{2028}", "a": "\"\\/\u{8}\u{C}\r\t"],
  ])
  func metadataComesBack(_ metadata: [String: String]) throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("f")
    try SafetensorsFile.write([], metadata: metadata, to: path)
    let file = try SafetensorsFile(path: path)
    #expect(file.metadata == metadata)
    #expect(file.entries.isEmpty)
  }

  @Test(arguments: [
    (#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{8}\u{C}\n\r\t"),
    (#"\u0000\u00e9\u00E9\uFFFF"#, "\0éé\u{FFFF}"),
    (#"a\uD83D\uDE00b\ud83d\ude00"#, "a😀b😀"),
    (#"\uD800\uDC00\uDBFF\uDFFF"#, "\u{10000}\u{10FFFF}"),
  ])
  func escapesAreDecoded(_ json: String, _ expected: String) throws {
    let header =
      Array(#" {"__metadata__" : { "\#(json)":"\#(json)" } , "t": {"dtype" :"U8","#.utf8)
      + Array("\n\t\"shape\":[ 2 , 1 ] ,\r\"data_offsets\" : [0,2]} }  ".utf8)
    let parsed = try SafetensorsHeader(json: Array(header.dropFirst()), dataByteCount: 2)
    #expect(parsed.metadata == [expected: expected])
    #expect(parsed.entries.map(\.shape) == [[2, 1]])
  }

  @Test func viewsAreWrittenRowMajor() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("f")
    let matrix = Tensor<Float>([1, 2, 3, 4, 5, 6], shape: [2, 3])
    try SafetensorsFile.write([NamedTensor("t", matrix.transposed)], to: path)
    let file = try SafetensorsFile(path: path)
    #expect(file.entries[0].shape == [3, 2])
    #expect(try file.tensor(named: "t", as: Float.self).scalars == [1, 4, 2, 5, 3, 6])
  }

  @Test func unalignedDataAreRead() throws {
    // Writers other than the reference need not pad the header.
    let header =
      #"{"m":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"#
      + #""d":{"dtype":"F64","shape":[1,1],"data_offsets":[1,9]}}"#
    let data = [7] + withUnsafeBytes(of: 2.5) { Array($0) }
    let folder = try TemporaryFolder()
    for padding in 0..<8 {
      let padded = Array(header.utf8) + Array(repeating: UInt8(ascii: " "), count: padding)
      let file = try SafetensorsFile(path: folder.file("f", safetensors(padded, data: data)))
      #expect(try file.tensor(named: "d", as: Double.self).scalars == [2.5])
    }
  }

  @Test func emptyTensorsShareAPlace() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("f")
    let empty = Tensor<Float>([], shape: [2, 0])
    try SafetensorsFile.write(
      [
        NamedTensor("a", empty), NamedTensor("b", Tensor<Float>([1], shape: [])),
        NamedTensor("c", empty),
      ],
      to: path)
    let file = try SafetensorsFile(path: path)
    #expect(file.entries.count == 3)
    #expect(try file.tensor(named: "c", as: Float.self).shape == [2, 0])
    #expect(try file.tensor(named: "b", as: Float.self).scalars == [1])
  }

  // MARK: - Errors

  @Test func otherTypesAreRefused() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("f", SafetensorsGolden.halves)
    let file = try SafetensorsFile(path: path)
    #expect(
      throws: SafetensorsError.dtypeMismatch(
        path: path, tensor: "half", found: .float16, expected: [.float64])
    ) { try file.tensor(named: "half", as: Double.self) }
    let error = #expect(throws: SafetensorsError.self) {
      try file.tensor(named: "signed", as: Float.self)
    }
    #expect(
      error?.description == "\(path): tensor \"signed\": found dtype I8, expected F32, F16, BF16; "
        + "ask for a matching scalar type or save the file in it")
  }

  @Test func missingTensorsAreNamed() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("f", SafetensorsGolden.halves)
    let file = try SafetensorsFile(path: path)
    #expect(file.entry(named: "weight") == nil)
    #expect(file.entry(named: "half")?.dtype == .float16)
    let error = #expect(throws: SafetensorsError.self) {
      try file.tensor(named: "weight", as: Float.self)
    }
    #expect(
      error?.description == "\(path): tensor \"weight\": it is not in the file; "
        + "check the name and that the file belongs to the model")
  }

  @Test func unreadableFilesAreNamed() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("f")
    let error = #expect(throws: SafetensorsError.self) { try SafetensorsFile(path: path) }
    #expect(error?.description == "\(path): cannot open: No such file or directory")
  }

  @Test func aFileThatShrinksIsAnError() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("f")
    try SafetensorsFile.write([NamedTensor("a", Tensor<Float>([1, 2], shape: [2]))], to: path)
    let file = try SafetensorsFile(path: path)
    let whole = try bytes(ofFile: path)
    try truncate(path, to: whole.count - 3)
    let error = #expect(throws: SafetensorsError.self) {
      try file.tensor(named: "a", as: Float.self)
    }
    #expect(
      error?.description == "\(path): cannot read: it ends at byte \(whole.count - 3), "
        + "expected \(whole.count) bytes")
  }

  @Test(arguments: [
    (["a", "b", "a"], "tensor \"a\": cannot be written: the name comes twice"),
    (
      ["__metadata__"],
      "tensor \"__metadata__\": cannot be written: the format keeps this name for itself"
    ),
  ])
  func unwritableNamesLeaveTheOldFile(_ names: [String], _ message: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("f", [1, 2, 3])
    let error = #expect(throws: SafetensorsError.self) {
      try SafetensorsFile.write(
        names.map { NamedTensor($0, Tensor<Float>([1], shape: [])) }, to: path)
    }
    #expect(error?.description == "\(path): \(message)")
    #expect(try bytes(ofFile: path) == [1, 2, 3])
    #expect(try folder.names == ["f"])
  }

  @Test func aMissingFolderIsAnError() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/missing/f"
    let error = #expect(throws: SafetensorsError.self) { try SafetensorsFile.write([], to: path) }
    #expect(
      error?.description == "\(path): cannot create a file beside it: No such file or directory")
  }
}
