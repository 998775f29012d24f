import Tensor

/// An optimizer of any rule: it finds the parameters, checks the gradients, and keeps the state of
/// each parameter under its name.
///
/// `SGD`, `Adam`, `AdamW` and so on are this class with the rule of that name. The rules of which
/// each element goes its own way are applied by one pass over all parameters on all threads; no
/// memory comes from the system from the second step on.
public final class RuleOptimizer<Rule: UpdateRule>: Optimizer {
  private let parameters: Parameters
  private let groups: [ParameterGroup<Rule>]
  private let slots: [any AnyParameterSlot]
  private var base: Rule
  /// The settings of parameters without a group, then those of each group.
  private var rules: [Rule] = []
  private var elementwiseRules: [any ElementwiseRule] = []
  private var values: [ErasedVariable?] = []
  private var pass = UpdatePass()

  public var allowsMissingGradients = false

  /// Creates an optimizer of a model's parameters, which may also be a `Parameters`.
  ///
  /// Stops with a message if a setting is out of range, a group has no parameter, or the rule cannot
  /// update a parameter of some shape.
  public init(_ model: Any, _ settings: Rule, groups: [ParameterGroup<Rule>] = []) {
    parameters = Parameters(of: model)
    self.groups = groups
    base = settings
    slots = parameters.entries.map { entry in
      let shape = entry.parameter.shape
      let group = groups.firstIndex { $0.contains(entry.name, shape) }
      return Self.slot(entry.name, entry.parameter, group: group.map { $0 + 1 } ?? 0)
    }
    for (index, group) in groups.enumerated()
    where !slots.contains(where: { $0.group == index + 1 }) {
      fatalError(
        "\(Rule.name): no parameter is in the group \(group.description); the names are "
          + parameters.names.joined(separator: ", "))
    }
    rules = Self.checkedRules(settings, groups)
    arrange()
    for slot in slots {
      if let objection = rules[slot.group].objection(to: slot.parameter.shape) {
        let name = slot.name.isEmpty ? "the parameter" : slot.name
        fatalError("\(Rule.name): \(name) has shape \(slot.parameter.shape): \(objection)")
      }
    }
  }

  private static func slot(
    _ name: String, _ parameter: some AnyParameter, group: Int
  ) -> any AnyParameterSlot {
    ParameterSlot(name, parameter, group: group)
  }

  // MARK: Settings

  /// The settings, which may be changed between steps; the groups' follow from them.
  ///
  /// Setting them stops with a message if one is out of range.
  public var settings: Rule {
    get { base }
    set {
      rules = Self.checkedRules(newValue, groups)
      base = newValue
      arrange()
    }
  }

  public var learningRate: Double {
    get { base.learningRate }
    set { settings.learningRate = newValue }
  }

  /// The settings under which a parameter is updated; nil if there is none of this name.
  public func settings(of parameterName: String) -> Rule? {
    slots.first { $0.name == parameterName }.map { rules[$0.group] }
  }

  /// The settings of all groups; stops if one is out of range.
  private static func checkedRules(_ base: Rule, _ groups: [ParameterGroup<Rule>]) -> [Rule] {
    let rules = [base] + groups.map { $0.adjusted(base) }
    for rule in rules { if let problem = rule.problem { fatalError(problem) } }
    return rules
  }

  private func arrange() {
    elementwiseRules = rules.compactMap { $0 as? any ElementwiseRule }
    for slot in slots { slot.arrange(by: rules[slot.group]) }
  }

  // MARK: Steps

  public func update(along gradients: Gradients) {
    profileRegion("\(Rule.name) update") { apply(gradients) }
  }

  private func apply(_ gradients: Gradients) {
    defer { values.removeAll(keepingCapacity: true) }
    collectValues(of: gradients)
    for (slot, value) in zip(slots, values) {
      guard let value else { continue }
      if elementwiseRules.isEmpty {
        slot.update(by: rules[slot.group], along: value)
      } else {
        slot.add(to: &pass, by: elementwiseRules[slot.group], along: value)
      }
    }
    pass.run()
  }

