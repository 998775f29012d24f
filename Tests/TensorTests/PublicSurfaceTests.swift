import Testing

/// No public member of `Tensor` without a test: each is entered here with the file that proves it, and
/// that file must use it.
struct PublicSurfaceTests {
  @Test func everyPublicMemberHasAProof() throws {
    let declared = try PublicSurface.memberNames()
    #expect(declared.count > 150, "the sources were not read")
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

  private static let proofs: [String: [String]] = [
    "Conversions/ConversionTests.swift": [
      "encode", "underestimatedCount", "withUnsafeBufferPointer",
    ],
    "Core/AxisViewTests.swift": [
      "chunks", "flattened", "flipped", "slidingWindows", "split", "squeezed",
    ],
    "Core/MakingTests.swift": [
      "diagonalMatrix", "filled", "init", "isClose", "linearSpace", "oneHot", "ones", "range",
    ],
    "Core/ViewTests.swift": [
      "==", "permuted", "reshaped", "rows", "scalars", "subscript",
    ],
    "Elementwise/ElementwiseTests.swift": [
      "withUnsafeMutableBufferPointer"
    ],
    "Elementwise/OperationTable.swift": [
      "*", "*=", "+", "+=", "-", "-=", "/", "/=", "cos", "exp", "expm1", "log", "log1p",
      "magnitude", "maximum", "minimum", "power", "reciprocal", "reciprocalSquareRoot", "relu",
      "sigmoid", "sign", "sin", "softplus", "squareRoot", "squared", "tanh",
    ],
    "Files/NPYTests.swift": [
      "writeNPY"
    ],
    "Gathering/GatheringTests.swift": [
      "concatenated", "gather", "meshgrid", "padded", "rank", "repeated", "rolled", "scatter",
      "scatterAdd", "shape", "stacked", "take", "tiled", "zeros",
    ],
    "LinearAlgebra/EinsumTests.swift": [
      "einsum", "tensordot",
    ],
    "LinearAlgebra/LeastSquaresTests.swift": [
      "matrixRank"
    ],
    "LinearAlgebra/MatmulTests.swift": [
      "count"
    ],
    "LinearAlgebra/MatrixEdgeTests.swift": [
      "cholesky", "identity", "inverse", "leastSquares", "logDeterminant", "pseudoInverse", "qr",
      "solve", "solveTriangular", "svd", "symmetricEigen",
    ],
    "LinearAlgebra/MatrixGoldenTests.swift": [
      "singularValues"
    ],
    "LinearAlgebra/MatrixTests.swift": [
      "conditionNumber", "determinant", "item", "lowerTriangle", "matmul", "matrixPower",
      "symmetricEigenvalues", "transposed", "upperTriangle",
    ],
    "LinearAlgebra/ProductTests.swift": [
      "diagonal", "dot", "kronecker", "outer", "trace",
    ],
    "Ordering/SortingTests.swift": [
      "argsort", "sorted", "topK",
    ],
    "PrintingTests.swift": [
      "debugDescription", "description",
    ],
    "Random/RandomTests.swift": [
      "uniform"
    ],
    "Reductions/ReductionTests.swift": [
      "argmax", "argmin", "logSoftmax", "max", "mean", "min", "product", "softmax", "sum",
      "sumOfSquares",
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
