import Foundation
import Synchronization
import Tensor
import Testing

/// Literals, nested arrays, iteration, coding and adopted memory.
struct ConversionTests {
  private func numbers(_ shape: Shape) -> Tensor<Int32> {
    Tensor((0..<shape.elementCount).map { Int32($0) }, shape: shape)
  }

  // MARK: Literals

  @Test func literalsOfAnyDepth() {
    let vector: Tensor<Float> = [1, -2, 3.5]
    #expect(vector == Tensor([1, -2, 3.5], shape: [3]))
    let matrix: Tensor<Int64> = [[1, 2, 3], [4, 5, 6]]
    #expect(matrix == Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3]))
    let deep: Tensor<UInt8> = [[[[[[[[1], [2]]]]]]]]
    #expect(deep.shape == [1, 1, 1, 1, 1, 1, 2, 1] && deep.scalars == [1, 2])
    let mask: Tensor<Bool> = [[true, false], [false, true]]
    #expect(mask.scalars == [true, false, false, true])
    let empty: Tensor<Double> = []
    #expect(empty.shape == [0])
    let rows: Tensor<Double> = [[], []]
    #expect(rows.shape == [2, 0])
    #expect(Tensor<Float>([[1, 2], [3, 4]]) == Tensor([1, 2, 3, 4], shape: [2, 2]))
    #expect(Tensor<Float>([[[0.5]]]).shape == [1, 1, 1])
    #expect(Tensor<Float>([[1, 2]]).matmul([[3], [4]]) == [[11]])
  }

  @Test func numbersBesideTensorsHaveOneReading() {
    let t: Tensor<Float> = [1, 2]
    #expect(2 * t + 1 == [3, 5])
    #expect(1 - t / 2 == [0.5, 0])
    #expect(Tensor([1, 2]) == Tensor<Int32>([1, 2]))
    #expect(Tensor([0.5, 2]).scalars == [0.5, 2] as [Double])
  }

  // MARK: Nested arrays

  @Test func nestedArraysRoundTrip() {
    let (x, y): (Float, Float) = (1, 2)
    #expect(Tensor([[x, y], [y, x]]) == Tensor<Float>([1, 2, 2, 1], shape: [2, 2]))
    let cube = numbers([2, 3, 4])
    let nested = [[[Int32]]](cube)
    #expect(nested[1][2] == [20, 21, 22, 23])
    #expect(Tensor(nested) == cube)
    #expect([[Int32]](numbers([2, 3]).transposed) == [[0, 3], [1, 4], [2, 5]])
    #expect([[Float]](Tensor<Float>.zeros([2, 0])) == [[], []])
    #expect([[Float]](Tensor<Float>.zeros([0, 2])) == [])
    #expect(Tensor([[Float]]()).shape == [0, 0])
    #expect(Tensor([[[Bool]]]([[], []])).shape == [2, 0, 0])
  }

  @Test func arraysHoldTheElements() {
    let matrix = numbers([2, 3])
    #expect(Array(matrix) == [0, 1, 2, 3, 4, 5])
    #expect([Int32](matrix.transposed) == [0, 3, 1, 4, 2, 5])
    #expect(Array(Tensor<Bool>(true)) == [true])
  }

  // MARK: Elements

  @Test func elementsAreReadAndWritten() {
    var t = numbers([2, 3])
    #expect(t[at: 1, -1] == 5 && t.transposed[at: 2, 0] == 2)
    let shared = t
    t[at: 0, 1] = 9
    #expect(t == [[0, 9, 2], [3, 4, 5]] && shared == numbers([2, 3]))
    var view = t[0..., (0...).by(-1)]
    view[at: 1, 0] = 8
    #expect(view == [[2, 9, 0], [8, 4, 3]] && t[at: 1, 2] == 5)
    var wide = Tensor<Int32>([1]).broadcast(to: [3])
    wide[at: 1] = 2
    #expect(wide == [1, 2, 1])
  }

  // MARK: Iteration

  @Test func iterationGoesOverTheFirstAxis() {
    let matrix = numbers([3, 2])
    var seen: [[Int32]] = []
    for row in matrix {
      #expect(row.shape == [2] && row.storage === matrix.storage)
      seen.append(row.scalars)
    }
    #expect(seen == [[0, 1], [2, 3], [4, 5]])
    #expect(matrix.transposed.map { $0.scalars } == [[0, 2, 4], [1, 3, 5]])
    #expect(numbers([4]).map { $0.item } == [0, 1, 2, 3])
    #expect(zip(matrix, matrix.flipped(axes: [0])).map { ($0 + $1).scalars }[0] == [4, 6])
    for _ in Tensor<Float>.zeros([0, 3]) { Issue.record("an empty axis has no part") }
    #expect(matrix.underestimatedCount == 3)
    var iterator = matrix.makeIterator()
    #expect(iterator.next() == [0, 1] && iterator.next() == [2, 3])
  }

