import Tensor

/// Pooling and resizing of images. All but the choice of the greatest elements are linear, and their
/// gradients are linear in turn.
extension Variable {
  /// The greatest element of each window; see `Tensor.maxPooled`, which has windows along one axis or
  /// two; these may be of volumes `[n, channels, depth, height, width]` too;
  /// ∂x = g at the places of the greatest elements, at the first of equal ones
  public func maxPooled(
    kernel: PerAxis, geometry: WindowGeometry? = nil, roundingUp: Bool = false
  ) -> Variable {
    if rank == 5 {
      return volumesPooled(kernel: kernel, geometry: geometry, of: "maxPooled") {
        $0.maxPooled(kernel: $1, geometry: $2, roundingUp: roundingUp)
      }
    }
    guard isRecorded else {
      return unrecorded(
        .maxPool, value.maxPooled(kernel: kernel, geometry: geometry, roundingUp: roundingUp))
    }
    return maxPooledWithPlaces(kernel: kernel, geometry: geometry, roundingUp: roundingUp).values
  }

  /// The greatest element of each window, and its place in the plane of its channel; see
  /// `Tensor.maxPooledWithPlaces` and `maxPooled`.
  public func maxPooledWithPlaces(
    kernel: PerAxis, geometry: WindowGeometry? = nil, roundingUp: Bool = false
  ) -> (values: Variable, places: Tensor<Int32>) {
    taken(
      .maxPool,
      value.maxPooledWithPlaces(kernel: kernel, geometry: geometry, roundingUp: roundingUp))
  }

  /// The greatest element of each of `extents` windows that cover each plane, and its place; see
  /// `Tensor.adaptiveMaxPooled` and `maxPooled`.
  public func adaptiveMaxPooled(
    to extents: PerAxis
  ) -> (values: Variable, places: Tensor<Int32>) {
    taken(.adaptiveMaxPool, value.adaptiveMaxPooled(to: extents))
  }

  /// The gradient of max pooling: zeros of shape `inputShape`, with each element added at its place;
  /// see `Tensor.maxPoolingInputGradient`. Its own gradient is g at the places.
  public func maxPoolingInputGradient(places: Tensor<Int32>, inputShape: Shape) -> Variable {
    linearMap(
      .maxPoolingInputGradient,
      value.maxPoolingInputGradient(places: places, inputShape: inputShape)
    ) { $0.atPlaces(places) }
  }

  private func taken(
    _ operation: Operation, _ result: (values: Tensor<Scalar>, places: Tensor<Int32>)
  ) -> (values: Variable, places: Tensor<Int32>) {
    let (values, places) = result
    let shape = shape
    return (
      linearMap(operation, values) {
        $0.maxPoolingInputGradient(places: places, inputShape: shape)
      }, places
    )
  }

  /// The elements at places in the planes, 0 at the place −1 of a window that has no element.
  private func atPlaces(_ places: Tensor<Int32>) -> Variable {
    if places.count == 0 { return Variable(Tensor.zeros(places.shape)) }
    let lead = Array(shape.prefix(2))
    let chosen = reshaped(to: Shape(lead + [count / (lead[0] * lead[1])]))
      .gather(places.reshaped(to: Shape(lead + [places.count / (lead[0] * lead[1])])), axis: 2)
      .reshaped(to: places.shape)
    return places.min().item >= 0 ? chosen : .where(places .>= 0, chosen, 0)
  }

  /// The average of each window; see `Tensor.averagePooled`, which has windows along one axis or two;
  /// these may be of volumes `[n, channels, depth, height, width]` too;
  /// ∂x = g ÷ count, added to all elements of each window
  public func averagePooled(
    kernel: PerAxis, geometry: WindowGeometry? = nil, roundingUp: Bool = false,
    countsPadding: Bool = true
  ) -> Variable {
    if rank == 5 {
      return volumesPooled(kernel: kernel, geometry: geometry, of: "averagePooled") {
        $0.averagePooled(
          kernel: $1, geometry: $2, roundingUp: roundingUp, countsPadding: countsPadding)
      }
    }
    let shape = shape
    let result = value.averagePooled(
      kernel: kernel, geometry: geometry, roundingUp: roundingUp, countsPadding: countsPadding)
    return linearMap(.averagePool, result) {
      $0.averagePoolingInputGradient(
        inputShape: shape, kernel: kernel, geometry: geometry, roundingUp: roundingUp,
        countsPadding: countsPadding)
    }
  }

