import NN
import Tensor

/// An LSTM that reads a picture of 28 × 28 row by row; what it gives is its state after the last row.
struct RowReader: Layer {
  private let lstm: LSTM<Float>

  init(width: Int) { lstm = LSTM(28, width) }

  func callAsFunction(_ images: Variable<Float>, in context: Context) -> Variable<Float> {
    let rows = images.reshaped(to: [images.shape[0], 28, 28] as Shape)
    return lstm(rows, state: nil, in: context).state.hidden[-1]
  }
}
