enum BuildMode {
  /// Says that a debug build's figures are not those of Apus.
  static func warnIfUnoptimised() {
    #if DEBUG
      print(
        "These figures are those of an unoptimised build; for real ones: swift run -c release bench"
      )
    #endif
  }
}
