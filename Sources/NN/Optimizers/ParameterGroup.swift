import Tensor

/// Parameters that an optimizer treats by settings of their own.
///
/// ```swift
/// let optimizer = AdamW(
///   model, learningRate: 1e-3,
///   groups: [
///     .vectors { $0.weightDecay = 0 },  // biases and the scales of norms
///     ParameterGroup("encoder.*") { $0.learningRate *= 0.1 },
///   ])
/// ```
///
/// A parameter belongs to the first group that fits it. The closure gets the settings of the
/// optimizer each time they change, so that a factor of the learning rate stays one under a schedule.
public struct ParameterGroup<Rule: UpdateRule> {
  let description: String
  let contains: (_ name: String, _ shape: Shape) -> Bool
  let adjust: (inout Rule) -> Void

  /// The parameters of which one of the patterns fits the name; in a pattern `*` stands for any
  /// characters, dots too, and `?` for one.
  ///
  /// An optimizer stops with a message if no parameter is in a group.
  public init(_ patterns: String..., adjust: @escaping (inout Rule) -> Void) {
    description = patterns.joined(separator: ", ")
    contains = { name, _ in patterns.contains { name.fits(pattern: $0) } }
    self.adjust = adjust
  }

  /// The group's settings for those of the optimizer.
  func adjusted(_ settings: Rule) -> Rule {
    var settings = settings
    adjust(&settings)
    return settings
  }

  private init(
    description: String, contains: @escaping (String, Shape) -> Bool,
    adjust: @escaping (inout Rule) -> Void
  ) {
    self.description = description
    self.contains = contains
    self.adjust = adjust
  }

  /// The parameters with one axis or none: biases, and scales and shifts of norms.
  public static func vectors(_ adjust: @escaping (inout Rule) -> Void) -> ParameterGroup {
    ParameterGroup(
      description: "vectors", contains: { _, shape in shape.rank <= 1 }, adjust: adjust)
  }
}

extension String {
  /// Whether the whole text fits a pattern of `*` (any characters) and `?` (one).
  func fits(pattern: String) -> Bool {
    let text = Array(self)
    let pattern = Array(pattern)
    var (place, here) = (0, 0)
    // Where to go on with one more character for the last star.
    var retry: (pattern: Int, text: Int)?
    while here < text.count {
      if place < pattern.count, pattern[place] == "*" {
        retry = (place + 1, here)
        place += 1
      } else if place < pattern.count, pattern[place] == "?" || pattern[place] == text[here] {
        place += 1
        here += 1
      } else if let last = retry {
        retry = (last.pattern, last.text + 1)
        (place, here) = (last.pattern, last.text + 1)
      } else {
        return false
      }
    }
    return pattern[place...].allSatisfy { $0 == "*" }
  }
}
