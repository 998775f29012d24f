/// Rows without elements, of the functions that have none among those of their family.
extension OperationCase {
  static let emptyRows = ofNumbers + ofLosses + ofBatches + ofWindows + ofShapes + ofMatrices

  private static let ofNumbers: [OperationCase] = [
    CoreFunction.row(.diamond, [0, 3]), CoreFunction.row(.permuteFromEnd, [0, 3, 4]),
    CoreFunction.row(.scalarLeft, [0]), CoreFunction.row(.scalarRight, [0]),
    CoreFunction.row(.selfDifference, [0, 0]), CoreFunction.row(.selfMatmul, [0, 3]),
    CoreFunction.row(.selfProduct, [0, 3]), CoreFunction.row(.sumOfNoAxes, [0, 3]),
    CoreFunction.row(.reused, [0, 3], [3]),
    BlockFunction.row(.customOfTwo, [0, 3], [0, 3]),
    BlockFunction.row(.recomputedInside, [0, 3], [0, 3]),
    BlockFunction.row(.recomputedTransform, [0, 3], [0, 3]), BlockFunction.row(.quantile, [0, 4]),
    PairFunction.row(.chooseNumber, [0, 3]), PairFunction.row(.logSoftmaxOfAxis, [3, 0]),
    PairFunction.row(.softmin, [0, 3]), PairFunction.row(.swiglu, [4, 0]),
    ReductionFunction.row(.productOfAxes, [0, 2, 2]), ReductionFunction.row(.normOfOne, [0, 2]),
    ReductionFunction.row(.normOfAxis, [0, 3]), ReductionFunction.row(.normOfThree, [0, 3]),
    ReductionFunction.row(.normOfHalf, [2, 0]), ReductionFunction.row(.normOfInfinity, [0, 3]),
    ReductionFunction.row(.normOfZero, [0, 3]), ReductionFunction.row(.keeping, [2, 0]),
    ReductionFunction.row(.ofNoAxes, [0, 2]),
  ]

  private static let ofLosses: [OperationCase] =
    [
      ElementLossFunction.smoothL1, .sigmoidCrossEntropyWeighted, .multiLabelSoftMargin,
      .sigmoidFocal, .sigmoidFocalCubic, .klDivergence, .klDivergenceOfLogs, .poisson,
      .poissonFull, .hinge, .softMargin, .cosineEmbedding,
    ].map { ElementLossFunction.row($0, [0, 3], [0, 3]) }
    + [ElementLossFunction.gaussian, .marginRanking, .tripletMargin, .tripletMarginSwapped].map {
      ElementLossFunction.row($0, [0, 3], [0, 3], [0, 3])
    } + [
      ElementLossFunction.row(.hingeEmbedding, [0]), ElementLossFunction.row(.multiMargin, [0, 3]),
      LossFunction.row(.crossEntropyOfRows, [0, 3]), LossFunction.row(.crossEntropySmooth, [0, 3]),
      LossFunction.row(.crossEntropyOfProbabilities, [0, 3], [0, 3]),
    ]

  private static let ofBatches: [OperationCase] = [
    NormalizationFunction.row(.batchNormPlain, [0, 2, 2]),
    NormalizationFunction.row(.batchNormUnscaled, [0, 2], [2]),
    NormalizationFunction.row(.givenStatisticsPlain, [0, 3, 2]),
    NormalizationFunction.row(.instanceNormPlain, [0, 3, 4]),
    NormalizationFunction.row(.layerNormOfAxes, [0, 2, 3], [2, 3], [2, 3]),
    NormalizationFunction.row(.layerNormPlain, [0, 5]),
    NormalizationFunction.row(.layerNormUnscaled, [0, 3], [3]),
    NormalizationFunction.row(.rmsNormPlain, [0, 2, 3]),
    AttentionFunction.row(.biased, [0, 2, 2], [0, 3, 2], [0, 3, 2], [2, 3]),
    AttentionFunction.row(.causal, [0, 3, 2], [0, 3, 2], [0, 3, 2]),
    AttentionFunction.row(.grouped, [0, 4, 2, 2], [0, 2, 3, 2], [0, 2, 3, 2]),
    AttentionFunction.row(.masked, [0, 2, 2], [0, 3, 2], [0, 3, 2]),
    AttentionFunction.row(.maskedBiased, [0, 2, 2], [0, 3, 2], [0, 3, 2], [2, 3]),
    AttentionFunction.row(.maskedCausal, [0, 2, 2], [0, 3, 2], [0, 3, 2]),
    AttentionFunction.row(.packedCausal, [0, 3, 6]),
    AttentionFunction.row(.scaled, [0, 3, 2], [0, 3, 2], [0, 3, 2]),
    SamplingFunction.row(.gridSampledAligned, [0, 2, 3, 3], [0, 2, 3, 2]),
  ]

  private static let ofWindows: [OperationCase] = [
    WindowFunction.row(.adaptiveAveragePooled, [0, 2, 5]),
    WindowFunction.row(.adaptiveMaxPooled, [0, 2, 5]),
    WindowFunction.row(.averagePooledInside, [0, 1, 4]),
    WindowFunction.row(.convolvedInGroups, [0, 4, 3], [2, 2, 2], [2]),
    WindowFunction.row(.convolvedInSteps, [0, 1, 5], [2, 1, 2]),
    WindowFunction.row(.convolvedToSame, [0, 1, 4, 3], [2, 1, 3, 2]),
    WindowFunction.row(.image, [0, 8, 4]), WindowFunction.row(.maxPooledRoundingUp, [0, 1, 5]),
    WindowFunction.row(.resizedByFactors, [0, 1, 3]),
    WindowFunction.row(.resizedNearest, [0, 1, 3]),
    WindowFunction.row(.resizedSmoothly, [0, 1, 7]),
    WindowFunction.row(.resizingInputGradient, [0, 1, 3, 4]),
    WindowFunction.row(.transposedInSteps, [0, 1, 3], [1, 2, 2]),
    WindowFunction.row(.transposedWithBias, [0, 2, 2, 2], [2, 2, 2, 1], [4]),
    WindowFunction.row(.transposedWithRoom, [0, 2, 3], [2, 2, 3]),
    WindowFunction.row(.weightGradient, [0, 1, 5], [0, 2, 3]),
  ]

