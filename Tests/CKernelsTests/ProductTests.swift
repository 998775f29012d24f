import CKernels
import Testing

extension CKernelsTests {
  /// Matrix products against loops in double precision, inside guards that must stay as they are.
  @Suite struct ProductTests {
    struct Case {
      var m: Int
      var n: Int
      var k: Int
      var transposeA = false
      var transposeB = false
      /// How much further apart rows are than they are long.
      var gap = 0
      var count = 1
      var alpha = 1.0
      var beta = 0.0
      var hasBias = false
      var rectifies = false
    }

    private func check<T: ProductScalar>(
      _ c: Case, _: T.Type, special: (inout [T], inout [T]) -> Void = { _, _ in }
    ) {
      var random = SplitMix(state: UInt64(c.m * 10_007 + c.n * 101 + c.k))
      let (aRows, aColumns) = c.transposeA ? (c.k, c.m) : (c.m, c.k)
      let (bRows, bColumns) = c.transposeB ? (c.n, c.k) : (c.k, c.n)
      let (lda, ldb, ldc) = (aColumns + c.gap, bColumns + c.gap, c.n + c.gap)
      func numbers(_ count: Int) -> [T] { (0..<count).map { _ in T(random.uniform(-1, 1)) } }
      var a = numbers(c.count * aRows * lda)
      var b = numbers(c.count * bRows * ldb)
      special(&a, &b)
      let bias = numbers(c.hasBias ? c.n : 0)
      let before = numbers(c.count * c.m * ldc)
      var product = apus_product(
        m: c.m, n: c.n, k: c.k, a_row: c.transposeA ? 1 : lda, a_step: c.transposeA ? lda : 1,
        b_step: c.transposeB ? 1 : ldb, b_column: c.transposeB ? ldb : 1, c_row: ldc,
        count: c.count, a_next: aRows * lda, b_next: bRows * ldb, c_next: c.m * ldc, bias: nil,
        rectifies: c.rectifies)
      let exact = reference(product, a.map { Double($0) }, b.map { Double($0) })
      let guards = [T](repeating: 77, count: 8)
      withEachInstructionSet { isa in
        var target = guards + before + guards
        let bytes = T.workspace(&product)
        let workspace = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
        defer { workspace.deallocate() }
        bias.withUnsafeBufferPointer { bias in
          if c.hasBias { product.bias = UnsafeRawPointer(bias.baseAddress) }
          target.withUnsafeMutableBufferPointer {
            T.multiply(
              &product, T(c.alpha), a, b, T(c.beta), $0.baseAddress! + 8,
              bytes == 0 ? nil : workspace.assumingMemoryBound(to: T.self))
          }
        }
        var isRight = target.prefix(8).elementsEqual(guards)
        isRight = isRight && target.suffix(8).elementsEqual(guards)
        for (place, old) in before.enumerated() {
          let value = target[8 + place]
          let column = ldc == 0 ? 0 : place % ldc
          if column >= c.n {
            isRight = isRight && value == old
            continue
          }
          let (sum, size) = exact[place / ldc * c.n + column]
          var total = c.alpha * sum + (c.beta == 0 ? 0 : c.beta * Double(old))
          if c.hasBias { total += Double(bias[column]) }
          if c.rectifies && total < 0 { total = 0 }
          let error = 4 * Double(T.ulpOfOne) * (size + c.beta + (c.hasBias ? 1 : 0) + 1e-30)
          isRight =
            isRight
            && (total.isFinite
              ? abs(Double(value) - total) <= error
              : total.isNaN ? value.isNaN : Double(value) == total)
        }
        #expect(isRight, "\(isa) \(T.self) \(c)")
      }
    }

