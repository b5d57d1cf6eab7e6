import Quantities
import ReplicationCore
import Testing

@Suite struct SizingFormulaTests {
  @Test func `100 GB take 206, 31.7 and 3.2 h over T1, 10 and 100 Mbit per second`() throws {
    // 8e11 bit ÷ (0.7 · 1.544e6 bit/s) = 740,192.5 s; ÷ 7e6 = 114,285.7 s; ÷ 7e7 = 11,428.6 s.
    let links: [(DataRate, Int64)] = [
      (SizingFormula.t1Rate, 2_056), (.megabitsPerSecond(10), 317), (.megabitsPerSecond(100), 32),
    ]
    for (link, tenthsOfHours) in links {
      let time = try #require(SizingFormula.transferTime(of: .gigabytes(100), over: link))
      let tenth = TimeSpan.minutes(6).nanoseconds
      #expect((time.nanoseconds + tenth / 2) / tenth == tenthsOfHours, "\(link)")
    }
  }

  @Test func `A transfer time is rounded up to whole nanoseconds`() throws {
    // 8 bit at 3 bit/s take 2.666 666 666 6… s.
    let time = SizingFormula.transferTime(of: .bytes(1), over: .bitsPerSecond(3), usable: .one)
    #expect(time == .nanoseconds(2_666_666_667))
    #expect(SizingFormula.transferTime(of: .bytes(1), over: .zero) == nil)
  }

  @Test func `2 GB per hour need 4.7 Mbit per second at an objective of one hour`() throws {
    // 8 · 2^31 bit ÷ 3600 s = 4,772,185.88 bit/s, published as 4.7; in decimal gigabytes it were 4.44.
    let binary = SizingFormula.minimumBandwidth(changed: .gibibytes(2), objective: .hours(1))
    #expect(binary == .bitsPerSecond(4_772_186))
    let decimal = SizingFormula.minimumBandwidth(changed: .gigabytes(2), objective: .hours(1))
    #expect(decimal == .bitsPerSecond(4_444_445))
    #expect(SizingFormula.minimumBandwidth(changed: .bytes(1), objective: .zero) == nil)
  }

  @Test func `1 MB rewritten hourly is 24 MB a day at 1 h and 1 MB at 24 h`() {
    let megabyte = ByteCount.megabytes(1)
    func perDay(_ interval: TimeSpan, _ objective: TimeSpan) -> ByteCount {
      SizingFormula.shippedPerDay(rewriting: megabyte, every: interval, objective: objective)
    }
    #expect(perDay(.hours(1), .hours(1)) == .megabytes(24))
    #expect(perDay(.hours(1), .hours(24)) == .megabytes(1))
    // A shorter objective does not ship what was not written again.
    #expect(perDay(.hours(1), .minutes(15)) == .megabytes(24))
    // Rewritten all day: once in 24 h, 48 times at 30 min.
    #expect(perDay(.zero, .hours(24)) == .megabytes(1))
    #expect(perDay(.zero, .minutes(30)) == .megabytes(48))
  }
}
