import Tensor

/// The cases of `bench ops`. `Benchmarks/peers/ops.py` has the same, under the same names.
enum OpsCases {
  static var all: [BenchCase] {
    var cases: [BenchCase] = []
    for operands in OpsOperands.ofAllSizes() {
      cases += light(operands)
      cases += heavy(operands)
      cases += reductions(operands)
      cases += rows(operands, size: "\(operands.count)")
      cases += moves(operands)
      cases += order(operands)
    }
    for columns in [768, 128] {
      let operands = OpsOperands(rows: 768, columns: columns, cube: [])
      cases += rows(operands, size: "768x\(columns)")
    }
    return cases
  }

  private typealias Operands = OpsOperands
  private typealias Floats = Tensor<Float>

  /// Arithmetic, whose time is that of memory.
  private static func light(_ x: Operands) -> [BenchCase] {
    let bytes = 4 * x.count
    func one(_ name: String, _ op: @escaping (Floats) -> Floats) -> BenchCase {
      BenchCase(name, "\(x.count)", .bytes(2 * bytes)) {
        let a = x.a
        return { op(a) }
      }
    }
    func two(_ name: String, _ op: @escaping (Floats, Floats) -> Floats) -> BenchCase {
      BenchCase(name, "\(x.count)", .bytes(3 * bytes)) {
        let (a, b) = (x.a, x.b)
        return { op(a, b) }
      }
    }
    return [
      two("add") { $0 + $1 },
      two("subtract") { $0 - $1 },
      two("multiply") { $0 * $1 },
      BenchCase("divide", "\(x.count)", .bytes(3 * bytes)) {
        let (a, p) = (x.a, x.p)
        return { a / p }
      },
      two("maximum") { .maximum($0, $1) },
      BenchCase("add in place", "\(x.count)", .bytes(3 * bytes)) {
        var a = x.a * 1
        let b = x.b
        return {
          a += b
          return a
        }
      },
      one("add scalar") { $0 + 1.5 },
      one("multiply scalar") { $0 * 1.5 },
      BenchCase("add row", "\(x.count)", .bytes(2 * bytes)) {
        let (a, row) = (x.a, x.row)
        return { a + row }
      },
      BenchCase("add column", "\(x.count)", .bytes(2 * bytes)) {
        let (a, column) = (x.a, x.column)
        return { a + column }
      },
      two("add transposed") { $0 + $1.transposed },
      one("negate") { -$0 },
      one("magnitude") { $0.magnitude() },
      one("square") { $0.squared() },
      one("relu") { $0.relu() },
      BenchCase("compare", "\(x.count)", .bytes(9 * x.count)) {
        let (a, b) = (x.a, x.b)
        return { a .< b }
      },
      BenchCase("where", "\(x.count)", .bytes(13 * x.count)) {
        let (mask, a, b) = (x.mask, x.a, x.b)
        return { Tensor.where(mask, a, b) }
      },
      one("clamp") { $0.clamped(to: -1...1) },
      BenchCase("square root", "\(x.count)", .bytes(2 * bytes)) {
        let p = x.p
        return { p.squareRoot() }
      },
      BenchCase("reciprocal square root", "\(x.count)", .bytes(2 * bytes)) {
        let p = x.p
        return { p.reciprocalSquareRoot() }
      },
    ]
  }

  /// Functions that cost more than memory does.
  private static func heavy(_ x: Operands) -> [BenchCase] {
    func one(_ name: String, positive: Bool = false, _ op: @escaping (Floats) -> Floats)
      -> BenchCase
    {
      BenchCase(name, "\(x.count)", .bytes(8 * x.count)) {
        let operand = positive ? x.p : x.a
        return { op(operand) }
      }
    }
    return [
      one("exp") { $0.exp() },
      one("expm1") { $0.expm1() },
      one("log", positive: true) { $0.log() },
      one("log1p", positive: true) { $0.log1p() },
      one("sin") { $0.sin() },
      one("cos") { $0.cos() },
      one("tanh") { $0.tanh() },
      one("sigmoid") { $0.sigmoid() },
      one("softplus") { $0.softplus() },
      one("erf") { $0.erf() },
      one("gelu") { $0.gelu() },
      one("silu") { $0.silu() },
      BenchCase("power", "\(x.count)", .bytes(12 * x.count)) {
        let (p, b) = (x.p, x.b)
        return { p.power(b) }
      },
    ]
  }

