/// The memory of one or more tensors; it returns to the pool, or to whom it was adopted from, with
/// its last reference.
///
/// Tensors mutate it only while they hold the sole reference (copy-on-write), which is what makes
/// sharing it between threads safe.
package final class Storage: @unchecked Sendable {
  package let pointer: UnsafeMutableRawPointer
  private let sizeClass: Int
  private let deallocator: (@Sendable () -> Void)?

  /// Memory for `byteCount` bytes, uninitialised, aligned to 64 bytes.
  package init(byteCount: Int) {
    sizeClass = MemoryPool.sizeClass(of: byteCount)
    pointer = MemoryPool.allocate(sizeClass: sizeClass)
    deallocator = nil
  }

  /// Memory for a tensor of this shape, uninitialised.
  package convenience init(shape: Shape, dtype: DType) {
    let (byteCount, overflow) = shape.elementCount.multipliedReportingOverflow(by: dtype.byteCount)
    // Rounding up to a size class must not overflow either.
    guard !overflow && byteCount < Int.max / 2 else {
      fatalError("Tensor: shape \(shape) of \(dtype) needs more bytes than memory can address")
    }
    self.init(byteCount: byteCount)
  }

  /// Memory that is not the pool's; `deallocator` gives it back.
  package init(
    adopting pointer: UnsafeMutableRawPointer, deallocator: @escaping @Sendable () -> Void
  ) {
    self.pointer = pointer
    self.deallocator = deallocator
    sizeClass = 0
  }

  deinit {
    if let deallocator {
      deallocator()
    } else {
      MemoryPool.deallocate(pointer, sizeClass: sizeClass)
    }
  }
}
