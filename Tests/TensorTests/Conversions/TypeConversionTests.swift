import Tensor
import Testing

/// Conversions of tensors large enough for several threads; `MakingTests` has the small ones, and
/// the kernel tests every pair of types.
struct TypeConversionTests {
  @Test func largeTensors() {
    let count = 100_000
    let numbers = (0..<count).map { Int64($0) - 50_000 }
    let wide = Tensor(numbers)
    let narrow = Tensor<Int32>(wide)
    let narrowed = numbers.map { Int32($0) }
    #expect(narrow.scalars == narrowed)
    let reals = Tensor<Float>(narrow.reshaped(to: [100, 1_000]).transposed)
    let floats = numbers.map { Float($0) }
    #expect(reals.transposed.scalars == floats)
    #expect(Tensor<Int64>(Tensor<Double>(reals)).transposed.flattened == wide)
    let clamped = numbers.map { UInt8(clamping: $0) }
    #expect(Tensor<UInt8>(saturating: wide).scalars == clamped)
    let truths: [Bool] = numbers.map { $0 != 0 }
    #expect(Tensor<Bool>(wide).scalars == truths)
    let bytes = Tensor<UInt8>(unsafeUninitialized: [count]) { buffer in
      for index in buffer.indices { buffer[index] = UInt8(truncatingIfNeeded: index) }
    }
    let halves = bytes.scalars.map { Float($0) * 0.5 }
    #expect(Tensor(bytes, scale: 0.5).scalars == halves)
  }

  @Test func theSameTypeIsNoCopy() {
    let t = Tensor<Float>([1, 2, 3, 4], shape: [2, 2])
    #expect(Tensor<Float>(t.transposed).storage === t.storage)
    #expect(Tensor<Float>(t.transposed) == t.transposed)
  }

  @Test func aMisfitIsNamedByItsPlaceInRowMajorOrder() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      var t = Tensor<Int32>.zeros([300, 500])
      t[at: 299, 0] = -7
      t[at: 2, 499] = 256
      _ = Tensor<UInt8>(t.transposed)
    }
    let output = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(
      output.contains(
        "Tensor<UInt8>: element -7 at position 299 does not fit; init(saturating:) takes the "
          + "nearest value\n"))
  }

  @Test func largeGathersAndNegativePositions() {
    let count = 100_000
    let source = Tensor<Int32>(Tensor<Int64>((0..<count).map { Int64($0) * 7 }))
    let narrow = Tensor<Int32>(Tensor<Int64>((0..<count).map { Int64($0 * 31 % count) }))
    let expected = (0..<count).map { Int32($0 * 31 % count) * 7 }
    #expect(source.take(narrow).scalars == expected)
    #expect(source.gather(narrow, axis: 0).scalars == expected)
    let fromTheEnd = narrow - Int32(count)
    #expect(source.take(fromTheEnd).scalars == expected)
    #expect(source.gather(Tensor<Int64>(fromTheEnd), axis: 0).scalars == expected)
    let matrix = source.reshaped(to: [100, 1_000])
    let columns = Tensor<Int64>([999, 0, -2])
    #expect(matrix.take(columns, axis: 1).shape == [100, 3])
    let last: [Int32] = [699_993, 693_000, 699_986]
    #expect(matrix.take(columns, axis: 1)[99].scalars == last)
  }
}
