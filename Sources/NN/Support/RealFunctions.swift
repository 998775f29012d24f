#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// baseᵉˣᵖᵒⁿᵉⁿᵗ of the C library.
func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }

/// The cosine of an angle in radians, of the C library.
func cosineOf(_ angle: Double) -> Double { cos(angle) }
