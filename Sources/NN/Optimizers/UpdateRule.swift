import Tensor

/// What an optimizer does to one parameter: its settings and its equations.
///
/// `SGD`, `Adam` and all others are a `RuleOptimizer` of such a rule; an optimizer of one's own is a
/// new rule:
///
/// ```swift
/// struct SignDescent: UpdateRule {
///   static let name = "SignDescent"
///   static let settings: [RuleSetting<Self>] = [
///     .number("learningRate", \.learningRate, .nonNegative)
///   ]
///   var learningRate = 1e-3
///
///   func update<Scalar>(
///     _ parameter: inout Tensor<Scalar>, along gradient: Tensor<Scalar>,
///     state: inout ParameterState<Scalar>
///   ) {
///     parameter -= gradient.sign() * Scalar(learningRate)
///   }
/// }
/// let optimizer = RuleOptimizer(model, SignDescent())
/// ```
public protocol UpdateRule: Sendable {
  /// The name in messages and files.
  static var name: String { get }

  /// Every setting, with the range in which it must be: they are checked, saved and loaded by this
  /// list.
  static var settings: [RuleSetting<Self>] { get }

  /// The step size.
  var learningRate: Double { get set }

  /// Why these settings do not go together; nil if they do.
  var conflict: String? { get }

  /// The names of what is remembered of a parameter, in the order of `ParameterState.tensors`.
  func stateNames(for shape: Shape) -> [String]

  /// What a state is before the first step; zeros by default.
  func initialState<Scalar: FloatingPointScalar>(
    _ name: String, of parameter: Tensor<Scalar>
  ) -> Tensor<Scalar>

  /// Why a parameter of this shape cannot be updated; nil if it can.
  func objection(to shape: Shape) -> String?

  /// Makes a step of one parameter in place; its shape must stay.
  func update<Scalar: FloatingPointScalar>(
    _ parameter: inout Tensor<Scalar>, along gradient: Tensor<Scalar>,
    state: inout ParameterState<Scalar>)
}

extension UpdateRule {
  public var conflict: String? { nil }

  public func stateNames(for shape: Shape) -> [String] { [] }

  public func initialState<Scalar: FloatingPointScalar>(
    _ name: String, of parameter: Tensor<Scalar>
  ) -> Tensor<Scalar> { parameter.zerosAlike() }

  public func objection(to shape: Shape) -> String? { nil }

  /// What is wrong with the settings, as messages say it; nil if all are in range. NaN never is.
  package var problem: String? {
    for setting in Self.settings {
      let value = setting.value(self)
      if !setting.range.contains(value) {
        return "\(Self.name): \(setting.name) must be \(setting.range.description), got \(value)"
      }
    }
    return conflict.map { "\(Self.name): \($0)" }
  }
}

/// What an optimizer remembers of one parameter.
public struct ParameterState<Scalar: FloatingPointScalar> {
  /// The number of the step that is being made, from 1.
  public internal(set) var step = 0

  /// Whether the tensors are those of `initialState` still.
  public internal(set) var isFresh = true

  /// The tensors, in the order of the rule's `stateNames`.
  public var tensors: [Tensor<Scalar>] = []

  /// A running product beside the tensors, saved with them; only NAdam uses it.
  var product = 1.0
}

/// A setting of a rule, by its name.
public struct RuleSetting<Rule: UpdateRule>: Sendable {
  /// The numbers that a setting may be.
  public enum Range: Sendable {
    /// Above 0, not infinite.
    case positive
    /// 0 or more, not infinite.
    case nonNegative
    /// 0 or less, not infinite.
    case nonPositive
    /// 0 or more, below 1.
    case fraction
    /// From 0 through 1.
    case closedFraction

    func contains(_ value: Double) -> Bool {
      switch self {
      case .positive: value > 0 && value.isFinite
      case .nonNegative: value >= 0 && value.isFinite
      case .nonPositive: value <= 0 && value.isFinite
      case .fraction: value >= 0 && value < 1
      case .closedFraction: value >= 0 && value <= 1
      }
    }

    var description: String {
      switch self {
      case .positive: "positive and finite"
      case .nonNegative: "0 or more and finite"
      case .nonPositive: "0 or less and finite"
      case .fraction: "in 0..<1"
      case .closedFraction: "in 0...1"
      }
    }
  }

  package let name: String
  let range: Range
  let isFlag: Bool
  let value: @Sendable (Rule) -> Double
  let set: @Sendable (inout Rule, Double) -> Void

  /// A number in a range.
  public static func number(
    _ name: String, _ path: any WritableKeyPath<Rule, Double> & Sendable, _ range: Range
  ) -> RuleSetting {
    RuleSetting(
      name: name, range: range, isFlag: false, value: { $0[keyPath: path] },
      set: { $0[keyPath: path] = $1 })
  }

  /// A choice between two ways.
  public static func flag(
    _ name: String, _ path: any WritableKeyPath<Rule, Bool> & Sendable
  ) -> RuleSetting {
    RuleSetting(
      name: name, range: .closedFraction, isFlag: true, value: { $0[keyPath: path] ? 1 : 0 },
      set: { $0[keyPath: path] = $1 != 0 })
  }

  /// The value as files have it; numbers in full, so that they come back the same.
  package func text(_ rule: Rule) -> String {
    isFlag ? "\(value(rule) != 0)" : "\(value(rule))"
  }

  /// The value of a text; nil if it is none, or out of range.
  func value(of text: String) -> Double? {
    if isFlag { return text == "true" ? 1 : text == "false" ? 0 : nil }
    return Double(text).flatMap { range.contains($0) ? $0 : nil }
  }
}
