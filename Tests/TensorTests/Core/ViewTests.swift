import Tensor
import Testing

/// Views: which elements they show, and that writing through them changes one tensor alone.
struct ViewTests {
  private func numbers(_ shape: Shape) -> Tensor<Int32> {
    Tensor((0..<shape.elementCount).map { Int32($0) }, shape: shape)
  }

  private func sharesStorage<Scalar: TensorScalar>(_ a: Tensor<Scalar>, _ b: Tensor<Scalar>) -> Bool
  {
    a.storage === b.storage
  }

  @Test func creation() {
    #expect(Tensor<Float>(7).shape == [] && Tensor<Float>(7).item == 7)
    #expect(Tensor<Bool>([true, false]).scalars == [true, false])
    #expect(Tensor<UInt8>(repeating: 9, shape: [2, 2]).scalars == [9, 9, 9, 9])
    #expect(Tensor<Double>.identity(2).scalars == [1, 0, 0, 1])
    #expect(Tensor<Double>.identity(0).shape == [0, 0])
    #expect(Tensor<Int64>.ones([3]).scalars == [1, 1, 1])
    #expect(Tensor<Float>([]).shape == [0] && Tensor<Float>([]).scalars == [])
    let t = Tensor<Int32>(unsafeUninitialized: [2, 2]) { buffer in
      for index in buffer.indices { buffer[index] = Int32(index) }
    }
    #expect(t == numbers([2, 2]))
    #expect(t != numbers([4]) && Tensor<Float>([.nan]) != Tensor<Float>([.nan]))
    #expect(t.transposed == Tensor([0, 2, 1, 3], shape: [2, 2]))
  }

  @Test func arrangementsReadBack() {
    var random = TestRandom(16)
    for arrangement in Arrangement.allCases {
      for _ in 0..<30 {
        let shape = random.shape(rank: Int.random(in: 0...5, using: &random))
        func check<Scalar: TensorScalar>(_ element: (inout TestRandom) -> Scalar) {
          let t = arrangement.tensor(shape, using: &random, element)
          let expected = elements(of: t)
          #expect(t.shape == Shape(shape))
          #expect(t.scalars == expected)
          #expect(elements(of: t.copied()) == expected)
          var own = t
          own.withUnsafeMutableBufferPointer { _ in }
          #expect(elements(of: own) == expected)
          #expect(t == own)
          var unique = t
          unique.makeUnique()
          #expect(elements(of: unique) == expected && !sharesStorage(unique, t))
          #expect(elements(of: t.flattened) == expected)
        }
        check { UInt8.random(in: 0...255, using: &$0) }
        check { Int32.random(in: -9...9, using: &$0) }
        check { Double.random(in: -9...9, using: &$0) }
      }
    }
  }

  @Test func reshapes() {
    let t = numbers([2, 3, 4])
    #expect(t.reshaped(to: [-1, 4]).shape == [6, 4])
    #expect(t.reshaped(to: [-1]).shape == [24])
    #expect(t.reshaped(to: [4, -1, 2, 1] as [Int]).shape == [4, 3, 2, 1])
    #expect(sharesStorage(t.reshaped(to: [6, 4] as Shape), t))
    #expect(sharesStorage(t.permuted([1, 0, 2]).reshaped(to: [3, 2, 2, 2] as Shape), t))
    let copy = t.permuted([1, 0, 2]).reshaped(to: [6, 4] as Shape)
    #expect(!sharesStorage(copy, t))
    #expect(copy.scalars == t.permuted([1, 0, 2]).scalars)
    #expect(sharesStorage(t[1].reshaped(to: [12] as Shape), t))
    #expect(t[1].flattened.scalars == (12..<24).map { Int32($0) })
    #expect(numbers([0, 3]).reshaped(to: [3, 0, 2] as Shape).shape == [3, 0, 2])
    #expect(numbers([2, 0]).reshaped(to: [2, -1] as [Int]).shape == [2, 0])
    #expect(numbers([]).reshaped(to: [1, 1] as Shape).shape == [1, 1])
    #expect(numbers([1]).reshaped(to: [] as Shape).item == 0)
  }

  @Test func permutes() {
    let t = numbers([2, 3, 4])
    let p = t.permuted([2, 0, -2])
    #expect(p.shape == [4, 2, 3])
    for index in indices(of: [2, 3, 4]) {
      #expect(p[index[2], index[0], index[1]].item == t[index[0], index[1], index[2]].item)
    }
    #expect(t.transposed.shape == [2, 4, 3] && sharesStorage(t.transposed, t))
    #expect(numbers([]).permuted([]).item == 0)
  }

  @Test func expandsAndBroadcasts() {
    let t = numbers([2, 3])
    #expect(t.expanded(at: 0).shape == [1, 2, 3])
    #expect(t.expanded(at: -1).shape == [2, 3, 1])
    #expect(t.expanded(at: -3).shape == [1, 2, 3])
    #expect(t.expanded(at: 1).scalars == t.scalars)
    let b = t.expanded(at: 1).broadcast(to: [4, 2, 2, 3])
    #expect(sharesStorage(b, t))
    for index in indices(of: [4, 2, 2, 3]) {
      #expect(b[index[0], index[1], index[2], index[3]].item == t[index[1], index[3]].item)
    }
    #expect(numbers([1, 0]).broadcast(to: [3, 0]).scalars == [])
  }

