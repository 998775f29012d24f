import Tensor
import Testing

/// Views along axes, with negative steps and overlapping windows: what they show, that they copy
/// nothing, and that writing to them changes one tensor alone.
struct AxisViewTests {
  private func numbers(_ shape: Shape) -> Tensor<Int32> {
    Tensor((0..<shape.elementCount).map { Int32($0) }, shape: shape)
  }

  private func isView(_ a: Tensor<Int32>, of b: Tensor<Int32>) -> Bool { a.storage === b.storage }

  @Test func squeezes() {
    let t = numbers([1, 2, 1, 3, 1])
    #expect(t.squeezed() == numbers([2, 3]) && isView(t.squeezed(), of: t))
    #expect(t.squeezed(axes: [0, -1]).shape == [2, 1, 3])
    #expect(t.squeezed(axes: []).shape == t.shape)
    #expect(numbers([1, 1]).squeezed().shape == [])
    #expect(numbers([1, 0]).squeezed().shape == [0])
    #expect(t.flipped().squeezed().scalars == [5, 4, 3, 2, 1, 0])
  }

  @Test func flips() {
    let t = numbers([2, 3])
    #expect(t.flipped().scalars == [5, 4, 3, 2, 1, 0] && isView(t.flipped(), of: t))
    #expect(t.flipped(axes: [0]).scalars == [3, 4, 5, 0, 1, 2])
    #expect(t.flipped(axes: [-1]).scalars == [2, 1, 0, 5, 4, 3])
    #expect(t.flipped().flipped() == t)
    #expect(numbers([0, 2]).flipped().shape == [0, 2])
    #expect(numbers([]).flipped().item == 0)
    // Regrouped without a copy where one stride steps through.
    #expect(isView(t.flipped().flattened, of: t))
    #expect(!isView(t.flipped(axes: [1]).flattened, of: t))
    #expect(t.flipped(axes: [1]).flattened.scalars == [2, 1, 0, 5, 4, 3])
    #expect(t.flipped().reshaped(to: [3, 2] as Shape)[1].scalars == [3, 2])
  }

  @Test func stepsInSubscripts() {
    let t = numbers([7, 4])
    #expect(t[(0...).by(3), 0].scalars == [0, 12, 24])
    #expect(t[(1..<6).by(2), 1].scalars == [5, 13, 21])
    #expect(t[(0...).by(-1), 0].scalars == [24, 20, 16, 12, 8, 4, 0])
    #expect(t[(2...5).by(-2), 3].scalars == [23, 15])
    #expect(t[(..<(-1)).by(-4), 0].scalars == [20, 4])
    #expect(t[(...(-1)).by(100), 0].scalars == [0])
    #expect(t[(0...).by(.min), 0].scalars == [24] && t[(0...).by(.max), 0].scalars == [0])
    #expect(t[(3..<3).by(-1)].shape == [0, 4])
    #expect(t[AxisSelection.strided(lower: 1, upper: -1, step: 2)].scalars.first == 4)
    #expect(isView(t[(0...).by(-2), (0...).by(2)], of: t))
    #expect(t[(0...).by(-3)][(0...).by(-1), 0].scalars == [0, 12, 24])

    var u = t
    u[(0...).by(-3), (0...).by(-3)] = numbers([3, 2])
    #expect(u[0].scalars == [5, 1, 2, 4] && u[6].scalars == [1, 25, 26, 0])
    u[(0...).by(2)] += Tensor(100)
    #expect(u[2, 1].item == 109 && u[1, 1].item == 5 && t == numbers([7, 4]))
    // From itself in reverse.
    var v = numbers([5])
    v[0...] = v.flipped()
    #expect(v.scalars == [4, 3, 2, 1, 0])
  }

  @Test func newAxesInSubscripts() {
    let t = numbers([2, 3, 4])
    #expect(t[.newAxis].shape == [1, 2, 3, 4])
    #expect(t[.newAxis, 0, .newAxis, 1...].shape == [1, 1, 2, 4])
    #expect(t[.ellipsis, 0] == t[0..., 0..., 0])
    #expect(t[.ellipsis, .newAxis].shape == [2, 3, 4, 1] && isView(t[.ellipsis, .newAxis], of: t))
    #expect(t[1, .ellipsis, 2] == t[1, 0..., 2])
    #expect(t[1, .ellipsis, 2, 3].item == 23)
    #expect(t[.all, 1] == t[0..., 1])
    #expect(t[.ellipsis, .all, (0...).by(-1)] == t.flipped(axes: [2]))
    var u = t
    u[.ellipsis, .newAxis, 0] = Tensor(-1)
    #expect(u[0..., 0..., 0].scalars.allSatisfy { $0 == -1 } && u[0, 0, 1].item == 1)
  }

