/// Parts named by tuples of positions: the last axis of `indices` holds one position for each of the
/// first axes. Negative positions count from the end; one out of range stops with a message.
extension Tensor {
  /// The parts that the tuples name, as ONNX's `GatherND` and TensorFlow's `gather_nd`:
  ///
  ///     result[b…, i…, r…] = self[b…, p…, r…],  p… = indices[b…, i…, 0], indices[b…, i…, 1], …
  ///
  /// The first `batchAxisCount` axes b… are those of both, with the same extents; a tuple of k positions
  /// names places along the next k axes, and r… are the axes that it leaves. The result has shape
  /// `indices.shape.dropLast() + rest`. Stops with a message if the shapes do not fit.
  public func gatherND<Index: IndexScalar>(
    _ indices: Tensor<Index>, batchAxisCount: Int = 0
  ) -> Tensor {
    let tuples = Tuples(indices, in: shape, batchAxisCount: batchAxisCount, "gatherND")
    return reshaped(to: tuples.flat).take(tuples.positions)
  }

  /// Writes parts to where the tuples name them, as ONNX's `ScatterND`:
  ///
  ///     self[p…, r…] ← source[i…, r…],  p… = indices[i…, 0], indices[i…, 1], …
  ///
  /// `source` is broadcast to `indices.shape.dropLast() + rest`, where `rest` are the axes that a tuple
  /// leaves. The last of several parts for one place, in row-major order, stays. Stops with a message
  /// if the shapes do not fit.
  public mutating func scatterND<Index: IndexScalar>(
    _ source: Tensor, at indices: Tensor<Index>
  ) {
    let tuples = Tuples(indices, in: shape, batchAxisCount: 0, "scatterND")
    let source = tuples.parts(source, "scatterND")
    let whole = shape
    self = reshaped(to: tuples.flat)
    self[tuples.positions] = source
    self = reshaped(to: whole)
  }
}

extension Tensor where Scalar: NumericScalar {
  /// Brings parts together with those that the tuples name; see `scatterND(_:at:)` and
  /// `ScatterReduction`.
  public mutating func scatterND<Index: IndexScalar>(
    _ source: Tensor, at indices: Tensor<Index>, reducing reduction: ScatterReduction
  ) {
    let tuples = Tuples(indices, in: shape, batchAxisCount: 0, "scatterND")
    let matrix: Shape = [tuples.positions.count, tuples.flat.dropFirst().reduce(1, *)]
    let source = tuples.parts(source, "scatterND").reshaped(to: matrix)
    let positions = tuples.positions.reshaped(to: [matrix[0], 1]).broadcast(to: matrix)
    let whole = shape
    self = reshaped(to: [tuples.flat[0], matrix[1]])
    scatter(source, at: positions, axis: 0, reducing: reduction)
    self = reshaped(to: whole)
  }
}

/// Tuples of positions as positions along one axis, to which the axes that they name are joined.
private struct Tuples {
  /// One for each tuple, counted from the front.
  var positions: Tensor<Int64>
  /// The shape with the joined axis first.
  var flat: Shape

  init<Index: IndexScalar>(
    _ indices: Tensor<Index>, in shape: Shape, batchAxisCount batch: Int, _ name: StaticString
  ) {
    let length = indices.shape.last ?? 0
    guard
      indices.rank > batch && batch >= 0 && batch + length <= shape.rank
        && indices.shape.prefix(batch).elementsEqual(shape.prefix(batch))
    else {
      fatalError(
        "\(name): indices of shape \(indices.shape) do not fit shape \(shape) with \(batch) batch "
          + "axes; the last axis holds a position for each of the axes behind those")
    }
    let named = batch + length
    flat = Shape([shape.prefix(named).reduce(1, *)] + shape.dropFirst(named))
    let result = Shape(indices.shape.dropLast())
    let tuplesPerBatch = max(1, result.dropFirst(batch).reduce(1, *))
    let extents = shape[batch..<named].map { Int64($0) }
    positions = indices.withUnsafeBufferPointer { indices in
      Tensor<Int64>(unsafeUninitialized: result) { positions in
        for tuple in positions.indices {
          var place = Int64(tuple / tuplesPerBatch)
          for (axis, extent) in extents.enumerated() {
            let index = Int64(indices[tuple * length + axis])
            let position = index < 0 ? index + extent : index
            guard position >= 0 && position < extent else {
              fatalError(
                "\(name): index \(index) of tuple \(tuple) is out of range for axis "
                  + "\(batch + axis) of shape \(shape)")
            }
            place = place * extent + position
          }
          positions[tuple] = place
        }
      }
    }
  }

  /// `source` as one part for each tuple.
  func parts<Scalar>(_ source: Tensor<Scalar>, _ name: StaticString) -> Tensor<Scalar> {
    let expected = Shape(Array(positions.shape) + flat.dropFirst())
    guard Shape.broadcast(source.shape, expected) == expected else {
      fatalError("\(name): cannot write shape \(source.shape) to parts of shape \(expected)")
    }
    return source.broadcast(to: expected)
  }
}
