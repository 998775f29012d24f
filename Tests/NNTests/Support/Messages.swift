import Testing

/// Expects a process that stopped to have said so with this message.
func expectMessage(
  _ result: ExitTest.Result?, _ message: String, sourceLocation: SourceLocation = #_sourceLocation
) {
  guard let result else { return }  // The exit test itself has failed, and said why.
  let output = String(decoding: result.standardErrorContent, as: UTF8.self)
  let said = output.split(separator: "\n").first { $0.contains("Fatal error: ") } ?? ""
  #expect(said.contains("Fatal error: " + message), sourceLocation: sourceLocation)
}