    /// Each sum, and the sum of the magnitudes of its terms.
    private func reference(
      _ product: apus_product, _ a: [Double], _ b: [Double]
    ) -> [(sum: Double, size: Double)] {
      var result: [(sum: Double, size: Double)] = []
      a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
          for item in 0..<product.count {
            for i in 0..<product.m {
              for j in 0..<product.n {
                var x = item * product.a_next + i * product.a_row
                var y = item * product.b_next + j * product.b_column
                var sum = 0.0
                var size = 0.0
                var p = 0
                while p < product.k {
                  let term = a[x] * b[y]
                  sum += term
                  size += abs(term)
                  x += product.a_step
                  y += product.b_step
                  p += 1
                }
                result.append((sum, size))
              }
            }
          }
        }
      }
      return result
    }

    // Each depth and arrangement comes often enough, without all combinations.
    @Test func smallExtents() {
      var turn = 0
      for m in 0...20 {
        for n in 0...20 {
          turn += 1
          guard (m + 2 * n) % 3 == 0 || m <= 9 && n % 4 <= 1 else { continue }
          let c = Case(
            m: m, n: n, k: turn * 8 % 21, transposeA: turn % 2 == 1,
            transposeB: turn / 2 % 2 == 1, gap: turn % 3, alpha: turn % 5 == 0 ? -0.5 : 1,
            beta: [0, 1, 0.25][turn / 3 % 3])
          if turn % 3 == 0 { check(c, Double.self) } else { check(c, Float.self) }
        }
      }
    }

    // Beyond the sizes at which operands are packed, k is cut, and thin kernels take over.
    @Test func largeExtents() {
      let extents = [
        (14, 70, 129), (13, 40, 270), (9, 33, 513), (7, 530, 9), (1, 1030, 5), (1030, 1, 6),
        (3, 9, 1100), (9, 4, 1100), (4, 17, 70), (17, 2, 130), (1, 1, 1100), (2, 1, 90),
      ]
      for (index, (m, n, k)) in extents.enumerated() {
        for form in 0..<4 {
          let c = Case(
            m: m, n: n, k: k, transposeA: form % 2 == 1, transposeB: form / 2 == 1,
            gap: (index + form) % 2 * 3, beta: (index + form) % 3 == 0 ? 1 : 0)
          if form == index % 4 { check(c, Double.self) } else { check(c, Float.self) }
        }
      }
      // Enough of both to pack A as well, and rows a power of two apart.
      check(Case(m: 138, n: 140, k: 123), Float.self)
      check(Case(m: 70, n: 130, k: 240, transposeA: true, gap: 1024 - 70), Float.self)
    }

    // Operands of which both are packed in panels: more than one block of A, k cut, panels of two
    // heights, columns left over, and steps too near each other to be read by whole vectors.
    @Test func panels() {
      check(Case(m: 157, n: 131, k: 105, transposeA: true, beta: 0.5), Float.self)
      check(Case(m: 13, n: 130, k: 1300, transposeA: true, transposeB: true, gap: 1), Float.self)
      check(Case(m: 38, n: 393, k: 170, gap: 3, alpha: -0.5, beta: 1), Float.self)
      check(Case(m: 149, n: 70, k: 61, transposeA: true, transposeB: true, beta: 1), Double.self)
      check(Case(m: 40, n: 195, k: 170, transposeB: true), Double.self)
      check(Case(m: 36, n: 109, k: 301, gap: 2), Double.self)
    }

    @Test func batches() {
      for form in 0..<4 {
        let c = Case(
          m: 5, n: 9, k: 7, transposeA: form % 2 == 1, transposeB: form / 2 == 1, gap: form % 2,
          count: 4, beta: 1)
        check(c, Float.self)
        check(c, Double.self)
      }
    }

    // Of products that fit a vector or two, and are computed one block after another.
    @Test func smallBatches() {
      for m in 1...17 {
        for (n, k) in [
          (1, 3), (4, 4), (7, 0), (8, 8), (15, 5), (16, 16), (17, 2), (3, 33), (5, 65),
        ] {
          let form = (m + n) % 3
          let c = Case(
            m: m, n: n, k: k, transposeA: form == 1, gap: form, count: 3, alpha: 0.5,
            beta: m % 2 == 0 ? 0 : 1)
          check(c, Float.self)
          check(c, Double.self)
        }
      }
    }

    // A bias and rectifying, once, with the last part of k: of thin products, of those that read
    // their operands where they lie, and of those that pack them.
    @Test func finishes() {
      let extents = [
        (1, 37, 40), (5, 3, 70), (3, 21, 5), (9, 19, 0), (7, 21, 300), (37, 131, 300),
        // A few columns beyond whole panels, along the rows of A.
        (9, 33, 130), (9, 66, 140), (6, 35, 128), (11, 68, 150),
      ]
      for (index, (m, n, k)) in extents.enumerated() {
        for form in 0..<4 where m * n < 4_000 || form == 1 {
          var c = Case(
            m: m, n: n, k: k, transposeA: form % 2 == 1, transposeB: form / 2 == 1, gap: form,
            beta: form == 2 ? 1 : 0)
          c.hasBias = form != 3
          c.rectifies = form != 0
          if form == index % 4 { check(c, Double.self) } else { check(c, Float.self) }
        }
      }
      check(
        Case(m: 6, n: 20, k: 9, rectifies: true), Float.self, special: { a, _ in a[10] = .nan })
    }

    // Zero times infinity is NaN wherever it stands, and infinities stay in their rows and columns.
    @Test func specialValues() {
      for (m, n, k) in [(7, 19, 11), (1, 40, 9), (40, 1, 9), (3, 20, 140), (9, 3, 140)] {
        for form in 0..<4 {
          check(
            Case(m: m, n: n, k: k, transposeA: form % 2 == 1, transposeB: form / 2 == 1),
            Float.self
          ) { a, b in
            a[a.count / 2] = .infinity
            b[b.count / 3] = .nan
            b[b.count - 1] = 0
            a[a.count - 1] = 0
            b[0] = -.infinity
          }
        }
      }
    }

    // Any distances: an operand that is one number, or runs backwards.
    @Test func anyStrides() {
      let (m, n, k) = (9, 21, 40)
      let b = (0..<k * n).map { Float($0 % 13) - 6 }
      withEachInstructionSet { isa in
        var product = apus_product(
          m: m, n: n, k: k, a_row: 0, a_step: 0, b_step: -n, b_column: -1, c_row: n, count: 1,
          a_next: 0, b_next: 0, c_next: 0, bias: nil, rectifies: false)
        var c = [Float](repeating: .nan, count: m * n)
        let bytes = apus_gemm_workspace_f32(&product)
        var workspace = [Float](repeating: 0, count: bytes / 4 + 1)
        b.withUnsafeBufferPointer { b in
          apus_gemm_f32(&product, 1, [2], b.baseAddress! + k * n - 1, 0, &c, &workspace)
        }
        for i in 0..<m {
          for j in 0..<n {
            let sum = (0..<k).reduce(Float(0)) { $0 + 2 * b[$1 * n + n - 1 - j] }
            #expect(c[i * n + j] == sum, "\(isa)")
          }
        }
      }
    }
  }
}

