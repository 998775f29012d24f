/// What a search for data depends on outside this program: environment variables and the network.
package struct Surroundings: Sendable {
  /// Writes the content of an address to a descriptor that is open at the start of an empty file.
  ///
  /// Fails past `limit` bytes. `progress` gets the bytes received so far, on the calling thread.
  package typealias Fetch =
    @Sendable (
      _ address: String, _ descriptor: Int32, _ limit: Int, _ progress: (Int) -> Void
    ) throws(FetchFailure) -> Void

  /// Why an address could not be fetched, in a few words.
  package struct FetchFailure: Error, Equatable {
    package let reason: String

    package init(_ reason: String) {
      self.reason = reason
    }
  }

  package var environment: @Sendable (String) -> String?
  package var fetch: Fetch

  package init(environment: @escaping @Sendable (String) -> String?, fetch: @escaping Fetch) {
    self.environment = environment
    self.fetch = fetch
  }

  /// The real ones.
  package static let current = Surroundings(
    environment: FileSystem.environmentVariable,
    fetch: { (address, descriptor, limit, progress) throws(FetchFailure) in
      try HTTPFetch.fetch(address, to: descriptor, limit: limit, progress: progress)
    })
}

/// How far the download of one file has come.
public struct DownloadProgress: Sendable, Equatable {
  /// The name of the data set.
  public let dataset: String
  /// The name of the file.
  public let file: String
  /// The host that it comes from.
  public let host: String
  /// The bytes received so far.
  public let receivedByteCount: Int
  /// The bytes that the file has on the mirrors.
  public let expectedByteCount: Int
}

extension Surroundings {
  /// The folder of the user's cached data sets, by the XDG base directory specification: relative
  /// paths in the variable do not count.
  package var cacheFolder: String? {
    if let folder = environment("XDG_CACHE_HOME"), folder.hasPrefix("/") {
      return FileSystem.join(folder, "apus")
    }
    if let home = environment("HOME"), home.hasPrefix("/") {
      return FileSystem.join(home, ".cache/apus")
    }
    return nil
  }

  /// A folder that has all files of a data set: the cache, then the system's, then the cache after a
  /// download of what it lacks.
  package func findOrDownload(
    _ specification: DatasetSpecification, progress: (DownloadProgress) -> Void
  ) throws(DatasetError) -> String {
    let cache = cacheFolder.map { FileSystem.join($0, specification.cacheName) }
    let places = [cache].compactMap(\.self) + specification.systemFolders
    let complete = places.first { folder in
      specification.files.allSatisfy { $0.existingPath(in: folder) != nil }
    }
    if let complete { return complete }

    guard let cache else { throw .noCacheFolder(dataset: specification.name) }
    try FileSystem.makeFolder(cache)
    for file in specification.files where file.existingPath(in: cache) == nil {
      try download(file, of: specification, to: cache, progress: progress)
    }
    return cache
  }

  /// Downloads one file from the first mirror that gives the right content.
  private func download(
    _ file: DatasetFile, of specification: DatasetSpecification, to folder: String,
    progress: (DownloadProgress) -> Void
  ) throws(DatasetError) {
    try FileSystem.writeAtomically(in: folder, temporaryName: file.name) {
      (path, descriptor) throws(DatasetError) in
      var failures: [DatasetError.MirrorFailure] = []
      for mirror in specification.mirrors {
        let host = Self.host(of: mirror)
        do throws(FetchFailure) {
          guard FileSystem.truncate(descriptor) else {
            throw FetchFailure("cannot write: \(FileSystem.lastError)")
          }
          // Room for a mirror that hands the content out uncompressed.
          let limit = max(file.byteCount, file.compressedByteCount) + (1 << 16)
          try fetch(mirror + file.name + ".gz", descriptor, limit) { received in
            progress(
              DownloadProgress(
                dataset: specification.name, file: file.name, host: host,
                receivedByteCount: received, expectedByteCount: file.compressedByteCount))
          }
          let isCompressed = try Self.check(path, against: file)
          return isCompressed ? file.name + ".gz" : file.name
        } catch {
          failures.append(DatasetError.MirrorFailure(host: host, reason: error.reason))
        }
      }
      throw .noMirror(dataset: specification.name, file: file.name, reasons: failures)
    }
  }

  /// Compares the content with the digest; whether it is gzip'ed.
  private static func check(
    _ path: String, against file: DatasetFile
  ) throws(FetchFailure) -> Bool {
    do throws(DatasetError) {
      let content = try GzipFile(path: path)
      var hash = SHA256()
      var total = 0
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
      defer { buffer.deallocate() }
      while total <= file.byteCount {
        let count = try content.read(into: buffer)
        if count == 0 { break }
        hash.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        total += count
      }
      let digest = hash.finalize()
      if total == file.byteCount && digest == file.sha256 { return content.isCompressed }
    } catch {
      switch error {
      case .truncatedGzip: throw FetchFailure("truncated gzip data")
      case .corruptGzip(_, let reason): throw FetchFailure("corrupt gzip data (\(reason))")
      default: throw FetchFailure("damaged content")
      }
    }
    throw FetchFailure("content with another SHA-256")
  }

  private static func host(of address: String) -> String {
    let parts = address.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: true)
    return parts.count > 1 ? String(parts[1]) : address
  }
}
