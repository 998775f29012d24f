import NN
import Tensor
import Testing

/// Every layer against PyTorch's of the same name: outputs, and gradients by inputs and parameters.
@Suite struct LayerGoldenTests {
  static let goldens = GoldenFile("layers")

  @Test(arguments: goldens.cases)
  func doublePrecision(_ golden: String) throws {
    try check(golden, Double.self, tolerance: 1e-12)
  }

  @Test(arguments: goldens.cases)
  func singlePrecision(_ golden: String) throws {
    try check(golden, Float.self, tolerance: 1e-5)
  }

  private func check<S: FloatingPointScalar>(
    _ golden: String, _ scalar: S.Type, tolerance: Double
  ) throws {
    let layer = Self.layer(golden, S.self)
    try Self.goldens.check(golden, model: layer, S.self, tolerance: tolerance) { inputs in
      [layer(inputs[0])]
    }
  }

  /// The layer of a case, whose weights come from the file.
  static func layer<S: FloatingPointScalar>(_ golden: String, _ scalar: S.Type) -> any Layer<S> {
    switch golden {
    case "linear": Linear(3, 4, scalar: S.self)
    case "linear-no-bias": Linear(3, 4, bias: false, scalar: S.self)
    case "relu": ReLU(scalar: S.self)
    case "tanh": Tanh(scalar: S.self)
    case "sigmoid": Sigmoid(scalar: S.self)
    case "softmax": Softmax(scalar: S.self)
    default: fatalError("no layer for the golden \(golden)")
    }
  }
}
