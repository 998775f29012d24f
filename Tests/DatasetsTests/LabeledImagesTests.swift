import Datasets
import Tensor
import Testing

struct LabeledImagesTests {
  let folder = TemporaryFolder()
  static let digits = (0...9).map(String.init)

  func images(_ count: Int) -> Tensor<UInt8> {
    Tensor(sampleBytes(count * 6), shape: [count, 2, 3])
  }

  func failure(
    _ images: Tensor<UInt8>, _ labels: Tensor<UInt8>, classNames: [String] = digits
  ) -> String? {
    error { () throws(DatasetError) in
      _ = try LabeledImages(images: images, labels: labels, classNames: classNames, name: "Set")
    }?.description
  }

  @Test func keepsWhatItGets() throws {
    let set = try LabeledImages(
      images: images(3), labels: Tensor([4, 0, 9]), classNames: Self.digits, name: "Set")
    #expect(set.count == 3)
    #expect(set.pixelCount == 6)
    #expect(set.labels == Tensor<Int32>([4, 0, 9]))
    #expect(set.images == images(3))
  }

  @Test func badTensors() {
    #expect(
      failure(images(3), Tensor([1, 2])) == "Set labels: 2 labels for the 3 images of Set images")
    #expect(
      failure(images(2), Tensor([1, 10])) == "Set labels: label 10 at index 1, expected 0 to 9")
    #expect(
      failure(images(1), Tensor([2]), classNames: ["no", "yes"])
        == "Set labels: label 2 at index 0, expected 0 to 1")
    #expect(
      failure(Tensor([1, 2], shape: [1, 2]), Tensor([1]))
        == "Set images: 2 dimensions (1 × 2), expected 3")
    #expect(
      failure(images(2), Tensor([1, 2], shape: [2, 1]))
        == "Set labels: 2 dimensions (2 × 1), expected 1")
    #expect(
      failure(Tensor([], shape: [0, 28, 28]), Tensor([]))
        == "Set: an empty data set, expected one example or more")
  }

  @Test func badFilesAreNamed() {
    let images = folder.write(idx([2, 2, 3], sampleBytes(12)), as: "images")
    let labels = folder.write(idx([3], [1, 2, 3]), as: "labels")
    let wrong = folder.write(gzip(idx([2], [1, 200])), as: "wrong")
    func failure(_ imagesFile: String, _ labelsFile: String) -> String? {
      error { () throws(DatasetError) in
        _ = try LabeledImages(
          imagesFile: imagesFile, labelsFile: labelsFile, classNames: Self.digits, name: "Set")
      }?.description
    }
    #expect(failure(images, labels) == "\(labels): 3 labels for the 2 images of \(images)")
    #expect(failure(images, wrong) == "\(wrong): label 200 at index 1, expected 0 to 9")
    #expect(failure(labels, images) == "\(labels): 1 dimensions (3), expected 3")
  }
}

struct BatchesTests {
  /// Image i is all i, label i % 10.
  static func set(_ count: Int) throws -> LabeledImages {
    try LabeledImages(
      images: Tensor((0..<count * 4).map { UInt8($0 / 4) }, shape: [count, 2, 2]),
      labels: Tensor((0..<count).map { UInt8($0 % 10) }), classNames: LabeledImagesTests.digits,
      name: "Set")
  }

  @Test(arguments: [(10, 3, [3, 3, 3, 1]), (10, 5, [5, 5]), (10, 100, [10]), (1, 1, [1])])
  func sizes(count: Int, size: Int, expected: [Int]) throws {
    let batches = try Self.set(count).batches(of: size)
    #expect(batches.count == expected.count)
    #expect(batches.map(\.count) == expected)
    for (batch, count) in zip(batches, expected) {
      #expect(batch.images.shape == [count, 4])
      #expect(batch.labels.shape == [count])
    }
  }

  @Test func inOrder() throws {
    let batches = try Self.set(256).batches(of: 60)
    let pixels = batches.flatMap { $0.images.scalars }
    for (place, pixel) in pixels.enumerated() {
      #expect(abs(pixel - Float(place / 4) / 255) <= Float(place / 4) / 255 * 1.2e-7)
    }
    #expect(pixels.last == 1)
    #expect(batches.flatMap { $0.labels.scalars } == (0..<256).map { Int32($0 % 10) })
  }

  /// Which image each row is, read from its pixels.
  func order(_ batches: Batches) -> [Int] {
    batches.flatMap { batch in
      let rows = batch.images.scalars
      let labels = batch.labels.scalars
      return (0..<batch.count).map { row in
        let image = Int((rows[4 * row] * 255).rounded())
        #expect(labels[row] == Int32(image % 10))
        #expect(Set(rows[4 * row..<4 * row + 4]).count == 1)
        return image
      }
    }
  }

  @Test func shuffleIsAPermutationOfTheSeed() throws {
    let set = try Self.set(200)
    var first = RandomGenerator(seed: 5)
    var second = RandomGenerator(seed: 5)
    var other = RandomGenerator(seed: 6)
    let batches = set.batches(of: 32, shuffledBy: &first)
    let one = order(batches)
    #expect(one.sorted() == Array(0..<200))
    #expect(one != Array(0..<200))
    #expect(order(batches) == one)  // a second pass over the same batches
    #expect(order(set.batches(of: 7, shuffledBy: &second)) == one)
    #expect(order(set.batches(of: 32, shuffledBy: &other)) != one)
    #expect(order(set.batches(of: 32, shuffledBy: &first)) != one)  // the next epoch
  }

  @Test func sizeMustBePositive() async throws {
    await #expect(processExitsWith: .failure) {
      _ = try BatchesTests.set(3).batches(of: 0)
    }
  }
}
