import CKernels

/// A contiguous tensor seen as [outer, extent, inner] around an axis: outer · inner lines.
struct Lines {
  let outer: Int
  let extent: Int
  let inner: Int

  init(_ shape: Shape, axis: Int) {
    outer = shape.dimensions[..<axis].reduce(1, *)
    extent = shape.dimensions[axis]
    inner = shape.dimensions[(axis + 1)...].reduce(1, *)
  }

  var count: Int { outer * inner }

  /// A line of at least this many elements is sorted by all threads; elements of a piece of it.
  static let longExtent = 131_072
  static let piece = 65_536

  /// Whether lines are better sorted one after another, each by all threads.
  var areLong: Bool { extent >= Self.longExtent && count < 8 }

  /// Neighbouring lines that are gathered together: a cache line has elements of all of them.
  private static let width = 16
  private static let grain = 16_384

  /// Calls `body` with blocks of neighbouring lines, on all threads unless the lines are long.
  ///
  /// `offset` is the place of the first element; elements are `inner` apart, lines 1, or `extent`
  /// where `inner` is 1.
  func forEachBlock(_ body: (_ lines: Range<Int>, _ offset: Int) -> Void) {
    let fitting = max(1, Self.grain / max(1, extent))
    if inner == 1 {
      let grain = areLong ? outer : fitting
      ThreadPool.forEachRange(of: outer, grain: grain) { lines in
        body(lines, lines.lowerBound * extent)
      }
      return
    }
    let width = min(inner, max(Self.width, fitting))
    let blocks = (inner + width - 1) / width
    ThreadPool.forEachRange(of: outer * blocks, grain: areLong ? outer * blocks : 1) { range in
      for block in range {
        let (row, column) = (block / blocks, block % blocks * width)
        let first = row * inner + column
        body(first..<first + min(width, inner - column), row * extent * inner + column)
      }
    }
  }

  /// Strides of a block's lines and elements, where they are in the tensor and where they are packed.
  var strides: (inTensor: Dimensions, packed: Dimensions) {
    var inTensor = Dimensions()
    inTensor.append(inner == 1 ? extent : 1)
    inTensor.append(inner)
    var packed = Dimensions()
    packed.append(extent)
    packed.append(1)
    return (inTensor, packed)
  }

  /// Copies a block of lines from or to its packed form.
  func copy(
    _ lines: Int, byteCount: Int, from source: UnsafeRawPointer, _ sourceStrides: Dimensions,
    to target: UnsafeMutableRawPointer, _ targetStrides: Dimensions
  ) {
    var extents = Dimensions()
    extents.append(lines)
    extents.append(extent)
    StridedCopy.run(
      byteCount: byteCount, shape: Shape(dimensions: extents), from: source,
      strides: sourceStrides, to: target, strides: targetStrides)
  }
}

/// Sorts the lines of tensors of one scalar type.
enum Sorting<Scalar: SortableScalar> {
  typealias Key = Scalar.Key
  typealias Keyed = Scalar.Key.Keyed

  /// The elements of each line in order.
  static func sort(
    _ x: UnsafeRawPointer, _ lines: Lines, descending: Bool, to result: UnsafeMutableRawPointer
  ) {
    let size = MemoryLayout<Scalar>.stride
    let total = lines.count * lines.extent
    let strides = lines.strides
    let isPacked = lines.inner == 1
    let gathered = isPacked ? nil : Storage(byteCount: total * size)
    // Keys are made in the result where they fit there.
    let keysFit = isPacked && MemoryLayout<Key>.stride == size
    let keys = keysFit ? nil : Storage(byteCount: total * MemoryLayout<Key>.stride)
    lines.forEachBlock { block, offset in
      let start = block.lowerBound * lines.extent
      var source = x + offset * size
      if let gathered {
        let packed = gathered.pointer + start * size
        lines.copy(
          block.count, byteCount: size, from: source, strides.inTensor, to: packed, strides.packed)
        source = UnsafeRawPointer(packed)
      }
      let scratch = Storage(byteCount: lines.extent * MemoryLayout<Key>.stride)
      sortBlock(
        source, block.count, lines,
        ((keys.map { $0.pointer } ?? result) + start * MemoryLayout<Key>.stride).bound(),
        scratch.pointer.bound(), descending,
        to: (gathered.map { $0.pointer } ?? result) + start * size,
        originals: x + offset * size, apart: isPacked ? lines.extent : 1)
      if gathered != nil {
        lines.copy(
          block.count, byteCount: size, from: source, strides.packed, to: result + offset * size,
          strides.inTensor)
      }
    }
  }

