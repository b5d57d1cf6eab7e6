import Quantities

/// What the guest of a machine does while the machine is on.
struct GuestState {
  var isBooting = false
  var isShuttingDown = false
  /// Whether a plan asked for that, so that it stays off.
  var isShutDownByPlan = false
  /// It stopped and only a reset or a power-on helps.
  var isCrashed = false
  /// What the timeline keeps it from working with.
  var hangs = ActiveEntries<Void>()
  /// Which change is the latest: what was scheduled before it is void.
  var stamp: UInt64 = 0
  /// When vSphere HA reset its machine.
  var resets: [Instant] = []

  /// Whether it gives heartbeats and writes.
  var isWorking: Bool { !isBooting && !isShuttingDown && !isCrashed && hangs.isEmpty }
}

/// What a machine went through, for the record.
struct AvailabilityCount {
  var restartCount = 0
  var resetCount = 0
  /// From when on it has had no running host; `nil` while it has one or is not to run.
  var lostAt: Instant?
  var lostTime = TimeSpan.zero

  mutating func lost(at now: Instant) { lostAt = lostAt ?? now }

  mutating func ended(at now: Instant) {
    if let lostAt { lostTime = lostTime + (now - lostAt) }
    lostAt = nil
  }
}
