import Dispatch
import Foundation
import Synchronization

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

#if canImport(Glibc)
  import Glibc
#endif

/// Downloads with `URLSession`; the only file of this module that uses Foundation.
///
/// Measured in a release build on Linux: importing FoundationNetworking adds 7 ms and 6.5 MB of
/// resident memory to the start of a program that has Foundation, which a target with resources links
/// in any case. Driving the `curl` program would save that and would need a `curl` program.
package enum HTTPFetch {
  /// Writes the content of an address to a descriptor.
  ///
  /// - Parameters:
  ///   - limit: The most bytes to accept.
  ///   - answerTimeout: For name lookup, connection and the first byte of an answer. Short, so that a
  ///     machine that is offline behind a silent firewall learns it soon.
  ///   - stallTimeout: The longest silence after that.
  ///   - progress: Called on this thread with the bytes so far.
  package static func fetch(
    _ address: String, to descriptor: Int32, limit: Int, answerTimeout: Duration = .seconds(5),
    stallTimeout: Duration = .seconds(15), progress: (Int) -> Void
  ) throws(Surroundings.FetchFailure) {
    guard let url = URL(string: address) else { throw .init("not an address") }
    let receiver = Receiver(descriptor: descriptor, limit: limit)
    let configuration = URLSessionConfiguration.ephemeral
    // The loop below is stricter; this ends the tasks that it gives up.
    configuration.timeoutIntervalForRequest = 30
    // What is downloaded is kept by the caller; Foundation need not keep it too.
    configuration.urlCache = nil
    configuration.httpCookieStorage = nil
    let session = URLSession(
      configuration: configuration, delegate: receiver, delegateQueue: nil)
    var request = URLRequest(url: url)
    // The file as it is stored, without gzip undone on the way.
    request.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
    let task = session.dataTask(with: request)
    task.resume()
    // Not invalidateAndCancel: FoundationNetworking stops the program when a task is cancelled while
    // it follows a redirection. A task given up ends by the session's own time-out.
    defer { session.finishTasksAndInvalidate() }

    let clock = ContinuousClock()
    var lastCount = 0
    var lastChange = clock.now
    while receiver.ended.wait(timeout: .now() + .milliseconds(100)) == .timedOut {
      let (count, hasAnswer) = receiver.status
      if count > lastCount {
        (lastCount, lastChange) = (count, clock.now)
        progress(count)
      }
      if clock.now - lastChange > (hasAnswer ? stallTimeout : answerTimeout) {
        receiver.stop(reason: hasAnswer ? "stalled" : "no answer")
        break
      }
    }
    if let reason = receiver.stop(reason: nil) { throw .init(reason) }
    progress(receiver.status.count)
  }

  /// Writes what arrives. All its mutable state is behind one lock, hence `@unchecked`: NSObject is
  /// not `Sendable`.
  private final class Receiver: NSObject, URLSessionDataDelegate, @unchecked Sendable {
    private struct State {
      var count = 0
      var hasAnswer = false
      var failure: String?
      var isStopped = false
    }

    let ended = DispatchSemaphore(value: 0)
    private let state = Mutex(State())
    private let descriptor: Int32
    private let limit: Int

    init(descriptor: Int32, limit: Int) {
      self.descriptor = descriptor
      self.limit = limit
    }

    var status: (count: Int, hasAnswer: Bool) {
      state.withLock { ($0.count, $0.hasAnswer) }
    }

    /// Ends all writing: after this the descriptor may be closed. The first reason to fail, if any.
    @discardableResult
    func stop(reason: String?) -> String? {
      state.withLock { state in
        state.isStopped = true
        state.failure = state.failure ?? reason
        return state.failure
      }
    }

    func urlSession(
      _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
      completionHandler: @escaping @Sendable (URLSession.ResponseDisposition) -> Void
    ) {
      let code = (response as? HTTPURLResponse)?.statusCode ?? 200
      state.withLock { state in
        state.hasAnswer = true
        if code != 200 { state.failure = "HTTP status \(code)" }
      }
      completionHandler(code == 200 ? .allow : .cancel)
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
      let goesOn = state.withLock { state in
        guard !state.isStopped && state.failure == nil else { return false }
        state.count += data.count
        if state.count > limit {
          state.failure = "more than \(limit) bytes"
        } else if !data.withUnsafeBytes({ FileSystem.write($0, to: descriptor) }) {
          state.failure = "cannot write: \(FileSystem.lastError)"
        }
        return state.failure == nil
      }
      if !goesOn { dataTask.cancel() }
    }

    func urlSession(
      _ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?
    ) {
      if let error {
        state.withLock { $0.failure = $0.failure ?? Self.reason(for: error) }
      }
      ended.signal()
    }

    private static func reason(for error: any Error) -> String {
      guard let error = error as? URLError else { return "\(error)" }
      return switch error.code {
      case .cannotFindHost, .dnsLookupFailed: "host not found"
      case .cannotConnectToHost, .notConnectedToInternet: "no connection"
      case .timedOut: "no answer"
      case .networkConnectionLost: "connection lost"
      case .secureConnectionFailed, .serverCertificateUntrusted,
        .serverCertificateHasUnknownRoot, .serverCertificateHasBadDate:
        "no secure connection"
      default: error.localizedDescription
      }
    }
  }
}