  /// Sorts packed lines. The first elements of the original lines are `apart`.
  private static func sortBlock(
    _ x: UnsafeRawPointer, _ count: Int, _ lines: Lines, _ keys: UnsafeMutablePointer<Key>,
    _ scratch: UnsafeMutablePointer<Key>, _ descending: Bool, to out: UnsafeMutableRawPointer,
    originals: UnsafeRawPointer, apart: Int
  ) {
    let size = MemoryLayout<Scalar>.stride
    // Short lines have their keys made together, and long ones by all threads.
    let step = lines.areLong ? 1 : count
    for line in stride(from: 0, to: count, by: step) {
      let place = line * lines.extent
      let keys = keys + place
      let isOpaque = makeKeys(x + place * size, keys, step, lines, descending)
      if lines.areLong {
        let sorted = sort(keys, scratch, lines, bits: 0..<Scalar.keyBits)
        forEachPart(lines) { part in
          Scalar.values(
            of: sorted + part.lowerBound, out + (place + part.lowerBound) * size, part.count,
            descending: descending)
        }
      } else {
        for line in 0..<count {
          _ = Key.sort(keys + line * lines.extent, scratch, lines.extent)
        }
        Scalar.values(of: keys, out, count * lines.extent, descending: descending)
      }
      guard isOpaque else { continue }
      for line in line..<line + step {
        Scalar.restore(
          from: originals + line * apart * size, step: lines.inner,
          out + line * lines.extent * size, lines.extent)
      }
    }
  }

  /// The positions of each line's elements in their order.
  static func argsort(
    _ x: UnsafeRawPointer, _ lines: Lines, descending: Bool, to result: UnsafeMutablePointer<Int64>
  ) {
    let size = MemoryLayout<Scalar>.stride
    let total = lines.count * lines.extent
    let strides = lines.strides
    let isPacked = lines.inner == 1
    let gathered = isPacked ? nil : Storage(byteCount: total * 8)
    let fits = isPacked && MemoryLayout<Keyed>.stride == 8
    let first = fits ? nil : Storage(byteCount: total * MemoryLayout<Keyed>.stride)
    lines.forEachBlock { block, offset in
      let start = block.lowerBound * lines.extent
      var source = x + offset * size
      if let gathered {
        let packed = gathered.pointer + start * 8
        lines.copy(
          block.count, byteCount: size, from: source, strides.inTensor, to: packed, strides.packed)
        source = UnsafeRawPointer(packed)
      }
      let keyed = first.map { $0.pointer } ?? UnsafeMutableRawPointer(result)
      let scratch = Storage(byteCount: lines.extent * MemoryLayout<Keyed>.stride)
      for line in 0..<block.count {
        let place = (start + line * lines.extent) * MemoryLayout<Keyed>.stride
        let a: UnsafeMutablePointer<Keyed> = (keyed + place).bound()
        let b: UnsafeMutablePointer<Keyed> = scratch.pointer.bound()
        // The keys alone are smaller, and the scratch is free as yet.
        let keys = UnsafeMutableRawPointer(b).assumingMemoryBound(to: Key.self)
        _ = makeKeys(source + line * lines.extent * size, keys, 1, lines, descending)
        Key.addPositions(keys, a, lines.extent)
        let sorted = sort(a, b, lines, bits: Key.keyedBits)
        if gathered == nil {
          Key.positions(of: sorted, result + start + line * lines.extent, lines.extent)
        } else if sorted != a {
          a.update(from: sorted, count: lines.extent)
        }
      }
      if let gathered {
        // All lines have been read, so that the gathered block can hold the positions.
        let positions: UnsafeMutablePointer<Int64> = (gathered.pointer + start * 8).bound()
        let sorted = (keyed + start * MemoryLayout<Keyed>.stride).assumingMemoryBound(
          to: Keyed.self)
        Key.positions(of: sorted, positions, block.count * lines.extent)
        lines.copy(
          block.count, byteCount: 8, from: positions, strides.packed, to: result + offset,
          strides.inTensor)
      }
    }
  }

