import CKernels
import Testing

extension CKernelsTests {
  struct SortTests {
    @Test func keysKeepTheOrder() {
      let ascending: [Float] = [
        -.infinity, -.greatestFiniteMagnitude, -1, -.leastNormalMagnitude, -.leastNonzeroMagnitude,
        0, .leastNonzeroMagnitude, .leastNormalMagnitude, 1, .greatestFiniteMagnitude, .infinity,
        .nan,
      ]
      let doubles: [Double] = [
        -.infinity, -.greatestFiniteMagnitude, -1, -.leastNormalMagnitude, -.leastNonzeroMagnitude,
        0, .leastNonzeroMagnitude, .leastNormalMagnitude, 1, .greatestFiniteMagnitude, .infinity,
        .nan,
      ]
      for descending in [false, true] {
        var keys = [Int32](repeating: 0, count: ascending.count)
        #expect(apus_sort_keys_f32(ascending, &keys, keys.count, descending))
        #expect(descending ? isFalling(keys) : isFalling(keys.reversed()))
        var wide = [Int64](repeating: 0, count: doubles.count)
        #expect(apus_sort_keys_f64(doubles, &wide, wide.count, descending))
        #expect(descending ? isFalling(wide) : isFalling(wide.reversed()))
        // What is no NaN comes back.
        var floats = [Float](repeating: 0, count: ascending.count)
        apus_sort_values_f32(keys, &floats, keys.count, descending)
        #expect(floats.dropLast() == ascending.dropLast() && floats.last!.isNaN)
        var back = [Double](repeating: 0, count: doubles.count)
        apus_sort_values_f64(wide, &back, wide.count, descending)
        #expect(back.dropLast() == doubles.dropLast() && back.last!.isNaN)
      }
      var keys: [Int32] = [0, 0]
      #expect(!apus_sort_keys_f32([0, 1] as [Float], &keys, 2, false))
      #expect(apus_sort_keys_f32([0, -0.0] as [Float], &keys, 2, false) && keys[0] == keys[1])
      #expect(
        apus_sort_keys_f32([.nan, -.nan] as [Float], &keys, 2, true) && keys == [.min, .min])
    }

    private func isFalling<Key: Comparable>(_ keys: [Key]) -> Bool {
      zip(keys, keys.dropFirst()).allSatisfy { $0 > $1 }
    }

    @Test func integersComeBack() {
      let ints: [Int32] = [.min, -1, 0, 1, .max]
      let longs: [Int64] = [.min, -1, 0, 1, .max]
      let bytes: [UInt8] = [0, 1, 127, 128, 255]
      for descending in [false, true] {
        var keys = [Int32](repeating: 0, count: 5)
        var wide = [Int64](repeating: 0, count: 5)
        _ = apus_sort_keys_i32(ints, &keys, 5, descending)
        #expect(isFalling(descending ? keys : keys.reversed()))
        var a = [Int32](repeating: 7, count: 5)
        apus_sort_values_i32(keys, &a, 5, descending)
        _ = apus_sort_keys_u8(bytes, &keys, 5, descending)
        #expect(isFalling(descending ? keys : keys.reversed()) && keys.allSatisfy { 0..<256 ~= $0 })
        var b = [UInt8](repeating: 7, count: 5)
        apus_sort_values_u8(keys, &b, 5, descending)
        _ = apus_sort_keys_i64(longs, &wide, 5, descending)
        #expect(isFalling(descending ? wide : wide.reversed()))
        var c = [Int64](repeating: 7, count: 5)
        apus_sort_values_i64(wide, &c, 5, descending)
        #expect(a == ints && b == bytes && c == longs)
      }
    }

    /// Keys that differ in some bytes only, so that every choice of passes comes up.
    private func keys(_ count: Int, _ mask: UInt64, _ random: inout SplitMix) -> [Int64] {
      (0..<count).map { _ in Int64(bitPattern: random.next() & mask) }
    }

