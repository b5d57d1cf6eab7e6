import Inventory
import Quantities
import Scenarios
import SiteSimulation

/// What must hold of storage that copies by itself.
extension WorldChecker {
  /// Looks at every unit after a step, before anything is asked of its machines.
  mutating func checkStorage(_ world: borrowing World) throws(Violation) {
    for unit in scenario.storageUnits.indices {
      let sight = world.storageSight(of: unit)
      let last = storage.units[unit].sight
      storage.units[unit].sight = sight
      if sight != last {
        noteImages(unit, sight, after: last, world)
        try checkAcknowledged(unit, sight, after: last, world)
        try checkPoints(unit, sight, after: last, world)
      }
      try checkPath(unit, sight, world)
      try checkStorageLag(unit, sight, after: last, world)
    }
  }

  private func member(_ unit: Int, _ position: Int) -> Int {
    scenario.storageUnits[unit].members[position].index
  }

  func isSynchronous(_ unit: Int) -> Bool {
    scenario.storageSystems[scenario.storageUnits[unit].system.index].mode == .synchronous
  }

  /// Takes copies of all disks of all machines of a unit where an image may begin: when a copy begins, and where an image of now
  /// is there.
  private mutating func noteImages(
    _ unit: Int, _ sight: StorageSight, after last: StorageSight, _ world: borrowing World
  ) {
    let now = world.time
    let members = scenario.storageUnits[unit].members.map(\.index)
    if sight.isFailedOver, !last.isFailedOver {
      // What followed each write was brought up to date and taken at once: the other copy holds it still.
      for index in members where world.recoveredInstance(of: index) == now {
        guard let former = world.copies(of: index).former else { continue }
        histories[index].began(at: now, disks: world.diskContents(ofCopy: former))
      }
    }
    guard !sight.isFailedOver else { return }
    let begins = sight.copyBegan == now && last.copyBegan != now
    let isThere = sight.points.last == now && last.points.last != now
    guard begins || isThere else { return }
    for index in members { histories[index].began(at: now, disks: world.sourceContents(of: index)) }
  }

  /// What was acknowledged by synchronous storage is at both sites.
  private func checkAcknowledged(
    _ unit: Int, _ sight: StorageSight, after last: StorageSight, _ world: borrowing World
  ) throws(Violation) {
    // Without room the copy stops where there was some last.
    guard last.isInSync, !sight.isInSync, !world.lacksRoom(unit: unit) else { return }
    let now = world.time
    let description = scenario.storageUnits[unit]
    let instants =
      sight.isFailedOver
      ? description.members.map { world.recoveredInstance(of: $0.index) } : [sight.points.last]
    guard let late = instants.first(where: { $0 != now }) else { return }
    throw Violation(
      .acknowledgedWrite, at: now, subject: description.name,
      detail: "it followed each write until now, and the copy is of \(late.map { "\($0)" } ?? "no time")")
  }

  private mutating func checkPoints(
    _ unit: Int, _ sight: StorageSight, after last: StorageSight, _ world: borrowing World
  ) throws(Violation) {
    let now = world.time
    let description = scenario.storageUnits[unit]
    if let began = sight.copyBegan, began != last.copyBegan, began != now {
      throw Violation(
        .instanceOrder, at: now, subject: description.name, detail: "a copy says that it began at \(began)")
    }
    guard sight.points != last.points else { return }
    for (earlier, later) in zip(sight.points, sight.points.dropFirst()) where earlier >= later {
      throw Violation(
        .instanceOrder, at: now, subject: description.name,
        detail: "the images of \(earlier) and \(later) are out of order")
    }
    let limit =
      scenario.storageSystems[description.system.index].pointInTimeCount + world.heldImageCount(ofUnit: unit)
    guard sight.points.count <= limit else {
      throw Violation(
        .instanceOrder, at: now, subject: description.name,
        detail: "\(sight.points.count) images are kept, and \(limit) at most are to be")
    }
    for instant in sight.points {
      counts.storageImages += 1
      guard let contents = world.storedContents(of: unit, at: instant) else { continue }
      for (position, disks) in contents.enumerated() {
        let index = member(unit, position)
        counts.comparedImages += 1
        guard let defect = histories[index].defect(ofInstanceAt: instant, disks: disks) else { continue }
        throw Violation(.pastImage, at: now, subject: name(index), detail: defect)
      }
    }
    for member in description.members where histories[member.index].count > 40 {
      let needed = [sight.points.first, world.testedInstance(of: member.index)].compactMap { $0 }.min()
      if let needed { histories[member.index].forget(before: needed) }
    }
  }

