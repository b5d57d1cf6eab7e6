import Inventory
import Quantities
import RecoveryCore
import Scenarios

/// What is known of arrays between the sites, and what their adapters are told.
extension RecoveryConductor {
  /// The arrays of a system of the scenario, by position among ``storage``.
  func provider(of system: StorageSystemID) -> Int? {
    storage.firstIndex { $0.system == system.index && $0.hasArrays }
  }

  /// Groups the datastores anew, as the devices are known now.
  mutating func regroupDatastores() {
    arrays.devicesChanged(storage.flatMap(\.groupedDevices))
    hasNews = true
  }

  // MARK: - Discovery

  /// Begins to look for the devices of a pair of arrays.
  mutating func discoverDevices(of provider: Int, at now: Instant) throws(RecoveryFailure) {
    for side in PairSide.allCases { ping(provider, at: side) }
    let isFirst = !storage[provider].knowsDevices
    do throws(ArrayRefusal) {
      try storage[provider].beginDiscovery()
    } catch {
      throw RecoveryFailure(text(error))
    }
    // Both sites are asked at the same time.
    let count = (isFirst ? ArrayPair.discoveryCommands.count : 0) + 1
    _ = enqueue(
      RecoveryJob(
        work: .discovery(provider, isFirst: isFirst), lane: .none, duration: adapterTime(ofCalls: count)),
      at: now)
  }

  /// Asks whether the array of a site answers.
  private mutating func ping(_ provider: Int, at side: PairSide) {
    storage[provider].pinged(answers(.siteRecoveryManager, at: side), at: side)
  }

  // MARK: - Calls of the adapter

  /// The time that calls of the storage adapter take one after another.
  ///
  /// A call that takes longer than it may is given up, and those after it are not made.
  func adapterTime(ofCalls count: Int) -> TimeSpan {
    guard count > 0 else { return .zero }
    return adapterTimesOut ? times.storageCommandTimeout : times.adapterCommand * Int64(count)
  }

  var adapterTimesOut: Bool { times.adapterCommand > times.storageCommandTimeout }

  var adapterTimeoutText: String {
    "the storage adapter did not answer within \(times.storageCommandTimeout)"
  }

  /// What the calls of the adapter for a step take; nothing where no array has the group's machines.
  func adapterTime(of action: RecoveryAction) -> TimeSpan {
    let request: (group: ProtectionGroupID, calls: Int)? =
      switch action {
      case .synchronize(let group, _, _): (group, 2)
      case .createTestImage(let group, _, _): (group, 2)
      case .makeStorageWritable(let group, _, _): (group, 2)
      case .discardTestImage(let group): (group, 1)
      case .deactivateStorage(let group): (group, 1)
      case .reverseReplication(let group): (group, 1)
      default: nil
      }
    guard let request else { return .zero }
    // The adapter of each pair of arrays is asked for all devices of the group at once.
    let pairs = Set(storageUnits(of: request.group).compactMap(arraysOfUnit))
    return adapterTime(ofCalls: request.calls * pairs.count)
  }

  /// Why the adapter of a side cannot be told anything about a pair of arrays.
  func text(ofAdapterAt side: PairSide, _ provider: Int) -> String? {
    guard let manager = storage[provider].manager(at: side) else { return nil }
    if manager.adapter != .ok {
      return text(ArrayRefusal.adapter(manager.adapter, side))
    }
    return manager.ping == .failure ? text(ArrayRefusal.unreachable(side)) : nil
  }

  private func text(_ refusal: ArrayRefusal) -> String {
    switch refusal {
    case .adapter(let status, let side):
      "the storage adapter at site \(siteNames[side]) is \(status.rawValue)"
    case .unreachable(let side): "the array at site \(siteNames[side]) does not answer"
    case .discovering: "devices are being discovered already"
    }
  }
}
