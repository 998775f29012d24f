import Testing

/// No public operation without a test: each member of `Tensor` is entered here with the file that proves
/// it, and that file must use it; every option that a public function has is given in some test; and what
/// other types have is used by some test.
struct PublicSurfaceTests {
  @Test func everyMemberOfTensorHasAProof() throws {
    let declared = Set(
      try PublicSurface.declarations().map(\.0).filter { $0.type == "Tensor" }.map(\.name))
    #expect(declared.count > 170, "the sources were not read")
    let entered = Set(Self.proofs.values.joined())
    #expect(declared.subtracting(entered).sorted() == [], "enter new members with their tests")
    #expect(entered.subtracting(declared).sorted() == [], "these members are gone")
    for (file, names) in Self.proofs {
      let text = try PublicSurface.testText(file)
      for name in names {
        #expect(text.contains(name), "\(file) does not use \(name)")
      }
    }
  }

  @Test func everyOptionIsGivenInATest() throws {
    let calls = try PublicSurface.calls()
    #expect(calls.count > 500, "the tests were not read")
    var missing: Set<String> = []
    for (member, _) in try PublicSurface.declarations()
    where member.name.first!.isLetter && !Self.isTestedByMessage.contains(member.type) {
      var given = calls[member.name] ?? []
      if member.name == "init" { given.formUnion(calls[member.type] ?? []) }
      for label in member.labels where !given.contains(label) && !label.hasSuffix("Literal") {
        missing.insert("\(member.type).\(member.name)(\(label):)")
      }
    }
    // Coders call these.
    #expect(missing.sorted() == ["Tensor.encode(to:)", "Tensor.init(from:)"])
  }

  @Test func everyMemberOfOtherTypesIsUsedByATest() throws {
    let words = try PublicSurface.words()
    let unused = Set(
      try PublicSurface.declarations().map(\.0)
        .filter { $0.type != "Tensor" && !Self.isTestedByMessage.contains($0.type) }
        .map(\.name).filter { !words.contains($0) })
    let exempt = Set(Self.unnamed.values.joined())
    #expect(unused.subtracting(exempt).sorted() == [])
    #expect(exempt.subtracting(unused).sorted() == [], "these are used, or gone")
  }

  /// Errors whose cases the tests tell by their messages.
  private static let isTestedByMessage: Set<String> = ["LinearAlgebraError", "NPYError"]

  private static let unnamed: [String: [String]] = [
    "is what subscripts ask their indices for": ["axisSelection"],
    "is written `newAxis` and `ellipsis`": ["insertedAxis", "remainingAxes"],
    "is asked for by collections' own functions": ["startIndex"],
  ]

