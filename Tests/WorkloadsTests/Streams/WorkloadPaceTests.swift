import Quantities
import RandomStreams
import Testing
import Workloads

@Suite struct WorkloadPaceTests {
  private func at(_ hours: Int64, minutes: Int64 = 0) -> Instant { .zero + .hours(hours) + .minutes(minutes) }

  /// The mean of the pace from `start` to `end`, step by step.
  private func mean(of pace: WorkloadPace, from start: Instant, to end: Instant) -> Double {
    var now = start
    var sum = 0.0
    while now < end {
      let next = min(pace.nextChange(after: now) ?? end, end)
      sum += pace.factor(at: now).value * (next - now).inSeconds
      now = next
    }
    return sum / (end - start).inSeconds
  }

  @Test func `An office works six times as much in its hours and its own rate over a week`() {
    // Weights: 50 hours of 6 and 118 of 1 make 418; 168 · 6 / 418 and 168 / 418.
    let pace = WorkloadPace(weights: WorkloadPace.officeHours)

    #expect(pace.factor(at: at(9)) == Ratio(partsPerBillion: 2_411_483_253))
    #expect(pace.factor(at: at(7)) == Ratio(partsPerBillion: 401_913_875))
    #expect(pace.factor(at: at(5 * 24 + 9)) == Ratio(partsPerBillion: 401_913_875))
    #expect(abs(mean(of: pace, from: at(0), to: at(168)) - 1) < 1e-8)
  }

  @Test func `Hours are those of the day, whenever the run begins`() {
    var weights = [UInt64](repeating: 0, count: 24)
    weights[10] = 1
    let pace = WorkloadPace(weights: weights, timeOfWeekAtStart: .hours(9) + .minutes(30))

    #expect(pace.factor(at: at(0)) == .zero)
    #expect(pace.nextChange(after: at(0)) == at(0, minutes: 30))
    #expect(pace.factor(at: at(0, minutes: 30)) == .percent(2_400))
  }

  @Test func `Thirty per cent a year are fifteen more on average over the first year`() {
    let pace = WorkloadPace(yearlyGrowth: .percent(30))

    #expect(abs(mean(of: pace, from: at(0), to: at(365 * 24)) - 1.15) < 1e-6)
    // In the middle of its first hour: 30 % · 0.5 / 8,760.
    #expect(pace.factor(at: at(0)) == Ratio(partsPerBillion: 1_000_017_123))
  }

  @Test func `A storm rises, stays and falls, and adds exactly its area`() {
    let surge = WorkloadPace.Surge(
      start: at(8), rise: .minutes(10), hold: .minutes(20), fall: .minutes(30), factor: .percent(500))
    let pace = WorkloadPace(surge: surge)

    #expect(pace.factor(at: at(7, minutes: 59)) == .one)
    // The middle of the first minute of ten: 1 + 4 · 0.05.
    #expect(pace.factor(at: at(8)) == .percent(120))
    #expect(pace.factor(at: at(8, minutes: 15)) == .percent(500))
    #expect(pace.factor(at: at(9)) == .one)
    // 4 · (5 + 20 + 15) minutes more than the 60 of the hour: 1 + 160 / 60.
    #expect(abs(mean(of: pace, from: at(8), to: at(9)) - (1 + 160.0 / 60)) < 1e-8)
    #expect(pace.nextChange(after: at(9)) == nil)
  }

  @Test(arguments: 0..<100 as Range<UInt64>)
  func `A pace changes only where it says so`(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "pace")
    let surge = WorkloadPace.Surge(
      start: .zero + .seconds(Int64(random.next(below: 20_000))),
      rise: .seconds(Int64(random.next(below: 900))),
      hold: .seconds(Int64(random.next(below: 900))), fall: .seconds(Int64(random.next(below: 900))),
      factor: .percent(Int64(random.next(below: 900))))
    let pace = WorkloadPace(
      weights: seed % 2 == 0 ? (0..<24).map { _ in 1 + random.next(below: 9) } : [],
      yearlyGrowth: .percent(Int64(random.next(below: 2)) * 30), surge: surge,
      timeOfWeekAtStart: .seconds(Int64(random.next(below: 600_000))))
    var now = Instant.zero
    while let next = pace.nextChange(after: now), next < at(8) {
      let span = (next - now).nanoseconds
      let inside = now + .nanoseconds(Int64(random.next(below: UInt64(span))))
      #expect(pace.factor(at: inside) == pace.factor(at: now), "\(inside) of \(now) to \(next)")
      now = next
    }
  }
}