  /// Over all elements and along the first, the last and the middle axis.
  private static func reductions(_ x: Operands) -> [BenchCase] {
    func along<Scalar>(
      _ name: String, reading: Int = 1, _ op: @escaping (Floats) -> Tensor<Scalar>
    ) -> BenchCase {
      BenchCase(name, "\(x.count)", .bytes(4 * x.count * reading)) {
        let a = x.a
        return { op(a) }
      }
    }
    return [
      along("sum all") { $0.sum() },
      along("sum first axis") { $0.sum(axes: [0]) },
      along("sum last axis") { $0.sum(axes: [-1]) },
      BenchCase("sum middle axis", "\(x.count)", .bytes(4 * x.count)) {
        let cube = x.a.reshaped(to: x.cube)
        return { cube.sum(axes: [1]) }
      },
      along("mean all") { $0.mean() },
      along("mean last axis") { $0.mean(axes: [-1]) },
      along("max all") { $0.max() },
      along("max first axis") { $0.max(axes: [0]) },
      along("max last axis") { $0.max(axes: [-1]) },
      BenchCase("max middle axis", "\(x.count)", .bytes(4 * x.count)) {
        let cube = x.a.reshaped(to: x.cube)
        return { cube.max(axes: [1]) }
      },
      along("min all") { $0.min() },
      along("sum of squares all") { $0.sumOfSquares() },
      along("log sum exp last axis") { $0.logSumExp(axes: [-1]) },
      along("variance last axis") { $0.variance(axes: [-1]) },
      along("cumulative sum last axis", reading: 2) { $0.cumulativeSum(axis: -1) },
      along("argmax last axis") { $0.argmax() },
      along("argmax first axis") { $0.argmax(axis: 0) },
    ]
  }

  /// Passes over rows, as softmax and normalisations make them.
  private static func rows(_ x: Operands, size: String) -> [BenchCase] {
    func one(_ name: String, _ op: @escaping (Floats) -> Floats) -> BenchCase {
      BenchCase(name, size, .bytes(8 * x.count)) {
        let a = x.a
        return { op(a) }
      }
    }
    return [
      one("softmax") { $0.softmax() },
      one("log softmax") { $0.logSoftmax() },
      one("normalize rows") { $0.normalizedRows().values },
    ]
  }

  /// Along the last axis.
  private static func order(_ x: Operands) -> [BenchCase] {
    func one<Scalar>(
      _ name: String, bytes: Int, _ op: @escaping (Floats) -> Tensor<Scalar>
    ) -> BenchCase {
      BenchCase(name, "\(x.count)", .bytes(bytes)) {
        let a = x.a
        return { op(a) }
      }
    }
    return [
      one("sort", bytes: 8 * x.count) { $0.sorted() },
      one("argsort", bytes: 12 * x.count) { $0.argsort() },
      one("top 8", bytes: 4 * x.count + 12 * 8 * x.rows) { $0.topK(8).values },
    ]
  }

  /// Elements that change their places or types.
  private static func moves(_ x: Operands) -> [BenchCase] {
    [
      BenchCase("transposed copy", "\(x.count)", .bytes(8 * x.count)) {
        let a = x.a.transposed
        return { a.contiguous }
      },
      BenchCase("permuted copy", "\(x.count)", .bytes(8 * x.count)) {
        let a = x.a.reshaped(to: x.cube).permuted([1, 0, 2])
        return { a.contiguous }
      },
      BenchCase("concatenate", "\(x.count)", .bytes(16 * x.count)) {
        let (a, b) = (x.a, x.b)
        return { Tensor.concatenated([a, b]) }
      },
      BenchCase("take rows", "\(x.count)", .bytes(8 * x.count)) {
        let (a, positions) = (x.a, x.rowPositions)
        return { a.take(positions, axis: 0) }
      },
      BenchCase("take columns", "\(x.count)", .bytes(8 * x.count)) {
        let (a, positions) = (x.a, x.rowPositions)
        return { a.take(positions, axis: 1) }
      },
      BenchCase("take elements", "\(x.count)", .bytes(16 * x.count)) {
        let (a, positions) = (x.a.flattened, x.columnPositions.flattened)
        return { a.take(positions) }
      },
      BenchCase("gather", "\(x.count)", .bytes(16 * x.count)) {
        let (a, positions) = (x.a, x.columnPositions)
        return { a.gather(positions, axis: 1) }
      },
      BenchCase("float to double", "\(x.count)", .bytes(12 * x.count)) {
        let a = x.a
        return { Tensor<Double>(a) }
      },
      BenchCase("double to float", "\(x.count)", .bytes(12 * x.count)) {
        let doubles = x.doubles
        return { Tensor<Float>(doubles) }
      },
      BenchCase("bytes to float", "\(x.count)", .bytes(5 * x.count)) {
        let bytes = x.bytes
        return { Tensor<Float>(bytes) }
      },
      BenchCase("float to int32", "\(x.count)", .bytes(8 * x.count)) {
        let a = x.a
        return { Tensor<Int32>(a) }
      },
      BenchCase("int64 to float", "\(x.count)", .bytes(12 * x.count)) {
        let positions = x.columnPositions
        return { Tensor<Float>(positions) }
      },
      BenchCase("bool to float", "\(x.count)", .bytes(5 * x.count)) {
        let mask = x.mask
        return { Tensor<Float>(mask) }
      },
    ]
  }
}
