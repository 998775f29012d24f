/// `number` with `places` digits after the point.
func fixedPoint(_ number: Double, places: Int) -> String {
  var scale = 1.0
  for _ in 0..<places { scale *= 10 }
  let scaled = (number.magnitude * scale).rounded()
  guard scaled < 1e15 else { return "\(number)" }
  let digits = String(Int(scaled))
  let sign = number < 0 && scaled > 0 ? "-" : ""
  guard places > 0 else { return sign + digits }
  let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
  return sign + padded.dropLast(places) + "." + padded.suffix(places)
}

/// A time for people: with three digits and a unit.
func timeText(_ seconds: Double) -> String {
  switch seconds {
  case ..<1e-3: fixedPoint(seconds * 1e6, places: seconds < 1e-4 ? 2 : 1) + " µs"
  case ..<1: fixedPoint(seconds * 1e3, places: seconds < 1e-1 ? 2 : 1) + " ms"
  default: fixedPoint(seconds, places: 2) + " s"
  }
}

/// A number of bytes for people, in powers of 1024.
func byteText(_ count: Int) -> String {
  guard count >= 1024 else { return "\(count) B" }
  var size = Double(count)
  var unit = -1
  while size >= 1023.95 && unit < 3 {
    size /= 1024
    unit += 1
  }
  return fixedPoint(size, places: 1) + " " + ["KiB", "MiB", "GiB", "TiB"][unit]
}
