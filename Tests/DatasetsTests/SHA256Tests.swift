import Datasets
import Testing

struct SHA256Tests {
  /// The examples of FIPS 180-4 and of NIST's "Descriptions of SHA-256".
  @Test(arguments: [
    ("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
        + "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu", 1,
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
    ),
    ("a", 1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
  ])
  func standardVectors(text: String, repetitions: Int, digest: String) {
    #expect(sha256(Array(String(repeating: text, count: repetitions).utf8)) == digest)
  }

  @Test func everySplitGivesTheSameDigest() {
    let message = sampleBytes(200)
    for count in [0, 1, 54, 55, 56, 63, 64, 65, 119, 120, 128, 200] {
      let whole = sha256(Array(message[..<count]))
      for piece in [1, 3, 63, 64, 65, 100] {
        var hash = SHA256()
        for start in stride(from: 0, to: count, by: piece) {
          message[start..<min(count, start + piece)].withUnsafeBytes { hash.update($0) }
        }
        #expect(hash.finalize() == whole, "\(count) bytes by \(piece)")
      }
    }
  }
}
