import Tensor

/// What an optimizer keeps for one parameter, whatever its scalar type.
protocol AnyParameterSlot: AnyObject {
  var name: String { get }
  /// The group, from 1; 0 for the optimizer's own settings.
  var group: Int { get }
  var parameter: any AnyParameter { get }
  var step: Int { get }
  /// The full names of the remembered tensors.
  var stateNames: [String] { get }
  /// What is saved: the remembered tensors, the step, and a product if there is one.
  var namedTensors: [NamedTensor] { get }

  /// Drops what the rule does not remember, and makes what it newly does.
  func arrange(by rule: some UpdateRule)
  func add(
    to pass: inout UpdatePass, by rule: some ElementwiseRule, along gradient: ErasedVariable)
  func update(by rule: some UpdateRule, along gradient: ErasedVariable)
  func tensor<Scalar>(_ fullName: String, as scalar: Scalar.Type) -> Tensor<Scalar>?
  /// Notes where a file has other names or shapes than the rule remembers of this parameter.
  func compare(
    with file: SafetensorsFile, by rule: some UpdateRule, into difference: inout StateDifference)
  /// Reads the state of this parameter; the result sets it.
  func assignment(
    from file: SafetensorsFile, by rule: some UpdateRule
  ) throws(OptimizerStateError) -> () -> Void
}

final class ParameterSlot<Owner: AnyParameter>: AnyParameterSlot {
  typealias Scalar = Owner.Scalar

  let name: String
  let group: Int
  private let owner: Owner
  private var names: [String] = []
  private var state = ParameterState<Scalar>()

  init(_ name: String, _ owner: Owner, group: Int) {
    self.name = name
    self.owner = owner
    self.group = group
  }

  var parameter: any AnyParameter { owner }
  var step: Int { state.step }

  func arrange(by rule: some UpdateRule) {
    let wanted = rule.stateNames(for: owner.shape)
    guard wanted != names else { return }
    if !state.tensors.isEmpty {
      let known = Dictionary(uniqueKeysWithValues: zip(names, state.tensors))
      state.tensors = wanted.map { known[$0] ?? initialState($0, by: rule) }
    }
    names = wanted
  }

  private func initialState(_ name: String, by rule: some UpdateRule) -> Tensor<Scalar> {
    owner.modify { rule.initialState(name, of: $0) }
  }

  @_specialize(kind:partial,where Owner == Parameter<Float>)
  private func beginStep(by rule: some UpdateRule) {
    state.step += 1
    state.isFresh = state.tensors.isEmpty
    if state.isFresh && !names.isEmpty {
      state.tensors = names.map { initialState($0, by: rule) }
    }
  }

  @_specialize(kind:partial,where Owner == Parameter<Float>)
  func add(to pass: inout UpdatePass, by rule: some ElementwiseRule, along gradient: ErasedVariable)
  {
    beginStep(by: rule)
    let step = rule.elementwiseStep(for: &state)
    owner.add(to: &pass, by: step, along: gradient, state: &state.tensors)
  }

  func update(by rule: some UpdateRule, along gradient: ErasedVariable) {
    beginStep(by: rule)
    owner.modify { parameter in
      let layout = parameter.layout
      parameter.makeUnique()  // Or the first operation would choose a memory order of its own.
      rule.update(&parameter, along: gradient.typed().value, state: &state)
      guard parameter.shape == layout.shape else {
        fatalError(
          "\(type(of: rule).name): the update of \(name) changed its shape from \(layout.shape) to "
            + "\(parameter.shape)")
      }
      parameter = parameter.arranged(like: layout)
    }
  }

  // MARK: Inspection and files

  private var stepName: String { fullName("step") }
  private var productName: String { fullName("momentumProduct") }

  /// A model that is a parameter has no name before the state's.
  private func fullName(_ state: String) -> String { name.isEmpty ? state : "\(name).\(state)" }

  private func fullNames(_ names: [String]) -> [String] { names.map(fullName) }

  var stateNames: [String] { fullNames(names) + (state.product == 1 ? [] : [productName]) }

  var namedTensors: [NamedTensor] {
    var result = zip(fullNames(names), state.tensors).map { NamedTensor($0, $1) }
    result.append(NamedTensor(stepName, Tensor(Int64(step))))
    if state.product != 1 { result.append(NamedTensor(productName, Tensor(state.product))) }
    return result
  }

  func tensor<S>(_ fullName: String, as scalar: S.Type) -> Tensor<S>? {
    if fullName == productName { return Tensor(state.product) as? Tensor<S> }
    guard !state.tensors.isEmpty, let place = fullNames(names).firstIndex(of: fullName) else {
      return nil
    }
    return state.tensors[place] as? Tensor<S>
  }

  func compare(
    with file: SafetensorsFile, by rule: some UpdateRule, into difference: inout StateDifference
  ) {
    if file.entry(named: stepName) == nil { difference.missing.append(stepName) }
    difference.known.formUnion([stepName, productName])
    let wanted = rule.stateNames(for: owner.shape)
    let found = fullNames(wanted).map { file.entry(named: $0)?.shape }
    // None is there before the first step.
    let hasState = found.contains { $0 != nil }
    for (name, (fullName, shape)) in zip(wanted, zip(fullNames(wanted), found)) {
      difference.known.insert(fullName)
      guard let shape else {
        if hasState { difference.missing.append(fullName) }
        continue
      }
      let expected = initialState(name, by: rule).shape
      if shape != expected {
        difference.shapes.append(.init(name: fullName, found: shape, expected: expected))
      }
    }
  }

  func assignment(
    from file: SafetensorsFile, by rule: some UpdateRule
  ) throws(OptimizerStateError) -> () -> Void {
    let names = rule.stateNames(for: owner.shape)
    var loaded = ParameterState<Scalar>()
    loaded.step = Int(try read(stepName, from: file, as: Int64.self))
    guard loaded.step >= 0 else {
      throw .damaged(path: file.path, reason: "\(stepName) is \(loaded.step), expected 0 or more")
    }
    if file.entry(named: productName) != nil {
      loaded.product = try read(productName, from: file, as: Double.self)
    }
    for (name, fullName) in zip(names, fullNames(names)) where file.entry(named: fullName) != nil {
      var tensor = initialState(name, by: rule)  // For its layout.
      do { tensor[] = try file.tensor(named: fullName) } catch { throw .file(error) }
      loaded.tensors.append(tensor)
    }
    return { [loaded] in
      self.names = names
      self.state = loaded
    }
  }

  /// A number of shape `[]`.
  private func read<S: TensorScalar>(
    _ name: String, from file: SafetensorsFile, as scalar: S.Type
  ) throws(OptimizerStateError) -> S {
    let tensor: Tensor<S>
    do { tensor = try file.tensor(named: name) } catch { throw .file(error) }
    guard tensor.count == 1 else {
      throw .damaged(
        path: file.path, reason: "\(name) has shape \(tensor.shape), expected a single number")
    }
    return tensor.item
  }
}
