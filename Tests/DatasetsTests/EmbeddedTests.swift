import Datasets
import Tensor
import Testing

struct EmbeddedTests {
  @Test func countsAndBalance() throws {
    let data = try ImageClassificationData.load(.embedded)
    #expect(data.train.name == "MNIST-5k train")
    #expect(data.test.name == "MNIST-5k test")
    #expect(data.train.images.shape == [4000, 28, 28])
    #expect(data.test.images.shape == [1000, 28, 28])
    for (set, perDigit) in [(data.train, 400), (data.test, 100)] {
      let labels = set.labels.scalars
      #expect(Array(labels.prefix(12)) == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1])
      for digit in Int32(0)..<10 {
        #expect(labels.count { $0 == digit } == perDigit)
      }
      #expect(set.classNames == ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"])
    }
  }

  /// The digests in the README beside the files: what scripts/make-embedded-mnist gives.
  @Test(arguments: [
    (
      "train-images-idx3-ubyte", 3_136_016,
      "74422b12132c7d8b0957cdb994d971a505f77a57ddac808ef1ea84f4bb9e7a2e"
    ),
    (
      "train-labels-idx1-ubyte", 4008,
      "5dbd7686910cb66a8a6303f16940c2fae43896243c187897cd3976aab00f4817"
    ),
    (
      "t10k-images-idx3-ubyte", 784_016,
      "39a5f23fe7320d50d2b650bd96c756db7999a84cb13541d939296ed59f1e0663"
    ),
    (
      "t10k-labels-idx1-ubyte", 1008,
      "66e4c6deb5f2a061f7d8cd5ec53025fdb9dabb08265e449acb8cf64b8cd36cac"
    ),
  ])
  func digests(name: String, byteCount: Int, digest: String) throws {
    let folder = try ImageClassificationData.load(.embedded).folder
    let bytes = try content(of: "\(folder)/\(name).gz", capacity: byteCount + 1)
    #expect(bytes.count == byteCount)
    #expect(sha256(bytes) == digest)
  }

  @Test func theBundleIsBesideTheTests() throws {
    let folder = try ImageClassificationData.load(.embedded).folder
    #expect(folder.contains("/Apus_Datasets.") && folder.hasSuffix("/mnist-5k"))
  }

  @Test func theSourceStandsInForTheBundle() throws {
    let folder = TemporaryFolder()
    folder.write([1], as: "Sources/Resources/mnist-5k/train-images-idx3-ubyte.gz")
    let source = "\(folder.path)/Sources/EmbeddedFiles.swift"
    #expect(
      try EmbeddedFiles.folder(programFolder: nil, sourceFile: source)
        == "\(folder.path)/Sources/Resources/mnist-5k")
    let missing = error { () throws(DatasetError) in
      _ = try EmbeddedFiles.folder(programFolder: "/bin", sourceFile: "/gone/File.swift")
    }
    #expect(
      missing?.description == "the embedded data set is in none of "
        + "/bin/Apus_Datasets.resources/mnist-5k, /bin/Apus_Datasets.bundle/mnist-5k, "
        + "/gone/Resources/mnist-5k; keep the folder Apus_Datasets.resources beside the program")
  }
}
