import Inventory
import Quantities

extension Resolver {
  /// Checks what concerns the pace of workloads, and ransomware.
  mutating func checkPaces() {
    for workload in workloadDrafts {
      if case .second(let weights)? = workload.value.hours.known, weights.allSatisfy({ $0.value == 0 }),
        let span = workload.value.hours.located?.span
      {
        log.report(.noWorkAtAll, "no hour of \"daily\" has any work", at: span)
      }
      guard let over = workload.value.over.located,
        let other = workloadNames.resolve(over, log: &log),
        workloadDrafts[other].value.model.known == .ransomware
      else { continue }
      log.report(
        .conflictingKeys, "\(quoted(over.value)) is ransomware itself", at: over.span,
        help: "\"over\" names what the guest writes anyway")
    }
  }

  /// Reports ransomware that finds nothing on a disk.
  mutating func checkEncryption(by workload: WorkloadDraft, of disk: DiskDraft) {
    guard workload.model.known == .ransomware, !workload.workingSet.isGiven, let size = disk.size.known,
      let reference = disk.workload.located
    else { return }
    let (used, offset) = (disk.used.known ?? size, workload.offset.known ?? .zero)
    guard used <= offset else { return }
    let place = offset == .zero ? "" : " from \(offset) on"
    log.report(
      .nothingToEncrypt,
      "the workload \(quoted(reference.value)) finds nothing to encrypt: of disk \(quoted(disk.name.known ?? "?")) nothing is used\(place)",
      at: reference.span,
      help: "say how much is \"used\" of the disk, or give the workload a \"workingSet\"")
  }

  /// The workloads that others go on with.
  var workloadsBeneath: [Int] {
    workloadDrafts.compactMap { $0.value.over.known.flatMap { workloadNames.index(of: $0) } }
  }

  func buildPace(_ draft: WorkloadDraft) -> Scenario.Workload.Pace? {
    guard draft.hours.isGiven || draft.growth.isGiven || draft.ramp.isGiven else { return nil }
    let hours: Scenario.Workload.Pace.Hours? =
      switch draft.hours.known {
      case .first(.office): .office
      case .second(let weights): .day(weights.map { UInt64($0.value) })
      case nil: nil
      }
    let ramp = draft.ramp.known.map {
      Scenario.Workload.Pace.Ramp(
        at: .zero + $0.at.value, rise: $0.rise.value, hold: $0.hold.value, fall: $0.fall.value,
        factor: $0.factor.value)
    }
    return Scenario.Workload.Pace(hours: hours, yearlyGrowth: draft.growth.known ?? .zero, ramp: ramp)
  }
}
