import Tensor

/// The value of a function and the product of a cotangent with its Jacobian: one backward pass.
///
///     value = f(x₁, x₂, …),  products[i] = Σⱼ cotangentⱼ · ∂fⱼ/∂xᵢ
///
/// `cotangent` has the shape of the value and each product that of its argument; a product is zero
/// where f does not depend on the argument. Transforms nest to any order. Stops with a message if the
/// cotangent has another shape than the value.
public func vectorJacobianProduct<Scalar>(
  at arguments: [Variable<Scalar>], cotangent: Variable<Scalar>,
  of function: ([Variable<Scalar>]) throws -> Variable<Scalar>
) rethrows -> (value: Variable<Scalar>, products: [Variable<Scalar>]) {
  try Tape.withTransform { tape, frame in
    let leaves = arguments.map { tape.leaf($0, level: frame.level) }
    let value = try function(leaves)
    guard value.shape == cotangent.shape else {
      fatalError(
        "vectorJacobianProduct: the cotangent has shape \(cotangent.shape), the function's value "
          + "\(value.shape); they must be the same")
    }
    let backward = Backward(
      on: tape, frame: frame, leafCount: leaves.count, output: value, cotangent: cotangent)
    return (tape.result(value), leaves.map { backward.gradientOrZero(of: $0) })
  }
}

/// The value of a function and the product of its Jacobian with a tangent: its derivative along it.
///
///     value = f(x₁, x₂, …),  product = Σᵢ ∂f/∂xᵢ · tangentsᵢ
///
/// Each tangent has the shape of its argument and the product that of the value. Computed by two
/// nested backward passes: a vector-Jacobian product is linear in its cotangent, and the gradient of its
/// product with the tangents is what is asked for. Stops with a message if shapes or counts differ.
public func jacobianVectorProduct<Scalar>(
  at arguments: [Variable<Scalar>], along tangents: [Variable<Scalar>],
  of function: ([Variable<Scalar>]) throws -> Variable<Scalar>
) rethrows -> (value: Variable<Scalar>, product: Variable<Scalar>) {
  let shapes = arguments.map(\.shape)
  guard shapes == tangents.map(\.shape) else {
    fatalError(
      "jacobianVectorProduct: the tangents have shapes \(tangents.map(\.shape)), the arguments "
        + "\(shapes); they must be the same")
  }
  let value = try function(arguments)
  // Where the gradient is taken does not matter, as the product is linear in the cotangent: at zero.
  let zero = Variable(Tensor<Scalar>.zeros(value.shape))
  let product = try gradient(at: zero) { cotangent in
    let (_, products) = try vectorJacobianProduct(
      at: arguments, cotangent: cotangent, of: function)
    return zip(products, tangents).map { ($0 * $1).sum() }.reduce(Variable(0), +)
  }
  return (value, product)
}

/// The Jacobian of a function of one tensor: ∂fⱼ/∂xᵢ, of shape `value shape + argument shape`.
///
/// The function is computed once, and a backward pass runs for each element of its value.
public func jacobian<Scalar>(
  at argument: Variable<Scalar>, of function: (Variable<Scalar>) throws -> Variable<Scalar>
) rethrows -> Variable<Scalar> {
  try Tape.withTransform { tape, frame in
    let leaf = tape.leaf(argument, level: frame.level)
    let value = try function(leaf)
    let rows = (0..<value.count).map { row in
      var unit = Tensor<Scalar>.zeros([value.count])
      unit[at: row] = 1
      let backward = Backward(
        on: tape, frame: frame, leafCount: 1, output: value,
        cotangent: Variable(unit.reshaped(to: value.shape)),
        keepingPullbacks: row + 1 < value.count)
      return backward.gradientOrZero(of: leaf)
    }
    let shape = Shape(Array(value.shape) + Array(argument.shape))
    guard !rows.isEmpty else { return Variable(.zeros(shape)) }
    return Variable.stacked(rows).reshaped(to: shape)
  }
}

/// The product of the Hessian of a scalar function with a vector: Σⱼ ∂²f/∂xᵢ∂xⱼ · vⱼ.
///
/// `vector` has the shape of the argument. Costs two nested backward passes, whatever the size: the
/// matrix is never made. Stops with a message if the function's value is not a single number or the
/// shapes differ.
public func hessianVectorProduct<Scalar>(
  at argument: Variable<Scalar>, along vector: Variable<Scalar>,
  of function: (Variable<Scalar>) throws -> Variable<Scalar>
) rethrows -> Variable<Scalar> {
  guard argument.shape == vector.shape else {
    fatalError(
      "hessianVectorProduct: the vector has shape \(vector.shape), the argument "
        + "\(argument.shape); they must be the same")
  }
  return try gradient(at: argument) { x in
    (try gradient(at: x, of: function) * vector).sum()
  }
}

/// The Hessian of a scalar function of one tensor: ∂²f/∂xᵢ∂xⱼ, of shape `argument shape` twice.
///
/// Stops with a message if the function's value is not a single number.
public func hessian<Scalar>(
  at argument: Variable<Scalar>, of function: (Variable<Scalar>) throws -> Variable<Scalar>
) rethrows -> Variable<Scalar> {
  try jacobian(at: argument) { x in try gradient(at: x, of: function) }
}
