/// A public data set of labelled images that this module knows where to find.
public enum ImageDataset: Sendable, Hashable, CaseIterable {
  /// 60,000 and 10,000 handwritten digits of 28 × 28 pixels (LeCun, Cortes and Burges).
  case mnist
  /// 60,000 and 10,000 pictures of clothing of 28 × 28 pixels (Xiao, Rasul and Vollgraf,
  /// arXiv:1708.07747).
  case fashionMNIST
  /// 4,000 and 1,000 digits from MNIST's training set, which ship with the package.
  case embedded

  /// What the data set is called.
  public var name: String {
    switch self {
    case .mnist: "MNIST"
    case .fashionMNIST: "Fashion-MNIST"
    case .embedded: "MNIST-5k"
    }
  }

  /// The name of each class, in the order of the labels.
  public var classNames: [String] {
    switch self {
    case .mnist, .embedded: (0...9).map(String.init)
    case .fashionMNIST:
      [
        "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
        "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
      ]
    }
  }
}

/// One file of a data set as the mirrors have it.
package struct DatasetFile: Sendable {
  /// The name without `.gz`, as on LeCun's page.
  package let name: String
  /// The size of the gzip'ed file of the mirrors.
  package let compressedByteCount: Int
  /// The size and the digest of the content.
  package let byteCount: Int
  package let sha256: String

  package init(name: String, compressedByteCount: Int, byteCount: Int, sha256: String) {
    self.name = name
    self.compressedByteCount = compressedByteCount
    self.byteCount = byteCount
    self.sha256 = sha256
  }

  /// The names under which the file may lie in a folder: LeCun's page and the files themselves do not
  /// agree on the second hyphen.
  var candidates: [String] {
    let dotted = name.replacing("-idx", with: ".idx")
    return [name, name + ".gz", dotted, dotted + ".gz"]
  }
}

/// A downloadable data set: its files and the places to look for them.
package struct DatasetSpecification: Sendable {
  package var name: String
  package var classNames: [String]
  /// Rows and columns of an image.
  package var imageSize: [Int]
  /// The folder's name below `apus` in the cache.
  package var cacheName: String
  /// Folders where a package of the system puts the files.
  package var systemFolders: [String]
  /// Addresses of folders that have every file, gzip'ed; each ends with a slash.
  package var mirrors: [String]
  package var trainImages: DatasetFile
  package var trainLabels: DatasetFile
  package var testImages: DatasetFile
  package var testLabels: DatasetFile

  var files: [DatasetFile] { [trainImages, trainLabels, testImages, testLabels] }

  package init(
    name: String, classNames: [String], imageSize: [Int], cacheName: String,
    systemFolders: [String], mirrors: [String], trainImages: DatasetFile,
    trainLabels: DatasetFile, testImages: DatasetFile, testLabels: DatasetFile
  ) {
    self.name = name
    self.classNames = classNames
    self.imageSize = imageSize
    self.cacheName = cacheName
    self.systemFolders = systemFolders
    self.mirrors = mirrors
    self.trainImages = trainImages
    self.trainLabels = trainLabels
    self.testImages = testImages
    self.testLabels = testLabels
  }
}

extension DatasetSpecification {
  package static let mnist = DatasetSpecification(
    name: ImageDataset.mnist.name,
    classNames: ImageDataset.mnist.classNames,
    imageSize: [28, 28],
    cacheName: "mnist",
    systemFolders: [],
    mirrors: [
      "https://storage.googleapis.com/cvdf-datasets/mnist/",
      "https://ossci-datasets.s3.amazonaws.com/mnist/",
      "https://raw.githubusercontent.com/fgnt/mnist/master/",
    ],
    trainImages: DatasetFile(
      name: "train-images-idx3-ubyte", compressedByteCount: 9_912_422, byteCount: 47_040_016,
      sha256: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
    trainLabels: DatasetFile(
      name: "train-labels-idx1-ubyte", compressedByteCount: 28_881, byteCount: 60_008,
      sha256: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
    testImages: DatasetFile(
      name: "t10k-images-idx3-ubyte", compressedByteCount: 1_648_877, byteCount: 7_840_016,
      sha256: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
    testLabels: DatasetFile(
      name: "t10k-labels-idx1-ubyte", compressedByteCount: 4_542, byteCount: 10_008,
      sha256: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"))

  package static let fashionMNIST = DatasetSpecification(
    name: ImageDataset.fashionMNIST.name,
    classNames: ImageDataset.fashionMNIST.classNames,
    imageSize: [28, 28],
    cacheName: "fashion-mnist",
    // Where Debian's dataset-fashion-mnist puts them.
    systemFolders: ["/usr/share/datasets/fashion-mnist"],
    // The last has no https; the digests are what is trusted, not the mirrors.
    mirrors: [
      "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
      "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
      "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    ],
    trainImages: DatasetFile(
      name: "train-images-idx3-ubyte", compressedByteCount: 26_421_880, byteCount: 47_040_016,
      sha256: "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
    trainLabels: DatasetFile(
      name: "train-labels-idx1-ubyte", compressedByteCount: 29_515, byteCount: 60_008,
      sha256: "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
    testImages: DatasetFile(
      name: "t10k-images-idx3-ubyte", compressedByteCount: 4_422_102, byteCount: 7_840_016,
      sha256: "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
    testLabels: DatasetFile(
      name: "t10k-labels-idx1-ubyte", compressedByteCount: 5_148, byteCount: 10_008,
      sha256: "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"))

  /// The subset in `Resources/mnist-5k`. It has no mirror: its digests are in its README.
  static func embedded(mnist: DatasetSpecification = .mnist) -> DatasetSpecification {
    var specification = mnist
    specification.name = ImageDataset.embedded.name
    specification.mirrors = []
    return specification
  }
}
