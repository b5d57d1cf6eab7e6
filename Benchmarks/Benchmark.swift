import Foundation

/// Something this command can measure.
protocol Benchmark {
  /// The name on the command line.
  static var name: String { get }
  /// What is measured, in one line.
  static var summary: String { get }
  /// The options it takes, in one line.
  static var options: String { get }
  /// Measures and prints.
  static func run(_ options: inout BenchmarkOptions) throws
}

/// Why a benchmark cannot go on, for people.
struct BenchmarkFailure: Error {
  let message: String

  init(_ message: String) { self.message = message }
}

/// The options after a benchmark's name, as `--events 1e6`.
struct BenchmarkOptions {
  private var rest: [String]

  init(_ arguments: [String]) { rest = arguments }

  /// Takes the whole number given for `option`; `1e6` is one, too.
  mutating func takeNumber(_ option: String, default standard: Int) throws -> Int {
    guard let text = try takeText(option) else { return standard }
    guard let number = Double(text), let whole = Int(exactly: number), whole > 0 else {
      throw BenchmarkFailure("\(option) takes a whole number above zero, not \"\(text)\"")
    }
    return whole
  }

  /// Takes the text given for `option`, or `nil` if it is absent.
  mutating func takeText(_ option: String) throws -> String? {
    guard let index = rest.firstIndex(of: option) else { return nil }
    guard index + 1 < rest.count else { throw BenchmarkFailure("\(option) needs a value") }
    let text = rest[index + 1]
    rest.removeSubrange(index...index + 1)
    return text
  }

  /// Ends the reading of options.
  func checkAllTaken() throws {
    guard let unknown = rest.first else { return }
    throw BenchmarkFailure("unknown option \"\(unknown)\"")
  }
}

/// The CPU time this process has used, in seconds.
func cpuSeconds() -> Double {
  var time = timespec()
  precondition(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0, "the CPU clock can be read")
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// The CPU time that `body` takes, in seconds.
func cpuSeconds<Failure: Error>(of body: () throws(Failure) -> Void) throws(Failure) -> Double {
  let start = cpuSeconds()
  try body()
  return cpuSeconds() - start
}

/// Runs contenders in turn, several times, and yields the least time of each, so that all meet the same machine.
///
/// - Parameter contenders: Each sets itself up and yields the CPU seconds of what it measures.
func leastSeconds(repetitions: Int, of contenders: [() throws -> Double]) throws -> [Double] {
  var least = [Double](repeating: .infinity, count: contenders.count)
  for _ in 0..<repetitions {
    for (index, contender) in contenders.enumerated() { least[index] = min(least[index], try contender()) }
  }
  return least
}

/// `text` with spaces behind it, at least `width` characters.
func column(_ text: String, _ width: Int) -> String {
  text + String(repeating: " ", count: max(0, width - text.count))
}

func printToStandardError(_ text: String) {
  FileHandle.standardError.write(Data("\(text)\n".utf8))
}
