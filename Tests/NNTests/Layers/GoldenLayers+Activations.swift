import NN
import Tensor

extension GoldenLayers {
  static func activation(_ golden: String) -> (any Layer<S>)? {
    switch golden {
    case "relu": ReLU(scalar: S.self)
    case "tanh": Tanh(scalar: S.self)
    case "sigmoid": Sigmoid(scalar: S.self)
    case "leakyrelu": LeakyReLU(scalar: S.self)
    case "leakyrelu-slope": LeakyReLU(slope: 0.3, scalar: S.self)
    case "elu": ELU(scalar: S.self)
    case "elu-alpha": ELU(alpha: 1.7, scalar: S.self)
    case "selu": SELU(scalar: S.self)
    case "celu": CELU(scalar: S.self)
    case "celu-alpha": CELU(alpha: 0.5, scalar: S.self)
    case "gelu": GELU(scalar: S.self)
    case "gelu-tanh": GELU(approximation: .tanh, scalar: S.self)
    case "silu": SiLU(scalar: S.self)
    case "mish": Mish(scalar: S.self)
    case "softplus": Softplus(scalar: S.self)
    case "softplus-options": Softplus(beta: 2, threshold: 1.5, scalar: S.self)
    case "softsign": Softsign(scalar: S.self)
    case "logsigmoid": LogSigmoid(scalar: S.self)
    case "hardsigmoid": HardSigmoid(scalar: S.self)
    case "hardswish": HardSwish(scalar: S.self)
    case "hardtanh": HardTanh(scalar: S.self)
    case "hardtanh-range": HardTanh(range: -2...0.5, scalar: S.self)
    case "relu6": ReLU6(scalar: S.self)
    case "tanhshrink": TanhShrink(scalar: S.self)
    case "softshrink": SoftShrink(scalar: S.self)
    case "softshrink-lambda": SoftShrink(lambda: 0.7, scalar: S.self)
    case "hardshrink": HardShrink(scalar: S.self)
    case "hardshrink-lambda": HardShrink(lambda: 0.7, scalar: S.self)
    case "threshold-negative": Threshold(-0.5, replacement: 3, scalar: S.self)
    case "threshold": Threshold(0.2, replacement: -1.5, scalar: S.self)
    default: joint(golden)
    }
  }

  /// Activations of several elements together, or with a weight.
  private static func joint(_ golden: String) -> (any Layer<S>)? {
    switch golden {
    case "softmax": Softmax(scalar: S.self)
    case "softmax-axis": Softmax(axis: 0, scalar: S.self)
    case "logsoftmax": LogSoftmax(scalar: S.self)
    case "logsoftmax-axis": LogSoftmax(axis: 0, scalar: S.self)
    case "softmin": Softmin(scalar: S.self)
    case "softmin-axis": Softmin(axis: 0, scalar: S.self)
    case "glu": GLU(scalar: S.self)
    case "glu-axis": GLU(axis: 0, scalar: S.self)
    case "swiglu": SwiGLU(scalar: S.self)
    case "prelu": PReLU(scalar: S.self)
    case "prelu-channels": PReLU(channels: 6, initial: 0.1, scalar: S.self)
    default: nil
    }
  }
}
