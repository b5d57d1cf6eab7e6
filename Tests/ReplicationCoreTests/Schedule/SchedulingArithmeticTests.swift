import Quantities
import ReplicationCore
import Testing

/// Published rows 11 and 16.
@Suite struct SchedulingArithmeticTests {
  @Test func `A hundred machines at 20 minutes and fifty at 10 hours count as 29 and a half`() {
    let mean = SchedulingArithmetic.harmonicMeanObjective(of: [
      .init(count: 100, objective: .minutes(20)), .init(count: 50, objective: .minutes(600)),
    ])
    // 150 / (100/20 + 50/600) min = 150 / (61/12) min = 1800/61 min = 108000/61 s = 1770.491 803 278 688… s,
    // and 29.5 min are 1770 s.
    #expect(mean == .nanoseconds(1_770_491_803_278))
  }

  @Test func `One objective is its own mean and no machine has none`() {
    #expect(
      SchedulingArithmetic.harmonicMeanObjective(of: [.init(count: 7, objective: .minutes(15))])
        == .minutes(15))
    #expect(SchedulingArithmetic.harmonicMeanObjective(of: []) == nil)
    #expect(SchedulingArithmetic.harmonicMeanObjective(of: [.init(count: 0, objective: .minutes(5))]) == nil)
  }

  @Test func `Syncs every five minutes add a megabyte of events a day`() {
    // 24 · 60 / 5 = 288 syncs; 288 · 3,800 = 1,094,400 bytes.
    #expect(SchedulingArithmetic.dailyEventSize(objective: .minutes(5)) == .bytes(1_094_400))
    #expect(SchedulingArithmetic.dailyEventSize(objective: .hours(24)) == .bytes(3_800))
  }
}
