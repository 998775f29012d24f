import Tensor

extension Parameters {
  /// The parameters for which `isIncluded` holds, under the same names, without buffers: to give
  /// parts of a model to different optimizers.
  public func filter(
    _ isIncluded: (_ name: String, _ shape: Shape) throws -> Bool
  ) rethrows -> Parameters {
    Parameters(
      entries: try entries.filter { try isIncluded($0.name, $0.parameter.shape) }, buffers: [],
      owners: owners)
  }
}