  private static let proofs: [String: [String]] = [
    "Conversions/ConversionTests.swift": [
      "encode", "makeIterator", "underestimatedCount", "withUnsafeBufferPointer",
    ],
    "Core/AxisViewTests.swift": [
      "chunks", "flattened", "flipped", "slidingWindows", "split", "squeezed",
    ],
    "Core/MakingTests.swift": [
      "diagonalMatrix", "filled", "init", "isClose", "linearSpace", "oneHot", "ones", "range",
    ],
    "Core/ViewTests.swift": [
      "permuted", "reshaped", "rows", "scalars", "subscript",
    ],
    "Elementwise/BitTests.swift": [
      "&", "&=", "<<", "<<=", ">>", ">>=", "^", "^=", "|", "|=", "~",
    ],
    "Elementwise/ComparisonTests.swift": [
      ".!", ".!=", ".&", ".&=", ".<", ".<=", ".==", ".>", ".>=", ".^", ".^=", ".|", ".|=",
      "isFinite",
      "isInfinite",
    ],
    "Elementwise/InPlaceTests.swift": [
      "apply"
    ],
    "Elementwise/DivisionTests.swift": [
      "flooredQuotient", "flooredRemainder", "truncatingRemainder",
    ],
    "Elementwise/ElementwiseTests.swift": [
      "all", "withUnsafeMutableBufferPointer",
    ],
    "Elementwise/OperationTable.swift": [
      "*", "*=", "+", "+=", "-", "-=", "/", "/=", "==", "acos", "acosh", "asin", "asinh", "atan",
      "atan2", "atanh", "ceil",
      "cos", "cosh", "erf", "exp", "exp2", "expm1", "floor", "gelu", "isNaN", "log", "log10",
      "log1p", "log2", "magnitude", "maximum", "minimum", "power", "reciprocal",
      "reciprocalSquareRoot", "relu", "round", "sigmoid", "sign", "silu", "sin", "sinh",
      "softplus", "squareRoot", "squared", "tan", "tanh", "trunc",
    ],
    "Elementwise/SelectionTests.swift": [
      "clamp", "clamped", "min", "where",
    ],
    "Files/NPYTests.swift": [
      "writeNPY"
    ],
    "Gathering/GatheringTests.swift": [
      "concatenated", "gather", "meshgrid", "padded", "rank", "repeated", "rolled", "scatter",
      "scatterAdd", "shape", "stacked", "take", "tiled", "zeros",
    ],
    "Gathering/TupleTests.swift": [
      "gatherND", "nonzeroPositions", "scatterND",
    ],
    "LinearAlgebra/EinsumTests.swift": [
      "einsum", "tensordot",
    ],
    "LinearAlgebra/LeastSquaresTests.swift": [
      "matrixRank"
    ],
    "LinearAlgebra/MatmulTests.swift": [
      "count", "transposed",
    ],
    "LinearAlgebra/MatrixEdgeTests.swift": [
      "cholesky", "identity", "inverse", "leastSquares", "logDeterminant", "pseudoInverse", "qr",
      "solve", "solveTriangular", "svd", "symmetricEigen",
    ],
    "LinearAlgebra/MatrixGoldenTests.swift": [
      "singularValues"
    ],
    "LinearAlgebra/MatrixTests.swift": [
      "conditionNumber", "determinant", "lowerTriangle", "matmul", "matrixPower",
      "symmetricEigenvalues", "upperTriangle",
    ],
    "LinearAlgebra/NormTests.swift": [
      "cross", "norm",
    ],
    "LinearAlgebra/ProductTests.swift": [
      "diagonal", "dot", "kronecker", "outer", "trace",
    ],
    "Ordering/OrderingTests.swift": [
      "counts", "histogram", "searchSorted", "unique", "uniqueElements",
    ],
    "Ordering/SortingTests.swift": [
      "argsort", "sorted", "topK",
    ],
    "PrintingTests.swift": [
      "debugDescription", "description",
    ],
    "Random/DistributionTests.swift": [
      "bernoulli", "categorical", "integers", "permutation", "shuffled", "truncatedNormal",
    ],
    "Random/RandomTests.swift": [
      "uniform"
    ],
    "Reductions/PositionTests.swift": [
      "any", "argmax", "argmin", "countNonzero", "cumulativeProduct", "cumulativeSum",
    ],
    "Reductions/QuantileTests.swift": [
      "median", "quantile",
    ],
    "Reductions/ReductionTests.swift": [
      "logSoftmax", "logSumExp", "max", "mean", "product", "softmax", "standardDeviation", "sum",
      "sumOfSquares",
    ],
    "Reductions/SpreadTests.swift": [
      "item", "variance",
    ],
    "Shapes/ShapeTests.swift": [
      "broadcast"
    ],
    "Threads/ThreadPoolTests.swift": [
      "normal"
    ],
    "Windows/ConvolutionTests.swift": [
      "columnsToImage", "convolutionWeightGradient", "convolved", "expanded", "imageToColumns",
      "transposeConvolved",
    ],
    "Windows/PoolingTests.swift": [
      "adaptiveAveragePooled", "adaptiveAveragePoolingInputGradient", "adaptiveMaxPooled",
      "averagePooled", "averagePoolingInputGradient", "indexAdd", "maxPooled",
      "maxPooledWithPlaces", "maxPoolingInputGradient", "resized", "resizingInputGradient",
    ],
  ]
}
