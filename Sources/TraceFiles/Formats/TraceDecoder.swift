/// Turns the content of a trace file, chunk by chunk, into commands.
protocol TraceDecoder {
  var collection: TraceCollection { get }

  mutating func decode(_ chunk: [UInt8]) throws(TraceProblem)

  /// The content is at its end.
  mutating func finish() throws(TraceProblem)
}
