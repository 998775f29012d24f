import Datasets
import Tensor
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// Where a data set is looked for, with small files, folders of its own and no network.
struct LookupTests {
  let folder = TemporaryFolder()
  let contents: [String: [UInt8]]

  init() {
    contents = Self.contents(first: 0)
  }

  /// Two training images and one test image; `first` tells one set of files from another.
  static func contents(first: UInt8) -> [String: [UInt8]] {
    [
      "train-images-idx3-ubyte": idx([2, 2, 2], [first, 1, 2, 3, 4, 5, 6, 7]),
      "train-labels-idx1-ubyte": idx([2], [1, 0]),
      "t10k-images-idx3-ubyte": idx([1, 2, 2], [9, 9, 9, 9]),
      "t10k-labels-idx1-ubyte": idx([1], [1]),
    ]
  }

  func specification(
    mirrors: [String] = ["https://one.example/data/", "http://two.example/"]
  ) -> DatasetSpecification {
    func file(_ name: String) -> DatasetFile {
      DatasetFile(
        name: name, compressedByteCount: gzip(contents[name]!).count,
        byteCount: contents[name]!.count, sha256: sha256(contents[name]!))
    }
    return DatasetSpecification(
      name: "Tiny", classNames: ["no", "yes"], imageSize: [2, 2], cacheName: "tiny",
      systemFolders: ["\(folder.path)/system"], mirrors: mirrors,
      trainImages: file("train-images-idx3-ubyte"), trainLabels: file("train-labels-idx1-ubyte"),
      testImages: file("t10k-images-idx3-ubyte"), testLabels: file("t10k-labels-idx1-ubyte"))
  }

  /// A network that answers with these bytes, or fails.
  func surroundings(
    _ answers: @escaping @Sendable (String) -> [UInt8]? = { _ in nil }
  ) -> Surroundings {
    let environment = ["XDG_CACHE_HOME": "\(folder.path)/cache"]
    return Surroundings(
      environment: { environment[$0] },
      fetch: { (address, descriptor, limit, progress) throws(Surroundings.FetchFailure) in
        guard let bytes = answers(address) else { throw .init("host not found") }
        guard bytes.count <= limit else { throw .init("too long") }
        for end in [bytes.count / 2, bytes.count] { progress(end) }
        guard write(descriptor, bytes, bytes.count) == bytes.count else { throw .init("write") }
      })
  }

  func put(_ contents: [String: [UInt8]], in name: String, rename: (String) -> String = { $0 }) {
    for (file, bytes) in contents { folder.write(bytes, as: "\(name)/\(rename(file))") }
  }

  func load(
    from named: String? = nil, _ surroundings: Surroundings? = nil,
    progress: (DownloadProgress) -> Void = { _ in }
  ) throws(DatasetError) -> ImageClassificationData {
    try ImageClassificationData.load(
      specification(), from: named, surroundings: surroundings ?? self.surroundings(),
      progress: progress)
  }

  func firstPixel(_ data: ImageClassificationData) -> UInt8 {
    data.train.images.scalars[0]
  }

  @Test func theOrderOfPlaces() throws {
    put(Self.contents(first: 3), in: "system")
    #expect(try firstPixel(load()) == 3)
    put(Self.contents(first: 2), in: "cache/apus/tiny")
    #expect(try firstPixel(load()) == 2)
    put(Self.contents(first: 1), in: "mine")
    let data = try load(from: "\(folder.path)/mine")
    #expect(firstPixel(data) == 1)
    #expect(data.folder == "\(folder.path)/mine")
    #expect(data.train.name == "Tiny train")
    #expect(data.train.count == 2)
    #expect(data.test.labels == Tensor<Int32>([1]))
    #expect(data.test.classNames == ["no", "yes"])
  }

  @Test(arguments: [
    "train-images-idx3-ubyte.gz", "train-images.idx3-ubyte", "train-images.idx3-ubyte.gz",
  ])
  func spellings(name: String) throws {
    put(contents, in: "mine") { file in
      let stem = name.contains(".idx") ? file.replacing("-idx", with: ".idx") : file
      return name.hasSuffix(".gz") ? stem + ".gz" : stem
    }
    #expect(folder.list("mine").contains(name))
    #expect(try load(from: "\(folder.path)/mine").test.count == 1)
  }

