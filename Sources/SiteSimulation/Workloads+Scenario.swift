import BlockStorage
import Inventory
import Quantities
import RandomStreams
import Scenarios
import Workloads

extension WriteStream {
  /// What encrypts a disk: the region that ransomware names, or what is used of the disk.
  static func encryption(
    by ransomware: Scenario.Workload.Ransomware, of disk: VirtualDisk, on geometry: ExtentGeometry,
    random: RandomStream, workload: String, machine: String
  ) throws(SimulationFailure) -> WriteStream {
    let offset = ransomware.region.offset
    let used = disk.used > offset ? disk.used - offset : .zero
    do {
      return try WriteStream(
        of: [
          .encryption(
            rate: ransomware.rate, blockSize: ransomware.blockSize,
            region: DiskRegion(offset: offset, size: ransomware.region.size ?? used), start: ransomware.start,
            order: ransomware.order == .sequential ? .sequential : .random)
        ], diskSize: geometry.diskSize, extentSize: geometry.extentSize, random: random)
    } catch {
      throw .unusableWorkload(workload: workload, machine: machine, disk: disk.name, reason: "\(error)")
    }
  }
}

extension WorkloadPace {
  /// How the pace of a workload changes by itself, or `nil` if it does not.
  init?(of id: WorkloadID, in scenario: Scenario) {
    guard let pace = scenario.workloads[id.index].pace else { return nil }
    let weights: [UInt64] =
      switch pace.hours {
      case .office: Self.officeHours
      case .day(let weights): weights
      case nil: []
      }
    // 1970 began on a Thursday, three days after a Monday.
    let week: Int64 = 7 * 86_400
    let second = (scenario.clock.start.secondsSince1970 + 3 * 86_400) % week
    self.init(
      weights: weights, yearlyGrowth: pace.yearlyGrowth,
      surge: pace.ramp.map {
        Surge(start: $0.at, rise: $0.rise, hold: $0.hold, fall: $0.fall, factor: $0.factor)
      }, timeOfWeekAtStart: .seconds(second < 0 ? second + week : second))
  }
}
