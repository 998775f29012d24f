import CKernels

/// The policy: what computes a product, and into which tiles it is cut.
///
/// All limits were measured on two cores: those of OpenBLAS's kernels for AVX-512 on AMD Zen 4, the
/// others on AMD Zen 3.
extension GEMM {
  /// Multiplications from which a product is shared between threads: about 3 µs of work.
  package static let splitThreshold = 200_000

  /// The multiplications that take as long as what each product of a batch takes besides its own.
  static let smallProduct = 2_500

  /// The same, for OpenBLAS where it packs both operands.
  private static let packedSplitThreshold = 1_500_000

  /// Up to so many multiplications Apus's own kernels are at least as fast as OpenBLAS, which packs
  /// what need not be packed; where it has kernels that do not, only its overhead counts. With AVX2
  /// they are faster throughout: 95 to 97 of a core's 104 GFLOP/s, where OpenBLAS has 84 to 92.
  private static let kernelLimit =
    BLAS.hasUnpackedKernels
    ? 16_000 : apus_isa_active() == APUS_ISA_BASELINE ? 1_000_000 : Int.max

  /// With so few rows or columns a product is bound by memory: it is no product for OpenBLAS.
  private static let few = 4

  /// Elements of the large operand of such a product from which it is shared.
  private static let fewSplitThreshold = 65_536

  /// What is best for these extents.
  package var plan: Plan {
    let work = m.multipliedReportingOverflow(by: n).partialValue &* k
    if min(m, n) <= Self.few { return streamingPlan }
    if work <= Self.kernelLimit {
      return work < Self.splitThreshold
        ? Plan(engine: .kernels, rows: m, columns: n) : kernelPlan(work: work)
    }
    if !BLAS.hasUnpackedKernels { return packedPlan(work: work) }
    if transposeB && work < Self.packedSplitThreshold { return kernelPlan(work: work) }
    if !transposeB && k <= Self.unpackedDepth && k &* n <= Self.unpackedElements {
      return unpackedPlan(work: work)
    }
    return packedPlan(work: work)
  }

  /// Parts along the longer side of C, which is the longer side of the large operand. Where its
  /// rows lie along that side, a part has enough of each for the memory to stream.
  private var streamingPlan: Plan {
    var plan = Plan(engine: .kernels, rows: m, columns: n)
    let liesAlong = m > n ? transposeA : !transposeB
    let grain = max(
      liesAlong ? (max(m, n) < 2048 ? 512 : 1024) : 32,
      Self.roundedUp(Self.fewSplitThreshold / max(1, k), to: 32))
    if m > n {
      plan.rows = min(m, grain)
    } else {
      plan.columns = min(n, grain)
    }
    return plan
  }

  /// Multiplications from which tiles are cut for kernels that pack both operands; a transposed A is
  /// packed sooner, as that costs less.
  private var panelThreshold: Int { transposeA ? 1_000_000 : 4_000_000 }

  /// Parts of rows, where they are enough to pay for packing B in each part. Below 384, or 192 where
  /// A is transposed, narrow tiles that read A where it lies are 2 to 10 % faster, unless its rows
  /// are so long that they share sets of the caches.
  private func kernelPlan(work: Int) -> Plan {
    guard work >= panelThreshold else { return narrowPlan(work: work) }
    if m >= (transposeA ? 192 : k > Self.longRow ? 128 : 384) {
      // On two cores two parts run at 97 % of twice a core's speed, four at 94 to 97 %.
      let rowParts = max(2, Self.roundedUp(m / 512, to: 2))
      let piece = Self.splitThreshold / max(1, min(n, 1024) * k)
      let rows = max(Self.part(of: m, rowParts, roundedTo: 2), min(m, piece))
      return Plan(
        engine: .kernels, rows: rows, columns: Self.part(of: n, (n + 1023) / 1024, roundedTo: 16))
    }
    if transposeA && n >= 256 {
      let columnParts = max(4, Self.roundedUp(n / 512, to: 2))
      return Plan(
        engine: .kernels, rows: m, columns: Self.part(of: n, columnParts, roundedTo: 16))
    }
    return narrowPlan(work: work)
  }

