import Foundation
import Testing

/// Every public member of `Tensor` is a member of `Variable`, or is entered here with the reason why it
/// has no derivative.
struct DifferentiableSurfaceTests {
  @Test func everyMemberOfTensorIsOneOfVariable() throws {
    let tensor = try Self.members(of: "Tensor", in: "Sources/Tensor")
    let variable = try Self.members(of: "Variable", in: "Sources/NN")
    #expect(tensor.count > 150 && variable.count > 100, "the sources were not read")
    let exempt = Set(Self.withoutDerivative.values.joined())
    #expect(
      tensor.subtracting(variable).subtracting(exempt).sorted() == [],
      "give these to Variable, or say why they have no derivative")
    #expect(exempt.subtracting(tensor).sorted() == [], "these members of Tensor are gone")
    #expect(exempt.intersection(variable).sorted() == [], "these are members of Variable")
  }

  private static let withoutDerivative: [String: [String]] = [
    "makes constants": [
      "bernoulli", "categorical", "identity", "integers", "linearSpace", "normal", "oneHot", "ones",
      "permutation", "range", "truncatedNormal", "uniform", "zeros", "filled",
    ],
    "draws at random what `take` does with a permutation": ["shuffled"],
    "gives truth values": [
      ".", ".!", ".!=", ".&", ".&=", ".==", ".>", ".>=", ".^", ".^=", ".|", ".|=", "==",
      "all", "any", "isClose", "isFinite", "isInfinite", "isNaN",
    ],
    "are of the bits of whole numbers": ["&", "|", "^", "~", ">>"],
    "gives positions or counts": [
      "argmax", "argmin", "argsort", "countNonzero", "counts", "histogram", "matrixRank",
      "nonzeroPositions", "searchSorted", "unique", "uniqueElements",
    ],
    "reads or writes the numbers themselves, which are `value`": [
      "debugDescription", "encode", "makeIterator", "scalars", "underestimatedCount",
      "withUnsafeBufferPointer", "withUnsafeMutableBufferPointer", "writeNPY",
    ],
    "writes in place what others give": ["apply", "clamp"],
  ]

  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// The names of the functions, operators, properties and subscripts that a type declares as public.
  private static func members(of type: String, in folder: String) throws -> Set<String> {
    var names: Set<String> = []
    let walker = FileManager.default.enumerator(
      at: root.appending(path: folder), includingPropertiesForKeys: nil)
    for case let file as URL in walker?.allObjects ?? [] where file.pathExtension == "swift" {
      var isInType = false
      for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
        if let found = line.firstMatch(
          of: /^(?:public )?(?:extension|struct|enum|class|protocol|final class) (\w+)/)
        {
          isInType = found.1 == type
        }
        guard isInType else { continue }
        if let member = line.firstMatch(
          of: /^  public (?:static |mutating |prefix |consuming )*(?:func|var|let) `?([^\s(<:`]+)/)
        {
          names.insert(String(member.1))
        } else if line.hasPrefix("  public subscript") {
          names.insert("subscript")
        }
      }
    }
    return names
  }
}
