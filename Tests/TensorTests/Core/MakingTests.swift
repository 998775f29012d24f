import Tensor
import Testing

struct MakingTests {
  // MARK: Conversion

  @Test func convertsBetweenAllTypes() {
    let values: [Double] = [0, 1, 2, 100, 255]
    let bytes = Tensor<UInt8>([0, 1, 2, 100, 255])
    func check<Scalar: NumericScalar>(_ type: Scalar.Type) {
      let converted = Tensor<Scalar>(Tensor(values))
      #expect(Tensor<Double>(converted).scalars == values)
      #expect(Tensor<UInt8>(converted) == bytes)
      #expect(Tensor<Scalar>(bytes) == converted)
      #expect(Tensor<Bool>(converted).scalars == [false, true, true, true, true])
      #expect(Tensor<Double>(Tensor<Scalar>(Tensor([true, false]))).scalars == [1, 0])
    }
    check(Float.self)
    check(Double.self)
    check(Int32.self)
    check(Int64.self)
    check(UInt8.self)
  }

  @Test func conversionRoundsAsDocumented() {
    #expect(Tensor<Int32>(Tensor<Double>([2.9, -2.9, -0.5])).scalars == [2, -2, 0])
    #expect(Tensor<UInt8>(Tensor<Float>([-0.9, 255.9])).scalars == [0, 255])
    #expect(Tensor<Float>(Tensor<Double>([0.1, 1e300])).scalars == [0.1, .infinity])
    #expect(
      Tensor<Int64>(Tensor<Double>([-0x1p63])).scalars == [.min])
    #expect(Tensor<Bool>(Tensor<Double>([.nan, -0.0, 1e-300])).scalars == [true, false, true])
    // Exact through Int64: Double would round these.
    let large: [Int64] = [.max, .min, (1 << 53) + 1]
    #expect(Tensor<Int64>(Tensor<Int64>(large)).scalars == large)
  }

  @Test func saturatingTakesTheNearest() {
    let reals = Tensor<Double>([300, -1, .nan, .infinity, -.infinity, 3e9, 1e19])
    #expect(Tensor<UInt8>(saturating: reals).scalars == [255, 0, 0, 255, 0, 255, 255])
    #expect(
      Tensor<Int32>(saturating: reals).scalars == [300, -1, 0, .max, .min, .max, .max])
    #expect(
      Tensor<Int64>(saturating: reals).scalars
        == [300, -1, 0, .max, .min, 3_000_000_000, .max])
    #expect(
      Tensor<Int32>(saturating: Tensor<Int64>([.max, .min, 7])).scalars == [.max, .min, 7])
    #expect(Tensor<UInt8>(saturating: Tensor<Int32>([-5, 256])).scalars == [0, 255])
  }

  @Test func convertsViews() {
    let matrix = Tensor<Int32>([1, 2, 3, 4, 5, 6], shape: [2, 3])
    #expect(Tensor<Float>(matrix.transposed) == Tensor([1, 4, 2, 5, 3, 6], shape: [3, 2]))
    #expect(Tensor<Float>(matrix[0..., 1]).scalars == [2, 5])
    #expect(Tensor<Float>(Tensor<Int32>.zeros([0, 3])).shape == [0, 3])
    #expect(Tensor<Float>(matrix[0].broadcast(to: [2, 3]))[1].scalars == [1, 2, 3])
  }

  // MARK: Makers

  @Test func ranges() {
    #expect(Tensor<Int32>.range(to: 5).scalars == [0, 1, 2, 3, 4])
    #expect(Tensor<Int64>.range(from: 5, to: 0, by: -2).scalars == [5, 3, 1])
    #expect(Tensor<Int32>.range(from: 3, to: 3).scalars == [])
    #expect(Tensor<Int32>.range(from: 3, to: 0).scalars == [])
    #expect(Tensor<Float>.range(from: 0, to: 1, by: 0.25).scalars == [0, 0.25, 0.5, 0.75])
    #expect(Tensor<Double>.range(from: 1, to: 0, by: -0.5).scalars == [1, 0.5])
    // NumPy's arange(0, 1, 0.1): each element from its index, so the last is 0.9 and not 0.8999….
    #expect(Tensor<Double>.range(to: 1, by: 0.1).scalars == (0..<10).map { Double($0) * 0.1 })
  }

  @Test func linearSpaces() {
    #expect(
      Tensor<Double>.linearSpace(from: 0, through: 1, count: 5).scalars == [0, 0.25, 0.5, 0.75, 1])
    #expect(Tensor<Float>.linearSpace(from: 2, through: -2, count: 3).scalars == [2, 0, -2])
    #expect(Tensor<Float>.linearSpace(from: 2, through: 9, count: 1).scalars == [2])
    #expect(Tensor<Float>.linearSpace(from: 2, through: 9, count: 0).scalars == [])
    #expect(Tensor<Double>.linearSpace(from: 0, through: 0.3, count: 4).scalars.last == 0.3)
  }

  @Test func diagonalsAndTriangles() {
    let vector = Tensor<Int32>([1, 2])
    #expect(vector.diagonalMatrix() == Tensor([1, 0, 0, 2], shape: [2, 2]))
    #expect(
      vector.diagonalMatrix(offset: 1) == Tensor([0, 1, 0, 0, 0, 2, 0, 0, 0], shape: [3, 3]))
    #expect(
      vector.diagonalMatrix(offset: -1) == Tensor([0, 0, 0, 1, 0, 0, 0, 2, 0], shape: [3, 3]))
    let matrix = Tensor<Float>([1, 2, 3, 4, 5, 6], shape: [2, 3])
    #expect(matrix.lowerTriangle() == Tensor([1, 0, 0, 4, 5, 0], shape: [2, 3]))
    #expect(matrix.lowerTriangle(diagonal: 1) == Tensor([1, 2, 0, 4, 5, 6], shape: [2, 3]))
    #expect(matrix.upperTriangle() == Tensor([1, 2, 3, 0, 5, 6], shape: [2, 3]))
    #expect(matrix.upperTriangle(diagonal: 1) == Tensor([0, 2, 3, 0, 0, 6], shape: [2, 3]))
    #expect(matrix.transposed.upperTriangle() == Tensor([1, 4, 0, 5, 0, 0], shape: [3, 2]))
    let batch = Tensor<Float>.ones([2, 2, 2]).lowerTriangle()
    #expect(batch.scalars == [1, 0, 1, 1, 1, 0, 1, 1])
    #expect(Tensor<Float>.zeros([2, 0]).lowerTriangle().shape == [2, 0])
  }

  @Test func oneHotAndAlikes() {
    #expect(
      Tensor<Float>.oneHot(Tensor<Int32>([2, 0]), depth: 3)
        == Tensor([0, 0, 1, 1, 0, 0], shape: [2, 3]))
    #expect(Tensor<Int64>.oneHot(Tensor<Int64>.zeros([0]), depth: 3).shape == [0, 3])
    let other = Tensor<Float>([1, 2])
    #expect(Tensor<Int32>.zeros([2]) == .zeros(like: Tensor<Int32>([1, 2])))
    #expect(Tensor.ones(like: other).scalars == [1, 1])
    #expect(other.filled(with: 7).scalars == [7, 7])
  }

  // MARK: Closeness

  @Test func closeness() {
    let a = Tensor<Double>([1, 100, .infinity])
    #expect(a.isClose(to: Tensor([1 + 1e-9, 100 + 1e-4, .infinity])))
    #expect(!a.isClose(to: Tensor([1.001, 100, .infinity])))
    #expect(!a.isClose(to: Tensor([1, 100, -.infinity])))
    #expect(!a.isClose(to: Tensor([1, 100, 1e300])))
    #expect(a.isClose(to: Tensor([1.1, 101, .infinity]), relative: 0.1))
    #expect(a[0..<2].isClose(to: Tensor([1.5, 100.5]), relative: 0, absolute: 0.5))
    let nan = Tensor<Float>([.nan])
    #expect(!nan.isClose(to: nan))
    #expect(nan.isClose(to: nan, treatingNaNAsEqual: true))
    #expect(Tensor<Float>.ones([2, 3]).isClose(to: Tensor(1)))
  }
}
