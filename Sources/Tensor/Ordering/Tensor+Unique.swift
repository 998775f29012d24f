/// The distinct elements of a tensor and where they are; see `uniqueElements`.
public struct UniqueElements<Scalar: TensorScalar>: Sendable {
  /// The distinct elements in ascending order, a vector.
  public let values: Tensor<Scalar>
  /// The position of the first of each in the flattened tensor.
  public let indices: Tensor<Int64>
  /// How often each occurs.
  public let counts: Tensor<Int64>
  /// The position in `values` of each element, in the tensor's shape: `values.take(inverse)` is the
  /// tensor.
  public let inverse: Tensor<Int64>
}

extension Tensor {
  /// The distinct elements in ascending order, a vector, as NumPy's `unique`.
  ///
  /// All NaN count as one, which comes last; of zeros of both signs the first one stands for all.
  /// O(n log n), as `sorted`.
  public func unique() -> Tensor {
    var sorted = flattened.sorted()
    let count = sorted.moveRunsToFront { _, _ in }
    return sorted.narrowed(0, 0..<count).copied()
  }

  /// The distinct elements in ascending order with their first positions, their numbers and the way
  /// back; see `unique`.
  public func uniqueElements() -> UniqueElements<Scalar> {
    let positions = flattened.argsort()
    var sorted = flattened.take(positions)
    let inverse = Tensor<Int64>(uninitialized: shape)
    var starts: [Int64] = []
    positions.withUnsafeBufferPointer { positions in
      let inverse: UnsafeMutablePointer<Int64> = inverse.storage.pointer.bound()
      _ = sorted.moveRunsToFront { run, members in
        starts.append(Int64(members.lowerBound))
        for member in members { inverse[Int(positions[member])] = Int64(run) }
      }
    }
    let first = Tensor<Int64>(starts)
    let ends = Tensor<Int64>(Array(starts.dropFirst() + (starts.isEmpty ? [] : [Int64(count)])))
    return UniqueElements(
      values: sorted.narrowed(0, 0..<starts.count).copied(), indices: positions.take(first),
      counts: ends - first, inverse: inverse)
  }

  /// Moves the first of each run of equal elements of a sorted vector to the front; calls `body` with
  /// the number of each run and the positions of its members.
  private mutating func moveRunsToFront(_ body: (_ run: Int, _ members: Range<Int>) -> Void) -> Int
  {
    let count = count
    let pointer = mutablePointer()
    func move<Element: SortableScalar>(_: Element.Type) -> Int {
      let elements: UnsafeMutablePointer<Element> = pointer.bound()
      var run = 0
      var start = 0
      while start < count {
        var end = start + 1
        while end < count && !Element.isOrdered(elements[start], before: elements[end]) {
          end += 1
        }
        elements[run] = elements[start]
        body(run, start..<end)
        run += 1
        start = end
      }
      return run
    }
    return withStorage {
      switch Scalar.dtype {
      case .float32: move(Float.self)
      case .float64: move(Double.self)
      case .int32: move(Int32.self)
      case .int64: move(Int64.self)
      case .uint8, .bool: move(UInt8.self)
      }
    }
  }
}
