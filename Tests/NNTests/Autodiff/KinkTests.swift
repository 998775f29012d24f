import NN
import Tensor
import Testing

/// The derivatives that the documentation states where functions have none.
struct KinkTests {
  // Where PyTorch rounds constants of its gradients to single precision.
  @Test(arguments: [0.3, 0.7, 1.7])
  func gradientsOfDoublesAreThoseOfDoubles(_ alpha: Double) {
    for x in [-2.9, -1.3, -0.2, 0.4, 2.5] {
      #expect(gradient(at: Variable(x)) { $0.hardSigmoid() }.item == 1.0 / 6)
      let slope = gradient(at: Variable(x)) { $0.celu(alpha: alpha) }.item
      #expect(abs(slope - (x > 0 ? 1 : Plain.exp(x / alpha))) < 4e-16)
    }
  }

  typealias Function = @Sendable (Variable<Double>) -> Variable<Double>

  private static let points: [(name: String, function: Function, x: Double, derivative: Double)] = [
    ("magnitude", { $0.magnitude() }, 0, 0),
    ("sign", { $0.sign() }, 0, 0),
    ("floor", { $0.floor() }, 2, 0),
    ("squareRoot", { $0.squareRoot() }, 0, .infinity),
    ("power 0", { $0.power(0) }, 0, 0),
    ("power 1", { $0.power(1) }, 0, 1),
    ("power of tensors, p = 0", { $0.power(Variable(0)) }, 0, 0),
    ("exponent of 0", { Variable(0).power($0) }, 2, 0),
    ("relu", { $0.relu() }, 0, 0),
    ("maximum", { .maximum($0, 1) }, 1, 0.5),
    ("minimum", { .minimum($0, 1) }, 1, 0.5),
    ("maximum of itself", { .maximum($0, $0) }, 1, 1),
    ("clamped low", { $0.clamped(to: 0...1) }, 0, 1),
    ("clamped high", { $0.clamped(to: 0...1) }, 1, 1),
    ("clamped from", { $0.clamped(to: 2...) }, 2, 1),
    ("clamped through", { $0.clamped(to: ...2) }, 2, 1),
    ("clamped between", { $0.clamped(from: Variable(0), through: Variable(1)) }, 1, 1),
    ("clamped, crossing", { $0.clamped(from: Variable(2), through: Variable(1)) }, 1.5, 0),
    ("leakyRelu", { $0.leakyRelu(slope: 0.2) }, 0, 0.2),
    ("prelu", { $0.prelu(Variable(0.3)) }, 0, 0.3),
    ("elu", { $0.elu(alpha: 1.5) }, 0, 1.5),
    ("celu", { $0.celu(alpha: 1.5) }, 0, 1),
    ("selu", { $0.selu() }, 0, 1.0507009873554804934 * 1.6732632423543772848),
    ("softsign", { $0.softsign() }, 0, 1),
    ("softShrink", { $0.softShrink(lambda: 0.5) }, 0.5, 0),
    ("hardShrink", { $0.hardShrink(lambda: 0.5) }, 0.5, 0),
    ("thresholded", { $0.thresholded(at: 0.5) }, 0.5, 0),
    ("hardTanh", { $0.hardTanh() }, 1, 0),
    ("relu6 at 0", { $0.relu6() }, 0, 0),
    ("relu6 at 6", { $0.relu6() }, 6, 0),
    ("hardSigmoid", { $0.hardSigmoid() }, -3, 0),
    ("hardSwish at −3", { $0.hardSwish() }, -3, 0),
    ("hardSwish at 3", { $0.hardSwish() }, 3, 1),
    ("remainder", { $0.flooredRemainder(dividingBy: 2) }, 4, 1),
    ("deviation", { ($0 * Variable(Tensor([1, 1]))).standardDeviation() }, 3, 0),
    (
      "logSumExp of nothing", { ($0 + Variable(Tensor([-.infinity, -.infinity]))).logSumExp() }, 0,
      0
    ),
    ("norm", { $0.norm() }, 0, 0),
    ("norm of order 1", { $0.norm(order: 1) }, 0, 0),
    ("norm of order 3", { $0.norm(order: 3) }, 0, 0),
    ("norm of order ½", { ($0 * Variable(Tensor([0, 1]))).norm(order: 0.5) }, 2, 1),
    ("product with 0", { ($0 * Variable(Tensor([0, 1, 3]))).product() }, 2, 0),
  ]

  @Test func derivativesAtKinks() {
    for (name, function, x, derivative) in Self.points {
      let slope = gradient(at: Variable(x)) { function($0).sum() }
      #expect(abs(slope.item - derivative) < 1e-12 || slope.item == derivative, "\(name)")
    }
  }

  @Test func equalExtremesShareTheGradient() {
    let x = Variable<Double>(Tensor([[1, 3, 3], [2, 2, 2]]))
    let third = 1.0 / 3
    let ofRows = gradient(at: x) { $0.max(axes: [1]).sum() }.value
    #expect(ofRows.scalars == [0, 0.5, 0.5, third, third, third])
    let ofAll = gradient(at: x) { $0.min() }.value
    #expect(ofAll.scalars == [1, 0, 0, 0, 0, 0])
  }

  @Test func firstOfEqualElementsGetsThePooledGradient() {
    let x = Variable<Double>(Tensor([2, 2, 1, 1], shape: [1, 1, 4]))
    #expect(
      gradient(at: x) { $0.maxPooled(kernel: 2).sum() }.value
        == Tensor([1, 0, 1, 0], shape: [1, 1, 4]))
  }

  @Test func laterOfElementsForOnePlaceGetsTheGradient() {
    let x = Variable<Double>(Tensor([1, 2, 3]))
    let gradient = gradient(at: x) { source in
      var y = Variable<Double>(Tensor([5, 6]))
      y.scatter(source, at: Tensor<Int64>([0, 0, 1]), axis: 0)
      return (y * Variable(Tensor([10, 20]))).sum()
    }
    #expect(gradient.value == Tensor([0, 10, 20]))
  }

  @Test func gradientOfASingularMatrix() {
    let x = Variable<Double>(Tensor([[1, 2], [2, 4]]))
    #expect(
      gradient(at: x) { $0.determinant() }.value == Tensor([[4, -2], [-2, 1]]))
    let logarithm = gradient(at: x) { $0.logDeterminant().logMagnitude }
    #expect(logarithm.value.isNaN().all().item)
  }

  @Test func errorsOfLinearAlgebraAreThrown() {
    let singular = Variable<Double>(Tensor([[1, 2], [2, 4]]))
    let indefinite = Variable<Double>(Tensor([[1, 2], [2, 1]]))
    let broken = Variable<Double>(Tensor([[1, 2], [.nan, 1]]))
    #expect(throws: LinearAlgebraError.self) { try singular.inverse() }
    #expect(throws: LinearAlgebraError.self) { try singular.solve(indefinite) }
    #expect(throws: LinearAlgebraError.self) { try singular.matrixPower(-1) }
    #expect(throws: LinearAlgebraError.self) { try indefinite.cholesky() }
    #expect(throws: LinearAlgebraError.self) { try broken.svd() }
    #expect(throws: LinearAlgebraError.self) { try broken.symmetricEigen() }
  }
}
