import Inventory
import Measurements
import Quantities
import RecoveryCore
import Scenarios
import Workloads

/// Copies that recoveries left behind and that are on nevertheless: what they write is given up.
extension World {
  /// A recovery has left a copy behind, or that copy was started or has stopped.
  mutating func followStaleCopy(_ index: Int) {
    guard let former = replications[index].formerCopy else { return }
    guard let span = replications[index].staleSpan else {
      if machines[former].isOn { replications[index].staleSpan = (now, writtenSize(ofCopy: former)) }
      return
    }
    guard !machines[former].isOn else { return }
    replications[index].staleSpan = nil
    // A plan that switches it off with the recovery loses nothing more.
    guard now > span.since else { return }
    let stale = staleCopy(former, since: span.since, span.written, isOpen: false)
    record.staleCopies.append(stale)
    note(
      "vm.stale-copy-stopped", of: former,
      detail: "on at \(stale.site) for \((stale.to - stale.from).inMilliseconds) after the recovery, "
        + "\(stale.writtenSize) written there are given up")
  }

  /// Records the copies that are still on when the clock ends.
  mutating func recordStaleCopies() {
    for index in replications.indices {
      guard let former = replications[index].formerCopy, let span = replications[index].staleSpan else {
        continue
      }
      record.staleCopies.append(staleCopy(former, since: span.since, span.written, isOpen: true))
    }
  }

  /// - Parameter before: What its guest had written when the time began.
  private func staleCopy(
    _ former: Int, since: Instant, _ before: ByteCount, isOpen: Bool
  ) -> StaleCopyRecord {
    StaleCopyRecord(
      name: scenario.inventory[machines[former].id].name,
      site: scenario.inventory[machines[former].site].name, from: since, to: now, isOpen: isOpen,
      writtenSize: writtenSize(ofCopy: former) - before)
  }

  /// What the guest of a copy has written so far, if its writes were drawn up to now.
  private func writtenSize(ofCopy machine: Int) -> ByteCount {
    machines[machine].disks.reduce(.zero) {
      $0 + ($1.writes?.writtenBytes ?? .zero) + ($1.attack?.writtenBytes ?? .zero)
    }
  }

  /// What a recovery that ends with machines on at both sites is warned of; nothing is known of what comes later.
  func doubleWarnings(of run: ConductedRun, _ vms: [VirtualMachineID]) -> [String] {
    guard run.workflow.isRecovery else { return [] }
    let names = vms.filter { vm in machineIndex[vm.index].map { runsAtBothSites($0) } ?? false }
      .map { scenario.inventory[$0].name }
    guard let first = names.first else { return [] }
    return [
      names.count == 1
        ? "\(first) runs at both sites" : "\(first) and \(names.count - 1) more run at both sites"
    ]
  }
}