  private static let longRow = 1024

  /// About 64 columns, whose part of B stays in the level 1 and 2 caches, and as many rows as give a
  /// few pieces for each thread. Few rows stay together, as each tile packs its part of B.
  private func narrowPlan(work: Int) -> Plan {
    let piece = max(Self.splitThreshold / 2, min(work / (work < 4_000_000 ? 4 : 8), 4_000_000))
    let wanted = m <= 48 ? max(32, Self.roundedUp(piece / (m * k), to: 32)) : 64
    let columnParts = max(1, (n + wanted / 2) / wanted)
    let columns = Self.part(of: n, columnParts, roundedTo: 16)
    var rowParts = columnParts >= 8 ? 1 : max(1, m / max(32, piece / max(1, columns * k)))
    if rowParts * columnParts % 2 == 1 { rowParts += 1 }
    return Plan(engine: .kernels, rows: Self.part(of: m, rowParts, roundedTo: 2), columns: columns)
  }

  /// OpenBLAS's AVX-512 cores have kernels that read their operands where they lie, for products of
  /// up to this many multiplications with B not transposed. A tile of that size runs at 100 to 115 of
  /// a core's 117 GFLOP/s; packing the operands first leaves 95 to 100.
  private static let unpackedLimit = 1_000_000

  /// Where those kernels pay: beyond, the rows of B are too far apart for the caches.
  private static let unpackedDepth = 976
  private static let unpackedElements = 800_000

  /// About 64 columns, and as many rows as give half the limit of the unpacked kernels, in an even
  /// number of tiles.
  private func unpackedPlan(work: Int) -> Plan {
    if work < Self.splitThreshold { return Plan(engine: .openBLAS, rows: m, columns: n) }
    let columnParts = n <= 96 ? 1 : (n + 63) / 64
    let columns = Self.part(of: n, columnParts, roundedTo: 16)
    let perRow = max(1, columns * k)
    let target = Self.unpackedLimit / 2 / perRow
    // Where few rows are left to a tile, two vectors of them use the registers best.
    let wanted = target >= 64 ? target : Self.unpackedLimit / perRow >= 32 ? 32 : 16
    var rowParts = max(1, (m + wanted - 1) / wanted)
    if rowParts * columnParts % 2 == 1 { rowParts += 1 }
    return Plan(
      engine: .openBLAS, rows: Self.part(of: m, rowParts, roundedTo: 8), columns: columns)
  }

  /// Tiles that amortise packing: halves of C or, from 256 million multiplications, quarters, and
  /// never more than stays in the cache.
  private func packedPlan(work: Int) -> Plan {
    var plan = Plan(engine: .openBLAS, rows: m, columns: n)
    if work < Self.packedSplitThreshold { return plan }
    for _ in 0..<(work < 256_000_000 ? 1 : 2) {
      if plan.rows >= plan.columns {
        plan.rows = Self.roundedUp((plan.rows + 1) / 2, to: 16)
      } else {
        plan.columns = Self.roundedUp((plan.columns + 1) / 2, to: 16)
      }
    }
    plan.rows = min(m, plan.rows, 1024)
    plan.columns = min(n, plan.columns, 2048)
    return plan
  }

  /// The extent of each of `parts` parts, rounded up where there is more than one.
  private static func part(of extent: Int, _ parts: Int, roundedTo multiple: Int) -> Int {
    parts == 1 ? extent : min(extent, roundedUp((extent + parts - 1) / parts, to: multiple))
  }

  private static func roundedUp(_ value: Int, to multiple: Int) -> Int {
    (value + multiple - 1) / multiple * multiple
  }
}
