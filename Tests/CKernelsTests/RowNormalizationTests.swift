import CKernels
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The kernels of normalised rows under common names.
protocol RowNormalizing: KernelFloat {
  static func normalize(
    _ x: In, _ scale: In?, _ shift: In?, _ epsilon: Self, _ isCentered: Bool, _ out: Out,
    _ means: Out?, _ inverses: Out, _ rows: Int, _ columns: Int)
  static func normalizeGradient(
    _ x: In, _ g: In, _ scale: In?, _ means: In?, _ inverses: In, _ out: Out, _ rows: Int,
    _ columns: Int)
  static func normalizeParameterGradient(
    _ x: In, _ g: In, _ means: In?, _ inverses: In, _ scale: Out, _ shift: Out?, _ rows: Int,
    _ columns: Int)
}

extension Float: RowNormalizing {
  static func normalize(
    _ x: In, _ scale: In?, _ shift: In?, _ epsilon: Self, _ isCentered: Bool, _ out: Out,
    _ means: Out?, _ inverses: Out, _ rows: Int, _ columns: Int
  ) {
    apus_normalize_rows_f32(
      x, scale, shift, epsilon, isCentered, out, means, inverses, rows, columns)
  }

  static func normalizeGradient(
    _ x: In, _ g: In, _ scale: In?, _ means: In?, _ inverses: In, _ out: Out, _ rows: Int,
    _ columns: Int
  ) {
    apus_normalize_rows_grad_f32(x, g, scale, means, inverses, out, rows, columns)
  }

  static func normalizeParameterGradient(
    _ x: In, _ g: In, _ means: In?, _ inverses: In, _ scale: Out, _ shift: Out?, _ rows: Int,
    _ columns: Int
  ) {
    apus_normalize_rows_parameter_grad_f32(x, g, means, inverses, scale, shift, rows, columns)
  }
}

extension Double: RowNormalizing {
  static func normalize(
    _ x: In, _ scale: In?, _ shift: In?, _ epsilon: Self, _ isCentered: Bool, _ out: Out,
    _ means: Out?, _ inverses: Out, _ rows: Int, _ columns: Int
  ) {
    apus_normalize_rows_f64(
      x, scale, shift, epsilon, isCentered, out, means, inverses, rows, columns)
  }

  static func normalizeGradient(
    _ x: In, _ g: In, _ scale: In?, _ means: In?, _ inverses: In, _ out: Out, _ rows: Int,
    _ columns: Int
  ) {
    apus_normalize_rows_grad_f64(x, g, scale, means, inverses, out, rows, columns)
  }

  static func normalizeParameterGradient(
    _ x: In, _ g: In, _ means: In?, _ inverses: In, _ scale: Out, _ shift: Out?, _ rows: Int,
    _ columns: Int
  ) {
    apus_normalize_rows_parameter_grad_f64(x, g, means, inverses, scale, shift, rows, columns)
  }
}

extension CKernelsTests {
  /// Normalised rows and their gradients against scalar code in double precision, for all lengths,
  /// from odd starts, with and without each optional operand, and with guards around the results.
  @Suite struct RowNormalizationTests {
    static let rows = 3
    static let lengths = Array(1...70) + [255, 1_030]
    static let epsilon = 1e-3

    /// What the kernels shall find, from the operands as they are.
    struct Exact {
      var values: [Double] = []
      var means: [Double] = []
      var inverses: [Double] = []
      var input: [Double] = []
      var scale: [Double]
      var shift: [Double]

      init(
        x: [Double], g: [Double], scale: [Double]?, shift: [Double]?, isCentered: Bool, columns: Int
      ) {
        let n = Double(columns)
        self.scale = [Double](repeating: 0, count: columns)
        self.shift = self.scale
        for start in stride(from: 0, to: x.count, by: columns) {
          let row = Array(x[start..<start + columns])
          let mean = isCentered ? row.reduce(0, +) / n : 0
          let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n
          let inverse = 1 / (variance + RowNormalizationTests.epsilon).squareRoot()
          means.append(mean)
          inverses.append(inverse)
          let normal = row.map { ($0 - mean) * inverse }
          let h = (0..<columns).map { g[start + $0] * (scale?[$0] ?? 1) }
          let meanOfH = isCentered ? h.reduce(0, +) / n : 0
          let slope = zip(h, normal).reduce(0) { $0 + $1.0 * $1.1 } / n
          for j in 0..<columns {
            values.append(normal[j] * (scale?[j] ?? 1) + (shift?[j] ?? 0))
            input.append((h[j] - meanOfH - normal[j] * slope) * inverse)
            self.scale[j] += g[start + j] * normal[j]
            self.shift[j] += g[start + j]
          }
        }
      }
    }

    /// Whether `buffer` holds `exact` after one guard, with three behind.
    func expect<T: RowNormalizing>(
      _ buffer: [T], _ exact: [Double], _ context: @autoclosure () -> String,
      sourceLocation: SourceLocation = #_sourceLocation
    ) {
      let found = buffer.dropFirst().prefix(exact.count)
      let tolerance = 64 * Double(T.ulpOfOne)
      let isRight =
        buffer[0] == 77 && buffer.suffix(3) == [77, 77, 77]
        && zip(found, exact).allSatisfy { isNear($0, $1, tolerance) }
      #expect(isRight, "\(context()): \(buffer), \(exact)", sourceLocation: sourceLocation)
    }

