/// A layer each of whose results is the greatest of some of its inputs.
protocol TakesGreatest {}

extension MaxPool1D: TakesGreatest {}
extension MaxPool2D: TakesGreatest {}
extension MaxPool3D: TakesGreatest {}
extension AdaptiveMaxPool1D: TakesGreatest {}
extension AdaptiveMaxPool2D: TakesGreatest {}
extension GlobalMaxPool: TakesGreatest {}

/// A layer that sets what is below a bound to it, and nothing else.
protocol Rectifies {}

extension ReLU: Rectifies {}

/// In which order layers that follow each other are best computed.
enum LayerOrder {
  /// The places of `parts`, of which a ReLU changes places with the maximum pooling behind it.
  ///
  /// max(relu a, relu b) = relu(max(a, b)): values and gradients are the same numbers, as the element
  /// that wins stays the same where it is positive, and nothing passes where it is not. The ReLU then
  /// goes over a quarter of the elements where windows are 2 × 2.
  static func of(_ parts: [Any]) -> [Int] {
    var order = Array(parts.indices)
    for place in order.indices.dropLast()
    where parts[order[place]] is any Rectifies && parts[place + 1] is any TakesGreatest {
      order.swapAt(place, place + 1)
    }
    return order
  }
}