/// The products of one element type under common names.
protocol ProductScalar: BinaryFloatingPoint {
  static func workspace(_ product: inout apus_product) -> Int
  static func multiply(
    _ product: inout apus_product, _ alpha: Self, _ a: [Self], _ b: [Self], _ beta: Self,
    _ c: UnsafeMutablePointer<Self>, _ workspace: UnsafeMutablePointer<Self>?)
}

extension Float: ProductScalar {
  static func workspace(_ product: inout apus_product) -> Int {
    apus_gemm_workspace_f32(&product)
  }

  static func multiply(
    _ product: inout apus_product, _ alpha: Self, _ a: [Self], _ b: [Self], _ beta: Self,
    _ c: UnsafeMutablePointer<Self>, _ workspace: UnsafeMutablePointer<Self>?
  ) {
    apus_gemm_f32(&product, alpha, a, b, beta, c, workspace)
  }
}

extension Double: ProductScalar {
  static func workspace(_ product: inout apus_product) -> Int {
    apus_gemm_workspace_f64(&product)
  }

  static func multiply(
    _ product: inout apus_product, _ alpha: Self, _ a: [Self], _ b: [Self], _ beta: Self,
    _ c: UnsafeMutablePointer<Self>, _ workspace: UnsafeMutablePointer<Self>?
  ) {
    apus_gemm_f64(&product, alpha, a, b, beta, c, workspace)
  }
}
