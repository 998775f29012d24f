import CKernels

/// Copies elements from one strided arrangement to another.
package enum StridedCopy {
  /// Copies every element of `shape`; elements have 1, 4 or 8 bytes, strides count elements.
  package static func run(
    byteCount: Int, shape: Shape, from source: UnsafeRawPointer, strides sourceStrides: Dimensions,
    to target: UnsafeMutableRawPointer, strides targetStrides: Dimensions
  ) {
    let loops = StridedLoops(shape: shape, strides: sourceStrides, targetStrides)
    // The two innermost loops are one kernel call, which cuts a transposition into cache blocks.
    loops.forEachPlane { rows, columns, sourceOffset, targetOffset, sourceSteps, targetSteps in
      let from = source + sourceOffset * byteCount
      let to = target + targetOffset * byteCount
      switch byteCount {
      case 1:
        apus_copy_2d_1(
          from, sourceSteps.row, sourceSteps.column, to, targetSteps.row, targetSteps.column,
          rows, columns)
      case 4:
        apus_copy_2d_4(
          from, sourceSteps.row, sourceSteps.column, to, targetSteps.row, targetSteps.column,
          rows, columns)
      default:
        apus_copy_2d_8(
          from, sourceSteps.row, sourceSteps.column, to, targetSteps.row, targetSteps.column,
          rows, columns)
      }
    }
  }
}
