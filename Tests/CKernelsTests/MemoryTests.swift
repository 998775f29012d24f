import CKernels
import Testing

extension CKernelsTests {
  @Suite struct MemoryTests {
    typealias Fill = (UnsafeMutableRawPointer?, UnsafeRawPointer?, Int) -> Void
    typealias Copy = (
      UnsafeRawPointer?, Int, Int, UnsafeMutableRawPointer?, Int, Int, Int, Int
    ) -> Void

    @Test func fill() {
      func check<T: FixedWidthInteger>(_: T.Type, _ fill: Fill) {
        for n in 0...70 {
          for start in 1...4 {
            var dst = [T](repeating: 1, count: n + 8)
            withUnsafePointer(to: T.max - 5) { value in
              dst.withUnsafeMutableBufferPointer { fill($0.baseAddress! + start, value, n) }
            }
            #expect(dst[..<start].allSatisfy { $0 == 1 })
            #expect(dst[start..<start + n].allSatisfy { $0 == T.max - 5 })
            #expect(dst[(start + n)...].allSatisfy { $0 == 1 })
          }
        }
      }
      check(UInt8.self, apus_fill_1)
      check(Int32.self, apus_fill_4)
      check(Int64.self, apus_fill_8)
    }

    @Test func copy2D() {
      func check<T: FixedWidthInteger>(_: T.Type, _ copy: Copy) {
        let shapes = [(0, 5), (5, 0), (1, 1), (3, 5), (8, 8), (9, 7), (33, 65), (70, 34)]
        let source = (0..<20_000).map { T(truncatingIfNeeded: $0 &* 31) }
        for (m, n) in shapes {
          let (rows, columns) = (m + 1, n + 1)
          let sourceStrides = [
            (columns, 1), (1, rows), (-columns, 1), (1, -rows), (columns, -1), (0, 1), (1, 0),
            (0, 0), (2 * columns, 2), (columns, 0), (0, -2),
          ]
          let targetStrides = [
            (columns, 1), (1, rows), (-columns, -1), (-1, -rows), (3 * columns, 3), (columns, -1),
          ]
          for (sr, sc) in sourceStrides {
            for (dr, dc) in targetStrides {
              var target = [T](repeating: 1, count: 20_000)
              var expected = target
              for r in 0..<m {
                for c in 0..<n {
                  expected[10_000 + r * dr + c * dc] = source[10_000 + r * sr + c * sc]
                }
              }
              source.withUnsafeBufferPointer { source in
                target.withUnsafeMutableBufferPointer {
                  copy(
                    source.baseAddress! + 10_000, sr, sc, $0.baseAddress! + 10_000, dr, dc, m, n)
                }
              }
              #expect(target == expected, "\(m) x \(n), (\(sr), \(sc)) to (\(dr), \(dc))")
            }
          }
        }
      }
      check(UInt8.self, apus_copy_2d_1)
      check(Int32.self, apus_copy_2d_4)
      check(Int64.self, apus_copy_2d_8)
    }

    @Test func bytesToFloats() {
      func check<T: KernelFloat>(_: T.Type) {
        let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let scale: T = 1 / 255
        withEachInstructionSet { isa in
          for n in Array(0...70) + [256] {
            for start in 0...3 {
              var out = [T](repeating: 77, count: n + 2)
              bytes.withUnsafeBufferPointer { bytes in
                out.withUnsafeMutableBufferPointer {
                  T.fromBytes(bytes.baseAddress! + start, scale, -0.5, $0.baseAddress! + 1, n)
                }
              }
              #expect(out[0] == 77 && out[n + 1] == 77)
              for i in 0..<n {
                let exact = Double(scale) * Double(bytes[start + i]) - 0.5
                #expect(isNear(out[i + 1], exact, 2 * Double(T.ulpOfOne)), "\(isa)")
              }
            }
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }
  }

  @Suite struct InstructionSetTests {
    @Test func selection() {
      let active = apus_isa_active()
      defer { #expect(apus_isa_select(active)) }
      for isa in [APUS_ISA_BASELINE, APUS_ISA_AVX2, APUS_ISA_AVX512] {
        let has = isa.rawValue <= apus_isa_best().rawValue
        let before = apus_isa_active()
        #expect(apus_isa_select(isa) == has)
        #expect(apus_isa_active() == (has ? isa : before))
      }
      #expect(!apus_isa_select(apus_isa(rawValue: 9)))
    }

    @Test func names() {
      let names = [APUS_ISA_BASELINE, APUS_ISA_AVX2, APUS_ISA_AVX512].map {
        String(cString: apus_isa_name($0))
      }
      #expect(names == ["baseline", "avx2", "avx512"])
      #expect(String(cString: apus_isa_name(apus_isa(rawValue: 9))) == "unknown")
    }
  }
}
