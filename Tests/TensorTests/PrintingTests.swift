import Foundation
import Tensor
import Testing

/// `description` against NumPy's `str`; `scripts/make-printing-goldens` makes the fixture.
struct PrintingTests {
  struct Golden: Sendable, CustomTestStringConvertible {
    var dtype: String
    var shape: Shape
    var elements: [String]
    var expected: String
    var testDescription: String {
      "\(dtype) \(shape) \(elements.prefix(6).joined(separator: " "))"
    }
  }

  static let goldens: [Golden] = {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/printing.txt")
    guard let text = try? String(contentsOf: file, encoding: .utf8) else { return [] }
    var result: [Golden] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("= ") {
        let parts = line.dropFirst(2).split(separator: "[", maxSplits: 1)
        let rest = parts[1].split(separator: "]", maxSplits: 1, omittingEmptySubsequences: false)
        result.append(
          Golden(
            dtype: parts[0].trimmingCharacters(in: .whitespaces),
            shape: Shape(rest[0].split(separator: " ").compactMap { Int($0) }),
            elements: rest[1].split(separator: " ").map(String.init), expected: ""))
      } else if line.hasPrefix("|") {
        let start = result[result.count - 1].expected
        result[result.count - 1].expected = (start.isEmpty ? "" : start + "\n") + line.dropFirst()
      }
    }
    return result
  }()

  @Test func theFixtureIsThere() { #expect(Self.goldens.count > 100) }

  @Test(arguments: goldens)
  func printsAsNumPy(_ golden: Golden) {
    let text =
      switch golden.dtype {
      case "float32": tensor(golden) { Float($0) }.description
      case "float64": tensor(golden) { Double($0) }.description
      case "int32": tensor(golden) { Int32($0) }.description
      case "int64": tensor(golden) { Int64($0) }.description
      case "uint8": tensor(golden) { UInt8($0) }.description
      default: tensor(golden) { $0 == "1" }.description
      }
    #expect(text == golden.expected)
  }

  private func tensor<Scalar: TensorScalar>(
    _ golden: Golden, _ parse: (String) -> Scalar?
  ) -> Tensor<Scalar> {
    var elements = golden.elements
    if elements.first == "range" {
      let step = Double(elements[1]) ?? .nan
      elements = (0..<golden.shape.elementCount).map { index in
        let value = Double(index) * step
        return golden.dtype.hasPrefix("int") ? "\(Int(value))" : "\(value)"
      }
    }
    return Tensor(elements.compactMap(parse), shape: golden.shape)
  }

  @Test func viewsPrintTheirOwnElements() {
    let t = Tensor<Int32>([1, 2, 3, 4, 5, 6], shape: [2, 3])
    #expect(t.transposed.description == "[[1 4]\n [2 5]\n [3 6]]")
    #expect(t[0..., 1].description == "[2 5]")
    #expect(t[1].broadcast(to: [2, 3]).description == "[[4 5 6]\n [4 5 6]]")
    #expect(
      t.transposed.debugDescription
        == "Tensor<Int32> shape [3, 2] strides [1, 3] offset 0\n[[1 4]\n [2 5]\n [3 6]]")
  }
}
