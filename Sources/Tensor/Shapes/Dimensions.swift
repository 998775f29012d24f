/// Up to eight integers stored inline: the extents of a shape, or the strides of a layout.
///
/// It never touches the heap, so that making, copying and comparing the shape of a tensor costs a
/// few instructions. `Array` would cost an allocation each time.
package struct Dimensions: Sendable, RandomAccessCollection, MutableCollection {
  /// The largest rank that a tensor can have.
  package static let capacity = 8

  private var elements: InlineArray<8, Int>
  package private(set) var count: Int

  package init() {
    elements = InlineArray(repeating: 0)
    count = 0
  }

  package init(repeating value: Int, count: Int) {
    elements = InlineArray(repeating: value)
    self.count = count
  }

  package init(_ values: some Collection<Int>) {
    self.init()
    for value in values { append(value) }
  }

  package var startIndex: Int { 0 }
  package var endIndex: Int { count }

  package subscript(index: Int) -> Int {
    get {
      assert(index >= 0 && index < count)
      return elements[index]
    }
    set {
      assert(index >= 0 && index < count)
      elements[index] = newValue
    }
  }

  package mutating func append(_ value: Int) {
    guard count < Self.capacity else {
      fatalError("Shape: a tensor has at most \(Self.capacity) axes, got more")
    }
    elements[count] = value
    count += 1
  }

  package mutating func insert(_ value: Int, at index: Int) {
    append(value)
    var position = count - 1
    while position > index {
      elements[position] = elements[position - 1]
      position -= 1
    }
    elements[index] = value
  }

  @discardableResult
  package mutating func remove(at index: Int) -> Int {
    let removed = self[index]
    for position in index..<(count - 1) { elements[position] = elements[position + 1] }
    count -= 1
    return removed
  }
}

extension Dimensions: Hashable {
  package static func == (left: Dimensions, right: Dimensions) -> Bool {
    guard left.count == right.count else { return false }
    for index in 0..<left.count where left.elements[index] != right.elements[index] {
      return false
    }
    return true
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(count)
    for index in 0..<count { hasher.combine(elements[index]) }
  }
}
