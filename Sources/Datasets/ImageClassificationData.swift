/// A training and a test set of labelled images, and where they came from.
///
/// ```swift
/// let data = try ImageClassificationData.load(.mnist)
/// for batch in data.train.batches(of: 32, shuffledBy: &generator) { … }
/// ```
public struct ImageClassificationData: Sendable {
  public let train: LabeledImages
  public let test: LabeledImages
  /// The folder that the files lie in.
  public let folder: String

  /// Finds and reads a data set.
  ///
  /// Without a folder named, it is looked for in the user's cache (`$XDG_CACHE_HOME/apus` or
  /// `~/.cache/apus`) and where a package of the system puts it, and is otherwise downloaded to the
  /// cache from public mirrors, with the SHA-256 of the content checked. The cache never holds half a
  /// file under its name. `.embedded` needs none of this.
  ///
  /// - Parameters:
  ///   - dataset: Which data set.
  ///   - folder: The folder of its four IDX files, plain or gzip'ed; then no other place is tried.
  ///   - progress: Called on this thread, a few times a second, during a download.
  /// - Throws: `DatasetError`. Its `meansUnavailable` is true where the data are merely not to be had,
  ///   offline for instance, and `.embedded` is a way to go on.
  public static func load(
    _ dataset: ImageDataset, from folder: String? = nil,
    progress: (DownloadProgress) -> Void = { _ in }
  ) throws(DatasetError) -> ImageClassificationData {
    let (specification, folder) = try located(dataset, folder)
    return try load(specification, from: folder, surroundings: .current, progress: progress)
  }

  /// The training set alone, for programs that test nothing.
  package static func loadTrain(
    _ dataset: ImageDataset, from folder: String? = nil
  ) throws(DatasetError) -> LabeledImages {
    let (specification, named) = try located(dataset, folder)
    let folder =
      if let named { named } else {
        try Surroundings.current.findOrDownload(specification, progress: { _ in })
      }
    return try readTrain(of: specification, in: folder)
  }

  /// What describes a data set, and the folder if one is named or it comes with the package.
  private static func located(
    _ dataset: ImageDataset, _ folder: String?
  ) throws(DatasetError) -> (DatasetSpecification, String?) {
    switch dataset {
    case .mnist: return (.mnist, folder)
    case .fashionMNIST: return (.fashionMNIST, folder)
    case .embedded:
      if let folder { return (.embedded(), folder) }
      return (
        .embedded(), try EmbeddedFiles.folder(programFolder: FileSystem.programFolder)
      )
    }
  }

  /// The same for any specification and surroundings.
  package static func load(
    _ specification: DatasetSpecification, from folder: String?, surroundings: Surroundings,
    progress: (DownloadProgress) -> Void
  ) throws(DatasetError) -> ImageClassificationData {
    let folder =
      if let folder { folder } else {
        try surroundings.findOrDownload(specification, progress: progress)
      }
    let train = try readTrain(of: specification, in: folder)
    let test = try read(
      specification.testImages, specification.testLabels, "test", of: specification, in: folder)
    return ImageClassificationData(train: train, test: test, folder: folder)
  }

  private static func readTrain(
    of specification: DatasetSpecification, in folder: String
  ) throws(DatasetError) -> LabeledImages {
    try read(
      specification.trainImages, specification.trainLabels, "train", of: specification, in: folder)
  }

  private static func read(
    _ images: DatasetFile, _ labels: DatasetFile, _ part: String,
    of specification: DatasetSpecification, in folder: String
  ) throws(DatasetError) -> LabeledImages {
    let imagesFile = try images.path(in: folder)
    let set = try LabeledImages(
      imagesFile: imagesFile, labelsFile: labels.path(in: folder),
      classNames: specification.classNames, name: "\(specification.name) \(part)")
    let size = Array(set.images.shape.dropFirst())
    guard size == specification.imageSize else {
      throw .wrongImageSize(file: imagesFile, found: size, expected: specification.imageSize)
    }
    return set
  }
}

extension DatasetFile {
  /// The file's path in a folder under one of its names, or nil.
  func existingPath(in folder: String) -> String? {
    candidates.lazy.map { FileSystem.join(folder, $0) }.first(where: FileSystem.isFile)
  }

  /// The file's path in a folder under one of its names.
  func path(in folder: String) throws(DatasetError) -> String {
    guard let path = existingPath(in: folder) else {
      if let problem = FileSystem.problem(withFolder: folder) {
        throw .unreadable(file: folder, reason: problem)
      }
      throw .missingFile(name: name, folder: folder)
    }
    return path
  }
}

/// The files that ship with the package.
package enum EmbeddedFiles {
  /// The folder of the files: in the resource bundle beside the program, else in the source.
  ///
  /// Looked for here and not through `Bundle.module`, which stops the program when the bundle is not
  /// where the build left it.
  package static func folder(
    programFolder: String?, sourceFile: String = #filePath
  ) throws(DatasetError) -> String {
    var candidates: [String] = []
    if let programFolder {
      candidates = ["Apus_Datasets.resources", "Apus_Datasets.bundle"].map {
        FileSystem.join(programFolder, "\($0)/mnist-5k")
      }
    }
    if let slash = sourceFile.lastIndex(of: "/") {
      candidates.append(sourceFile[..<slash] + "/Resources/mnist-5k")
    }
    let name = DatasetSpecification.mnist.trainImages.name + ".gz"
    guard let found = candidates.first(where: { FileSystem.isFile(FileSystem.join($0, name)) })
    else {
      throw .missingResources(searched: candidates)
    }
    return found
  }
}
