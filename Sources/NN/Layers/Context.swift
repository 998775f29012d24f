import Tensor

/// What a pass through a model is for: training or evaluation, and where its random numbers come from.
///
/// Dropout, batch normalisation and their like do one thing while training and another afterwards.
/// Which of the two is said with every call, not stored in the model:
///
/// ```swift
/// let training = Context.training(RandomGenerator(seed: 1))
/// let (loss, gradients) = valueAndGradients(of: model) {
///   softmaxCrossEntropy(model(images, in: training), labels)
/// }
/// let scores = model(testImages)  // evaluation, which is what a call without a context means
/// ```
///
/// A training context draws from its generator, so a run can be repeated from its seed and resumed
/// from a stored `random`. A context belongs to one thread at a time.
public final class Context {
  /// Whether this pass trains the model.
  public let isTraining: Bool

  /// The generator that dropout and other random layers draw from.
  public var random: RandomGenerator

  /// Whether a checkpointed block is being computed for a second time, so that running statistics
  /// must not be counted twice.
  var isRecomputing = false

  private init(isTraining: Bool, random: RandomGenerator) {
    self.isTraining = isTraining
    self.random = random
  }

  /// A context for training, whose random numbers come from a copy of `random`.
  public static func training(_ random: RandomGenerator) -> Context {
    Context(isTraining: true, random: random)
  }

  /// A context for evaluation: nothing is random, and running statistics are used, not changed.
  public static var evaluation: Context {
    Context(isTraining: false, random: RandomGenerator(seed: 0))
  }
}