  @Test func subscripts() {
    let t = numbers([3, 4])
    #expect(t[1].scalars == [4, 5, 6, 7])
    #expect(t[-1, -2].item == 10)
    #expect(t[0..., 1].scalars == [1, 5, 9])
    #expect(t[1..., ..<2].scalars == [4, 5, 8, 9])
    #expect(t[..<(-1), (-2)...].scalars == [2, 3, 6, 7])
    #expect(t[...(-1), 0].scalars == [0, 4, 8])
    #expect(t[...1, 3].scalars == [3, 7])
    #expect(t[(-2)...(-1), 0].scalars == [4, 8])
    #expect(t[(-3)..<(-1), 0].scalars == [0, 4])
    #expect(t[1...2].shape == [2, 4])
    #expect(t[3...].shape == [0, 4] && t[1..<1, 2].shape == [0])
    #expect(t[AxisSelection.span(lower: 1, upper: -1)].scalars == [4, 5, 6, 7])
    #expect(sharesStorage(t[1..., 2], t))
    #expect(numbers([0, 3])[0..<0].shape == [0, 3])
  }

  @Test func assignments() {
    var t = numbers([3, 4])
    let before = t
    t[1] = Tensor(7)
    #expect(t[1].scalars == [7, 7, 7, 7] && t[0] == before[0] && t[2] == before[2])
    t[0..., 0] = Tensor([-1, -2, -3])
    #expect(t[0..., 0].scalars == [-1, -2, -3])
    t[2, 3] = Tensor(99)
    #expect(t[2, 3].item == 99 && before[2, 3].item == 11)
    t[0] += Tensor(1)
    #expect(t[0].scalars == [0, 2, 3, 4])
    t[3...] = numbers([0, 4])

    // Into a transposed view, whose elements lie in another order.
    var u = numbers([2, 3]).transposed
    let original = u
    u[1] = Tensor([50, 60])
    #expect(u.scalars == [0, 3, 50, 60, 2, 5])
    #expect(original.scalars == [0, 3, 1, 4, 2, 5])
    u[0..., 1] = Tensor([1, 2, 3])
    #expect(u.scalars == [0, 1, 50, 2, 2, 3])

    // Into a broadcast view: each element becomes its own.
    var wide = numbers([3]).broadcast(to: [2, 3])
    wide[0, 1] = Tensor(9)
    #expect(wide.scalars == [0, 9, 2, 0, 1, 2])

    // From itself, overlapping, in both directions.
    var v = numbers([6])
    v[1...] = v[..<5]
    #expect(v.scalars == [0, 0, 1, 2, 3, 4])
    v[..<5] = v[1...]
    #expect(v.scalars == [0, 1, 2, 3, 4, 4])
    var square = numbers([3, 3])
    square[0...] = square.transposed
    #expect(square.scalars == [0, 3, 6, 1, 4, 7, 2, 5, 8])

    // Into a part of a slice, whose offset is not zero.
    var slice = numbers([4, 3])[1..<3, 1...]
    slice[1, 0] = Tensor(-5)
    #expect(slice.scalars == [4, 5, -5, 8])
  }

  @Test func inPlaceOperationsOnParts() {
    var t = numbers([3, 4])
    let before = t
    t[0..., 1] *= 10
    t[1..., 2...] -= Tensor([1, 2])
    #expect(t.scalars == [0, 10, 2, 3, 4, 50, 5, 5, 8, 90, 9, 9])
    #expect(before == numbers([3, 4]))
  }

  @Test func rows() {
    let t = numbers([4, 2, 3])
    #expect(t.rows([3, 0, 3]).scalars == t[3].scalars + t[0].scalars + t[3].scalars)
    #expect(t.rows([]).shape == [0, 2, 3])
    #expect(t.transposed.rows(1..<2).scalars == t[1].transposed.scalars)
    #expect(numbers([3]).rows([2, 1]).scalars == [2, 1])
    #expect(Tensor<Bool>([true, false]).rows([1, 1, 0]).scalars == [false, false, true])
    #expect(numbers([2, 0]).rows([1, 1, 1]).shape == [3, 0])
  }

  // Few and many columns, which threads share; a view that must be copied.
  @Test(arguments: [[7, 3], [40, 5, 177], [60, 1000]] as [Shape])
  func rowsOfBytes(_ shape: Shape) {
    var generator = TestRandom(3)
    let bytes = Tensor<UInt8>(
      (0..<shape.elementCount).map { _ in UInt8.random(in: 0...255, using: &generator) },
      shape: shape)
    for source in [bytes, bytes.flipped(axes: [-1])] {
      let indices = (0..<37).map { _ in Int.random(in: 0..<shape[0], using: &generator) }
      let expected = source.rows(indices).scalars.map { 0.5 * Float($0) }
      let some = Tensor<Float>(rows: indices[...], of: source, scale: 0.5, thenNeeding: [3, 1])
      #expect(some.shape == source.rows(indices).shape && some.scalars == expected)
      let range = Tensor<Float>(rows: 2..<5, of: source, scale: 2, thenNeeding: 0..<0)
      #expect(range.scalars == source[2..<5].scalars.map { 2 * Float($0) })
    }
    #expect(
      Tensor<Float>(rows: 0..<0, of: bytes, scale: 1, thenNeeding: 0..<0).shape[0] == 0)
  }
}
