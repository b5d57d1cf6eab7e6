import Foundation
import Quantities
import RandomStreams
import Testing
import Workloads

@Suite struct PaceTests {
  static let head = WriteModel.sequential(rate: .bitsPerSecond(8 * 8192), blockSize: .kibibytes(8))

  @Test func `A guest that is off writes nothing and goes on where it stood`() throws {
    var stream = try smallStream(
      Self.head, .periodic(size: .bytes(1), offset: .kibibytes(512), every: .seconds(10)),
      .trace(TraceReplayTests.trace))
    // On for 5 s, off for 100 s. The clock of the writers reads 5 s at 105 s.
    _ = stream.runs(until: seconds(5))
    stream.pause(at: seconds(5))
    #expect(stream.isPaused)
    #expect(stream.runs(until: seconds(50)).isEmpty)
    #expect(stream.runs(until: seconds(105)).isEmpty)
    stream.resume(at: seconds(105))
    #expect(stream.extents(until: seconds(110)) == Set(5...9))
    // 10 s on the writers' clock: block 10, the periodic write and the recording's second one.
    #expect(stream.extents(until: nanoseconds(110_000_000_001)) == [10, 64, 1, 2])
  }

  @Test func `Writes before a stop can be drawn after it`() throws {
    var stream = try smallStream(Self.head)
    stream.pause(at: seconds(3))
    stream.resume(at: seconds(10))
    stream.scale(by: .percent(300), at: seconds(11))
    // Blocks 0, 1, 2 before the stop, 3 after it, then three a second.
    #expect(stream.runs(until: seconds(13)) == [0..<10])
  }

  @Test func `A scaled stream keeps its pace through a stop`() throws {
    var stream = try smallStream(Self.head)
    stream.scale(by: .percent(50), at: seconds(2))
    stream.pause(at: seconds(4))
    stream.scale(by: .percent(200), at: seconds(5))
    #expect(stream.factor == .percent(200))
    stream.resume(at: seconds(6))
    // 2 s at 100 %, 2 s at 50 %, 2 s off, 1 s at 200 %: 5 s.
    #expect(stream.runs(until: seconds(7)) == [0..<5])
    stream.scale(by: .zero, at: seconds(7))
    #expect(stream.runs(until: seconds(700)).isEmpty)
  }

  @Test func `Fractions of nanoseconds survive changes of pace`() throws {
    // Ten changes, each after one nanosecond at 50 %: 5 ns.
    var stream = try smallStream(.periodic(size: .bytes(1), every: .nanoseconds(5)))
    for nanosecond in 0..<10 as Range<Int64> { stream.scale(by: .percent(50), at: nanoseconds(nanosecond)) }
    #expect(stream.runs(until: nanoseconds(11)).isEmpty)
    #expect(stream.runs(until: nanoseconds(12)) == [0..<1])
  }

  @Test func `A Poisson writer at 300 percent has the law of three times its rate`() throws {
    // 0.2 writes per block and second become 0.6, of which 45.1 % of the blocks are dirty after 1 s.
    var stream = try smallStream(
      .uniform(
        rate: .bitsPerSecond(1_048_576 / 5), blockSize: .kibibytes(16),
        region: DiskRegion(size: .kibibytes(128))), seed: 31)
    stream.scale(by: .percent(300), at: .zero)
    let count = 4_000
    let dirty = (1...Int64(count)).map { stream.extents(until: seconds($0)).count / 2 }
    let result = chiSquare(
      observed: histogram(dirty, maximum: 8),
      expected: binomial(count: 8, probability: -expm1(-0.6)).map { $0 * Double(count) })
    #expect(result.statistic < result.bound)
  }

  @Test func `A stop within a window leaves a Poisson writer the law of the time it ran`() throws {
    // h = 0.4 + 0.3, the second part behind a stop of 10 s.
    var stream = try smallStream(PoissonLawTests.model, seed: 32)
    let count = 4_000
    let dirty = (0..<Int64(count)).map { window in
      let start = Instant.zero + .milliseconds(10_700 * window)
      stream.pause(at: start + .milliseconds(400))
      stream.resume(at: start + .milliseconds(10_400))
      return stream.extents(until: start + .milliseconds(10_700)).count / 2
    }
    let result = chiSquare(
      observed: histogram(dirty, maximum: 8),
      expected: binomial(count: 8, probability: -expm1(-0.7)).map { $0 * Double(count) })
    #expect(result.statistic < result.bound)
  }
}