    func run<T: RowNormalizing>(
      _ columns: Int, isCentered: Bool, scaled: Bool, shifted: Bool, _ isa: String, _: T.Type
    ) {
      let rows = Self.rows
      let count = rows * columns
      var random = SplitMix(state: UInt64(columns))
      // Rows about different centres and of different spread; one element ahead for an odd start.
      let x = (0...count).map { index in
        let row = Swift.max(0, index - 1) / columns
        return T(Double(row) + random.uniform(-1, 1) * Double(1 << row))
      }
      let g = (0...count).map { _ in T(random.uniform(-1, 1)) }
      let gamma = (0...columns).map { _ in T(random.uniform(0.5, 2)) }
      let beta = (0...columns).map { _ in T(random.uniform(-1, 1)) }
      func doubles(_ array: [T]) -> [Double] { array.dropFirst().map { Double($0) } }
      let exact = Exact(
        x: doubles(x), g: doubles(g), scale: scaled ? doubles(gamma) : nil,
        shift: shifted ? doubles(beta) : nil, isCentered: isCentered, columns: columns)
      let context = "\(isa) \(T.self) \(columns) \(isCentered) \(scaled) \(shifted)"

      func guards(_ count: Int) -> [T] { [T](repeating: 77, count: count + 4) }
      var values = guards(count)
      var means = guards(rows)
      var inverses = guards(rows)
      var input = guards(count)
      var scale = guards(columns)
      var shift = guards(columns)
      x.withUnsafeBufferPointer { x in
        g.withUnsafeBufferPointer { g in
          gamma.withUnsafeBufferPointer { gamma in
            beta.withUnsafeBufferPointer { beta in
              let (x, g) = (x.baseAddress! + 1, g.baseAddress! + 1)
              let gamma = scaled ? gamma.baseAddress! + 1 : nil
              let beta = shifted ? beta.baseAddress! + 1 : nil
              means.withUnsafeMutableBufferPointer { means in
                inverses.withUnsafeMutableBufferPointer { inverses in
                  let (means, inverses) = (
                    isCentered ? means.baseAddress! + 1 : nil, inverses.baseAddress! + 1
                  )
                  values.withUnsafeMutableBufferPointer {
                    T.normalize(
                      x, gamma, beta, T(Self.epsilon), isCentered, $0.baseAddress! + 1, means,
                      inverses, rows, columns)
                  }
                  input.withUnsafeMutableBufferPointer {
                    T.normalizeGradient(
                      x, g, gamma, means, inverses, $0.baseAddress! + 1, rows, columns)
                  }
                  scale.withUnsafeMutableBufferPointer { scale in
                    shift.withUnsafeMutableBufferPointer { shift in
                      T.normalizeParameterGradient(
                        x, g, means, inverses, scale.baseAddress! + 1,
                        shifted ? shift.baseAddress! + 1 : nil, rows, columns)
                    }
                  }
                }
              }
            }
          }
        }
      }
      expect(values, exact.values, "values \(context)")
      if isCentered { expect(means, exact.means, "means \(context)") }
      expect(inverses, exact.inverses, "inverses \(context)")
      expect(input, exact.input, "gradient \(context)")
      expect(scale, exact.scale, "gradient of scale \(context)")
      if shifted {
        expect(shift, exact.shift, "gradient of shift \(context)")
      } else {
        #expect(shift == guards(columns))
      }
    }

    @Test(arguments: [false, true])
    func againstScalarCode(isCentered: Bool) {
      withEachInstructionSet { isa in
        for columns in Self.lengths {
          for (scaled, shifted) in [(false, false), (true, false), (true, true)] {
            run(
              columns, isCentered: isCentered, scaled: scaled, shifted: shifted, isa, Float.self)
            run(
              columns, isCentered: isCentered, scaled: scaled, shifted: shifted, isa, Double.self)
          }
        }
      }
    }

    /// A row for itself has the same bits as among others.
    @Test func rowsDoNotDependOnEachOther() {
      withEachInstructionSet { isa in
        for columns in [1, 7, 16, 33, 70] {
          let x: [Float] = samples(3 * columns, seed: 5, specials: false)
          func normalized(_ x: [Float], _ rows: Int) -> [Float] {
            var out = [Float](repeating: 0, count: x.count)
            var means = [Float](repeating: 0, count: rows)
            var inverses = means
            Float.normalize(x, nil, nil, 1e-5, true, &out, &means, &inverses, rows, columns)
            return out + means + inverses
          }
          let all = normalized(x, 3)
          for row in 0..<3 {
            let alone = normalized(Array(x[row * columns..<(row + 1) * columns]), 1)
            let among =
              all[row * columns..<(row + 1) * columns] + [
                all[3 * columns + row], all[3 * columns + 3 + row],
              ]
            #expect(same(alone, Array(among)), "\(isa) \(columns)")
          }
        }
      }
    }

    /// A row of equal elements has the values of `shift`, and NaN or infinity in a row makes it NaN.
    @Test func specialRows() {
      withEachInstructionSet { isa in
        for columns in [1, 5, 16, 40] {
          for special in [Float(3), .nan, .infinity] {
            var x = [Float](repeating: 3, count: columns)
            x[columns / 2] = special
            var out = x
            var mean: Float = 0
            var inverse: Float = 0
            let shift = [Float](repeating: 2, count: columns)
            Float.normalize(x, nil, shift, 1e-5, true, &out, &mean, &inverse, 1, columns)
            #expect(
              out.allSatisfy { special == 3 ? $0 == 2 : $0.isNaN }, "\(isa) \(columns) \(special)")
          }
        }
      }
    }
  }
}
