import Inventory
import Measurements
import Quantities

/// A fleet of `count` machines over 30 hours with two outages of the link, made from arithmetic alone.
///
/// Cycle lengths vary by a small congruential generator; while the link is down cycles wait, and afterwards they take
/// longer. It is no simulation: it only looks like one.
func sampleFleet(count: Int = 10, warmUp: TimeSpan = .hours(3)) -> RunRecord {
  let duration: Int64 = 30 * 3_600
  var state: UInt64 = 12_345
  func draw(_ bound: Int64) -> Int64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int64(state >> 33) % bound
  }
  func second(_ count: Int64) -> Instant { Instant(nanoseconds: count * 1_000_000_000) }
  let outages: [(from: Int64, to: Int64)] = [(9 * 3_600, 9 * 3_600 + 2_700), (20 * 3_600, 20 * 3_600 + 900)]

  var vms: [VMRecord] = []
  var cycles: [CycleRecord] = []
  for index in 0..<count {
    let rpo: Int64 = index == 0 ? 900 : index == 1 ? 3_600 : index < 6 ? 7_200 : 14_400
    var lag = LagTrack(rpo: .seconds(rpo))
    var now: Int64 = index < 2 ? 0 : 600 * Int64(index % 10)
    if index < 2 { lag.instanceCompleted(pointInTime: .zero, at: .zero) }
    var sequence = 0
    while true {
      let start = now
      let isFull = index >= 2 && sequence == 0
      var end = start + (isFull ? 5_400 + draw(3_600) : rpo / 12 + draw(rpo / 5))
      for outage in outages where start < outage.to && end > outage.from {
        end = outage.to + (outage.to - max(start, outage.from)) / 5 + draw(rpo / 6)
      }
      guard end < duration else { break }
      lag.instanceCompleted(pointInTime: second(start), at: second(end))
      cycles.append(
        CycleRecord(
          vm: VirtualMachineID(index), sequence: sequence, kind: isFull ? .fullSync : .delta,
          startedAt: second(start), endedAt: second(end), outcome: .completed,
          payloadSize: .bytes(UInt64(end - start) * 900_000), wireSize: .bytes(UInt64(end - start) * 600_000))
      )
      sequence += 1
      now = max(end, start + rpo / 2 + draw(60))
    }
    lag.end(at: second(duration))
    let name = index == 0 ? "db01" : index == 1 ? "mail01" : "web-\(index < 11 ? "0" : "")\(index - 1)"
    vms.append(
      VMRecord(
        id: VirtualMachineID(index), name: name, disks: [.init(name: "os", size: .gibibytes(40))],
        finalStatus: "OK", lag: lag, writtenSize: .gigabytes(90), verifiedInstanceCount: sequence))
  }

  var meter = LinkMeter(binWidth: .seconds(60), capacity: .megabitsPerSecond(90))
  var total: UInt64 = 0
  for minute in 0..<duration / 60 {
    let now = minute * 60
    for outage in outages {
      if outage.from == now { meter.capacityChanged(to: .zero, at: second(now)) }
      if outage.to == now {
        let isOfficeHour = 8 * 3_600 <= now && now < 18 * 3_600
        meter.capacityChanged(to: .megabitsPerSecond(isOfficeHour ? 60 : 90), at: second(now))
      }
    }
    if now == 8 * 3_600 { meter.capacityChanged(to: .megabitsPerSecond(60), at: second(now)) }
    if now == 18 * 3_600 { meter.capacityChanged(to: .megabitsPerSecond(90), at: second(now)) }
    let isDown = outages.contains { $0.from <= now && now < $0.to }
    let isFlooded =
      now < 2 * 3_600 || outages.contains { $0.to <= now && now < $0.to + ($0.to - $0.from) / 2 }
    let capacity: Int64 = 8 * 3_600 <= now && now < 18 * 3_600 ? 7_500_000 : 11_250_000
    let rate = isDown ? 0 : isFlooded ? capacity : capacity * (10 + draw(45)) / 100
    total += UInt64(rate) * 60
    meter.read(cumulativeBytes: total, at: second(now + 60))
  }
  let use = meter.end(cumulativeBytes: total, at: second(duration))
  return RunRecord(
    scenarioName: "two-site-dr", scenarioHash: "51d2", seed: 42, version: "0.1.0", duration: .hours(30),
    warmUp: warmUp, digest: 0x7c1e_5500_0000_a90b, eventCount: 2_104_233, vms: vms,
    links: [
      LinkRecord(
        id: LinkID(0), direction: .forward, name: "wan", source: "madrid", target: "lisbon", use: use)
    ],
    cycles: cycles.sorted { ($0.endedAt, $0.vm) < ($1.endedAt, $1.vm) },
    faults: outages.enumerated().map { index, outage in
      FaultRecord(
        name: index == 0 ? "outage" : "short outage", kind: "link.down", subject: "wan",
        from: second(outage.from), to: second(outage.to))
    },
    events: [])
}
