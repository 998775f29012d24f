import Tensor
import Testing

/// What a programmer's mistake stops with, in debug and release builds alike.
struct MisuseTests {
  struct Misuse: Sendable {
    var message: String
    var run: @Sendable () -> Void

    init(_ message: String, _ run: @escaping @Sendable () -> Void) {
      self.message = message
      self.run = run
    }
  }

  private static func zeros(_ shape: Shape) -> Tensor<Float> { .zeros(shape) }
  private static func integers(_ shape: Shape) -> Tensor<Int32> { .zeros(shape) }

  static let all: [Misuse] =
    core + conversions + views + gathering + linearAlgebra + windows + tuples + ordering + searching
    + random

  private static let core: [Misuse] = [
    // Shapes.
    .init("Shape: extents must not be negative, got [-1, 2]") { _ = Shape([-1, 2]) },
    .init("Shape: the element count of [9223372036854775807, 2] overflows Int") {
      _ = Shape([.max, 2])
    },
    .init("Shape: a tensor has at most 8 axes, got more") {
      _ = Shape([1, 1, 1, 1, 1, 1, 1, 1, 1])
    },
    .init("Shape: axis 2 is out of range for shape [2, 3]") { _ = ([2, 3] as Shape)[2] },
    .init("Shape: axis -3 is out of range for shape [2, 3]") { _ = ([2, 3] as Shape)[-3] },
    .init("Tensor: shape [2, 2] needs 4 elements, got 3") {
      _ = Tensor<Float>([1, 2, 3], shape: [2, 2])
    },
    .init(
      "Tensor: shape [1152921504606846976] of float64 needs more bytes than memory can address"
    ) { _ = Tensor<Double>.zeros([1 << 60]) },
    .init("item: a tensor of one element is needed, got shape [2]") { _ = zeros([2]).item },
    // Making and conversion.
    .init(
      "Tensor<UInt8>: element 300.0 at position 1 does not fit; init(saturating:) takes the nearest "
        + "value"
    ) { _ = Tensor<UInt8>(Tensor<Float>([1, 300])) },
    .init(
      "Tensor<Int32>: element nan at position 0 does not fit; init(saturating:) takes the nearest "
        + "value"
    ) { _ = Tensor<Int32>(Tensor<Double>([.nan])) },
    .init(
      "Tensor<Int32>: element 2147483648 at position 0 does not fit; init(saturating:) takes the "
        + "nearest value"
    ) { _ = Tensor<Int32>(Tensor<Int64>([1 << 31])) },
    .init("range: the step must not be 0") { _ = Tensor<Float>.range(to: 1, by: 0) },
    .init("range: 0.0 to inf by 1.0 is not a range of finite length") {
      _ = Tensor<Float>.range(to: .infinity)
    },
    .init("linearSpace: count must not be negative, got -1") {
      _ = Tensor<Float>.linearSpace(from: 0, through: 1, count: -1)
    },
    .init("oneHot: index 3 at position 1 is outside 0..<3") {
      _ = Tensor<Float>.oneHot(Tensor<Int32>([0, 3]), depth: 3)
    },
    .init("oneHot: depth must not be negative, got -1") {
      _ = Tensor<Float>.oneHot(Tensor<Int32>([0]), depth: -1)
    },
    .init("repeated: 9223372036854775807 times axis 0 of shape [2] overflows Int") {
      _ = zeros([2]).repeated(.max)
    },
    .init("/: division of uint8 by zero") { _ = Tensor<UInt8>([1, 2]) / Tensor([1, 0]) },
    .init("flooredRemainder: division of uint8 by zero") {
      _ = Tensor<UInt8>([1, 2]).flooredRemainder(dividingBy: 0)
    },
    .init("<<=: shape [2, 1] does not broadcast to [1], the shape of the left side") {
      var a = integers([1])
      a <<= integers([2, 1])
    },
    .init("diagonalMatrix: a vector is needed, got shape [2, 2]") {
      _ = zeros([2, 2]).diagonalMatrix()
    },
    .init("lowerTriangle: at least 2 axes are needed, got shape [3]") {
      _ = zeros([3]).lowerTriangle()
    },
    // Elementwise.
    .init(
      "+: shapes [2, 3] and [2] do not broadcast; aligned at the last axis, extents must be equal "
        + "or 1"
    ) { _ = zeros([2, 3]) + zeros([2]) },
    .init(
      "power: shapes [4] and [3] do not broadcast; aligned at the last axis, extents must be equal "
        + "or 1"
    ) { _ = zeros([4]).power(zeros([3])) },
    .init(
      "maximum: shapes [0] and [3] do not broadcast; aligned at the last axis, extents must be "
        + "equal or 1"
    ) { _ = Tensor.maximum(zeros([0]), zeros([3])) },
    .init(
      "*=: shapes [2] and [3] do not broadcast; aligned at the last axis, extents must be equal or 1"
    ) {
      var a = zeros([2])
      a *= zeros([3])
    },
    .init("+=: shape [2, 3] does not broadcast to [3], the shape of the left side") {
      var a = zeros([3])
      a += zeros([2, 3])
    },
    .init(
      ".>: shapes [2, 3] and [2] do not broadcast; aligned at the last axis, extents must be equal "
        + "or 1"
    ) { _ = (zeros([2, 3]) .> zeros([2])).shape },
    .init(".|=: shape [2, 1] does not broadcast to [1], the shape of the left side") {
      var a = zeros([1]).isNaN()
      a .|= zeros([2, 1]).isNaN()
    },
    .init(
      "where: shapes [2], [3] and [1] do not broadcast; aligned at the last axis, extents must be "
        + "equal or 1"
    ) { _ = Tensor.where(zeros([2]).isNaN(), zeros([3]), zeros([1])) },
    .init(
      "clamped: shapes [2] and [3] do not broadcast; aligned at the last axis, extents must be "
        + "equal or 1"
    ) { _ = zeros([2]).clamped(from: zeros([1]), through: zeros([3])) },
    .init("flooredRemainder: division of int32 by zero") {
      _ = integers([2]).flooredRemainder(dividingBy: integers([2]))
    },
    .init("truncatingRemainder: division of int32 by zero") {
      _ = integers([2]).truncatingRemainder(dividingBy: 0)
    },
    .init("flooredQuotient: division of int64 by zero") {
      _ = Tensor<Int64>([1]).flooredQuotient(dividingBy: 0)
    },
    .init("power: an exponent of int32 is negative; convert to Float or Double") {
      _ = integers([2]).power(Tensor([1, -1]))
    },
    .init("power: the exponent -2 of int64 is negative; convert to Float or Double") {
      _ = Tensor<Int64>([1]).power(-2)
    },
    .init("/: division of int32 by zero") { _ = integers([2, 3]) / integers([3]) },
    .init("/: division of int64 by zero") { _ = Tensor<Int64>([7]) / 0 },
    .init("/=: division of int32 by zero") {
      var a = integers([2])
      a /= integers([2, 2]).transposed[0]
    },
    // Views.
    .init("reshaped: [2, 3] has 6 elements, [4] needs 4") { _ = zeros([2, 3]).reshaped(to: [4]) },
    .init(
      "reshaped: [2, 3] has 6 elements, which [4, -1] cannot take; the extents beside -1 must "
        + "divide them"
    ) { _ = zeros([2, 3]).reshaped(to: [4, -1] as [Int]) },
    .init("reshaped: one extent may be -1, got [-1, -1]") {
      _ = zeros([2, 3]).reshaped(to: [-1, -1] as [Int])
    },
    .init("Shape: extents must not be negative, got [-2, -3]") {
      _ = zeros([2, 3]).reshaped(to: [-2, -3] as [Int])
    },
    .init("transposed: at least 2 axes are needed, got shape [3]") { _ = zeros([3]).transposed },
    .init("permuted: [0, 0] does not name each axis of shape [2, 3] once") {
      _ = zeros([2, 3]).permuted([0, 0])
    },
    .init("permuted: [0] does not name each axis of shape [2, 3] once") {
      _ = zeros([2, 3]).permuted([0])
    },
    .init("permuted: axis 2 is out of range for shape [2, 3]") {
      _ = zeros([2, 3]).permuted([0, 2])
    },
    .init("expanded: axis 4 is out of range for shape [2, 3]") {
      _ = zeros([2, 3]).expanded(at: 4)
    },
    .init("Shape: a tensor has at most 8 axes, got more") {
      _ = zeros([1, 1, 1, 1, 1, 1, 1, 1]).expanded(at: 0)
    },
    .init("broadcast: shape [2, 3] does not broadcast to [3]") {
      _ = zeros([2, 3]).broadcast(to: [3])
    },
    .init("subscript: index 3 is out of range for axis 0 of [3, 4]") { _ = zeros([3, 4])[3] },
    .init("subscript: index -5 is out of range for axis 1 of [3, 4]") { _ = zeros([3, 4])[0, -5] },
    .init("subscript: range 2..<9 is out of range for axis 0 of [3, 4]") {
      _ = zeros([3, 4])[2..<9]
    },
    .init("subscript: range ..<-4 is out of range for axis 0 of [3, 4]") {
      _ = zeros([3, 4])[..<(-4)]
    },
    .init("subscript: 3 indices for a tensor of shape [3, 4]") { _ = zeros([3, 4])[0, 0, 0] },
    .init("subscript: cannot assign shape [2] to a part of shape [4]") {
      var t = zeros([3, 4])
      t[0] = zeros([2])
    },
    .init("rows: index 3 at position 1 is out of range for [3, 4]") {
      _ = zeros([3, 4]).rows([0, 3])
    },
    .init("rows: a scalar tensor has no rows") { _ = zeros([]).rows([0]) },
    .init("rows: index 3 at position 1 is out of range for [3, 4]") {
      let bytes = Tensor<UInt8>.zeros([3, 4])
      _ = Tensor<Float>(rows: 2..<4, of: bytes, scale: 1, thenNeeding: 0..<0)
    },
    // Reductions.
    .init("sum: axis 2 is out of range for shape [2, 3]") { _ = zeros([2, 3]).sum(axes: [2]) },
    .init("product: axis -3 is out of range for shape [2, 3]") {
      _ = zeros([2, 3]).product(axes: [-3])
    },
    .init("mean: axis 2 is out of range for shape [2, 3]") { _ = zeros([2, 3]).mean(axes: [2]) },
    .init("sumOfSquares: axis -1 is named twice in [1, -1]") {
      _ = zeros([2, 3]).sumOfSquares(axes: [1, -1])
    },
    .init("max: shape [2, 0] has no element along axis 1") { _ = zeros([2, 0]).max() },
    .init("min: shape [2, 0] has no element along axis 1") { _ = zeros([2, 0]).min(axes: [-1]) },
    .init("argmax: shape [2, 0] has no element along axis 1") { _ = zeros([2, 0]).argmax() },
    .init("argmin: axis -1 is out of range for shape []") { _ = zeros([]).argmin() },
    .init("softmax: axis 1 is out of range for shape [3]") { _ = zeros([3]).softmax(axis: 1) },
    .init("logSoftmax: axis -1 is out of range for shape []") { _ = zeros([]).logSoftmax() },
    // Products.
    .init(
      "matmul: shapes [2, 3] and [2, 3] do not fit; the last extent of the first must equal the "
        + "last but one of the second, and batches must broadcast"
    ) { _ = zeros([2, 3]).matmul(zeros([2, 3])) },
    .init(
      "matmul: shapes [4, 2, 3] and [5, 3, 2] do not fit; the last extent of the first must equal "
        + "the last but one of the second, and batches must broadcast"
    ) { _ = zeros([4, 2, 3]).matmul(zeros([5, 3, 2])) },
    .init(
      "matmul: shapes [] and [3] do not fit; the last extent of the first must equal the last but "
        + "one of the second, and batches must broadcast"
    ) { _ = zeros([]).matmul(zeros([3])) },
    .init(
      "matmul: dimension 2147483648 does not fit OpenBLAS's 32-bit integers; cut the product into "
        + "smaller ones"
    ) {
      var c: Float = 0
      BLAS.gemm(
        transposeA: false, transposeB: false, m: 1, n: 1, k: 1 << 31, alpha: 1, a: [0],
        lda: 1 << 31, b: [0], ldb: 1, beta: 0, c: &c, ldc: 1)
    },
    // The rest.
    .init("next(below:): the bound must be positive, got 0") {
      var random = RandomGenerator(seed: 1)
      _ = random.next(below: 0)
    },
    .init(
      "uniform: a range that is neither empty nor infinite is needed, got 1.0..<1.0"
    ) {
      var random = RandomGenerator(seed: 1)
      _ = Tensor<Float>.uniform([2], in: 1..<1, using: &random)
    },
    .init("ThreadPool.threadCount: at least 1 is needed, got 0") { ThreadPool.threadCount = 0 },
    .init("update: a gradient of shape [2] does not fit a parameter of shape [3]") {
      var parameter = zeros([3])
      var state: [Tensor<Float>] = []
      var pass = UpdatePass()
      pass.add(.sgd, &parameter, along: zeros([2]), state: &state, UpdateCoefficients())
    },
  ]

