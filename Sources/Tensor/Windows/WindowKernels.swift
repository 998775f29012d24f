import CKernels

/// The window kernels chosen by element type.
enum WindowKernels {
  static func imageToColumns(
    _ dtype: DType, _ image: UnsafeRawPointer, channels: Int, _ windows: apus_windows,
    rows: Range<Int>, _ columns: UnsafeMutableRawPointer
  ) {
    withUnsafePointer(to: windows) { windows in
      if dtype == .float32 {
        apus_im2col_f32(
          image.bound(), channels, windows, rows.lowerBound, rows.count, columns.bound())
      } else {
        apus_im2col_f64(
          image.bound(), channels, windows, rows.lowerBound, rows.count, columns.bound())
      }
    }
  }

  static func columnsToImage(
    _ dtype: DType, _ columns: UnsafeRawPointer, channels: Int, _ windows: apus_windows,
    rows: Range<Int>, _ image: UnsafeMutableRawPointer
  ) {
    withUnsafePointer(to: windows) { windows in
      if dtype == .float32 {
        apus_col2im_f32(
          columns.bound(), channels, windows, rows.lowerBound, rows.count, image.bound())
      } else {
        apus_col2im_f64(
          columns.bound(), channels, windows, rows.lowerBound, rows.count, image.bound())
      }
    }
  }

  /// `count` elements at `target` become `value`.
  static func fill(
    _ dtype: DType, _ target: UnsafeMutableRawPointer, with value: UnsafeRawPointer, _ count: Int
  ) {
    if dtype == .float32 {
      apus_fill_4(target, value, count)
    } else {
      apus_fill_8(target, value, count)
    }
  }

  static func fillOnes(_ dtype: DType, _ target: UnsafeMutableRawPointer, _ count: Int) {
    if dtype == .float32 {
      withUnsafeBytes(of: Float(1)) { apus_fill_4(target, $0.baseAddress!, count) }
    } else {
      withUnsafeBytes(of: 1.0) { apus_fill_8(target, $0.baseAddress!, count) }
    }
  }
}
