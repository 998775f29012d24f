/// Up to eight integers stored inline: the extents of a shape, or the strides of a layout.
///
/// Those that fit in 32 bits never touch the heap, so that making, copying and comparing the shape of a tensor costs a
/// few instructions. `Array` would cost an allocation each time. Nearly all extents and strides do, and a
/// tensor takes 104 bytes, which are copied in place: of 168 bytes, with 64 bits for
/// each, every copy was a call of the C library, a fifth of the instructions of a training step of
/// 784-64-64-10 beside its kernels. Where one does not fit, `WideDimensions` keeps all of them.
package struct Dimensions: Sendable, RandomAccessCollection, MutableCollection {
  /// The largest rank that a tensor can have.
  package static let capacity = 8

  /// The integers, or the place of all of them in `WideDimensions` as the first of these.
  private var elements: InlineArray<8, Int32>
  private var length: UInt8 = 0
  private var isWide = false

  package init() {
    elements = InlineArray(repeating: 0)
  }

  package init(repeating value: Int, count: Int) {
    elements = InlineArray(repeating: Int32(truncatingIfNeeded: value))
    length = UInt8(count)
    if Int(elements[0]) != value { widen { $0 = InlineArray(repeating: value) } }
  }

  package init(_ values: some Collection<Int>) {
    self.init()
    for value in values { append(value) }
  }

  package var count: Int { Int(length) }
  package var startIndex: Int { 0 }
  package var endIndex: Int { count }

  package subscript(index: Int) -> Int {
    @inline(__always) get {
      assert(index >= 0 && index < count)
      return isWide ? wideElement(index) : Int(elements[index])
    }
    set {
      assert(index >= 0 && index < count)
      let short = Int32(truncatingIfNeeded: newValue)
      if isWide || Int(short) != newValue {
        widen { $0[index] = newValue }
      } else {
        elements[index] = short
      }
    }
  }

  @inline(never)
  private func wideElement(_ index: Int) -> Int { wide[index] }

  /// All eight places.
  private var wide: InlineArray<8, Int> {
    if isWide { return WideDimensions.row(Int(elements[0])) }
    var result = InlineArray<8, Int>(repeating: 0)
    for place in 0..<count { result[place] = Int(elements[place]) }
    return result
  }

  /// Changes the integers where one may not fit.
  @inline(never)
  private mutating func widen(_ change: (inout InlineArray<8, Int>) -> Void) {
    var row = wide
    change(&row)
    elements[0] = WideDimensions.place(of: row)
    isWide = true
  }

  package mutating func swapAt(_ first: Int, _ second: Int) {
    let value = self[first]
    self[first] = self[second]
    self[second] = value
  }

  package mutating func append(_ value: Int) {
    guard count < Self.capacity else {
      fatalError("Shape: a tensor has at most \(Self.capacity) axes, got more")
    }
    length += 1
    self[count - 1] = value
  }

  package mutating func insert(_ value: Int, at index: Int) {
    append(value)
    var position = count - 1
    while position > index {
      self[position] = self[position - 1]
      position -= 1
    }
    self[index] = value
  }

  @discardableResult
  package mutating func remove(at index: Int) -> Int {
    let removed = self[index]
    for position in index..<(count - 1) { self[position] = self[position + 1] }
    length -= 1
    return removed
  }
}

extension Dimensions: Hashable {
  package static func == (left: Dimensions, right: Dimensions) -> Bool {
    guard left.length == right.length else { return false }
    for index in 0..<left.count where left[index] != right[index] { return false }
    return true
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(count)
    for index in 0..<count { hasher.combine(self[index]) }
  }
}

/// Dimensions of which one needs more than 32 bits, each once and for as long as the program runs, also
/// those on the way to others: of tensors of more than two thousand million elements, or views that
/// repeat some as often. 200 bytes each are little beside what most of them describe.
private enum WideDimensions {
  private struct Table {
    var rows: [InlineArray<8, Int>] = []
    var places: [[Int]: Int32] = [:]
  }

  private static let table = SpinLocked(Table())

  static func row(_ place: Int) -> InlineArray<8, Int> { table.withLock { $0.rows[place] } }

  static func place(of row: InlineArray<8, Int>) -> Int32 {
    table.withLock { table in
      let key = row.indices.map { row[$0] }
      if let place = table.places[key] { return place }
      let place = Int32(table.rows.count)
      table.rows.append(row)
      table.places[key] = place
      return place
    }
  }
}
