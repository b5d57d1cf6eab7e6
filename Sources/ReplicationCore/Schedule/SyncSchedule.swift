package import Quantities

/// Decides when the next sync of one virtual machine must start to keep its recovery point objective.
///
/// Its driver passes every event with the time it happened, then asks for the next deadline. Alone it starts
/// each sync as late as the objective allows; the ``HostSchedule`` may bring a start forward, never
/// put it off.
package struct SyncSchedule: Sendable {
  /// How cycles follow each other.
  package enum Policy: Sendable, Hashable {
    /// As late as the objective allows: instance time + RPO − estimated transfer time.
    ///
    /// The estimate is the mean of the last `history` transfers times `safetyFactor`.
    /// - Source: VMware blog 2014, "Understanding vSphere Replication scheduling and RPO
    ///   violations": the last 15 transfers, plus 20 %.
    case latestStart(history: Int, safetyFactor: Ratio)
    /// At every whole multiple of the objective since the start of the run; a multiple that passes
    /// while a sync is running is skipped.
    case fixedInterval
  }

  private enum State {
    case idle(CycleOutlook.Start)
    /// A sync of the image as it was at `imageTime` is running; it carries what changed since `changesSince`.
    case syncing(imageTime: Instant, changesSince: Instant)
  }

  /// Transfers remembered under a fixed interval, where they decide nothing and are only expected.
  private static let fixedIntervalHistory = 15

  package private(set) var objective: TimeSpan
  private let policy: Policy
  private var history: TransferHistory
  private var state: State
  /// The point in time of the newest complete instance.
  private var imageTime: Instant
  /// Whether a sync has completed.
  private var hasCompleted = false
  /// When the host's plan lets the next sync start, or `nil` while it has none.
  private var plannedStart: Instant?
  /// How long the next transfer may take, the safety margin included.
  ///
  /// Without any history it is half the objective, the longest transfer that can keep it.
  /// - Source: The mean and factor as in ``Policy``; the half is inferred from the same source's
  ///   "a cycle should take less than half the RPO".
  package private(set) var estimate: TimeSpan
  /// How long after its start a sync is expected to take its image, while the guest is brought to rest.
  ///
  /// As long as it took the last time.
  private var preparation = TimeSpan.zero
  /// The estimate without the margin, or `nil` without any history.
  private var expectedDuration: TimeSpan?

  /// - Parameters:
  ///   - objective: The recovery point objective.
  ///   - imageTime: The point in time of the replica that exists when the schedule begins.
  ///   - firstSync: When the first sync starts, or `nil` to let the policy decide.
  package init(
    objective: TimeSpan, policy: Policy, imageTime: Instant, firstSync: Instant? = nil
  ) {
    precondition(objective > .zero, "an objective is a time")
    self.objective = objective
    self.policy = policy
    self.imageTime = imageTime
    self.estimate = objective / 2
    self.state = .idle(.exactly(imageTime))
    switch policy {
    case .latestStart(let capacity, _): history = TransferHistory(capacity: capacity)
    case .fixedInterval: history = TransferHistory(capacity: Self.fixedIntervalHistory)
    }
    self.state = .idle(
      firstSync.map { .exactly($0) } ?? outlook.start(after: imageTime, completedAt: imageTime))
  }

  /// When the driver must start a sync, or `nil` while one is running.
  package var deadline: Instant? {
    switch state {
    case .idle(.latest(let latest)): min(plannedStart ?? latest, latest)
    case .idle(.exactly(let start)): start
    case .idle(.running), .syncing: nil
    }
  }

  /// What the plan of the host needs to know.
  ///
  /// It does not depend on the plan: the same outlook comes back after ``startPlanned(at:)``.
  package var outlook: CycleOutlook {
    let start: CycleOutlook.Start =
      switch state {
      case .idle(let start): start
      case .syncing(let imageTime, _): .running(imageTime: imageTime)
      }
    return CycleOutlook(
      objective: objective, isFixedInterval: policy == .fixedInterval,
      estimate: estimate + preparation,
      expectedDuration: expectedDuration,
      earliestStart: hasCompleted ? imageTime + TransferHistory.coveredMinimum(of: objective) : nil,
      start: start)
  }

  private var safetyFactor: Ratio {
    if case .latestStart(_, let factor) = policy { factor } else { .one }
  }

  /// The host's plan lets the next sync start at `start`.
  ///
  /// It brings the sync forward from its latest start. It has no effect on one whose start is fixed or that is
  /// running, and is forgotten when a sync starts.
  package mutating func startPlanned(at start: Instant) {
    if case .idle(.latest) = state { plannedStart = start }
  }

  package mutating func syncStarted(at now: Instant) {
    guard case .idle = state else {
      preconditionFailure("a virtual machine has at most one sync in flight")
    }
    state = .syncing(imageTime: now, changesSince: imageTime)
    plannedStart = nil
  }

  /// The image that the running sync will complete was taken later than it started: a full sync ends
  /// with a delta, and only that one is a point in time.
  ///
  /// That delta carries what changed since the full sync began.
  package mutating func imageTaken(at now: Instant) {
    guard case .syncing(let fullSyncStart, _) = state else {
      preconditionFailure("only a running sync takes an image")
    }
    state = .syncing(imageTime: now, changesSince: fullSyncStart)
  }

  /// The guest of each sync is brought to rest first, which takes as long as this until one has told better.
  package mutating func expectPreparation(_ preparation: TimeSpan) {
    self.preparation = preparation
    if case .idle(.latest) = state { state = .idle(outlook.start(after: imageTime, completedAt: imageTime)) }
  }

  /// The guest of the running sync is at rest, and the image is taken.
  ///
  /// The sync still carries what changed since the instance before.
  package mutating func guestCameToRest(at now: Instant) {
    guard case .syncing(let start, let changesSince) = state else {
      preconditionFailure("a guest comes to rest for a running sync")
    }
    preparation = now - start
    state = .syncing(imageTime: now, changesSince: changesSince)
  }

  /// The instance that began at the image time of the sync is complete.
  package mutating func syncCompleted(at now: Instant) {
    guard case .syncing(let imageTime, let changesSince) = state else {
      preconditionFailure("only a running sync completes")
    }
    history.append(
      now - imageTime, covered: imageTime - changesSince, objective: objective, estimate: estimate)
    self.imageTime = imageTime
    hasCompleted = true
    updateEstimate()
    state = .idle(outlook.start(after: imageTime, completedAt: now))
  }

  /// The running sync was given up; the next one starts as soon as it can, but not before `wait` is over.
  package mutating func syncAborted(at now: Instant, retryingAfter wait: TimeSpan = .zero) {
    guard case .syncing = state else { preconditionFailure("only a running sync is aborted") }
    state = .idle(.exactly(now + wait))
  }

  /// Brings the next sync forward to `now`, as "Sync now" does; no effect while one is running.
  package mutating func syncRequested(at now: Instant) {
    if let deadline { state = .idle(.exactly(min(deadline, now))) }
  }

  /// The replication was reconfigured to another objective.
  ///
  /// A sync that is running, overdue or asked for stays as it is.
  package mutating func reconfigured(objective: TimeSpan, at now: Instant) {
    precondition(objective > .zero, "an objective is a time")
    self.objective = objective
    updateEstimate()
    guard case .idle(let start) = state else { return }
    plannedStart = nil
    switch start {
    case .latest: break
    case .exactly(let start): if policy != .fixedInterval || start <= now { return }
    case .running: return
    }
    state = .idle(outlook.start(after: imageTime, completedAt: now))
  }

  private mutating func updateEstimate() {
    expectedDuration = history.estimate(objective: objective, margin: safetyFactor, factor: .one)
    estimate =
      history.estimate(objective: objective, margin: safetyFactor, factor: safetyFactor) ?? objective / 2
  }
}
