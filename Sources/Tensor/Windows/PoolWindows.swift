import CKernels

/// The windows of a pooling along both axes, as tables for the kernels.
struct PoolWindows {
  /// The windows along one axis: the places of the taps inside the input, and what averages divide by.
  struct Axis {
    var input: Int
    var dilation = 1
    var first: [Int] = []
    var last: [Int] = []
    var divisor: [Int] = []
    /// The windows of `taps` taps, none of which lies outside, and how far they are apart.
    var complete = 0..<0
    var taps = 1
    var stride = 1

    /// Regular windows, in whose averages the padding counts or does not.
    init(_ axis: apus_window_axis, countsPadding: Bool) {
      input = axis.input
      dilation = axis.dilation
      taps = axis.kernel
      stride = axis.stride
      for index in 0..<axis.output {
        let taps = axis.taps(index)
        first.append(taps.lowerBound)
        last.append(taps.upperBound)
        let start = index * axis.stride - axis.before
        let inside = (taps.count + dilation - 1) / dilation
        // A last window may reach beyond the padding, but for which taps lie `dilation` apart.
        let counted = min(axis.kernel, (input + axis.after - start + dilation - 1) / dilation)
        divisor.append(countsPadding ? counted : inside)
        if inside == axis.kernel {
          complete = (complete.isEmpty ? index : complete.lowerBound)..<index + 1
        }
      }
    }

    /// `count` windows that cover the axis: window i from ⌊i · n ÷ count⌋ up to ⌈(i + 1) · n ÷ count⌉.
    init(adapting extent: Int, to count: Int) {
      input = extent
      for index in 0..<count {
        first.append(index * extent / count)
        last.append(((index + 1) * extent + count - 1) / count)
        divisor.append(last[index] - first[index])
      }
      if count > 0 && extent % count == 0 {
        complete = 0..<count
        taps = extent / count
        stride = taps
      }
    }

    func withTable<Result>(_ body: (UnsafePointer<apus_pool_axis>) -> Result) -> Result {
      first.withUnsafeBufferPointer { first in
        last.withUnsafeBufferPointer { last in
          divisor.withUnsafeBufferPointer { divisor in
            var table = apus_pool_axis(
              input: input, output: first.count, dilation: dilation, first: first.baseAddress,
              last: last.baseAddress, divisor: divisor.baseAddress, begin: complete.lowerBound,
              end: complete.upperBound, taps: taps, stride: stride)
            return body(&table)
          }
        }
      }
    }
  }

  var y: Axis
  var x: Axis

  init(_ axes: [Axis]) {
    y = axes.count > 1 ? axes[0] : Axis(.trivial, countsPadding: false)
    x = axes[axes.count - 1]
  }

  var inputArea: Int { y.input * x.input }
  var outputArea: Int { y.first.count * x.first.count }

  /// Element moves that one plane takes, to cut work by.
  private var work: Int { max(inputArea, outputArea) * 4 }

  /// Calls `body` with ranges of planes, and with the tables of both axes.
  func forEachRange(
    of planes: Int,
    _ body: (Range<Int>, UnsafePointer<apus_pool_axis>, UnsafePointer<apus_pool_axis>) -> Void
  ) {
    y.withTable { y in
      x.withTable { x in
        ThreadPool.forEachRange(of: planes, grain: max(1, 65_536 / max(1, work))) { range in
          body(range, y, x)
        }
      }
    }
  }
}
