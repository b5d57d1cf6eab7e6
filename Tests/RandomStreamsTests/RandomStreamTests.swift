import Foundation
import Testing

import RandomStreams

@Suite struct RandomStreamTests {
  @Test func `Streams repeat for one seed and name and differ for others`() {
    var one = RandomStream(seed: 1, name: "db01")
    var same = RandomStream(seed: 1, name: "db01")
    var otherName = RandomStream(seed: 1, name: "db02")
    var otherSeed = RandomStream(seed: 2, name: "db01")
    let first = one.next()
    #expect(first == same.next())
    #expect(first != otherName.next())
    #expect(first != otherSeed.next())
  }

  /// The first outputs for state 1234567 as its authors publish them.
  @Test func `SplitMix64 gives its published sequence`() {
    var generator = SplitMix64(state: 1_234_567)
    #expect(generator.next() == 6_457_827_717_110_365_317)
    #expect(generator.next() == 3_203_168_211_198_807_973)
  }

  @Test(arguments: [1, 2, 3, 7, 100, 1 << 63] as [UInt64])
  func `Bounded draws stay below their bound`(bound: UInt64) {
    var random = RandomStream(seed: 7, name: "bounded")
    #expect((0..<10_000).allSatisfy { _ in random.next(below: bound) < bound })
  }

  @Test func `Bounded draws are uniform`() {
    var random = RandomStream(seed: 3, name: "uniform")
    var counts = [Int](repeating: 0, count: 6)
    for _ in 0..<60_000 { counts[Int(random.next(below: 6))] += 1 }
    // Chi-square with 5 degrees of freedom: 20.5 is exceeded once in a thousand seeds.
    let chiSquare = counts.reduce(0.0) { $0 + (Double($1) - 10_000) * (Double($1) - 10_000) / 10_000 }
    #expect(chiSquare < 20.5)
  }

  @Test func `The portable logarithm agrees with the C library`() {
    var random = RandomStream(seed: 5, name: "log")
    for _ in 0..<100_000 {
      let x = random.nextUnit() * 10 + 1e-12
      #expect(abs(portableLog(x) - log(x)) <= 2 * log(x).ulp)
    }
  }

  @Test func `The portable exponential complement agrees with the C library`() {
    var random = RandomStream(seed: 6, name: "expm1")
    for _ in 0..<100_000 {
      let x = random.nextUnit() * random.nextUnit() * 30
      let expected = -expm1(-x)
      #expect(abs(portableOneMinusExp(negative: x) - expected) <= 64 * expected.ulp)
    }
    #expect(portableOneMinusExp(negative: 0) == 0)
  }

  @Test func `Exponential draws have mean one`() {
    var random = RandomStream(seed: 8, name: "exponential")
    let mean = (0..<200_000).reduce(0.0) { sum, _ in sum + random.nextExponential() } / 200_000
    // Standard error 1/√200 000 = 0.0022; five of them.
    #expect(abs(mean - 1) < 0.0112)
  }
}
