import CKernels

/// What a sort moves: a key, or a key with the position it came from.
protocol SortElement {
  typealias Elements = UnsafeMutablePointer<Self>

  /// Sorts `a`, by key and then by position; the result is in `a` or in `b`, as returned.
  static func sort(_ a: Elements, _ b: Elements, _ count: Int) -> Elements
  /// The bits in which the elements differ.
  static func varying(_ a: Elements, _ count: Int) -> UInt64
  static func count(_ a: Elements, _ count: Int, shift: Int, _ counts: UnsafeMutablePointer<Int>)
  static func move(
    _ a: Elements, to b: Elements, _ count: Int, shift: Int, _ offsets: UnsafeMutablePointer<Int>)
  /// Sorts runs that start in `range` and are equal from bit `cut` on by the bits below it.
  static func sortRuns(
    _ a: Elements, _ b: Elements, startingIn range: Range<Int>, _ count: Int, low: Int, cut: Int)
}

/// A key that sorts as the scalar it was made from does.
protocol SortKey: SortElement {
  /// A key with its position.
  associatedtype Keyed: SortElement
  /// The bits of `Keyed` that have the key.
  static var keyedBits: Range<Int> { get }
  /// The most positions that `Keyed` can tell apart.
  static var largestCount: Int { get }

  static func addPositions(
    _ keys: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Keyed>, _ count: Int)
  static func positions(
    of keyed: UnsafePointer<Keyed>, _ out: UnsafeMutablePointer<Int64>, _ count: Int)
  /// The k smallest keys, with positions from `first` on and in their order; `out` has `capacity`.
  static func select(
    _ k: Int, of keys: UnsafePointer<Self>, _ count: Int, first: Int,
    _ out: UnsafeMutablePointer<Keyed>, capacity: Int)
}

extension Int32: SortElement, SortKey {
  static func sort(_ a: Elements, _ b: Elements, _ count: Int) -> Elements {
    apus_sort_i32(a, b, count)
    return a
  }
  static func varying(_ a: Elements, _ count: Int) -> UInt64 { apus_radix_varying_i32(a, count) }
  static func count(_ a: Elements, _ count: Int, shift: Int, _ counts: UnsafeMutablePointer<Int>) {
    apus_radix_count_i32(a, count, UInt32(shift), counts)
  }
  static func move(
    _ a: Elements, to b: Elements, _ count: Int, shift: Int, _ offsets: UnsafeMutablePointer<Int>
  ) { apus_radix_move_i32(a, b, count, UInt32(shift), offsets) }
  static func sortRuns(
    _ a: Elements, _ b: Elements, startingIn range: Range<Int>, _ count: Int, low: Int, cut: Int
  ) {
    apus_radix_runs_i32(
      a, b, range.lowerBound, range.upperBound, count, UInt32(low), UInt32(cut))
  }

  static var keyedBits: Range<Int> { 32..<64 }
  static var largestCount: Int { 1 << 32 }

  static func addPositions(
    _ keys: UnsafePointer<Self>, _ out: UnsafeMutablePointer<Int64>, _ count: Int
  ) { apus_sort_keyed_i32(keys, 0, out, count) }
  static func positions(
    of keyed: UnsafePointer<Int64>, _ out: UnsafeMutablePointer<Int64>, _ count: Int
  ) { apus_sort_positions_i32(keyed, out, count) }
  static func select(
    _ k: Int, of keys: UnsafePointer<Self>, _ count: Int, first: Int,
    _ out: UnsafeMutablePointer<Int64>, capacity: Int
  ) { apus_select_i32(keys, count, first, k, out, capacity) }
}

extension Int64: SortElement, SortKey {
  static func sort(_ a: Elements, _ b: Elements, _ count: Int) -> Elements {
    apus_sort_i64(a, b, count)
    return a
  }
  static func varying(_ a: Elements, _ count: Int) -> UInt64 { apus_radix_varying_i64(a, count) }
  static func count(_ a: Elements, _ count: Int, shift: Int, _ counts: UnsafeMutablePointer<Int>) {
    apus_radix_count_i64(a, count, UInt32(shift), counts)
  }
  static func move(
    _ a: Elements, to b: Elements, _ count: Int, shift: Int, _ offsets: UnsafeMutablePointer<Int>
  ) { apus_radix_move_i64(a, b, count, UInt32(shift), offsets) }
  static func sortRuns(
    _ a: Elements, _ b: Elements, startingIn range: Range<Int>, _ count: Int, low: Int, cut: Int
  ) {
    apus_radix_runs_i64(
      a, b, range.lowerBound, range.upperBound, count, UInt32(low), UInt32(cut))
  }

  static var keyedBits: Range<Int> { 0..<64 }
  static var largestCount: Int { .max }

  static func addPositions(
    _ keys: UnsafePointer<Self>, _ out: UnsafeMutablePointer<apus_keyed>, _ count: Int
  ) { apus_sort_keyed_i64(keys, 0, out, count) }
  static func positions(
    of keyed: UnsafePointer<apus_keyed>, _ out: UnsafeMutablePointer<Int64>, _ count: Int
  ) { apus_sort_positions_i64(keyed, out, count) }
  static func select(
    _ k: Int, of keys: UnsafePointer<Self>, _ count: Int, first: Int,
    _ out: UnsafeMutablePointer<apus_keyed>, capacity: Int
  ) { apus_select_i64(keys, count, first, k, out, capacity) }
}

