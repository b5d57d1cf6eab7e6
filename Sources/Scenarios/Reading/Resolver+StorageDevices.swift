import Inventory
import Quantities

/// Which datastores can be devices, their copies and places of virtual volumes.
extension Resolver {
  /// A datastore that a device of an array can be, or its copy: at its site, no vSAN and no virtual volumes.
  mutating func resolveDevice(_ reference: Field<String>, at site: Int?) -> Int? {
    guard let datastore = resolveDatastore(reference.located, at: site), let located = reference.located
    else { return nil }
    if datastores[datastore].draft.vsan.isGiven {
      reportUnfit("the datastore \(quoted(located.value)) is a vSAN, which no array replicates", at: located)
      return nil
    }
    if datastores[datastore].draft.kind.known == .vvol {
      reportUnfit(
        "the datastore \(quoted(located.value)) holds virtual volumes and is no device", at: located,
        help: "virtual volumes are replicated by \"faultDomains\"")
      return nil
    }
    return datastore
  }

  /// Where a replication group of virtual volumes is copied to.
  mutating func resolveVolumes(_ reference: Field<String>, at site: Int?) -> Int? {
    guard let datastore = resolveDatastore(reference.located, at: site), let located = reference.located
    else { return nil }
    guard holdsVolumes(datastore) else {
      reportUnfit(
        "the datastore \(quoted(located.value)) holds no virtual volumes", at: located,
        help: "\"type\": \"vvol\" makes it one that does")
      return nil
    }
    return datastore
  }

  /// Whether a datastore is one of virtual volumes, or may be, since its type is in error.
  private func holdsVolumes(_ datastore: Int) -> Bool {
    let draft = datastores[datastore].draft
    guard !draft.vsan.isGiven else { return false }
    return draft.kind.known == .vvol || draft.kind.isGiven && draft.kind.known == nil
  }

  /// Reports a machine of a replication group whose disks are no virtual volumes.
  mutating func checkVolumes(of machine: Int, at selector: Located<String>) {
    guard let datastore = machines[machine].datastore, !holdsVolumes(datastore) else { return }
    reportUnfit(
      "virtual machine \(quoted(machines[machine].name)) is on the datastore \(quoted(name(ofDatastore: datastore))), which holds no virtual volumes",
      at: selector, help: "\"type\": \"vvol\" makes it one that does")
  }

  /// Reports copies that something else uses, or that are smaller than their devices.
  mutating func checkCopies() {
    for system in storage.systems.indices {
      for device in storage.systems[system].devices {
        guard let copy = device.copy, let reference = device.draft.copy.located else { continue }
        if let other = storage.deviceOfCopy[copy] {
          reportUnfit(
            "the datastore \(quoted(reference.value)) is the copy of the device \(quoted(other)) already",
            at: reference)
        } else {
          storage.deviceOfCopy[copy] = device.draft.name.known ?? "?"
          checkUse(ofCopy: copy, at: reference)
        }
        if let datastore = device.datastore { checkSize(ofCopy: copy, of: datastore, at: reference) }
      }
    }
    for located in draft.replications.known ?? [] {
      guard let reference = located.value.datastore.located,
        let datastore = datastoreNames.index(of: reference.value)
      else { continue }
      isNoCopy(datastore, at: reference, "replica")
    }
  }

  /// Whether vSphere may write to a datastore; reported if it is the copy of a device, which only its array writes.
  @discardableResult
  mutating func isNoCopy(_ datastore: Int, at reference: Located<String>, _ what: String) -> Bool {
    guard let device = storage.deviceOfCopy[datastore] else { return true }
    log.report(
      .onCopy,
      "the datastore \(quoted(reference.value)) is the copy of the device \(quoted(device)) and holds no \(what)",
      at: reference.span, help: "choose a datastore that no array writes")
    return false
  }

  private mutating func checkUse(ofCopy copy: Int, at reference: Located<String>) {
    guard storage.unitOfDatastore[copy] == nil else {
      return reportUnfit(
        "the datastore \(quoted(reference.value)) is a device itself and cannot be a copy", at: reference)
    }
    guard let machine = machines.first(where: { $0.datastore == copy }) else { return }
    reportUnfit(
      "virtual machine \(quoted(machine.name)) is on the datastore \(quoted(reference.value)), which is the copy of a device and not to be written",
      at: reference)
  }

  private mutating func checkSize(ofCopy copy: Int, of datastore: Int, at reference: Located<String>) {
    guard let capacity = datastores[copy].draft.capacity.known,
      let needed = datastores[datastore].draft.capacity.known, capacity < needed
    else { return }
    log.report(
      .datastoreTooSmall,
      "the copy \(quoted(reference.value)) holds \(capacity), but its device \(quoted(name(ofDatastore: datastore))) holds \(needed)",
      at: reference.span)
  }

  private func name(ofDatastore datastore: Int) -> String { datastores[datastore].draft.name.known ?? "?" }

  private mutating func reportUnfit(_ text: String, at reference: Located<String>, help: String? = nil) {
    log.report(.unfitDevice, text, at: reference.span, help: help)
  }
}
