import Quantities
import RandomStreams
import Testing

@testable import ResourceModels

/// The number types under the sharing system.
@Suite struct ExactNumbersTests {
  @Test func `A sum forgets what is taken out again`() {
    var sum = PreciseSum()
    sum.add(1e9)
    for _ in 0..<1000 { sum.add(0.1) }
    sum.subtract(1e9)
    for _ in 0..<999 { sum.subtract(0.1) }

    // In plain doubles 1e9 + 0.1 already loses the eighth digit of 0.1.
    #expect(abs(sum.value - 0.1) < 1e-20)
    #expect(abs(sum.remainder(of: 1) - 0.9) < 1e-15)
  }

  @Test func `The remainder of a nearly full resource keeps its digits`() {
    var sum = PreciseSum()
    sum.add(1e12)
    sum.add(-1e-6)

    // 10^12 − (10^12 − 10^-6); as one double the sum would be 10^12.
    #expect(sum.remainder(of: 1e12) == 1e-6)
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `Numbers survive the way to whole steps and back`(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "exact-numbers")
    for _ in 0..<200 {
      // From 2^0 to 2^119, by powers of two that are exact.
      var number = 1 + random.nextUnit()
      for _ in 0..<random.next(below: 120) { number *= 2 }
      let whole = Int128(nonnegative: number)
      #expect(whole == Int128(number))
      #expect(abs(whole.approximate - number) <= max(1, number * 0x1p-52))
      #expect((-whole).approximate == -whole.approximate || whole >> 64 != 0)
    }
    #expect(Int128(nonnegative: 0) == 0)
    #expect(Int128(-3).approximate == -3)
  }

  @Test func `A moment between two nanoseconds belongs to the later one`() {
    let second = FluidTime(.zero + .seconds(1))
    #expect(second.instant == .zero + .seconds(1))
    #expect(second.advanced(bySeconds: 0.25e-9)?.instant == Instant(nanoseconds: 1_000_000_001))
    #expect(second.advanced(bySeconds: 1)?.instant == .zero + .seconds(2))
    #expect(second.advanced(bySeconds: .infinity) == nil)
    #expect(second.inSeconds == 1)
  }

  @Test func `An amount too large to serve is never reached`() {
    #expect(!ServiceAmount(1e30).isReachable)
    #expect(ServiceAmount(1e15).isReachable)
    #expect(ServiceAmount(1e15).value == 1e15)
  }
}