  /// The positions of the k first elements of each line in their order, for k well below the extent.
  static func select(
    _ k: Int, _ x: UnsafeRawPointer, _ lines: Lines, descending: Bool,
    to result: UnsafeMutablePointer<Int64>
  ) {
    let extent = lines.extent
    let capacity = 2 * k + 64
    // Each part of a long line gives its own k candidates.
    let length = lines.areLong ? max(Lines.piece, 8 * k) : extent
    let parts = (extent + length - 1) / length
    let keys = Storage(byteCount: lines.count * extent * MemoryLayout<Key>.stride)
    let keyedSize = MemoryLayout<Keyed>.stride
    let candidates = Storage(byteCount: lines.count * parts * capacity * keyedSize)
    let second = Storage(byteCount: lines.count * parts * k * keyedSize)
    let step = MemoryLayout<Scalar>.stride
    lines.forEachBlock { block, offset in
      for line in 0..<block.count {
        let number = block.lowerBound + line
        let keys: UnsafeMutablePointer<Key> =
          (keys.pointer + number * extent * MemoryLayout<Key>.stride).bound()
        let found: UnsafeMutablePointer<Keyed> =
          (candidates.pointer + number * parts * capacity * keyedSize).bound()
        let other: UnsafeMutablePointer<Keyed> =
          (second.pointer + number * parts * k * keyedSize).bound()
        _ = makeKeys(x + (offset + line * extent) * step, keys, 1, lines, descending)
        ThreadPool.forEachPiece(parts) { part in
          let start = part * length
          let count = min(length, extent - start)
          Key.select(
            min(k, count), of: keys + start, count, first: start, found + part * capacity,
            capacity: capacity)
        }
        // The candidates one after another, so that equal ones stay in the order of their positions.
        var count = 0
        for part in 0..<parts {
          let size = min(k, extent - part * length)
          if part > 0 { (found + count).update(from: found + part * capacity, count: size) }
          count += size
        }
        let sorted = Keyed.sort(found, other, count)
        Key.positions(of: sorted, result + number * k, k)
      }
    }
  }

  /// The keys of packed lines, or of a long one by all threads.
  private static func makeKeys(
    _ x: UnsafeRawPointer, _ keys: UnsafeMutablePointer<Key>, _ count: Int, _ lines: Lines,
    _ descending: Bool
  ) -> Bool {
    if !lines.areLong {
      return Scalar.makeKeys(x, keys, count * lines.extent, descending: descending)
    }
    let parts = (lines.extent + Lines.piece - 1) / Lines.piece
    return withUnsafeTemporaryAllocation(of: Bool.self, capacity: parts) { isOpaque in
      forEachPart(lines) { part in
        let opaque = Scalar.makeKeys(
          x + part.lowerBound * MemoryLayout<Scalar>.stride, keys + part.lowerBound, part.count,
          descending: descending)
        (isOpaque.baseAddress! + part.lowerBound / Lines.piece).initialize(to: opaque)
      }
      return isOpaque.contains(true)
    }
  }

  private static func forEachPart(_ lines: Lines, _ body: (Range<Int>) -> Void) {
    ThreadPool.forEachRange(
      of: lines.extent, grain: lines.areLong ? Lines.piece : Swift.max(1, lines.extent), body)
  }

  /// Sorts a line stably, by all threads if it is long: what comes first does not hang on the parts.
  private static func sort<Element: SortElement>(
    _ a: UnsafeMutablePointer<Element>, _ b: UnsafeMutablePointer<Element>, _ lines: Lines,
    bits: Range<Int>
  ) -> UnsafeMutablePointer<Element> {
    let count = lines.extent
    guard lines.areLong else { return Element.sort(a, b, count) }
    let parts = (count + Lines.piece - 1) / Lines.piece
    let tables = Storage(byteCount: parts * 256 * MemoryLayout<Int>.stride)
    let table: UnsafeMutablePointer<Int> = tables.pointer.bound()
    let varying = Element.varying(a, count)
    let cut = Int(
      apus_radix_cut(varying, count, UInt32(bits.lowerBound), UInt32(bits.upperBound)))
    var (a, b) = (a, b)
    for shift in stride(from: cut, to: bits.upperBound, by: 8) where varying >> shift & 255 != 0 {
      forEachPart(lines) { part in
        let counts = table + part.lowerBound / Lines.piece * 256
        Element.count(a + part.lowerBound, part.count, shift: shift, counts)
      }
      // Where the elements of each part with each value go: by value, then by part.
      var start = 0
      for value in 0..<256 {
        for part in 0..<parts {
          let size = table[part * 256 + value]
          table[part * 256 + value] = start
          start += size
        }
      }
      let (from, to) = (a, b)
      forEachPart(lines) { part in
        let offsets = table + part.lowerBound / Lines.piece * 256
        Element.move(from + part.lowerBound, to: to, part.count, shift: shift, offsets)
      }
      swap(&a, &b)
    }
    if cut > bits.lowerBound {
      forEachPart(lines) { part in
        Element.sortRuns(a, b, startingIn: part, count, low: bits.lowerBound, cut: cut)
      }
    }
    withExtendedLifetime(tables) {}
    return a
  }
}