  private static let ofShapes: [OperationCase] = [
    ShapeFunction.row(.slice, [1, 2, 0]), ShapeFunction.row(.sliceNewAxis, [0, 3]),
    ShapeFunction.row(.assignPart, [0, 3], [0, 1]),
    ShapeFunction.row(.assignBroadcast, [2, 0], [0]),
    ShapeFunction.row(.assignIndices, [0, 3], [0, 3]),
    ShapeFunction.row(.assignMask, [3, 0], [2, 0]),
    ShapeFunction.row(.reshapeToRest, [0, 4]), ShapeFunction.row(.flattened, [0, 3]),
    ShapeFunction.row(.squeezed, [1, 0, 1]), ShapeFunction.row(.squeezedAxis, [0, 3, 1]),
    ShapeFunction.row(.flippedAxis, [0, 3]), ShapeFunction.row(.diagonalOfAxes, [3, 0, 2]),
    ShapeFunction.row(.lowerTriangle, [0, 3]), ShapeFunction.row(.splitInto, [0, 4]),
    ShapeFunction.row(.chunks, [3, 0]), ShapeFunction.row(.takenRows, [2, 0]),
    ShapeFunction.row(.slidingWindowsOfAxis, [6, 0]), ShapeFunction.row(.stacked, [0, 3], [0, 3]),
    ShapeFunction.row(.repeatedByCounts, [0, 3]), ShapeFunction.row(.rolled, [0, 3]),
    ShapeFunction.row(.rolledAxes, [0, 3]), ShapeFunction.row(.rolledFlat, [0]),
    ShapeFunction.row(.meshgridCartesian, [0], [3]), ShapeFunction.row(.paddedByMirror, [0, 3]),
    ShapeFunction.row(.takeOfAxis, [0, 3]),
    ShapeFunction.row(.subscriptOfIndices, [0, 3]), ShapeFunction.row(.maskOfRows, [3, 0]),
    ShapeFunction.row(.indexAdd, [0, 3], [0, 3]), ShapeFunction.row(.sortedDescending, [0, 4]),
    ShapeFunction.row(.topK, [0, 4]),
  ]

  private static let ofMatrices: [OperationCase] =
    [
      MatrixFunction.matrixPower, .negativePower, .logDeterminant, .cholesky, .eigenvalues,
      .eigenExponential, .singularPolar, .choleskyUpper,
    ].map { MatrixFunction.row($0, [0, 2, 2]) }
    + [
      MatrixFunction.pseudoInverse, .qrOrthogonal, .qrTriangular, .singularPower, .singularValues,
      .condition,
    ].map { MatrixFunction.row($0, [0, 3, 2]) } + [
      MatrixFunction.row(.crossOfFirst, [3, 0], [3, 0]),
      MatrixFunction.row(.einsumBroadcast, [2, 0], [2, 0]),
      MatrixFunction.row(.einsumDiagonal, [0, 0]),
      MatrixFunction.row(.einsumEllipsis, [2, 0, 3], [0, 3]),
      MatrixFunction.row(.einsumMixed, [0, 0, 3], [3, 2]),
      MatrixFunction.row(.einsumOfBatches, [0, 2, 2], [0, 2, 1]),
      MatrixFunction.row(.einsumOfThree, [0], [0, 3], [2, 3]),
      MatrixFunction.row(.einsumSum, [0, 3]),
      MatrixFunction.row(.leastSquares, [0, 3, 2], [0, 3, 2]),
      MatrixFunction.row(.solveLower, [0, 3, 3], [0, 3, 2]),
      MatrixFunction.row(.solveUnitUpper, [0, 3, 3], [0, 3, 2]),
      MatrixFunction.row(.solveVector, [0, 2, 2], [2]),
      MatrixFunction.row(.tensordot, [0, 2, 2], [2, 2, 3]),
      MatrixFunction.row(.tensordotOfAxes, [0, 3], [3, 1, 2]),
    ]

  /// Why a function has no row without elements.
  static let withoutEmptyRow: [String: [String]] = [
    "is a mean, or a figure of all elements, of which there must be some": [
      "mean", "meanSquaredError", "softmaxCrossEntropy", "crossEntropyOfMaps",
      "crossEntropyWeighted", "meanSquaredErrorWeighted", "ctcMean", "negativeLogLikelihood",
      "softmaxFocal", "max", "min", "median", "variance", "deviation", "logSumExp", "normSmallest",
    ],
    "has operands of its own, of fixed shapes": [
      "productWithZeros", "rowProductsWithZeros", "cumulativeProductWithZeros", "gatherTuples",
      "scatterTuples", "adaptiveAveragePoolingInputGradient", "averagePoolingInputGradient",
      "maxPoolingInputGradient", "resizingByFactorsInputGradient", "gather", "mask", "scatter",
      "scatterAdd", "scatterAddMore", "scatterNumber", "singularDeterminant", "ctc",
      "lstmOfLengths", "gruOfLengths", "rnnOfLengths",
    ],
    "takes parts that must be there": [
      "overlappingParts", "paddedAround", "paddedByEdge", "leastSquaresVector",
    ],
  ]
}
