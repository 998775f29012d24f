import Tensor

/// One product to measure: batch × (m×k · k×n), with operands stored as they are or transposed.
struct GEMMCase {
  var name: String
  var m: Int
  var n: Int
  var k: Int
  var transposeA = false
  var transposeB = false
  var batch = 1

  /// The floating-point operations of one run.
  var operations: Double { 2 * Double(batch) * Double(m) * Double(n) * Double(k) }

  /// Squares, the layers of the MNIST example forward and backward, transposes and batches.
  static func all(quick: Bool) -> [GEMMCase] {
    let sizes =
      quick
      ? [32, 64, 128, 256, 512, 1024]
      : [32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048]
    var cases = sizes.map { GEMMCase(name: "\($0)", m: $0, n: $0, k: $0) }
    cases += [
      GEMMCase(name: "mlp layer 1 forward", m: 32, n: 64, k: 784),
      GEMMCase(name: "mlp layer 1 weights", m: 784, n: 64, k: 32, transposeA: true),
      GEMMCase(name: "mlp layer 2 forward", m: 32, n: 64, k: 64),
      GEMMCase(name: "mlp layer 2 inputs", m: 32, n: 64, k: 64, transposeB: true),
      GEMMCase(name: "mlp layer 3 forward", m: 32, n: 10, k: 64),
      GEMMCase(name: "wide layer 1 forward", m: 128, n: 512, k: 784),
      GEMMCase(name: "wide layer 1 weights", m: 784, n: 512, k: 128, transposeA: true),
      GEMMCase(name: "wide layer 2 inputs", m: 128, n: 512, k: 512, transposeB: true),
    ]
    for size in quick ? [256] : [64, 256, 1024] {
      cases += [
        GEMMCase(name: "\(size) Aᵀ·B", m: size, n: size, k: size, transposeA: true),
        GEMMCase(name: "\(size) A·Bᵀ", m: size, n: size, k: size, transposeB: true),
        GEMMCase(
          name: "\(size) Aᵀ·Bᵀ", m: size, n: size, k: size, transposeA: true, transposeB: true),
      ]
    }
    cases += [
      GEMMCase(name: "batch of 48", m: 64, n: 64, k: 32, batch: 48),
      GEMMCase(name: "batch of 512", m: 8, n: 8, k: 8, batch: 512),
    ]
    return cases
  }
}

/// The operands of a case, as stored, and the ways to multiply them.
final class GEMMOperands {
  let product: GEMMCase
  private let storedA: Tensor<Float>
  private let storedB: Tensor<Float>
  /// The operands as Apus sees them: views of what is stored.
  private let a: Tensor<Float>
  private let b: Tensor<Float>
  private var result: Tensor<Float>
  private var scratch: [Float]

  init(_ product: GEMMCase, using random: inout RandomGenerator) {
    self.product = product
    let (m, n, k) = (product.m, product.n, product.k)
    func stored(_ rows: Int, _ columns: Int) -> Tensor<Float> {
      .uniform(
        product.batch == 1 ? [rows, columns] : [product.batch, rows, columns], in: -1..<1,
        using: &random)
    }
    storedA = product.transposeA ? stored(k, m) : stored(m, k)
    storedB = product.transposeB ? stored(n, k) : stored(k, n)
    a = product.transposeA ? storedA.transposed : storedA
    b = product.transposeB ? storedB.transposed : storedB
    result = a.matmul(b)
    scratch = [Float](repeating: 0, count: product.batch * m * n)
  }

  /// By the public operation, with a new result each time, as a program would.
  func runApus(_ count: Int) {
    for _ in 0..<count { result = a.matmul(b) }
  }

  /// By one call of `cblas_sgemm` for each matrix of the batch, into memory that is there already.
  func runBare(_ count: Int) {
    let (m, n, k) = (product.m, product.n, product.k)
    storedA.withUnsafeBufferPointer { a in
      storedB.withUnsafeBufferPointer { b in
        scratch.withUnsafeMutableBufferPointer { c in
          for _ in 0..<count {
            for item in 0..<product.batch {
              BLAS.gemm(
                transposeA: product.transposeA, transposeB: product.transposeB, m: m, n: n, k: k,
                alpha: 1, a: a.baseAddress! + item * m * k, lda: product.transposeA ? m : k,
                b: b.baseAddress! + item * k * n, ldb: product.transposeB ? k : n,
                beta: 0, c: c.baseAddress! + item * m * n, ldc: n)
            }
          }
        }
      }
    }
  }

  /// By loops, for the first `rows` rows of each matrix.
  func runNaive(blocked: Bool, rows: Int, _ count: Int) {
    let (m, n, k) = (product.m, product.n, product.k)
    let naive = NaiveGEMM(
      n: n, k: k, aSteps: product.transposeA ? (1, m) : (k, 1),
      bSteps: product.transposeB ? (1, k) : (n, 1))
    storedA.withUnsafeBufferPointer { a in
      storedB.withUnsafeBufferPointer { b in
        scratch.withUnsafeMutableBufferPointer { c in
          for _ in 0..<count {
            for item in 0..<product.batch {
              let first = a.baseAddress! + item * m * k
              let second = b.baseAddress! + item * k * n
              let target = c.baseAddress! + item * m * n
              if blocked {
                naive.blocked(rows: rows, first, second, target)
              } else {
                naive.plain(rows: rows, first, second, target)
              }
            }
          }
        }
      }
    }
  }

  /// How many rows of each matrix a loop manages in about `seconds`, at least one.
  func naiveRows(blocked: Bool, seconds: Double) -> Int {
    var rows = 1
    while rows < product.m {
      let elapsed = Stopwatch.seconds { runNaive(blocked: blocked, rows: rows, 1) }
      if elapsed > seconds / 4 {
        return max(1, min(product.m, Int(Double(rows) * seconds / elapsed)))
      }
      rows = min(product.m, rows * 4)
    }
    return product.m
  }

  /// Whether Apus's result and the content of the scratch memory (of the last other run, as far as
  /// `rows` rows) are right: a sample of elements against sums in double precision.
  ///
  /// The bound is that of a sum of k products in any order, k · ε · Σ |a·b|, with ε = 2⁻²⁴.
  func isRight(rows: Int? = nil, using random: inout RandomGenerator) -> Bool {
    let (m, n, k) = (product.m, product.n, product.k)
    let left = a.contiguous
    let right = b.contiguous
    for _ in 0..<min(200, product.batch * m * n) {
      let item = random.next(below: product.batch)
      let i = random.next(below: rows ?? m)
      let j = random.next(below: n)
      var sum = 0.0
      var size = 0.0
      left.withUnsafeBufferPointer { left in
        right.withUnsafeBufferPointer { right in
          for p in 0..<k {
            let term =
              Double(left[(item * m + i) * k + p]) * Double(right[(item * k + p) * n + j])
            sum += term
            size += abs(term)
          }
        }
      }
      let place = (item * m + i) * n + j
      let computed = result.withUnsafeBufferPointer { $0[place] }
      let bound = Double(k) * 0x1p-24 * size
      guard abs(Double(computed) - sum) <= bound, abs(Double(scratch[place]) - sum) <= bound else {
        return false
      }
    }
    return true
  }
}
