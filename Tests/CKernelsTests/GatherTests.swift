import CKernels
import Testing

extension CKernelsTests {
  @Suite struct GatherTests {
    @Test func positionsAreCountedFromTheFront() {
      let extent: Int64 = 7
      let inside: [Int64] = (0..<76).map { $0 * 5 % 14 - 7 }
      for n in 0...70 {
        for wrong: Int64? in [nil, 7, -8, .max, .min, Int64(Int32.min)] {
          var indices = Array(inside[..<n])
          if let wrong, n > 0 { indices[n / 2] = wrong }
          let isInside = wrong == nil || n == 0
          let expected = indices.map {
            (-extent..<extent).contains($0) ? ($0 + extent) % extent : 0
          }
          var out = [Int64](repeating: 99, count: n + 1)
          #expect(apus_positions_i64(indices, extent, &out, n) == isInside)
          #expect(out == expected + [99])
          #expect(apus_all_below(expected, extent, n))
          #expect(apus_all_below(indices, extent, n) == indices.allSatisfy { (0..<7).contains($0) })
          if let wrong, Int32(exactly: wrong) == nil { continue }
          var narrow = [Int64](repeating: 99, count: n + 1)
          #expect(apus_positions_i32(indices.map { Int32($0) }, extent, &narrow, n) == isInside)
          #expect(narrow == expected + [99])
        }
      }
    }

    @Test func blocksAreAddedInOrder() {
      for n in [0, 1, 2, 33] {
        let positions = (0..<n).map { Int64($0 * 5 % 3) }
        for width in 0...20 {
          let block = width + 2
          func check<T: FixedWidthInteger>(
            _: T.Type,
            _ add: (UnsafePointer<Int64>, UnsafePointer<T>, UnsafeMutablePointer<T>, Int, Int, Int)
              -> Void
          ) {
            let source = (0..<max(1, n) * block).map { T(truncatingIfNeeded: $0 &* 77) }
            let before = (0..<3 * block).map { T(truncatingIfNeeded: $0 &* 991) }
            var (expected, target) = (before, before)
            for i in 0..<n {
              for j in 0..<width {
                expected[Int(positions[i]) * block + j] &+= source[i * block + j]
              }
            }
            add(positions, source, &target, block, width, n)
            #expect(target == expected)
          }
          check(UInt8.self, apus_index_add_u8)
          check(UInt32.self, apus_index_add_u32)
          check(UInt64.self, apus_index_add_u64)
        }
      }
      let source: [Float] = [1e8, 1, -1e8]
      var sum: Float = 0
      apus_index_add_f32([0, 0, 0], source, &sum, 1, 1, 3)
      #expect(sum == 0)  // 1e8 + 1 rounds the 1 away: one after another.
      var wide = 0.5
      apus_index_add_f64([0, 0, 0], source.map(Double.init), &wide, 1, 1, 3)
      #expect(wide == 1.5)
    }

    @Test func blocksOfEverySize() {
      let source = (0..<4_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      for size in [1, 3, 4, 8, 12, 16] {
        for (step, stride) in [(0, 1), (1, 0), (1, 3), (-1, 2), (2, -1)] {
          for n in [0, 1, 2, 7, 33] {
            let positions = (0..<n).map { Int64($0 * 5 % 11) }
            let middle = 1_600 / size
            var out = [UInt8](repeating: 9, count: (n + 1) * size)
            source.withUnsafeBytes {
              let base = $0.baseAddress! + middle * size
              #expect(apus_gather(size, base, step, stride, positions, 11, &out, n))
              // A position out of range is told, and not followed.
              var ignored = out
              let wrong = positions.map { $0 == 5 ? $0 + (1 << 40) : $0 }
              let isInside = apus_gather(size, base, step, stride, wrong, 11, &ignored, n)
              #expect(isInside == (wrong == positions))
            }
            let expected = (0..<n).flatMap { i in
              let block = middle + i * step + Int(positions[i]) * stride
              return source[block * size..<(block + 1) * size]
            }
            #expect(out == expected + [UInt8](repeating: 9, count: size), "\(size) \(n) \(step)")
          }
        }
      }
    }
  }
}
