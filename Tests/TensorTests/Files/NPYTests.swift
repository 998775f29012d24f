import Foundation
import Tensor
import Testing

/// An `.npy` of NumPy's, whose elements count 0 … 99 over and over (modulo 2 for bools).
struct NPYGolden: CustomTestStringConvertible {
  let dtype: DType
  let shape: [Int]
  let isFortranOrder: Bool
  let isBigEndian: Bool
  /// Whether it is in the version and byte order that are written here.
  let isNative: Bool
  let bytes: [UInt8]

  init(
    _ dtype: DType, _ shape: [Int], isFortranOrder: Bool, isBigEndian: Bool, isNative: Bool,
    base64: String
  ) {
    self.dtype = dtype
    self.shape = shape
    self.isFortranOrder = isFortranOrder
    self.isBigEndian = isBigEndian
    self.isNative = isNative
    bytes = [UInt8](Data(base64Encoded: base64)!)
  }

  var testDescription: String {
    "\(dtype) \(shape)\(isFortranOrder ? " F" : "")\(isBigEndian ? " >" : "") v\(bytes[6])"
  }
}

/// Calls `body` with a function that makes elements of `dtype` from counts.
func withScalar(_ dtype: DType, _ body: ScalarBody) throws {
  switch dtype {
  case .float32: try body.run { Float($0) }
  case .float64: try body.run { Double($0) }
  case .int32: try body.run { Int32($0) }
  case .int64: try body.run { Int64($0) }
  case .uint8: try body.run { UInt8($0) }
  case .bool: try body.run { $0 % 2 == 1 }
  }
}

protocol ScalarBody {
  func run<Scalar: TensorScalar>(_ element: (Int) -> Scalar) throws
}

@Suite struct NPYTests {
  @Test(arguments: npyGoldens) func readsAndWritesWhatNumPyWrites(_ golden: NPYGolden) throws {
    struct Body: ScalarBody {
      let golden: NPYGolden
      func run<Scalar: TensorScalar>(_ element: (Int) -> Scalar) throws {
        let folder = try TemporaryFolder()
        let path = try folder.file(golden.bytes)
        let tensor = try Tensor<Scalar>(npy: path)
        #expect(tensor.shape == Shape(golden.shape))
        #expect(tensor.scalars == (0..<tensor.count).map { element($0 % 100) })
        let file = try NPYFile(path: path)
        #expect(file.header.dtype == golden.dtype)
        #expect(file.header.shape == Shape(golden.shape))
        #expect(file.header.isFortranOrder == golden.isFortranOrder)
        #expect(file.header.isBigEndian == golden.isBigEndian)
        if golden.isNative {
          try tensor.writeNPY(to: path)
          #expect(try InputFile.contents(of: path) == golden.bytes)
        }
      }
    }
    try withScalar(golden.dtype, Body(golden: golden))
  }

  @Test(arguments: DType.allCases, Arrangement.allCases)
  func comesBackAsItWas(_ dtype: DType, _ arrangement: Arrangement) throws {
    struct Body: ScalarBody {
      let arrangement: Arrangement
      func run<Scalar: TensorScalar>(_ element: (Int) -> Scalar) throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/file"
        var random = TestRandom(7)
        for rank in [0, 1, 1, 2, 2, 2, 3, 3, 5] {
          let tensor: Tensor<Scalar> = arrangement.tensor(
            random.shape(rank: rank), using: &random
          ) { element(Int.random(in: 0..<200, using: &$0)) }
          try tensor.writeNPY(to: path)
          let copy = try Tensor<Scalar>(npy: path)
          #expect(copy == tensor)
          // What is read can be changed like any other value.
          var changed = copy
          changed.withUnsafeMutableBufferPointer {
            for index in $0.indices { $0[index] = element(1) }
          }
          #expect(copy == tensor)
        }
      }
    }
    try withScalar(dtype, Body(arrangement: arrangement))
  }

  @Test func everyBitStays() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/file"
    let patterns: [UInt32] = [0x8000_0000, 0x7FA0_0001, 0xFFC1_2345, 1, 0x7F80_0000, 0xFF7F_FFFF]
    try Tensor(patterns.map(Float.init(bitPattern:))).writeNPY(to: path)
    #expect(try Tensor<Float>(npy: path).scalars.map(\.bitPattern) == patterns)
    try Tensor<Int64>([.min, -1, 0, .max]).writeNPY(to: path)
    #expect(try Tensor<Int64>(npy: path).scalars == [.min, -1, 0, .max])
  }

  @Test func aTransposedMatrixIsWrittenInFortranOrder() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/file"
    try Tensor<Int32>([1, 2, 3, 4, 5, 6], shape: [2, 3]).transposed.writeNPY(to: path)
    let file = try NPYFile(path: path)
    #expect(file.header.isFortranOrder)
    #expect(file.header.shape == [3, 2])
    #expect(try file.tensor(as: Int32.self).scalars == [1, 4, 2, 5, 3, 6])
  }

  @Test(arguments: [
    ("/nothing/here", "/nothing/here: cannot create a file beside it: No such file or directory"),
    ("/", "/: cannot write: it is a folder, expected a file"),
  ])
  func whatCannotBeWrittenIsNamed(_ path: String, _ message: String) {
    let error = #expect(throws: NPYError.self) { try Tensor<Float>(1).writeNPY(to: path) }
    #expect(error?.description == message)
  }
}
