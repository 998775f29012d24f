import NN
import Tensor

extension GoldenLayers {
  static func convolution(_ golden: String) -> (any Layer<S>)? {
    switch golden {
    case "conv1d": Conv1D(2, 3, kernel: 3, scalar: S.self)
    case "conv1d-options":
      Conv1D(
        4, 6, kernel: 3, stride: 2, padding: 2, dilation: 2, groups: 2, scalar: S.self)
    case "conv1d-reflect":
      Conv1D(2, 3, kernel: 3, padding: 2, paddingMode: .reflect, scalar: S.self)
    case "conv1d-sample": Conv1D(2, 3, kernel: 2, bias: false, scalar: S.self)
    case "conv1d-same": Conv1D(2, 3, kernel: 4, padding: .same, dilation: 2, scalar: S.self)
    case "conv1d-replicate":
      Conv1D(2, 3, kernel: 3, padding: 2, paddingMode: .replicate, scalar: S.self)
    case "conv1d-circular":
      Conv1D(2, 3, kernel: 3, stride: 2, padding: 1, paddingMode: .circular, scalar: S.self)
    case "conv1d-depthwise": Conv1D(3, 3, kernel: 3, groups: 3, scalar: S.self)
    case "conv2d-valid": Conv2D(2, 2, kernel: 2, padding: .valid, bias: false, scalar: S.self)
    case "conv2d": Conv2D(2, 3, kernel: 3, scalar: S.self)
    case "conv2d-stride":
      Conv2D(2, 3, kernel: [3, 2], stride: [2, 1], padding: [1, 0], scalar: S.self)
    case "conv2d-same":
      Conv2D(2, 3, kernel: [3, 4], padding: .same, dilation: [2, 1], scalar: S.self)
    case "conv2d-depthwise": Conv2D(3, 6, kernel: 3, padding: 1, groups: 3, scalar: S.self)
    case "conv2d-groups": Conv2D(4, 6, kernel: 2, groups: 2, bias: false, scalar: S.self)
    case "conv2d-reflect":
      Conv2D(2, 3, kernel: 3, padding: [2, 1], paddingMode: .reflect, scalar: S.self)
    case "conv2d-replicate":
      Conv2D(2, 3, kernel: 3, stride: 2, padding: 1, paddingMode: .replicate, scalar: S.self)
    case "conv2d-circular":
      Conv2D(2, 3, kernel: [2, 3], padding: [1, 2], paddingMode: .circular, scalar: S.self)
    case "conv2d-same-reflect":
      Conv2D(2, 3, kernel: [3, 4], padding: .same, paddingMode: .reflect, scalar: S.self)
    case "conv2d-sample": Conv2D(2, 3, kernel: 3, padding: 1, scalar: S.self)
    case "conv2d-channels": Conv2D(8, 8, kernel: 3, padding: 1, scalar: S.self)
    case "convtranspose1d": ConvTranspose1D(2, 3, kernel: 3, stride: 2, scalar: S.self)
    case "convtranspose1d-options":
      ConvTranspose1D(
        4, 6, kernel: 3, stride: 3, padding: 1, outputPadding: 2, dilation: 2, groups: 2,
        scalar: S.self)
    case "convtranspose2d": ConvTranspose2D(2, 3, kernel: [3, 2], scalar: S.self)
    case "convtranspose2d-options":
      ConvTranspose2D(
        4, 2, kernel: 3, stride: [2, 1], padding: [1, 0], outputPadding: [1, 0], groups: 2,
        bias: false, scalar: S.self)
    case "convtranspose2d-sample": ConvTranspose2D(2, 3, kernel: 2, stride: 2, scalar: S.self)
    default: nil
    }
  }

  static func pooling(_ golden: String) -> (any Layer<S>)? {
    switch golden {
    case "maxpool1d": MaxPool1D(2, scalar: S.self)
    case "maxpool1d-options":
      MaxPool1D(3, stride: 2, padding: 1, dilation: 2, roundingUp: true, scalar: S.self)
    case "maxpool2d", "maxpool2d-sample": MaxPool2D(2, scalar: S.self)
    case "maxpool2d-options":
      MaxPool2D([3, 2], stride: [2, 1], padding: [1, 0], scalar: S.self)
    case "maxpool2d-ceil": MaxPool2D(3, stride: 2, roundingUp: true, scalar: S.self)
    case "avgpool1d": AvgPool1D(2, scalar: S.self)
    case "avgpool1d-options":
      AvgPool1D(
        3, stride: 2, padding: 1, roundingUp: true, countsPadding: false, scalar: S.self)
    case "avgpool2d": AvgPool2D(2, scalar: S.self)
    case "avgpool2d-options":
      AvgPool2D([3, 2], stride: [2, 1], padding: [1, 0], scalar: S.self)
    case "avgpool2d-excluded":
      AvgPool2D(3, stride: 2, padding: 1, countsPadding: false, scalar: S.self)
    case "avgpool2d-ceil":
      AvgPool2D(3, stride: 2, padding: 1, roundingUp: true, scalar: S.self)
    case "avgpool2d-divisor":
      AvgPool2D(3, stride: 2, padding: 1, roundingUp: true, divisor: 5, scalar: S.self)
    case "adaptiveavgpool1d": AdaptiveAvgPool1D(3, scalar: S.self)
    case "adaptiveavgpool1d-sample": AdaptiveAvgPool1D(5, scalar: S.self)
    case "adaptiveavgpool2d-square": AdaptiveAvgPool2D(2, scalar: S.self)
    case "adaptivemaxpool1d-sample": AdaptiveMaxPool1D(4, scalar: S.self)
    case "adaptivemaxpool2d-square": AdaptiveMaxPool2D(2, scalar: S.self)
    case "adaptiveavgpool2d": AdaptiveAvgPool2D([3, 2], scalar: S.self)
    case "adaptivemaxpool1d": AdaptiveMaxPool1D(2, scalar: S.self)
    case "adaptivemaxpool2d": AdaptiveMaxPool2D([3, 2], scalar: S.self)
    case "globalavgpool", "globalavgpool-sequence": GlobalAvgPool(scalar: S.self)
    case "globalmaxpool", "globalmaxpool-images": GlobalMaxPool(scalar: S.self)
    case "pad1d-constant":
      Pad1D(.asymmetric(before: 1, after: 2), mode: .constant(0.5), scalar: S.self)
    case "pad1d-reflect": Pad1D(2, mode: .reflect, scalar: S.self)
    case "pad2d-zeros":
      Pad2D(.asymmetric(before: [3, 1], after: [0, 2]), scalar: S.self)
    case "pad2d-reflect": Pad2D([2, 1], mode: .reflect, scalar: S.self)
    case "pad2d-replicate":
      Pad2D(.asymmetric(before: [2, 1], after: [1, 0]), mode: .replicate, scalar: S.self)
    case "pad2d-circular": Pad2D(1, mode: .circular, scalar: S.self)
    default: nil
    }
  }
}