extension apus_keyed: SortElement {
  static func sort(_ a: Elements, _ b: Elements, _ count: Int) -> Elements {
    apus_radix_sort_keyed(a, b, count, 0, 64)
  }
  static func varying(_ a: Elements, _ count: Int) -> UInt64 { apus_radix_varying_keyed(a, count) }
  static func count(_ a: Elements, _ count: Int, shift: Int, _ counts: UnsafeMutablePointer<Int>) {
    apus_radix_count_keyed(a, count, UInt32(shift), counts)
  }
  static func move(
    _ a: Elements, to b: Elements, _ count: Int, shift: Int, _ offsets: UnsafeMutablePointer<Int>
  ) { apus_radix_move_keyed(a, b, count, UInt32(shift), offsets) }
  static func sortRuns(
    _ a: Elements, _ b: Elements, startingIn range: Range<Int>, _ count: Int, low: Int, cut: Int
  ) {
    apus_radix_runs_keyed(
      a, b, range.lowerBound, range.upperBound, count, UInt32(low), UInt32(cut))
  }
}

/// A scalar with keys.
protocol SortableScalar: TensorScalar {
  associatedtype Key: SortKey
  /// The number of low bits of a key that may differ.
  static var keyBits: Int { get }
  /// Whether a comes before b in ascending order: NaN after every number.
  static func isOrdered(_ a: Self, before b: Self) -> Bool

  /// Sets the keys of elements; whether there is one that its key does not tell.
  static func makeKeys(
    _ x: UnsafeRawPointer, _ keys: UnsafeMutablePointer<Key>, _ count: Int, descending: Bool
  ) -> Bool
  static func values(
    of keys: UnsafePointer<Key>, _ out: UnsafeMutableRawPointer, _ count: Int, descending: Bool)
  /// Gives sorted elements that their keys did not tell their bits back, in the order of x.
  static func restore(
    from x: UnsafeRawPointer, step: Int, _ sorted: UnsafeMutableRawPointer, _ count: Int)
}

extension SortableScalar {
  static var keyBits: Int { 8 * MemoryLayout<Self>.stride }
  static func restore(
    from x: UnsafeRawPointer, step: Int, _ sorted: UnsafeMutableRawPointer, _ count: Int
  ) {}
}

extension SortableScalar where Self: FloatingPoint {
  @inline(__always)
  static func isOrdered(_ a: Self, before b: Self) -> Bool { a < b || (b.isNaN && !a.isNaN) }
}

extension SortableScalar where Self: FixedWidthInteger {
  @inline(__always)
  static func isOrdered(_ a: Self, before b: Self) -> Bool { a < b }
}

extension Float: SortableScalar {
  static func makeKeys(
    _ x: UnsafeRawPointer, _ keys: UnsafeMutablePointer<Int32>, _ count: Int, descending: Bool
  ) -> Bool { apus_sort_keys_f32(x, keys, count, descending) }
  static func values(
    of keys: UnsafePointer<Int32>, _ out: UnsafeMutableRawPointer, _ count: Int, descending: Bool
  ) { apus_sort_values_f32(keys, out, count, descending) }
  static func restore(
    from x: UnsafeRawPointer, step: Int, _ sorted: UnsafeMutableRawPointer, _ count: Int
  ) { apus_sort_restore_f32(x.bound(), step, sorted.bound(), count) }
}

extension Double: SortableScalar {
  static func makeKeys(
    _ x: UnsafeRawPointer, _ keys: UnsafeMutablePointer<Int64>, _ count: Int, descending: Bool
  ) -> Bool { apus_sort_keys_f64(x, keys, count, descending) }
  static func values(
    of keys: UnsafePointer<Int64>, _ out: UnsafeMutableRawPointer, _ count: Int, descending: Bool
  ) { apus_sort_values_f64(keys, out, count, descending) }
  static func restore(
    from x: UnsafeRawPointer, step: Int, _ sorted: UnsafeMutableRawPointer, _ count: Int
  ) { apus_sort_restore_f64(x.bound(), step, sorted.bound(), count) }
}

extension Int32: SortableScalar {
  static func makeKeys(
    _ x: UnsafeRawPointer, _ keys: UnsafeMutablePointer<Int32>, _ count: Int, descending: Bool
  ) -> Bool { apus_sort_keys_i32(x, keys, count, descending) }
  static func values(
    of keys: UnsafePointer<Int32>, _ out: UnsafeMutableRawPointer, _ count: Int, descending: Bool
  ) { apus_sort_values_i32(keys, out, count, descending) }
}

extension Int64: SortableScalar {
  static func makeKeys(
    _ x: UnsafeRawPointer, _ keys: UnsafeMutablePointer<Int64>, _ count: Int, descending: Bool
  ) -> Bool { apus_sort_keys_i64(x, keys, count, descending) }
  static func values(
    of keys: UnsafePointer<Int64>, _ out: UnsafeMutableRawPointer, _ count: Int, descending: Bool
  ) { apus_sort_values_i64(keys, out, count, descending) }
}

extension UInt8: SortableScalar {
  static func makeKeys(
    _ x: UnsafeRawPointer, _ keys: UnsafeMutablePointer<Int32>, _ count: Int, descending: Bool
  ) -> Bool { apus_sort_keys_u8(x, keys, count, descending) }
  static func values(
    of keys: UnsafePointer<Int32>, _ out: UnsafeMutableRawPointer, _ count: Int, descending: Bool
  ) { apus_sort_values_u8(keys, out, count, descending) }
}
