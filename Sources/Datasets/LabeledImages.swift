import Tensor

/// Grey images, each with a label: a training or a test set for classification.
///
/// The images stay bytes, a quarter of the memory that floats take; `batches(of:)` converts them as
/// they are taken.
public struct LabeledImages: Sendable {
  /// What the set is called in messages, such as `MNIST train`.
  public let name: String
  /// The images, of shape [count, rows, columns]: 0 is background, 255 full ink.
  public let images: Tensor<UInt8>
  /// The class of each image, of shape [count], in 0..<`classNames.count`.
  public let labels: Tensor<Int32>
  /// The name of each class.
  public let classNames: [String]

  /// The number of images.
  public var count: Int { images.shape[0] }
  /// The number of pixels of one image, rows × columns.
  public var pixelCount: Int { images.shape[1] * images.shape[2] }

  /// Creates a set from its images and labels.
  ///
  /// - Parameters:
  ///   - images: Of shape [count, rows, columns], none of them zero.
  ///   - labels: Of shape [count], each less than the number of class names.
  ///   - classNames: The name of each class.
  ///   - name: What the set is called in messages.
  /// - Throws: `DatasetError.wrongRank`, `.empty`, `.countMismatch` or `.labelOutOfRange`.
  public init(
    images: Tensor<UInt8>, labels: Tensor<UInt8>, classNames: [String], name: String
  ) throws(DatasetError) {
    try self.init(
      images: images, labels: labels, classNames: classNames, name: name,
      imagesSource: "\(name) images", labelsSource: "\(name) labels")
  }

  /// Reads a set from two IDX files, plain or gzip'ed.
  ///
  /// - Throws: what `IDX.read` throws, and `DatasetError.wrongRank`, `.countMismatch` or
  ///   `.labelOutOfRange`, which name the files.
  public init(
    imagesFile: String, labelsFile: String, classNames: [String], name: String
  ) throws(DatasetError) {
    try self.init(
      images: IDX.read(imagesFile), labels: IDX.read(labelsFile), classNames: classNames,
      name: name, imagesSource: imagesFile, labelsSource: labelsFile)
  }

  private init(
    images: Tensor<UInt8>, labels: Tensor<UInt8>, classNames: [String], name: String,
    imagesSource: String, labelsSource: String
  ) throws(DatasetError) {
    guard images.rank == 3 else {
      throw .wrongRank(file: imagesSource, dimensions: Array(images.shape), expected: 3)
    }
    guard labels.rank == 1 else {
      throw .wrongRank(file: labelsSource, dimensions: Array(labels.shape), expected: 1)
    }
    guard images.shape[0] == labels.shape[0] else {
      throw .countMismatch(
        images: imagesSource, imageCount: images.shape[0], labels: labelsSource,
        labelCount: labels.shape[0])
    }
    guard images.count > 0 else { throw .empty(name: name) }
    let classCount = classNames.count
    let outside = labels.withUnsafeBufferPointer { labels in
      labels.firstIndex { Int($0) >= classCount }.map { ($0, Int(labels[$0])) }
    }
    if let (index, label) = outside {
      throw .labelOutOfRange(
        file: labelsSource, index: index, label: label, classes: classCount)
    }
    self.name = name
    self.images = images
    self.labels = Tensor(labels.scalars.map(Int32.init))
    self.classNames = classNames
  }
}
