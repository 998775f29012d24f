import NN
import Tensor

/// The layers of the cases in `layers.safetensors`, whose weights come from the file.
enum GoldenLayers<S: FloatingPointScalar> {
  static func model(of golden: String) -> GoldenModel<S>? {
    let layer =
      basic(golden) ?? activation(golden) ?? normalization(golden) ?? convolution(golden)
      ?? pooling(golden)
    return layer.map { GoldenModel($0) } ?? structure(golden)
  }

  private static func basic(_ golden: String) -> (any Layer<S>)? {
    switch golden {
    case "linear": Linear(3, 4, scalar: S.self)
    case "linear-no-bias": Linear(3, 4, bias: false, scalar: S.self)
    default: nil
    }
  }

  private static func normalization(_ golden: String) -> (any Layer<S>)? {
    let name = golden.hasSuffix("-eval") ? String(golden.dropLast(5)) : golden
    return switch name {
    case "batchnorm1d": BatchNorm1D(3, scalar: S.self)
    case "batchnorm1d-sequence": BatchNorm1D(3, momentum: nil, scalar: S.self)
    case "batchnorm2d": BatchNorm2D(2, scalar: S.self)
    case "batchnorm2d-plain": BatchNorm2D(2, epsilon: 0.1, affine: false, scalar: S.self)
    case "batchnorm2d-untracked": BatchNorm2D(2, tracksStatistics: false, scalar: S.self)
    case "batchnorm2d-momentum": BatchNorm2D(2, momentum: 0.3, scalar: S.self)
    case "instancenorm1d": InstanceNorm1D(3, scalar: S.self)
    case "instancenorm1d-sample": InstanceNorm1D(3, affine: true, scalar: S.self)
    case "instancenorm2d": InstanceNorm2D(2, epsilon: 0.01, affine: true, scalar: S.self)
    case "instancenorm2d-tracked":
      InstanceNorm2D(2, momentum: 0.3, affine: true, tracksStatistics: true, scalar: S.self)
    case "layernorm": LayerNorm(4, scalar: S.self)
    case "layernorm-axes": LayerNorm([3, 4], epsilon: 0.01, scalar: S.self)
    case "layernorm-no-bias": LayerNorm(4, bias: false, scalar: S.self)
    case "layernorm-plain": LayerNorm(4, affine: false, scalar: S.self)
    case "groupnorm": GroupNorm(2, 4, scalar: S.self)
    case "groupnorm-images": GroupNorm(3, 6, epsilon: 0.01, scalar: S.self)
    case "groupnorm-plain": GroupNorm(1, 4, affine: false, scalar: S.self)
    case "localresponsenorm": LocalResponseNorm(3, scalar: S.self)
    case "localresponsenorm-options":
      LocalResponseNorm(4, alpha: 0.3, beta: 0.6, k: 1.5, scalar: S.self)
    case "rmsnorm": RMSNorm(4, epsilon: 1e-5, scalar: S.self)
    case "rmsnorm-default-epsilon": RMSNorm([3, 4], scalar: S.self)
    case "rmsnorm-plain": RMSNorm(4, epsilon: 0.01, affine: false, scalar: S.self)
    default: nil
    }
  }
}