  // MARK: Coding

  @Test func codingRoundTrips() throws {
    func check<Scalar: TensorScalar>(_ tensor: Tensor<Scalar>) throws {
      let data = try JSONEncoder().encode(tensor)
      #expect(try JSONDecoder().decode(Tensor<Scalar>.self, from: data) == tensor)
    }
    try check(
      Tensor(
        [[0.1, -0.0, .greatestFiniteMagnitude], [.leastNonzeroMagnitude, 1, 3]] as [[Float]]))
    try check(Tensor([.leastNonzeroMagnitude, 0.1, .greatestFiniteMagnitude] as [Double]))
    try check(Tensor([.min, .max] as [Int64]))
    try check(numbers([2, 3, 4]).transposed[1])
    try check([[true], [false]] as Tensor<Bool>)
    try check(Tensor<UInt8>(255))
    try check(Tensor<Float>.zeros([2, 0, 3]))
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    #expect(
      String(decoding: try encoder.encode([[1, 2.5]] as Tensor<Float>), as: UTF8.self)
        == #"{"dtype":"float32","elements":[1,2.5],"shape":[1,2]}"#)
    let special = Tensor([Double.nan, .infinity])
    let list = try PropertyListEncoder().encode(special)
    let back = try PropertyListDecoder().decode(Tensor<Double>.self, from: list)
    #expect(back[at: 0].isNaN && back[at: 1] == .infinity)
    #expect(throws: EncodingError.self) { try JSONEncoder().encode(special) }
  }

  @Test(arguments: [
    (
      #"{"dtype":"float64","shape":[1],"elements":[1]}"#,
      "Tensor<Float>: elements are float64, not float32"
    ),
    (
      #"{"dtype":"float32","shape":[3],"elements":[1,2]}"#,
      "Tensor<Float>: shape [3] does not fit 2 elements"
    ),
    (
      #"{"dtype":"float32","shape":[-1,-2],"elements":[1,2]}"#,
      "Tensor<Float>: shape [-1, -2] does not fit 2 elements"
    ),
    (
      #"{"dtype":"float32","shape":[4611686018427387904,4],"elements":[]}"#,
      "Tensor<Float>: shape [4611686018427387904, 4] does not fit 0 elements"
    ),
    (
      #"{"dtype":"float32","shape":[1,1,1,1,1,1,1,1,1],"elements":[1]}"#,
      "Tensor<Float>: shape [1, 1, 1, 1, 1, 1, 1, 1, 1] does not fit 1 elements"
    ),
  ])
  func decodingSaysWhatIsWrong(_ json: String, _ message: String) {
    #expect {
      try JSONDecoder().decode(Tensor<Float>.self, from: Data(json.utf8))
    } throws: { error in
      guard case DecodingError.dataCorrupted(let context) = error else { return false }
      return context.debugDescription == message
    }
  }

  // MARK: Adoption

  @Test func adoptedMemoryIsUsedInPlaceAndGivenBackOnce() {
    let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: 6)
    for index in 0..<6 { buffer[index] = Float(index) }
    let calls = Mutex(0)
    do {
      var t = Tensor(adopting: buffer, shape: [2, 3]) { calls.withLock { $0 += 1 } }
      #expect(t.scalars == [0, 1, 2, 3, 4, 5])
      t += 1
      #expect(buffer[5] == 6)
      let view = t.transposed[0]
      var copy = t
      copy[at: 0, 0] = 100
      #expect(buffer[0] == 1 && t.sum().item == 21)
      t = Tensor(0)
      #expect(view == [1, 4] && calls.withLock { $0 } == 0)
    }
    #expect(calls.withLock { $0 } == 1)
    buffer.deallocate()
    do {
      let none = UnsafeMutableBufferPointer<Float>(start: nil, count: 0)
      let empty = Tensor(adopting: none, shape: [0, 2]) { calls.withLock { $0 += 1 } }
      #expect(empty.sum().item == 0)
    }
    #expect(calls.withLock { $0 } == 2)
  }

  @Test func buffersAreCopied() {
    let elements: [Double] = [1, 2, 3, 4]
    let t = elements.withUnsafeBufferPointer { Tensor($0, shape: [2, 2]) }
    #expect(t == [[1, 2], [3, 4]])
  }
}