  /// Storage follows each write only over a link, and catches up as soon as there is one.
  private mutating func checkPath(
    _ unit: Int, _ sight: StorageSight, _ world: borrowing World
  ) throws(Violation) {
    guard isSynchronous(unit), !sight.isFailedOver, !world.lacksRoom(unit: unit),
      !scenario.storageUnits[unit].members.isEmpty,
      let bandwidths = calendar.bandwidths(at: world.time)
    else { return }
    let description = scenario.storageUnits[unit]
    let system = scenario.storageSystems[description.system.index]
    let hosts = scenario.inventory.hosts
    let isUp =
      system.links.contains { bandwidths[$0.index].allSatisfy { $0 > 0 } }
      && [system.source, system.target].allSatisfy { site in
        hosts.indices.contains { hosts[$0].site == site && world.isUp(HostID($0)) }
      }
    let defect: String? =
      switch (sight.isInSync, isUp) {
      case (true, false): "it is said to follow each write, and no link is up"
      case (false, true) where sight.copyBegan == nil: "a link is up, and nothing is copied"
      default: nil
      }
    guard let defect else { return }
    throw Violation(.acknowledgedWrite, at: world.time, subject: description.name, detail: defect)
  }

  private mutating func checkStorageLag(
    _ unit: Int, _ sight: StorageSight, after last: StorageSight, _ world: borrowing World
  ) throws(Violation) {
    guard !isSynchronous(unit) else { return }
    let now = world.time
    for member in scenario.storageUnits[unit].members {
      let index = member.index
      if sight.isFailedOver, !last.isFailedOver { lags[index].ended(at: now) }
      if last.isFailedOver, !sight.isFailedOver { lags[index].begun(at: now) }
      if !sight.isFailedOver, let newest = sight.points.last, let defect = lags[index].saw(newest, at: now) {
        throw Violation(.instanceOrder, at: now, subject: name(index), detail: defect)
      }
      let reported = world.sight(of: index).lag
      guard reported == lags[index].lag(at: now) else {
        throw Violation(
          .lag, at: now, subject: name(index),
          detail:
            "a lag of \(text(reported)) is reported, and \(text(lags[index].lag(at: now))) would be lost")
      }
    }
  }

  private func text(_ span: TimeSpan?) -> String { span.map { "\($0)" } ?? "everything" }

  // MARK: - The end

  /// What is wrong with a unit when all faults are over; `nil` if nothing.
  func storageDefect(
    _ unit: Int, isSilent: Bool, since lastChange: Instant, _ world: borrowing World
  ) -> String? {
    let description = scenario.storageUnits[unit]
    let sight = world.storageSight(of: unit)
    guard !sight.isFailedOver, !world.lacksRoom(unit: unit) else { return nil }
    guard case .periodic(let interval) = scenario.storageSystems[description.system.index].mode else {
      return sight.isInSync ? nil : "it does not follow the writes"
    }
    guard let newest = sight.points.last, newest > lastChange else {
      return "its newest image is older than the last fault"
    }
    let lag = world.time - newest
    if lag > interval * 3 + .seconds(5) { return "its lag is \(lag) with an interval of \(interval)" }
    guard isSilent, let contents = world.storedContents(of: unit, at: newest) else { return nil }
    for (position, disks) in contents.enumerated()
    where disks != world.sourceContents(of: member(unit, position)) {
      return "the copy of \(name(member(unit, position))) differs from the silent source"
    }
    return nil
  }
}
