import Inventory
import Quantities

/// Timeline entries about machines and their disks, which must fit the machines they select.
extension Resolver {
  typealias Action = Scenario.TimelineEntry.Action

  mutating func migration(of entry: TimelineEntryDraft) -> Action? {
    let ids = machines(of: entry)
    let host = host(of: entry)
    guard let ids, let host, let reference = entry.host.located else { return nil }
    for id in ids {
      guard check("host", reference, isAt: machines[id.index].site, whereItIs: hostSites[host.index]) else {
        return nil
      }
    }
    return .migrate(ids, host)
  }

  mutating func move(of entry: TimelineEntryDraft) -> Action? {
    let ids = replications(of: entry)
    let server = server(of: entry)
    guard let ids, let server, let reference = entry.server.located else { return nil }
    for id in ids {
      let target = replications[id.index].target
      guard check("replication server", reference, isAt: target, whereItIs: serverSites[server.index]) else {
        return nil
      }
    }
    return .moveReplication(ids, server)
  }

  mutating func trim(of entry: TimelineEntryDraft) -> Action? {
    let ids = machines(of: entry)
    guard let ids, let name = entry.disk.known, let size = entry.size.located, let offset = entry.offset.known
    else { return nil }
    for id in ids {
      guard let disk = disk(entry.disk.located, of: id) else { return nil }
      if let diskSize = disk.size.known, offset + size.value > diskSize {
        log.report(
          .outsideDisk,
          "the freed part ends at \(offset + size.value), behind the end of a disk of \(diskSize)",
          at: size.span)
        return nil
      }
    }
    return .trim(ids, disk: name, offset: offset, size: size.value)
  }

  mutating func addition(of entry: TimelineEntryDraft) -> Action? {
    guard let ids = machines(of: entry), let name = entry.disk.located, let size = entry.size.known else {
      return nil
    }
    for id in ids where disks(of: id).contains(where: { $0.name.known == name.value }) {
      log.report(
        .duplicateName,
        "virtual machine \(quoted(machines[id.index].name)) has a disk named \(quoted(name.value)) already",
        at: name.span)
      return nil
    }
    return .addDisk(ids, name: name.value, size: size)
  }

  mutating func resizing(of entry: TimelineEntryDraft) -> Action? {
    guard let ids = machines(of: entry), let name = entry.disk.known, let size = entry.size.located else {
      return nil
    }
    for id in ids {
      guard let disk = disk(entry.disk.located, of: id) else { return nil }
      if let before = disk.size.known, size.value < before {
        log.report(
          .diskShrinks, "the disk has \(before) and cannot shrink to \(size.value)", at: size.span)
        return nil
      }
    }
    return .resizeDisk(ids, disk: name, size: size.value)
  }

  mutating func removal(of entry: TimelineEntryDraft) -> Action? {
    guard let ids = machines(of: entry), let name = entry.disk.known else { return nil }
    for id in ids where disk(entry.disk.located, of: id) == nil { return nil }
    return .removeDisk(ids, disk: name)
  }

  private func disks(of machine: VirtualMachineID) -> [DiskDraft] {
    (machines[machine.index].draft.disks.known ?? []).map(\.value)
  }

  /// The disk that a reference names; reported if the machine has none of that name.
  mutating func disk(_ reference: Located<String>?, of machine: VirtualMachineID) -> DiskDraft? {
    guard let reference else { return nil }
    let disks = disks(of: machine)
    if let disk = disks.first(where: { $0.name.known == reference.value }) { return disk }
    let names = disks.compactMap(\.name.known)
    guard names.count == disks.count else { return nil }
    let suggestion = closest(to: reference.value, among: names)
    log.report(
      .unknownName,
      "virtual machine \(quoted(machines[machine.index].name)) has no disk named \(quoted(reference.value))",
      at: reference.span, suggestion: suggestion.map { quoted($0) },
      help: suggestion == nil ? "known: \(abridged(names))" : nil)
    return nil
  }
}
