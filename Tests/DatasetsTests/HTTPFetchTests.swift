#if canImport(Glibc)
  import Datasets
  import Glibc
  import Testing

  /// Real requests to a server in this process, on the loopback interface.
  @Suite(.serialized) struct HTTPFetchTests {
    let folder = TemporaryFolder()

    /// What is fetched, or why not.
    func fetch(
      _ address: String, limit: Int = 1 << 20, timeout: Duration = .seconds(20),
      progress: (Int) -> Void = { _ in }
    ) throws(Surroundings.FetchFailure) -> [UInt8] {
      let path = folder.write([], as: "file")
      let descriptor = open(path, O_RDWR)
      defer { close(descriptor) }
      try HTTPFetch.fetch(
        address, to: descriptor, limit: limit, answerTimeout: timeout, stallTimeout: timeout,
        progress: progress)
      var bytes = [UInt8](repeating: 0, count: Int(lseek(descriptor, 0, SEEK_END)))
      let count = pread(descriptor, &bytes, bytes.count, 0)
      return Array(bytes[..<count])
    }

    func failure(
      _ address: String, limit: Int = 1 << 20, timeout: Duration = .seconds(20)
    ) -> String? {
      do throws(Surroundings.FetchFailure) {
        _ = try fetch(address, limit: limit, timeout: timeout)
        return nil
      } catch {
        return error.reason
      }
    }

    static func answer(_ status: String, _ body: [UInt8], length: Int? = nil) -> [UInt8] {
      Array("HTTP/1.1 \(status)\r\nContent-Length: \(length ?? body.count)\r\n\r\n".utf8) + body
    }

    @Test func content() throws {
      let body = sampleBytes(300_000)
      let server = LoopbackServer([Self.answer("200 OK", body)])
      var counts: [Int] = []
      #expect(try fetch("http://127.0.0.1:\(server.port)/file") { counts.append($0) } == body)
      #expect(counts.last == body.count)
      #expect(counts == counts.sorted())
    }

    @Test func redirection() throws {
      let target = LoopbackServer([Self.answer("200 OK", [1, 2, 3])])
      let location = "Location: http://127.0.0.1:\(target.port)/file\r\nContent-Length: 0\r\n\r\n"
      let server = LoopbackServer([Array("HTTP/1.1 302 Found\r\n\(location)".utf8)])
      #expect(try fetch("http://127.0.0.1:\(server.port)/file") == [1, 2, 3])
    }

    @Test func redirectionToSilence() {
      let target = LoopbackServer([[]], keepsOpen: true)
      let location = "Location: http://127.0.0.1:\(target.port)/file\r\nContent-Length: 0\r\n\r\n"
      let server = LoopbackServer([Array("HTTP/1.1 302 Found\r\n\(location)".utf8)])
      #expect(
        failure("http://127.0.0.1:\(server.port)/file", timeout: .milliseconds(500))
          == "no answer")
    }

    @Test func failures() {
      let missing = LoopbackServer([Self.answer("404 Not Found", Array("no such file".utf8))])
      #expect(failure("http://127.0.0.1:\(missing.port)/file") == "HTTP status 404")

      let long = LoopbackServer([Self.answer("200 OK", sampleBytes(200_000))])
      #expect(
        failure("http://127.0.0.1:\(long.port)/file", limit: 100_000) == "more than 100000 bytes")

      let cut = LoopbackServer([Self.answer("200 OK", sampleBytes(1000), length: 5000)])
      #expect(failure("http://127.0.0.1:\(cut.port)/file") != nil)  // in libcurl's words

      let silent = LoopbackServer([[]], keepsOpen: true)
      #expect(
        failure("http://127.0.0.1:\(silent.port)/file", timeout: .milliseconds(500)) == "no answer")

      let stalled = LoopbackServer(
        [Self.answer("200 OK", sampleBytes(1000), length: 5000)], keepsOpen: true)
      #expect(
        failure("http://127.0.0.1:\(stalled.port)/file", timeout: .milliseconds(500)) == "stalled")

      let closed = LoopbackServer([])
      closed.stop()
      #expect(failure("http://127.0.0.1:\(closed.port)/file") == "no connection")
      #expect(failure("http://host.invalid/file") == "host not found")
      #expect(failure("") == "not an address")
    }
  }

  /// Answers each connection with the next of some prepared answers.
  final class LoopbackServer: @unchecked Sendable {
    let port: Int
    private let listener: Int32

    init(_ answers: [[UInt8]], keepsOpen: Bool = false) {
      let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      self.listener = listener
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
      var length = socklen_t(MemoryLayout<sockaddr_in>.size)
      port = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
          guard bind(listener, address, length) == 0, listen(listener, 8) == 0,
            getsockname(listener, address, &length) == 0
          else { fatalError("no loopback socket: \(errno)") }
          return address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
            Int(UInt16(bigEndian: $0.pointee.sin_port))
          }
        }
      }
      guard !answers.isEmpty else { return }
      let serving = Serving(listener: listener, answers: answers, keepsOpen: keepsOpen)
      var thread = pthread_t()
      pthread_create(
        &thread, nil,
        { argument in
          Unmanaged<Serving>.fromOpaque(argument!).takeRetainedValue().run()
          return nil
        }, Unmanaged.passRetained(serving).toOpaque())
      pthread_detach(thread)
    }

    func stop() {
      close(listener)
    }

    private final class Serving {
      let listener: Int32
      let answers: [[UInt8]]
      let keepsOpen: Bool

      init(listener: Int32, answers: [[UInt8]], keepsOpen: Bool) {
        self.listener = listener
        self.answers = answers
        self.keepsOpen = keepsOpen
      }

      func run() {
        for answer in answers {
          let connection = accept(listener, nil, nil)
          var request = [UInt8](repeating: 0, count: 4096)
          _ = recv(connection, &request, request.count, 0)
          var sent = 0
          while sent < answer.count {
            let count = answer[sent...].withUnsafeBytes {
              send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { break }
            sent += count
          }
          // Until the client gives up, where it is to wait in vain.
          if keepsOpen { _ = recv(connection, &request, request.count, 0) }
          close(connection)
        }
        close(listener)
      }
    }
  }
#endif
