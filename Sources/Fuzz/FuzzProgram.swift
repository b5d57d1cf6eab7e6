import Glibc

/// Feeds every decoder of the table with random and mutated bytes for a while.
///
///     Fuzz [--seconds N] [--seed N] [--target NAME] [--input N | --bytes HEX]
///
/// It prints the seed first and, when a
/// promise is broken, the command that shows it again. The status is 1 then, and 2 for wrong usage.
@main enum FuzzProgram {
  /// More than any decoder may need at a time: who reserves memory by a number in the bytes fails here.
  private static let memoryLimitBytes: rlim_t = 2 << 30

  static func main() throws {
    var limit = rlimit(rlim_cur: memoryLimitBytes, rlim_max: memoryLimitBytes)
    precondition(
      setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0, "a process may limit its memory")
    let options = FuzzOptions(Array(CommandLine.arguments.dropFirst()))
    CrashReport.install()
    do throws(FuzzRun.Finding) {
      if let bytes = options.bytes {
        try tryBytes(bytes, options: options)
      } else if let number = options.inputNumber {
        try tryInput(number, options: options)
      } else {
        try runAll(options)
      }
    } catch {
      print("FOUND by \(error.target): \(error.reason)")
      print("  bytes: \(hex(error.bytes))")
      print("  again: Fuzz --seed \(error.seed) --target \(error.target) --input \(error.number)")
      exit(1)
    }
  }

  private static func runAll(_ options: FuzzOptions) throws(FuzzRun.Finding) {
    print(
      "seed \(options.seed), \(options.seconds) s, \(options.targets.map(\.name).joined(separator: ", "))")
    let clock = ContinuousClock()
    let start = clock.now
    var runs = options.targets.map { FuzzRun(target: $0, seed: options.seed) }
    var times = runs.map { _ in Duration.zero }
    while clock.now - start < .seconds(options.seconds) {
      for index in runs.indices {
        let began = clock.now
        for _ in 0..<256 {
          CrashReport.testing(
            "Fuzz --seed \(options.seed) --target \(runs[index].target.name) --input \(runs[index].number)")
          try runs[index].tryNextInput()
        }
        times[index] += clock.now - began
      }
    }
    CrashReport.finished()
    for (run, time) in zip(runs, times) {
      print(
        "\(run.target.name): \(run.number) inputs, \(run.acceptedCount) accepted, \(run.refusedCount) refused,"
          + " \(Int(Double(run.number) / (time / .seconds(1)))) a second")
    }
  }

  private static func tryInput(_ number: UInt64, options: FuzzOptions) throws(FuzzRun.Finding) {
    for target in options.targets {
      var run = FuzzRun(target: target, seed: options.seed)
      run.number = number
      print("\(target.name): \(hex(FuzzInput(target: target, seed: options.seed, number: number).bytes))")
      try run.tryNextInput()
      print(run.acceptedCount == 1 ? "accepted" : "refused")
    }
  }

  private static func tryBytes(_ bytes: [UInt8], options: FuzzOptions) throws(FuzzRun.Finding) {
    for target in options.targets {
      do throws(FuzzFailure) {
        print("\(target.name): \(try target.check(bytes))")
      } catch {
        throw FuzzRun.Finding(
          target: target.name, seed: options.seed, number: 0, bytes: bytes, reason: error.reason)
      }
    }
  }

  private static func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
