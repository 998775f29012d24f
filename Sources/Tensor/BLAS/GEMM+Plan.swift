import CKernels

/// The policy: what computes a product, and into which tiles it is cut.
///
/// All limits were measured on two cores of AMD Zen 3 and, for AVX-512, Zen 4.
extension GEMM {
  /// Multiplications from which a product is shared between threads: about 3 µs of work.
  package static let splitThreshold = 200_000

  /// Multiplications up to which a product is brief work for the thread pool: some 20 µs. With threads
  /// far apart, 128 × 128 × 128 are faster on both.
  private static let briefLimit = 2_000_000

  /// Whether all of it is brief work for the thread pool, and not bound by memory.
  var isBrief: Bool { min(m, n) > Self.few && m * n <= Self.briefLimit / max(1, k) }

  /// The multiplications that take as long as what each product of a batch takes besides its own.
  static let smallProduct = 2_500

  /// Multiplications from which a product is shared where OpenBLAS, which packs both operands,
  /// computes it.
  private static let packedSplitThreshold = 1_500_000

  /// Up to so many multiplications Apus's own kernels are at least as fast as OpenBLAS, which packs
  /// what need not be packed. With AVX2 they are faster throughout: 95 to 97 of a core's 104 GFLOP/s,
  /// where OpenBLAS has 84 to 92. With AVX-512 they have 93 to 116 of 117 for 64 columns and more, and
  /// 88 for 65 columns and a transposed A; OpenBLAS, the better of its ways, has 75 to 115.
  private static let kernelLimit = apus_isa_active() == APUS_ISA_BASELINE ? 1_000_000 : Int.max

  /// With so few rows or columns a product is bound by memory: it is no product for OpenBLAS.
  private static let few = 4

  /// Elements of the large operand of such a product from which it is shared.
  private static let fewSplitThreshold = 65_536

  /// What is best for these extents.
  package func plan(_ dtype: DType) -> Plan {
    guard sumsAreFew(dtype) else { return wholePlan(dtype) }
    var half = self
    half.k = k / 2
    var plan = half.wholePlan(dtype)
    if !transposeA && plan.engine == .kernels {
      plan.rows = m
      plan.columns = Self.part(of: n, max(1, (n + 32) / 64), roundedTo: 32)
    }
    plan.splitsK = true
    return plan
  }

  /// Whether k is worth to be split: C, which is then written twice, is small beside what each thread has
  /// for itself; and that is not so large that it leaves the caches before it is used again.
  private func sumsAreFew(_ dtype: DType) -> Bool {
    if transposeB || k < 256 || min(m, n) <= Self.few { return false }
    let own = transposeA ? (m + n) * k : n * k
    return 4 * m * n <= own && own * dtype.byteCount <= Self.ownByteCount
      && m * n >= 2 * Self.splitThreshold / k
  }

  private static let ownByteCount = 8_388_608

  /// What is best without a split of k.
  func wholePlan(_ dtype: DType) -> Plan {
    let work = m.multipliedReportingOverflow(by: n).partialValue &* k
    if min(m, n) <= Self.few { return streamingPlan }
    if work <= Self.kernelLimit {
      if work < Self.splitThreshold { return Plan(engine: .kernels, rows: m, columns: n) }
      var product = kernelProduct
      let packs =
        dtype == .float32 ? apus_gemm_packs_f32(&product) : apus_gemm_packs_f64(&product)
      return packs ? packingPlan(work: work) : inPlacePlan(dtype)
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

  /// About 64 columns and some 10 µs of work for kernels that read both operands where they lie: small
  /// tiles, which cost nothing more, keep all threads busy to the end. All columns, where A is the
  /// larger operand and B stays in the level 2 cache: A is read once then, and a thread finds the rows
  /// in its own cache that it computed in the operation before. With two threads that makes products
  /// of 768 x 128 and 128 x 128 to 512 1.07 to 1.15 times as fast.
  private func inPlacePlan(_ dtype: DType) -> Plan {
    let isTall = m > n && n * k * dtype.byteCount <= Self.nearByteCount
    let columnParts = n < 128 || isTall ? 1 : (n + 32) / 64
    let columns = Self.part(of: n, columnParts, roundedTo: 32)
    let fewest = columnParts >= 4 ? 36 : 18
    let wanted = max(fewest, 2 * Self.splitThreshold / max(1, columns * k))
    var rowParts = (m + wanted - 1) / wanted
    if rowParts * columnParts % 2 == 1 { rowParts += 1 }
    // Blocks have six rows at most; where parts are few, they should rather be equal.
    let multiple = rowParts * columnParts >= 8 ? 6 : 2
    let rows = Self.part(of: m, rowParts, roundedTo: multiple)
    return Plan(engine: .kernels, rows: rows, columns: columns)
  }

  /// Multiplications from which tiles are cut for kernels that pack both operands; a transposed A is
  /// packed sooner, as that costs less.
  private var panelThreshold: Int { transposeA ? 1_000_000 : 4_000_000 }

  /// Bytes of an operand that stays in the level 2 cache, as the kernels have it.
  private static let nearByteCount = 524_288

  /// Parts of rows, where they are enough to pay for packing B in each part. Below 384, or 192 where
  /// A is transposed, narrow tiles that read A where it lies are 2 to 10 % faster, unless its rows
  /// are so long that they share sets of the caches.
  private func packingPlan(work: Int) -> Plan {
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
    var columnParts = max(1, (n + wanted / 2) / wanted)
    if columnParts > 8 && columnParts % 2 == 1 { columnParts += 1 }
    let columns = Self.part(of: n, columnParts, roundedTo: 16)
    // A transposed B is packed in each part: with AVX-512, 32 rows run at 0.9 times the rate of 64.
    let fewestRows = transposeB ? 64 : 32
    var rowParts =
      columnParts >= 8 ? 1 : max(1, m / max(fewestRows, piece / max(1, columns * k)))
    if rowParts * columnParts % 2 == 1 { rowParts += 1 }
    return Plan(engine: .kernels, rows: Self.part(of: m, rowParts, roundedTo: 2), columns: columns)
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
