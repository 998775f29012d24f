#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Functions of plain numbers, for references whose own names hide those of the C library.
enum Plain {
  static let exp: @Sendable (Double) -> Double = { cExp($0) }
  static let log: @Sendable (Double) -> Double = { cLog($0) }

  static func sigmoid(_ x: Double) -> Double { 1 / (1 + cExp(-x)) }
  static func softplus(_ x: Double) -> Double { max(x, 0) + log1p(cExp(-abs(x))) }

  static func softmax(_ row: [Double]) -> [Double] {
    let total = row.reduce(0) { $0 + cExp($1) }
    return row.map { cExp($0) / total }
  }
}

private func cExp(_ x: Double) -> Double { exp(x) }
private func cLog(_ x: Double) -> Double { log(x) }
