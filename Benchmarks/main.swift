import Glibc

/// The benchmarks by name; each lives in a file of its own.
let benchmarks: [any Benchmark.Type] = [
  HoldBenchmark.self, LawsBenchmark.self, FlowsBenchmark.self, FleetBenchmark.self,
  FramesBenchmark.self, TrackingBenchmark.self, MemoryBenchmark.self, StorageBenchmark.self,
  ScheduleBenchmark.self, SwarmBenchmark.self,
]

let usage = """
  usage: swift run -c release Benchmarks <name> [options]

  \(benchmarks.map { "  \($0.name)  \($0.summary)\n      \($0.options)" }.joined(separator: "\n"))
  """

var arguments = Array(CommandLine.arguments.dropFirst())
guard let name = arguments.first, let benchmark = benchmarks.first(where: { $0.name == name }) else {
  printToStandardError(usage)
  exit(arguments.isEmpty || arguments == ["--help"] ? EXIT_SUCCESS : EX_USAGE)
}
arguments.removeFirst()

do {
  var options = BenchmarkOptions(arguments)
  try benchmark.run(&options)
} catch let error as BenchmarkFailure {
  printToStandardError("\(name): \(error.message)")
  exit(EXIT_FAILURE)
}
