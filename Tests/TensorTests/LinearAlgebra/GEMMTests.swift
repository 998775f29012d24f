import Tensor
import Testing

/// Matrix products at given addresses: every plan, and the plan that is chosen.
struct GEMMTests {
  private func numbers(_ count: Int, _ random: inout TestRandom) -> [Float] {
    (0..<count).map { _ in Float.random(in: -1...1, using: &random) }
  }

  private static func cuts(_ m: Int, _ n: Int) -> [(rows: Int, columns: Int, splitsK: Bool)] {
    [false, true].flatMap { splitsK in
      [(m, n), (16, 32), (1, 64)].map { ($0, $1, splitsK) }
    }
  }

  // Both engines and every cut give the product, in all forms, added to what is there.
  @Test(arguments: [(37, 70, 9), (75, 70, 9), (37, 70, 61)])
  func everyPlan(m: Int, n: Int, k: Int) {
    var random = TestRandom(5)
    for form in 0..<4 {
      let gemm = GEMM(
        m: m, n: n, k: k, transposeA: form % 2 == 1, transposeB: form / 2 == 1,
        lda: (form % 2 == 1 ? m : k) + 2, ldb: (form / 2 == 1 ? k : n) + 1, ldc: n + 3)
      let a = numbers((form % 2 == 1 ? k : m) * gemm.lda, &random)
      let b = numbers((form / 2 == 1 ? n : k) * gemm.ldb, &random)
      let before = numbers(m * gemm.ldc, &random)
      for engine in [GEMM.Engine.kernels, .openBLAS] {
        for (rows, columns, splitsK) in Self.cuts(m, n) {
          var c = before
          gemm.run(
            .float32, alpha: 0.5, a: a, b: b, beta: 2, c: &c,
            by: GEMM.Plan(engine: engine, rows: rows, columns: columns, splitsK: splitsK))
          let isRight = (0..<m).allSatisfy { i in
            (0..<gemm.ldc).allSatisfy { j in
              let place = i * gemm.ldc + j
              if j >= n { return c[place] == before[place] }
              let sum = (0..<k).reduce(0.0) { sum, p in
                let x = a[gemm.transposeA ? p * gemm.lda + i : i * gemm.lda + p]
                let y = b[gemm.transposeB ? j * gemm.ldb + p : p * gemm.ldb + j]
                return sum + Double(x) * Double(y)
              }
              return abs(Double(c[place]) - (0.5 * sum + 2 * Double(before[place]))) < 1e-5
            }
          }
          #expect(isRight, "\(engine) \(rows)×\(columns) \(splitsK) form \(form)")
        }
      }
    }
  }

  // Each tile of a cut adds its part of the bias, and rectifies.
  @Test func finishOfEveryPlan() {
    var random = TestRandom(6)
    let (m, n, k) = (19, 70, 35)
    let gemm = GEMM(m: m, n: n, k: k, lda: k, ldb: n, ldc: n)
    let (a, b, bias) = (numbers(m * k, &random), numbers(k * n, &random), numbers(n, &random))
    var plain = [Float](repeating: 0, count: m * n)
    for i in 0..<m {
      for j in 0..<n {
        plain[i * n + j] = bias[j]
        for p in 0..<k { plain[i * n + j] += a[i * k + p] * b[p * n + j] }
      }
    }
    for engine in [GEMM.Engine.kernels, .openBLAS] {
      for (rows, columns, splitsK) in Self.cuts(m, n) {
        for rectifies in [false, true] {
          var c = [Float](repeating: .nan, count: m * n)
          bias.withUnsafeBytes {
            gemm.run(
              .float32, a: a, b: b, c: &c,
              finish: GEMM.Finish(bias: $0.baseAddress, rectifies: rectifies),
              by: GEMM.Plan(engine: engine, rows: rows, columns: columns, splitsK: splitsK))
          }
          let expected = rectifies ? plain.map { max(0, $0) } : plain
          let isRight = zip(c, expected).allSatisfy { abs($0 - $1) < 1e-5 }
          #expect(isRight, "\(engine) \(rows)×\(columns) \(splitsK)")
        }
      }
    }
  }

  // A deep layer and a weight's gradient, each with as many outputs that are too many.
  @Test func splitsOfK() {
    func splits(_ m: Int, _ n: Int, _ k: Int, transposeA: Bool = false, transposeB: Bool = false)
      -> Bool
    {
      GEMM(
        m: m, n: n, k: k, transposeA: transposeA, transposeB: transposeB, lda: 1, ldb: 1, ldc: 1
      ).plan(.float32).splitsK
    }
    #expect(splits(32, 64, 784) && !splits(300, 64, 784))
    #expect(splits(128, 384, 768, transposeA: true) && !splits(784, 512, 128, transposeA: true))
    #expect(!splits(32, 64, 784, transposeB: true) && !splits(1, 64, 40_000))
  }

  @Test func plansCoverTheProduct() {
    for m in [1, 3, 64, 700, 5_000] {
      for n in [1, 4, 65, 900, 10_000] {
        for k in [0, 32, 3_000] {
          for form in 0..<4 {
            let plan = GEMM(
              m: m, n: n, k: k, transposeA: form % 2 == 1, transposeB: form / 2 == 1,
              lda: 1, ldb: 1, ldc: 1
            ).plan(.float32)
            #expect(plan.rows >= 1 && plan.rows <= m && plan.columns >= 1 && plan.columns <= n)
          }
        }
      }
    }
  }
}
