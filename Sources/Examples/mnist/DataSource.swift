import Datasets

/// Finds the data, and something to go on with where they are not to be had.
enum DataSource {
  /// The data set and the name of what was really loaded.
  static func load(
    _ name: DatasetName, from folder: String?, terminal: Terminal
  ) throws -> (ImageClassificationData, DatasetName) {
    do {
      let data = try ImageClassificationData.load(name.dataset, from: folder) { progress in
        terminal.update(
          "downloading \(progress.file) from \(progress.host): "
            + "\((progress.receivedByteCount / 1024).grouped) of "
            + "\((progress.expectedByteCount / 1024).grouped) KiB")
      }
      terminal.clear()
      return (data, name)
    } catch {
      terminal.clear()
      guard error.meansUnavailable, folder == nil, name != .embedded else { throw error }
      print(
        "\(error); until then, training on \(DatasetName.embedded.title), 5,000 digits that come "
          + "with Apus")
      return (try ImageClassificationData.load(.embedded), .embedded)
    }
  }
}
