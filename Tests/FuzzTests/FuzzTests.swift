import RandomStreams
import Testing

@testable import Fuzz

@Suite struct FuzzTests {
  @Test(arguments: FuzzTarget.all.map(\.name))
  func `A thousand inputs break no promise`(name: String) throws {
    let target = try #require(FuzzTarget.all.first { $0.name == name })
    var run = FuzzRun(target: target, seed: 2026)
    for _ in 0..<1_000 { try run.tryNextInput() }
    // Both ways are taken: neither all refused nor nothing.
    #expect(run.acceptedCount > 100 && run.refusedCount > 100)
  }

  @Test func `An input depends on seed, target and number only`() {
    func bytes(seed: UInt64, number: UInt64) -> [UInt8] {
      FuzzInput(target: .frames, seed: seed, number: number).bytes
    }
    #expect(bytes(seed: 1, number: 5) == bytes(seed: 1, number: 5))
    #expect((0..<20).contains { bytes(seed: 1, number: $0) != bytes(seed: 2, number: $0) })
  }

  /// A list of bytes behind its length, whose decoder forgets the bytes behind the list.
  @Test func `A decoder that takes too much is found`() {
    let target = FuzzTarget(
      name: "careless", sample: { random in [2, 1, UInt8(random.next(below: 9))] },
      check: { bytes throws(FuzzFailure) in
        guard let count = bytes.first, bytes.count > Int(count) else { return .refused }
        guard Array(bytes[0...Int(count)]) == bytes else {
          throw FuzzFailure(reason: "encodes to other bytes")
        }
        return .accepted
      })
    var run = FuzzRun(target: target, seed: 1)
    #expect(throws: FuzzRun.Finding.self) {
      for _ in 0..<100 { try run.tryNextInput() }
    }
  }

  @Test func `A decoder that refuses what is valid is found`() {
    let target = FuzzTarget(name: "strict", sample: { _ in [1] }, check: { _ in .refused })
    var run = FuzzRun(target: target, seed: 1)
    #expect(throws: FuzzRun.Finding.self) {
      for _ in 0..<100 { try run.tryNextInput() }
    }
  }

  @Test(arguments: FuzzSeed.all)
  func `What once failed passes`(seed: FuzzSeed) throws {
    let target = try #require(FuzzTarget.all.first { $0.name == seed.target })
    let bytes = try #require([UInt8](hex: seed.hex))
    #expect(try target.check(bytes) == seed.verdict, "\(seed.story)")
  }
}