  private static let conversions: [Misuse] = [
    .init(
      "Tensor: ragged literal; the part at position 0 has shape [2], the one at position 1 has shape "
        + "[3]"
    ) { _ = [[1, 2], [3, 4, 5]] as Tensor<Float> },
    .init(
      "Tensor: ragged literal; the part at position 0 has shape [], the one at position 1 has shape "
        + "[1]"
    ) { _ = [1, [2]] as Tensor<Int32> },
    .init("Tensor: ragged arrays; along axis 1 one has 2 elements and another 1") {
      _ = Tensor([[Float(1), 2], [Float(3)]])
    },
    .init("Array: Array<Array<Float>> holds a tensor of rank 2, got [3]") {
      _ = [[Float]](zeros([3]))
    },
    .init("iteration: a scalar tensor has no first axis") { for _ in zeros([]) {} },
    .init("subscript(at:): 1 indices for a tensor of shape [2, 3]") { _ = zeros([2, 3])[at: 1] },
    .init("subscript(at:): index -4 is out of range for axis 1 of [2, 3]") {
      var t = zeros([2, 3])
      t[at: 0, -4] = 1
    },
    .init("Tensor(adopting:): shape [2, 2] needs 4 elements, the buffer has 3") {
      let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: 3)
      _ = Tensor(adopting: buffer, shape: [2, 2]) {}
    },
    .init("Tensor(adopting:): the buffer is not aligned to Double") {
      let raw = UnsafeMutableRawPointer.allocate(byteCount: 24, alignment: 8) + 4
      let buffer = UnsafeMutableBufferPointer(
        start: raw.assumingMemoryBound(to: Double.self), count: 2)
      _ = Tensor(adopting: buffer, shape: [2]) {}
    },
  ]

  @Test(arguments: all.indices)
  func stopsWithItsMessage(_ index: Int) async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { [index] in
      MisuseTests.all[index].run()
    }
    let output = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    let message = Self.all[index].message
    #expect(output.contains("Fatal error: \(message)\n"), "expected “\(message)”")
  }
}
