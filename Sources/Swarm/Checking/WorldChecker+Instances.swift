import Quantities
import Scenarios
import SiteSimulation

/// What can be recovered must be a past image, and the lag what it is.
extension WorldChecker {
  mutating func checkReplication(_ index: Int, _ world: borrowing World) throws(Violation) {
    let now = world.time
    let sight = world.sight(of: index)
    let last = sights[index]
    guard sight != last else { return }
    sights[index] = sight
    if sight.status != last.status {
      if last.status == "OK" { lastInOrder[index] = now }
      counts.statuses[sight.status, default: 0] += 1
      if !last.status.isEmpty { counts.transitions["\(last.status) → \(sight.status)", default: 0] += 1 }
    }
    if let delta = sight.delta, delta != last.delta {
      guard delta.pointInTime == now else {
        throw Violation(
          .instanceOrder, at: now, subject: name(index),
          detail: "a delta says that it began at \(delta.pointInTime)")
      }
      histories[index].began(at: now, disks: world.sourceContents(of: index))
    }
    if last.isReplicating, !sight.isReplicating { lags[index].ended(at: now) }
    if !last.isReplicating, sight.isReplicating { lags[index].begun(at: now) }
    guard sight.isReplicating else { return try checkLag(sight, of: index, at: now) }
    let mayBeLost = firstDamage[index] <= now
    if let defect = lags[index].saw(sight.newest?.pointInTime, mayBeLost: mayBeLost, at: now) {
      throw Violation(.instanceOrder, at: now, subject: name(index), detail: defect)
    }
    try checkLag(sight, of: index, at: now)
    if let newest = sight.newest, newest != last.newest {
      counts.instances += 1
      try checkImage(newest, of: index, world)
    }
    // What is recoverable may be read through other logs now, or what was thrown away have left something behind.
    if sight.levelCount < last.levelCount || sight.mergeCount < last.mergeCount
      || sight.isTested != last.isTested || sight.session != last.session
    {
      try checkImages(index, world)
    }
  }

  private func checkLag(_ sight: ReplicationSight, of index: Int, at now: Instant) throws(Violation) {
    guard sight.lag == lags[index].lag(at: now) else {
      throw Violation(
        .lag, at: now, subject: name(index),
        detail: "a lag of \(text(sight.lag)) is reported, and \(text(lags[index].lag(at: now))) would be lost"
      )
    }
  }

  private func text(_ span: TimeSpan?) -> String { span.map { "\($0)" } ?? "everything" }

  private mutating func checkImages(_ index: Int, _ world: borrowing World) throws(Violation) {
    let instances = world.instances(of: index)
    for (earlier, later) in zip(instances, instances.dropFirst())
    where earlier.pointInTime > later.pointInTime {
      throw Violation(
        .instanceOrder, at: world.time, subject: name(index),
        detail: "the instances of \(earlier.pointInTime) and \(later.pointInTime) are out of order")
    }
    if histories[index].count > 40, let oldest = instances.first {
      histories[index].forget(before: oldest.pointInTime)
    }
    for instance in instances { try checkImage(instance, of: index, world) }
  }

  private mutating func checkImage(
    _ instance: ReplicationSight.Instance, of index: Int, _ world: borrowing World
  ) throws(Violation) {
    guard let disks = world.recoverableContents(of: index, at: instance.pointInTime) else {
      throw Violation(
        .pastImage, at: world.time, subject: name(index),
        detail: "the instance of \(instance.pointInTime) is listed and cannot be recovered")
    }
    counts.comparedImages += 1
    if let defect = histories[index].defect(ofInstanceAt: instance.pointInTime, disks: disks) {
      throw Violation(.pastImage, at: world.time, subject: name(index), detail: defect)
    }
  }
}
