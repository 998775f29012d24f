import Foundation
import Tensor

/// The figures of one product.
struct GEMMResult {
  var product: GEMMCase
  var threads: Int
  var apus: Timing
  var bare: Timing
  var blockedSeconds: Double
  var naiveSeconds: Double

  var gflops: Double { product.operations / apus.median / 1e9 }

  /// The time of cblas_sgemm over that of Apus: the median of the ratios of the rounds, because both
  /// of a round meet the same machine.
  var ratioToBare: Double {
    Timing(samples: zip(bare.samples, apus.samples).map { $0 / $1 }).median
  }
}

/// The figures as people read them.
struct GEMMTable {
  let peak: Double

  func printHeader() {
    Swift.print(
      "product                    m     n     k  batch       time  spread  GFLOP/s   floor  "
        + "×cblas  ×blocked   ×naive")
  }

  func print(_ result: GEMMResult) {
    let product = result.product
    let name = product.name.padding(toLength: 22, withPad: " ", startingAt: 0)
    Swift.print(
      name
        + String(format: "%6d%6d%6d%7d", product.m, product.n, product.k, product.batch)
        + "  " + SuiteTable.duration(result.apus.median)
        + String(
          format: "%7.1f%%%9.1f%7.0f%%%8.2f%10.1f%9.0f", 100 * result.apus.spread, result.gflops,
          100 * result.gflops * 1e9 / peak, result.ratioToBare,
          result.blockedSeconds / result.apus.median, result.naiveSeconds / result.apus.median))
  }

  func printLegend() {
    Swift.print(
      """

      floor: share of the measured peak. ×: how many times faster Apus is than one cblas_sgemm call \
      (OpenBLAS's own threads), than a blocked loop, than the textbook's loop (one thread each).
      All results checked against sums in double precision.
      """)
  }
}

/// The figures as programs read them.
struct GEMMReport: Encodable {
  struct Row: Encodable {
    var name: String
    var m: Int
    var n: Int
    var k: Int
    var batch: Int
    var transposeA: Bool
    var transposeB: Bool
    var threads: Int
    var apusSeconds: Double
    var apusSpread: Double
    var cblasSeconds: Double
    var cblasSpread: Double
    var blockedSeconds: Double
    var naiveSeconds: Double
    var gflops: Double
    var ratioToCblas: Double
    var floorShare: Double
  }

  var machine: Machine
  var peakGflops: Double
  var results: [Row]

  init(machine: Machine, peakGflops: Double, results: [GEMMResult]) {
    self.machine = machine
    self.peakGflops = peakGflops
    self.results = results.map { result in
      Row(
        name: result.product.name, m: result.product.m, n: result.product.n, k: result.product.k,
        batch: result.product.batch, transposeA: result.product.transposeA,
        transposeB: result.product.transposeB, threads: result.threads,
        apusSeconds: result.apus.median, apusSpread: result.apus.spread,
        cblasSeconds: result.bare.median, cblasSpread: result.bare.spread,
        blockedSeconds: result.blockedSeconds, naiveSeconds: result.naiveSeconds,
        gflops: result.gflops, ratioToCblas: result.ratioToBare,
        floorShare: result.gflops / peakGflops)
    }
  }
}
