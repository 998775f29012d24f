/// Where equal elements are met in a search: before the first, or after the last of them.
public enum SearchSide: Sendable, Hashable {
  case left, right
}

extension Tensor {
  /// The positions at which values would have to be inserted to keep ascending elements in order.
  ///
  /// For a vector, position i of each value v has self[i − 1] < v ≤ self[i] on the left side, and
  /// self[i − 1] ≤ v < self[i] on the right side; the result has the shape of `values`. For a tensor
  /// of more axes each row along the last axis is searched for the values of the same row; the
  /// extents along the other axes must be equal. NaN counts as larger than every number, as in
  /// `sorted`. Elements that are not in order give positions without meaning. Stops with a message
  /// if the shapes do not fit. O(m log n) for m values and rows of n elements.
  public func searchSorted(_ values: Tensor, side: SearchSide = .left) -> Tensor<Int64> {
    guard
      rank == 1
        || (rank >= 2 && values.rank == rank
          && values.shape.dimensions.dropLast() == shape.dimensions.dropLast())
    else {
      fatalError(
        "searchSorted: values of shape \(values.shape) do not fit shape \(shape); a vector is "
          + "needed, or rows for which all extents but the last are equal")
    }
    let result = Tensor<Int64>(uninitialized: values.shape)
    let rows = contiguous
    let values = values.contiguous
    let extent = shape[-1]
    let columns = rank == 1 ? Swift.max(1, values.count) : values.shape[-1]
    func search<Element: SortableScalar>(_: Element.Type) {
      let start: UnsafePointer<Element> = rows.pointer.bound()
      let from: UnsafePointer<Element> = values.pointer.bound()
      let to: UnsafeMutablePointer<Int64> = result.storage.pointer.bound()
      ThreadPool.forEachRange(of: values.count, grain: 2_048) { range in
        for index in range {
          let row = start + index / columns * extent
          to[index] = Int64(
            side == .left
              ? Self.position(in: row, extent) { Element.isOrdered($0, before: from[index]) }
              : Self.position(in: row, extent) { !Element.isOrdered(from[index], before: $0) })
        }
      }
    }
    rows.withStorage {
      values.withStorage {
        switch Scalar.dtype {
        case .float32: search(Float.self)
        case .float64: search(Double.self)
        case .int32: search(Int32.self)
        case .int64: search(Int64.self)
        case .uint8, .bool: search(UInt8.self)
        }
      }
    }
    return result
  }

  /// The first position whose element does not satisfy `isBefore`, which holds up to there.
  @inline(__always)
  private static func position<Element>(
    in row: UnsafePointer<Element>, _ count: Int, _ isBefore: (Element) -> Bool
  ) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if isBefore(row[middle]) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
