import Tensor

/// The operands of one size, made when a case asks for them and then shared by all.
final class OpsOperands {
  let count: Int
  /// The extents of the same elements as a matrix and with three axes.
  let rows: Int
  let columns: Int
  let cube: Shape

  /// −4…4
  private(set) lazy var a = Pattern.floats(matrix, in: -4..<4, seed: 1)
  private(set) lazy var b = Pattern.floats(matrix, in: -4..<4, seed: 2)
  /// Positive, for logarithms, roots, divisors and powers.
  private(set) lazy var p = Pattern.floats(matrix, in: 0.0625..<4, seed: 3)
  private(set) lazy var row = Pattern.floats([columns], in: -4..<4, seed: 4)
  private(set) lazy var column = Pattern.floats([rows, 1], in: -4..<4, seed: 5)
  private(set) lazy var doubles = Tensor<Double>(a)
  private(set) lazy var mask = a .< b
  private(set) lazy var bytes = Tensor<UInt8>(columnPositions.truncatingRemainder(dividingBy: 251))
  private(set) lazy var rowPositions = Pattern.positions([rows], below: rows, seed: 6)
  private(set) lazy var columnPositions = Pattern.positions(matrix, below: columns, seed: 7)

  init(rows: Int, columns: Int, cube: Shape) {
    self.rows = rows
    self.columns = columns
    self.cube = cube
    count = rows * columns
  }

  private var matrix: Shape { [rows, columns] }

  /// 1,024, 65,536 and 4 million elements.
  static func ofAllSizes() -> [OpsOperands] {
    [
      OpsOperands(rows: 32, columns: 32, cube: [8, 16, 8]),
      OpsOperands(rows: 256, columns: 256, cube: [32, 64, 32]),
      OpsOperands(rows: 2000, columns: 2000, cube: [100, 400, 100]),
    ]
  }
}