  @Test func aNamedFolderIsTheOnlyPlace() {
    put(contents, in: "system")
    let mine = "\(folder.path)/mine"
    #expect(
      error { () throws(DatasetError) in _ = try load(from: mine) }?.description
        == "\(mine): cannot be read: No such file or directory")
    let file = folder.write([1], as: "mine/file")
    #expect(
      error { () throws(DatasetError) in _ = try load(from: file) }?.description
        == "\(file): cannot be read: Not a directory")
    #expect(
      error { () throws(DatasetError) in _ = try load(from: mine) }?.description
        == "\(mine): has neither train-images-idx3-ubyte nor train-images-idx3-ubyte.gz")
    put(contents.filter { $0.key != "t10k-labels-idx1-ubyte" }, in: "mine")
    #expect(
      error { () throws(DatasetError) in _ = try load(from: mine) }?.description
        == "\(mine): has neither t10k-labels-idx1-ubyte nor t10k-labels-idx1-ubyte.gz")
  }

  @Test func imagesOfAnotherSize() {
    var changed = contents
    changed["t10k-images-idx3-ubyte"] = idx([1, 1, 4], [0, 0, 0, 0])
    put(changed, in: "mine")
    #expect(
      error { () throws(DatasetError) in _ = try load(from: "\(folder.path)/mine") }?.description
        == "\(folder.path)/mine/t10k-images-idx3-ubyte: images of 1 × 4 pixels, expected 2 × 2")
  }

  @Test(arguments: [
    (["XDG_CACHE_HOME": "/x", "HOME": "/home/me"], "/x/apus"),
    (["XDG_CACHE_HOME": "/x/", "HOME": "/home/me"], "/x/apus"),
    (["XDG_CACHE_HOME": "", "HOME": "/home/me"], "/home/me/.cache/apus"),
    (["XDG_CACHE_HOME": "relative", "HOME": "/home/me"], "/home/me/.cache/apus"),
    (["HOME": "/home/me"], "/home/me/.cache/apus"),
    ([:], nil),
  ])
  func cacheFolder(variables: [String: String], expected: String?) {
    let surroundings = Surroundings(environment: { variables[$0] }, fetch: { _, _, _, _ in })
    #expect(surroundings.cacheFolder == expected)
  }

  @Test func withoutACacheFolder() {
    var surroundings = surroundings()
    surroundings.environment = { _ in nil }
    let found = error { () throws(DatasetError) in _ = try load(surroundings) }
    #expect(found?.meansUnavailable == true)
    #expect(
      found?.description == "Tiny: no folder to keep the download in; set HOME or "
        + "XDG_CACHE_HOME, or name a folder with the data")
  }

  private func load(_ surroundings: Surroundings) throws(DatasetError) -> ImageClassificationData {
    try load(from: nil, surroundings)
  }

  // MARK: - Downloads

  func name(of address: String) -> String {
    String(address.split(separator: "/").last!.dropLast(3))
  }

  @Test func downloadsWhatIsMissing() throws {
    let contents = contents
    put(contents.filter { $0.key == "train-labels-idx1-ubyte" }, in: "cache/apus/tiny")
    let answers: @Sendable (String) -> [UInt8]? = { address in
      address.hasPrefix("https://one.example/data/")
        ? gzip(contents[String(address.split(separator: "/").last!.dropLast(3))]!) : nil
    }
    var progress: [DownloadProgress] = []
    let data = try load(from: nil, surroundings(answers)) { progress.append($0) }
    #expect(data.folder == "\(folder.path)/cache/apus/tiny")
    #expect(
      folder.list("cache/apus/tiny") == [
        "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz", "train-images-idx3-ubyte.gz",
        "train-labels-idx1-ubyte",
      ])
    #expect(progress.count == 6)
    #expect(progress.map(\.host) == [String](repeating: "one.example", count: 6))
    #expect(progress[1].file == "train-images-idx3-ubyte")
    #expect(progress[1].receivedByteCount == progress[1].expectedByteCount)
    // Now it is cached: no network is needed.
    #expect(try firstPixel(load(surroundings())) == 0)
  }

  @Test func theNextMirrorIsTried() throws {
    let contents = contents
    let data = try load(
      surroundings { address in
        let content = contents[String(address.split(separator: "/").last!.dropLast(3))]!
        return address.hasPrefix("http://two.example/")
          ? content : Array("<html>Please log in</html>".utf8)
      })
    // A mirror that undoes the gzip gives files without `.gz`.
    #expect(folder.list("cache/apus/tiny") == contents.keys.sorted())
    #expect(data.train.count == 2)
  }

  @Test func noMirrorLeavesNothingBehind() {
    let whole = gzip(contents["train-images-idx3-ubyte"]!)
    var other = contents["train-images-idx3-ubyte"]!
    other[20] ^= 1
    var corrupt = whole
    corrupt[whole.count - 8] ^= 1
    let long = [UInt8](repeating: 0, count: 100_000)
    let cases: [([UInt8]?, String)] = [
      (nil, "host not found"),
      (gzip(other), "content with another SHA-256"),
      (other, "content with another SHA-256"),
      (contents["t10k-images-idx3-ubyte"], "content with another SHA-256"),
      (whole + whole, "content with another SHA-256"),
      (Array(whole.dropLast(9)), "truncated gzip data"),
      (corrupt, "corrupt gzip data (incorrect data check)"),
      (whole + [1], "damaged content"),
      ([], "content with another SHA-256"),
      (gzip(long), "content with another SHA-256"),
      (long, "too long"),
    ]
    for (answer, reason) in cases {
      let found = error { () throws(DatasetError) in _ = try load(surroundings { _ in answer }) }
      #expect(
        found?.description
          == "Tiny: no mirror gave train-images-idx3-ubyte (one.example: \(reason); "
          + "two.example: \(reason)); try again online, or name a folder with the data")
      #expect(found?.meansUnavailable == true)
      #expect(folder.list("cache/apus/tiny").isEmpty)
    }
  }

  @Test func aCacheThatCannotBeWritten() {
    folder.write([1], as: "cache")  // a file where the folder should be
    let found = error { () throws(DatasetError) in _ = try load(surroundings()) }
    #expect(
      found?.description
        == "\(folder.path)/cache/apus/tiny: cannot be written: Not a directory")
    #expect(found?.meansUnavailable == true)
  }
}