  /// The gradient of `averagePooled`, whose own gradient is `averagePooled` of g.
  public func averagePoolingInputGradient(
    inputShape: Shape, kernel: PerAxis, geometry: WindowGeometry? = nil, roundingUp: Bool = false,
    countsPadding: Bool = true
  ) -> Variable {
    let result = value.averagePoolingInputGradient(
      inputShape: inputShape, kernel: kernel, geometry: geometry, roundingUp: roundingUp,
      countsPadding: countsPadding)
    return linearMap(.averagePoolingInputGradient, result) {
      $0.averagePooled(
        kernel: kernel, geometry: geometry, roundingUp: roundingUp, countsPadding: countsPadding)
    }
  }

  /// The averages of `extents` windows that cover each plane, or volume; see
  /// `Tensor.adaptiveAveragePooled`;
  /// ∂x = g ÷ count, added to all elements of each window
  public func adaptiveAveragePooled(to extents: PerAxis) -> Variable {
    if rank == 5 {
      guard let wanted = extents.extents(for: 3) else {
        stop("adaptiveAveragePooled: extents \(extents) do not fit 3 axes")
      }
      return throughPlanesAndDepth(
        { $0.adaptiveAveragePooled(to: PerAxis(wanted[1...])) },
        { $0.adaptiveAveragePooled(to: PerAxis(wanted[0])) })
    }
    let shape = shape
    return linearMap(.adaptiveAveragePool, value.adaptiveAveragePooled(to: extents)) {
      $0.adaptiveAveragePoolingInputGradient(inputShape: shape)
    }
  }

  /// The gradient of `adaptiveAveragePooled`, whose own gradient is `adaptiveAveragePooled` of g.
  public func adaptiveAveragePoolingInputGradient(inputShape: Shape) -> Variable {
    let extents = PerAxis(shape.dropFirst(2))
    return linearMap(
      .adaptiveAveragePoolingInputGradient,
      value.adaptiveAveragePoolingInputGradient(inputShape: inputShape)
    ) { $0.adaptiveAveragePooled(to: extents) }
  }

  /// Images or, along three axes, volumes of other extents; see `Tensor.resized`;
  /// ∂x = each element of g, added to those that it was made of, by their weights
  public func resized(to extents: [Int], mode: ResizeMode) -> Variable {
    if rank == 5 && extents.count == 3 {
      return throughPlanesAndDepth(
        { $0.resized(to: Array(extents[1...]), mode: mode) },
        { $0.resized(to: [extents[0]], mode: mode) })
    }
    let shape = shape
    return linearMap(.resize, value.resized(to: extents, mode: mode)) {
      $0.resizingInputGradient(inputShape: shape, mode: mode)
    }
  }

  /// Images or volumes scaled along each axis; see `Tensor.resized` and `resized(to:mode:)`.
  public func resized(by factors: [Double], mode: ResizeMode) -> Variable {
    if rank == 5 && factors.count == 3 {
      return throughPlanesAndDepth(
        { $0.resized(by: Array(factors[1...]), mode: mode) },
        { $0.resized(by: [factors[0]], mode: mode) })
    }
    let shape = shape
    return linearMap(.resize, value.resized(by: factors, mode: mode)) {
      $0.resizingInputGradient(inputShape: shape, factors: factors, mode: mode)
    }
  }

  /// The gradient of `resized(to:mode:)`, whose own gradient is `resized` of g.
  public func resizingInputGradient(inputShape: Shape, mode: ResizeMode) -> Variable {
    let extents = Array(shape.dropFirst(2))
    return linearMap(
      .resizingInputGradient, value.resizingInputGradient(inputShape: inputShape, mode: mode)
    ) { $0.resized(to: extents, mode: mode) }
  }

  /// The gradient of `resized(by:mode:)`, whose own gradient is `resized` of g.
  public func resizingInputGradient(
    inputShape: Shape, factors: [Double], mode: ResizeMode
  ) -> Variable {
    let result = value.resizingInputGradient(
      inputShape: inputShape, factors: factors, mode: mode)
    return linearMap(.resizingInputGradient, result) { $0.resized(by: factors, mode: mode) }
  }
}
