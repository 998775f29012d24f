import Testing

/// Every public member of `Tensor` is a member of `Variable`, or is entered here with the reason why it
/// has no derivative; and everything public that computes with variables is called by a row of the
/// table of operations.
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

  @Test func everyOperationIsCalledByARow() throws {
    var names: Set<String> = []
    try SourceScan.eachDeclaration(in: "Sources/NN") { type, member in
      if type.isEmpty || type == "Variable" { names.insert(member) }
    }
    #expect(names.count > 200, "the sources were not read")
    let called = try Self.namesCalledByFamilies()
    let exempt = Set(Self.withoutRow.values.joined())
    #expect(
      names.subtracting(called).subtracting(exempt).sorted() == [],
      "give these rows in the table of operations, or say why they need none")
    #expect(exempt.subtracting(names).sorted() == [], "these are gone")
  }

  /// The words and operators in the functions of the families, without the labels of cases; what their
  /// references call does not count.
  private static func namesCalledByFamilies() throws -> Set<String> {
    var names: Set<String> = []
    for text in try SourceScan.texts(
      in: "Tests/NNTests", where: { $0.hasSuffix("Functions.swift") })
    {
      for function in text.split(separator: "func callAsFunction").dropFirst() {
        var isLabel = false
        for line in function.split(separator: "func reference")[0].split(separator: "\n") {
          var rest = line.drop { $0 == " " }
          isLabel = isLabel || rest.hasPrefix("case ")
          if isLabel {
            guard let colon = rest.firstIndex(of: ":") else { continue }
            (rest, isLabel) = (rest[colon...], false)
          }
          for word in rest.split(whereSeparator: { !$0.isLetter && !$0.isNumber }) {
            names.insert(String(word))
          }
          for word in rest.split(separator: " ") { names.insert(String(word)) }
          if rest.contains("a[") { names.insert("subscript") }
        }
      }
    }
    return names
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
    "are of the bits of whole numbers": ["&", "&=", "|", "|=", "^", "^=", "~", ">>", ">>="],
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

  private static let withoutRow: [String: [String]] = [
    "is an operator and an assignment": ["*=", "+=", "-=", "/="],
    "differentiates; see `TransformTests` and `JacobianTests`": [
      "gradient", "gradientCheck", "hessian", "hessianVectorProduct", "jacobian",
      "jacobianVectorProduct", "valueAndGradient", "valueAndGradients", "vectorJacobianProduct",
    ],
    "looks at a computation; see `InspectionTests` and `ProfileTests`": [
      "checkedFinite", "computationGraph", "detectingAnomalies", "profileRegion", "profiling",
    ],
    "reads what a variable is": ["count", "description", "item", "rank", "shape", "value"],
    "makes a constant, or a variable of one": ["detached", "sinusoidalPositions", "variable"],
    "gives values that have no derivative": [
      "accuracy", "ctcBeamSearchDecoding", "ctcGreedyDecoding", "editDistance", "validateLabels",
    ],
    "makes a model": ["copy"],
  ]

  private static func members(of type: String, in folder: String) throws -> Set<String> {
    var names: Set<String> = []
    try SourceScan.eachDeclaration(in: folder) { owner, member in
      if owner == type { names.insert(member) }
    }
    return names
  }
}