  /// Finds the gradient of each parameter; nil for one to be left as it is.
  private func collectValues(of gradients: Gradients) {
    var isComplete = true
    for (place, slot) in slots.enumerated() {
      let parameter = slot.parameter
      let value = parameter.isFrozen ? nil : gradients.value(of: parameter, at: place)
      if value == nil && !parameter.isFrozen { isComplete = false }
      values.append(value)
    }
    guard isComplete || allowsMissingGradients else {
      let missing = zip(slots, values).filter { $1 == nil && !$0.parameter.isFrozen }
      fatalError(
        "update(along:): \(MissingGradientError(parameters: missing.map(\.0.name))); set "
          + "allowsMissingGradients to leave such parameters as they are")
    }
  }

  // MARK: State

  public var stateNames: [String] {
    slots.flatMap { slot in slot.step > 0 ? slot.stateNames : [] }
  }

  public func state<Scalar: FloatingPointScalar>(
    named name: String, as scalar: Scalar.Type = Float.self
  ) -> Tensor<Scalar>? {
    for slot in slots {
      if let tensor = slot.tensor(name, as: Scalar.self) { return tensor }
    }
    return nil
  }

  public func stepCount(of parameterName: String) -> Int? {
    slots.first { $0.name == parameterName }?.step
  }

  // MARK: Files

  public func save(to path: String) throws(SafetensorsError) {
    var metadata = ["optimizer": Rule.name]
    for (index, rule) in rules.enumerated() {
      if index > 0 { metadata["group.\(index)"] = groups[index - 1].description }
      for setting in Rule.settings {
        metadata["group.\(index).\(setting.name)"] = setting.text(rule)
      }
    }
    try SafetensorsFile.write(slots.flatMap(\.namedTensors), metadata: metadata, to: path)
  }

  public func load(from path: String) throws(OptimizerStateError) {
    let file: SafetensorsFile
    do { file = try SafetensorsFile(path: path) } catch { throw .file(error) }
    guard file.metadata["optimizer"] == Rule.name else {
      throw .otherOptimizer(path: path, found: file.metadata["optimizer"], expected: Rule.name)
    }
    let (base, rules) = try settings(in: file)
    var difference = StateDifference()
    for slot in slots { slot.compare(with: file, by: rules[slot.group], into: &difference) }
    try difference.check(against: file)
    var assignments: [() -> Void] = []
    for slot in slots {
      assignments.append(try slot.assignment(from: file, by: rules[slot.group]))
    }
    for assign in assignments { assign() }
    self.base = base
    self.rules = rules
    arrange()
  }

  /// The optimizer's settings in a file, and those of the groups, which must follow from them as
  /// they did when the file was written.
  private func settings(
    in file: SafetensorsFile
  ) throws(OptimizerStateError) -> (base: Rule, rules: [Rule]) {
    let found = (1...).lazy.map { file.metadata["group.\($0)"] }.prefix { $0 != nil }
    let expected = groups.map(\.description)
    guard found.elementsEqual(expected) else {
      throw .otherGroups(path: file.path, found: found.compactMap { $0 }, expected: expected)
    }
    var base = base
    for setting in Rule.settings {
      let text = file.metadata["group.0.\(setting.name)"]
      guard let value = text.flatMap(setting.value(of:)) else {
        throw .damaged(
          path: file.path,
          reason: "the setting \(setting.name) is \(text ?? "missing"), expected it "
            + (setting.isFlag ? "true or false" : setting.range.description))
      }
      setting.set(&base, value)
    }
    let rules = [base] + groups.map { $0.adjusted(base) }
    if let problem = rules.lazy.compactMap(\.problem).first {
      throw .damaged(path: file.path, reason: problem)
    }
    for (index, group) in groups.enumerated() {
      for setting in Rule.settings {
        let text = file.metadata["group.\(index + 1).\(setting.name)"] ?? "missing"
        guard text == setting.text(rules[index + 1]) else {
          throw .otherSettings(
            path: file.path, group: group.description, setting: setting.name, found: text,
            expected: setting.text(rules[index + 1]))
        }
      }
    }
    return (base, rules)
  }
}