    @Test func radixSortsAreStable() {
      var random = SplitMix(state: 3)
      for count in Array(0...70) + [255, 1_023, 1_025, 17_000] {
        for mask in [UInt64.max, 0xff00, 0xffff_ffff_00ff_0000, 0x3000_0000_0000_0001, 0] {
          let wide = keys(count, mask, &random)
          let order = wide.indices.sorted { (wide[$0], $0) < (wide[$1], $1) }
          var (a, b) = (wide.enumerated().map { keyed($1, $0) }, [apus_keyed](zeros: count))
          let sorted = a.withUnsafeMutableBufferPointer { a in
            b.withUnsafeMutableBufferPointer { b in
              Array(
                UnsafeBufferPointer(
                  start: apus_radix_sort_keyed(a.baseAddress, b.baseAddress, count, 0, 64),
                  count: count))
            }
          }
          #expect(sorted.map { Int($0.position) } == order, "\(count) \(mask)")
          // The same through halves with their positions, and through keys alone.
          let narrow = wide.map { Int32(truncatingIfNeeded: $0 ^ $0 >> 32) }
          var packed = [Int64](repeating: 0, count: count)
          var other = packed
          apus_sort_keyed_i32(narrow, 0, &packed, count)
          let low = narrow.indices.sorted { (narrow[$0], $0) < (narrow[$1], $1) }
          let halves = sortedArray(&packed, &other) { apus_radix_sort_i64($0, $1, count, 32, 64) }
          #expect(halves.map { Int($0 & 0xffff_ffff) } == low, "\(count) \(mask)")
          var (c, d) = (narrow, narrow)
          #expect(
            sortedArray(&c, &d) { apus_radix_sort_i32($0, $1, count, 0, 32) } == narrow.sorted())
        }
      }
    }

    private func keyed(_ key: Int64, _ position: Int) -> apus_keyed {
      apus_keyed(key: key, position: UInt64(position))
    }

    private func sortedArray<Key>(
      _ a: inout [Key], _ b: inout [Key],
      _ sort: (UnsafeMutablePointer<Key>?, UnsafeMutablePointer<Key>?) -> UnsafeMutablePointer<Key>?
    ) -> [Key] {
      a.withUnsafeMutableBufferPointer { a in
        b.withUnsafeMutableBufferPointer { b in
          Array(
            UnsafeBufferPointer(start: sort(a.baseAddress, b.baseAddress), count: a.count))
        }
      }
    }

    /// Keys of one kind: in what order, and how many distinct ones.
    private static func patterns<Key: FixedWidthInteger>(
      _ count: Int, _ random: inout SplitMix
    ) -> [(String, [Key])] {
      let few: [Key] = [.min, -1, 0, .max]
      func drawn(_ bits: UInt64) -> Key { Key(truncatingIfNeeded: Int64(bitPattern: bits)) }
      let any = (0..<count).map { _ in drawn(random.next()) }
      return [
        ("random", any), ("sorted", any.sorted()), ("reversed", any.sorted().reversed()),
        ("equal", [Key](repeating: 7, count: count)),
        ("smallest", [Key](repeating: .min, count: count)),
        ("largest", [Key](repeating: .max, count: count)),
        ("few", (0..<count).map { _ in few[Int(random.next() % 4)] }),
        ("many of one", (0..<count).map { $0 % 3 == 0 ? any[$0] : 5 }),
        ("small", (0..<count).map { _ in drawn(random.next() % 50) }),
        ("rising and falling", (0..<count).map { Key(min($0, count - $0)) }),
        ("one out of place", (0..<count).map { Key($0 == count / 2 ? 0 : $0) }),
        ("against the samples", againstSamples(count)),
      ]
    }

    /// Keys of which the samples for the pivot are the smallest whenever some are taken: the pivot
    /// then divides nothing, until the sort gives comparing up. The model of the partition is that of
    /// AVX2: by vectors, what is above the pivot from the end of its part backwards.
    private static func againstSamples<Key: FixedWidthInteger>(_ count: Int) -> [Key] {
      let lanes = 256 / Key.bitWidth
      var keys = [Key](repeating: .max, count: count)
      var places = Array(0..<count)
      var next: Key = 0
      while places.count > 32 * lanes {
        let samples = (places.count < 1_024 ? 2 : 8) * lanes
        let step = places.count / samples
        for sample in 0..<samples where keys[places[sample * step + step / 2]] == .max {
          keys[places[sample * step + step / 2]] = next
          next += 1
        }
        let pivot = (0..<samples).map { keys[places[$0 * step + step / 2]] }.sorted()[
          samples / 2 - 1]
        var above: [[Int]] = []
        var start = 0
        while start < places.count {
          let length = start + lanes <= places.count ? lanes : 1
          above.append(places[start..<start + length].filter { keys[$0] > pivot })
          start += length
        }
        places = above.reversed().flatMap { $0 }
      }
      return keys
    }

    @Test func sortsAreSorts() {
      withEachInstructionSet { isa in
        var random = SplitMix(state: 5)
        // Around a vector, the networks of AVX2 and of AVX-512, and the two numbers of samples.
        let lengths =
          Array(0...70) + [
            127, 128, 129, 191, 255, 256, 257, 300, 511, 512, 513, 1_023, 1_025, 5_000,
          ]
        for count in lengths {
          func check<Key: FixedWidthInteger>(
            _: Key.Type,
            _ sort: (UnsafeMutablePointer<Key>?, UnsafeMutablePointer<Key>?, Int) -> Void
          ) {
            let patterns: [(String, [Key])] = Self.patterns(count, &random)
            for (name, keys) in patterns {
              // Kept between two others, at a place that is no multiple of a vector.
              var a = [9] + keys + [9]
              var b = [Key](repeating: 8, count: count + 2)
              a.withUnsafeMutableBufferPointer { a in
                b.withUnsafeMutableBufferPointer { b in
                  sort(a.baseAddress! + 1, b.baseAddress! + 1, count)
                }
              }
              #expect(a == [9] + keys.sorted() + [9], "\(isa) \(Key.self) \(count), \(name)")
              #expect(b.first == 8 && b.last == 8, "\(isa) \(Key.self) \(count), \(name)")
            }
          }
          check(Int32.self) { apus_sort_i32($0, $1, $2) }
          check(Int64.self) { apus_sort_i64($0, $1, $2) }
        }
      }
    }

    @Test func selectionIsTheStartOfTheOrder() {
      var random = SplitMix(state: 4)
      for count in [1, 2, 31, 32, 33, 64, 70, 500] {
        for k in [1, 2, 7, 60] where k <= count {
          for mask: UInt64 in [.max, 3] {
            let wide = keys(count, mask, &random)
            let order = wide.indices.sorted { (wide[$0], $0) < (wide[$1], $1) }
            let expected = order.prefix(k).sorted()
            for capacity in [k + 1, 2 * k + 3, count + 1] {
              var out = [apus_keyed](zeros: max(capacity, k))
              apus_select_i64(wide, count, 1_000, k, &out, capacity)
              #expect(out.prefix(k).map { Int($0.position) - 1_000 } == expected)
              let narrow = wide.map { Int32(truncatingIfNeeded: $0) }
              let low = narrow.indices.sorted { (narrow[$0], $0) < (narrow[$1], $1) }
              var packed = [Int64](repeating: 0, count: max(capacity, k))
              apus_select_i32(narrow, count, 5, k, &packed, capacity)
              #expect(packed.prefix(k).map { Int($0 & 0xffff_ffff) - 5 } == low.prefix(k).sorted())
            }
          }
        }
      }
    }
  }
}

extension [apus_keyed] {
  fileprivate init(zeros count: Int) { self.init(repeating: apus_keyed(), count: count) }
}