  @Test func windows() {
    let t = numbers([2, 5])
    let w = t.slidingWindows(length: 3)
    #expect(w.shape == [2, 3, 3] && isView(w, of: t))
    #expect(w[1].scalars == [5, 6, 7, 6, 7, 8, 7, 8, 9])
    #expect(t.slidingWindows(length: 2, axis: -1, step: 2)[0].scalars == [0, 1, 2, 3])
    #expect(t.slidingWindows(length: 2, axis: 0).shape == [1, 5, 2])
    #expect(t.slidingWindows(length: 5, step: .max).shape == [2, 1, 5])
    #expect(t.flipped().slidingWindows(length: 4)[0].scalars == [9, 8, 7, 6, 8, 7, 6, 5])
    #expect(w.sum(axes: [2]).scalars == [3, 6, 9, 18, 21, 24])

    // Each element becomes its own before it is written, though nothing else holds the storage.
    var own = numbers([4]).slidingWindows(length: 3)
    own[0, 1] = Tensor(50)
    #expect(own.scalars == [0, 50, 2, 1, 2, 3])
    own = numbers([4]).slidingWindows(length: 3)
    own += Tensor(1)
    #expect(own.scalars == [1, 2, 3, 2, 3, 4])
    let matrix = Tensor<Float>([0, 1, 2, 3]).slidingWindows(length: 3)
    #expect(matrix.matmul(Tensor([1, 10, 100])).scalars == [210, 321])
    #expect(matrix.matmul(matrix.transposed).scalars == [5, 8, 8, 14])
  }

  @Test func productsOfFlippedOperands() {
    var random = TestRandom(8)
    for (left, right) in [
      ([3, 4], [4, 2]), ([2, 3, 4], [4, 2]), ([2, 3, 4], [2, 4, 5]), ([4], [4, 3]),
    ] {
      for _ in 0..<20 {
        // Small whole numbers, so that every order of additions gives the same bits.
        func operand(_ shape: [Int]) -> Tensor<Double> {
          let arrangement: Arrangement = [.flipped, .strided, .windowed].randomElement(
            using: &random)!
          return arrangement.tensor(shape, using: &random) {
            Double(Int.random(in: -9...9, using: &$0))
          }
        }
        let (a, b) = (operand(left), operand(right))
        #expect(a.matmul(b) == a.copied().matmul(b.copied()))
      }
    }
  }

  @Test func splits() {
    let t = numbers([6, 2])
    let halves = t.split(into: 2)
    #expect(halves.map(\.shape) == [[3, 2], [3, 2]] && halves[1] == t[3...])
    #expect(halves.allSatisfy { isView($0, of: t) })
    #expect(t.split(into: 2, axis: -1)[1] == t[0..., 1...])
    #expect(t.split(at: [1, 1, -2]).map(\.shape[0]) == [1, 0, 3, 2])
    #expect(t.split(at: []) == [t])
    #expect(numbers([0]).split(into: 3).count == 3)
    for (extent, count, lengths) in [
      (6, 4, [2, 2, 2]), (7, 3, [3, 3, 1]), (3, 5, [1, 1, 1]), (4, 1, [4]), (0, 2, [0, 0]),
      (5, .max, [1, 1, 1, 1, 1]),
    ] {
      let parts = numbers([2, extent]).chunks(count, axis: 1)
      #expect(parts.map(\.shape[1]) == lengths)
      #expect(Tensor.concatenated(parts, axis: 1) == numbers([2, extent]))
    }
  }
}

extension MisuseTests {
  static let views: [Misuse] = [
    .init("squeezed: axis 1 of shape [1, 2] has an extent other than 1") {
      _ = Tensor<Float>.zeros([1, 2]).squeezed(axes: [1])
    },
    .init("squeezed: axis 2 is out of range for shape [1, 2]") {
      _ = Tensor<Float>.zeros([1, 2]).squeezed(axes: [2])
    },
    .init("flipped: axis -1 is named twice in [1, -1]") {
      _ = Tensor<Float>.zeros([1, 2]).flipped(axes: [1, -1])
    },
    .init("subscript: the step along axis 0 of [3, 4] must not be 0") {
      _ = Tensor<Float>.zeros([3, 4])[(0...).by(0)]
    },
    .init("subscript: range 1..<5 is out of range for axis 1 of [3, 4]") {
      _ = Tensor<Float>.zeros([3, 4])[0, (1..<5).by(-2)]
    },
    .init("subscript: more than one ellipsis") {
      _ = Tensor<Float>.zeros([3, 4])[.ellipsis, .ellipsis]
    },
    .init("subscript: 3 indices for a tensor of shape [3, 4]") {
      _ = Tensor<Float>.zeros([3, 4])[.newAxis, 0, .ellipsis, 0, 0]
    },
    .init("slidingWindows: a window of 4 does not fit axis 0 of shape [3]") {
      _ = Tensor<Float>.zeros([3]).slidingWindows(length: 4)
    },
    .init("slidingWindows: a window of 0 does not fit axis 0 of shape [3]") {
      _ = Tensor<Float>.zeros([3]).slidingWindows(length: 0)
    },
    .init("slidingWindows: the step must be positive, got 0") {
      _ = Tensor<Float>.zeros([3]).slidingWindows(length: 1, step: 0)
    },
    .init("split: axis 0 of shape [3] cannot be cut into 2 equal parts") {
      _ = Tensor<Float>.zeros([3]).split(into: 2)
    },
    .init("split: positions [2, 1] must ascend and lie within axis 0 of shape [3]") {
      _ = Tensor<Float>.zeros([3]).split(at: [2, 1])
    },
    .init("chunks: at least 1 part is needed, got 0") {
      _ = Tensor<Float>.zeros([3]).chunks(0)
    },
  ]
}
