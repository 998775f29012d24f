import NN
import Tensor
import Testing

@Suite struct EditDistanceTests {
  @Test func distances() {
    #expect(editDistance("kitten", "sitting") == 3)
    #expect(editDistance("sunday", "saturday") == 3)
    #expect(editDistance([1, 2, 3], [1, 2, 3]) == 0)
    #expect(editDistance([Int](), [1, 2]) == 2)
    #expect(editDistance([1, 2], [Int]()) == 2)
    #expect(editDistance("ab", "ba") == 2)
  }

  /// The definition, without a table.
  private func plainDistance(_ a: ArraySlice<Int>, _ b: ArraySlice<Int>) -> Int {
    guard let x = a.first, let y = b.first else { return max(a.count, b.count) }
    if x == y { return plainDistance(a.dropFirst(), b.dropFirst()) }
    return 1
      + min(
        plainDistance(a.dropFirst(), b), plainDistance(a, b.dropFirst()),
        plainDistance(a.dropFirst(), b.dropFirst()))
  }

  @Test func distancesAgreeWithTheDefinition() {
    var random = RandomGenerator(seed: 3)
    for _ in 0..<40 {
      let a = (0..<random.next(below: 6)).map { _ in random.next(below: 3) }
      let b = (0..<random.next(below: 6)).map { _ in random.next(below: 3) }
      #expect(editDistance(a, b) == plainDistance(a[...], b[...]), "\(a), \(b)")
    }
  }

  @Test func errorRates() {
    var words = EditErrorRate()
    #expect(words.value.isNaN)
    words.updateWords("the cat sat on mat", "the cat sat  on the mat")
    #expect(words.value == 1.0 / 6)
    var more = EditErrorRate()
    more.update([Int32](), [1, 2, 3, 4])
    words.merge(more)
    #expect(words.value == 0.5)
    words.reset()
    words.update("abc", "")
    #expect(words.value == .infinity)
  }
}
