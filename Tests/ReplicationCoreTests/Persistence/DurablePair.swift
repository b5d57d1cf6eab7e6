import BlockStorage
import Quantities
import ReplicationCore
import Testing

/// A source with its state files and a target with its replica's files, each on a storage that can crash.
///
/// The link between them has no delay: ``step()`` delivers one message. Time passes only when told. The pair keeps
/// the tag of every extent in plain dictionaries, with a copy from the start of each instance, and knows for
/// itself whether a full sync must come next.
final class DurablePair {
  typealias Content = ReplicationPair.Content
  typealias Target = DurableTarget<CrashableFolder>
  typealias States = SourceStateFiles<CrashableFolder>

  enum Action {
    case write(Range<Int>, disk: Int = 0)
    case sync
    case fullSync
    /// Delivers up to so many messages.
    case deliver(Int)
    /// Delivers all messages.
    case drain
    /// Completes the next merge, if there is one.
    case merge
    case powerOff, powerOn
    case migrate
    case cut, restore
    case wait(TimeSpan)
    /// The replication ends, with its files if they are `removed`, and another one of the same group begins.
    case replace(removed: Bool)
  }

  /// What stops, and when.
  enum Fault {
    /// The target's storage crashes before its change of this number.
    case targetCrash(afterChanges: Int)
    /// The replication server dies there; what it wrote stays readable, synced or not.
    case serverLoss(afterChanges: Int)
    /// The source's host and its storage crash there.
    case sourceStorageCrash(afterChanges: Int)
    /// The source's host crashes before this step of the history.
    case sourceCrash(beforeStep: Int)
    case serverLossBeforeStep(Int)
    case targetCrashBeforeStep(Int)
    /// The link is cut for two minutes.
    case cut(beforeStep: Int)
  }

  let names: ReplicaListing.Names
  let identities: [UInt128]
  private(set) var stateFiles: [StateFileDisk] = []
  /// How many replications of the machine there were before this one.
  private var replacementCount = 0
  /// Whether the base disks begin with the image that the disks began with.
  let isSeeded: Bool
  let parameters: ReplicationParameters
  let targetParameters: TargetParameters
  let targetStorage = CrashableStorage()
  let sourceStorage = CrashableStorage()
  let targetFolder: CrashableFolder
  let sourceFolder: CrashableFolder
  let targetMoments: StorageMoments
  let sourceMoments: StorageMoments
  /// What a crash leaves of what was not synced.
  var chooser: any CrashChooser

  var target: Target?
  var states: States?
  var source: ReplicationSource
  let disks: [ExtentStore]
  var content: [Content]
  var snapshots: [SyncSequence: (pointInTime: Instant, content: [Content])] = [:]
  var now = Instant.zero

  // MARK: What the pair knows

  /// Whether a full sync must come before the next delta.
  var mustCompare: Bool
  var isOn = true
  var isPathUp = true
  /// The instances that were recoverable before what is being done to the target.
  var instancesBefore: [ReplicationTarget.Instance] = []
  /// Whether the replica's files are being removed, so that there may be none.
  var isRemoving = false
  var fullSyncCount = 0
  var deltaCount = 0
  var crashCount = 0
  /// Per disk why its tracking was lost, when the state files were last opened.
  var losses: [SourceStateOpening.Cause?] = []

  var fault: Fault?
  var stepNumber = 0
  /// What was the case at the moments before which something can fail.
  var stepKinds: [String] = []
  var forward: [SourceMessage] = []
  var backward: [TargetMessage] = []
  var session: UInt64 = 0
  var saltCount: UInt64 = 0

  init(
    extentCounts: [Int], used: Int = 8, fault: Fault? = nil,
    chooser: any CrashChooser = UniformCrash.keepingAll,
    parameters: ReplicationParameters = .small, targetParameters: TargetParameters = .small,
    payloadWidth: Int = 8, isSeeded: Bool = false
  ) throws {
    self.isSeeded = isSeeded
    disks = extentCounts.map { disk($0, used: min(used, $0), payloadWidth: payloadWidth) }
    content = disks.map(\.content)
    names = .example(diskCount: disks.count)
    identities = disks.indices.map { UInt128(0xd15c) + UInt128($0) }
    self.parameters = parameters
    self.targetParameters = targetParameters
    self.fault = fault
    self.chooser = chooser
    targetFolder = CrashableFolder(on: targetStorage)
    sourceFolder = CrashableFolder(on: sourceStorage)
    targetMoments = StorageMoments(of: targetFolder)
    sourceMoments = StorageMoments(of: sourceFolder)
    mustCompare = true
    source = Self.newSource(disks: disks, hasReplica: false, parameters: parameters, at: .zero)
    switch fault {
    case .targetCrash(let count), .serverLoss(let count): targetStorage.stop(afterChanges: count)
    case .sourceStorageCrash(let count): sourceStorage.stop(afterChanges: count)
    default: break
    }
    nameStateFiles()
  }

  /// The files keep their names from one replication to the next, and get other identities.
  private func nameStateFiles() {
    stateFiles = disks.indices.map { index in
      StateFileDisk(
        id: names.diskIDs[index], identity: identities[index] + UInt128(replacementCount) << 64,
        geometry: disks[index].geometry)
    }
  }

  /// Begins the replication; nothing was done with the pair before.
  func begin() throws {
    try onTarget("creating") { try $0.createTarget() }
    try onSource("creating") { $0.states = try States.create(in: $0.sourceFolder, disks: $0.stateFiles) }
    try settle()
  }

  static func newSource(
    disks: [ExtentStore], hasReplica: Bool, parameters: ReplicationParameters, at now: Instant
  ) -> ReplicationSource {
    ReplicationSource(
      disks: disks.map(\.geometry),
      schedule: SyncSchedule(objective: .hours(24), policy: .fixedInterval, imageTime: now),
      hasReplica: hasReplica, parameters: parameters)
  }

  func salt() -> UInt64 {
    saltCount += 1
    return saltCount << 32
  }

  func createTarget() throws {
    target = try Target.create(
      in: targetFolder, names: names, identities: identities,
      bases: disks.map { [isSeeded] disk in
        ExtentStore(
          geometry: disk.geometry, image: isSeeded ? BaseImage(usedExtentCount: 5, tag: 7) : .empty)
      }, parameters: targetParameters, salt: salt())
  }

  // MARK: - History

  func run(_ actions: [Action]) throws { for action in actions { try perform(action) } }

  func perform(_ action: Action) throws {
    try faultIfDue()
    now = now + .milliseconds(1)
    switch action {
    case .write(let extents, let disk): write(extents, disk: disk)
    case .sync: source.syncRequested(at: now)
    case .fullSync: try requestFullSync()
    case .deliver(let count):
      try settle()
      for _ in 0..<count where try !step() { break }
    case .drain:
      try settle()
      while try step() {}
    case .merge: try merge()
    case .powerOff: try powerOff()
    case .powerOn: try powerOn()
    case .migrate: try migrate()
    case .cut:
      isPathUp = false
      source.pathBroke(at: now)
    case .restore: try restorePath()
    case .wait(let span): try wait(span)
    case .replace(let isRemoved): try replace(removingFiles: isRemoved)
    }
    try settle()
  }

  func requestFullSync() throws {
    source.fullSyncRequested(at: now)
    if isOn {
      mustCompare = true
    } else {
      // What the files say of a machine that is off is outdated.
      try onSource("saving") { pair in
        try pair.states?.save(pair.source.saved)
        pair.mustCompare = true
      }
    }
  }

  func write(_ extents: Range<Int>, disk index: Int) {
    guard isOn else { return }
    let tag = UInt64(1_000 + now.nanoseconds / 1_000_000_000) << 20 + UInt64(nextTag)
    nextTag += 1
    source.guestWillWrite(extents, disk: index, reading: disks[index])
    disks[index].fill(extents, tag: nextTag % 7 == 0 ? 0 : tag)
    for extent in extents { content[index][extent] = nextTag % 7 == 0 ? nil : tag }
  }
  var nextTag = 1

  func restorePath() throws {
    guard !isPathUp else { return }
    isPathUp = true
    source.pathReturned()
    try wait(.seconds(100))
  }

  func wait(_ span: TimeSpan) throws {
    let end = now + span
    while let deadline = source.nextDeadline, deadline <= end, deadline > now {
      now = deadline
      try settle()
    }
    now = end
    try settle()
  }

  // MARK: - The link

  /// Delivers one message, answers first.
  ///
  /// - Returns: Whether there was one.
  func step() throws -> Bool {
    try faultIfDue()
    guard isPathUp else { return false }
    // No two instances are of one moment.
    now = now + .milliseconds(1)
    if !backward.isEmpty {
      let answer = backward.removeFirst()
      if case .fullSyncAccepted = answer { mustCompare = false }
      source.receive(answer, at: now, reading: disks)
    } else if !forward.isEmpty {
      let message = forward.removeFirst()
      try onTarget("receiving \(message.kind)") { pair in
        guard case .taken(let answer) = try pair.target?.offer(message, at: pair.now) else {
          Issue.record("a message was refused")
          return
        }
        if let answer { pair.backward.append(answer) }
        if case .deltaEnded = message { try pair.checkTarget() }
      }
    } else {
      return false
    }
    try settle()
    return true
  }

  /// Does what follows from the input just given.
  func settle() throws {
    if let deadline = source.nextDeadline, deadline <= now { source.advance(to: now, reading: disks) }
    takeEvents()
    if source.session != session { try endSession() }
    while forward.count < 3, let message = source.nextMessage(reading: disks) { forward.append(message) }
    takeEvents()
  }

  func endSession() throws {
    session = source.session
    forward.removeAll()
    backward.removeAll()
    try onTarget("ending a session") { try $0.target?.connectionLost() }
  }

  func takeEvents() {
    for event in source.takeEvents() {
      switch event {
      case .fullSyncStarted:
        fullSyncCount += 1
        #expect(mustCompare, "a full sync begins where a delta is enough")
      case .deltaStarted(let sequence):
        deltaCount += 1
        #expect(!mustCompare, "a delta begins where only a full sync can tell")
        snapshots[sequence] = (now, content)
      default: break
      }
    }
  }

  func merge() throws {
    guard let merge = target?.nextMerge else { return }
    try onTarget(merge.destination == nil ? "merging into bases" : "merging logs") { pair in
      pair.target?.mergeBegan(merge)
      try pair.target?.mergeCompleted(merge)
      try pair.checkTarget()
    }
  }

  // MARK: - The machine

  func powerOff() throws {
    guard isOn else { return }
    isOn = false
    source.poweredOff(at: now)
    try onSource("saving") { try $0.states?.save($0.source.saved) }
  }

  func powerOn() throws {
    guard !isOn else { return }
    try onSource("marking in use") { pair in
      try pair.states?.markInUse()
      pair.isOn = true
      pair.source.poweredOn(at: pair.now)
    }
  }

  /// The replication ends and another one of the same group begins, with other state files.
  func replace(removingFiles: Bool) throws {
    var isDone = false
    // What the old source takes for clean counts no longer.
    mustCompare = true
    while !isDone {
      try onTarget("replacing") { pair in
        if removingFiles {
          pair.isRemoving = true
          pair.targetMoments.activity = "removing"
          try pair.target?.remove()
        }
        pair.targetMoments.activity = "replacing"
        pair.target = nil
        try pair.createTarget()
        isDone = true
      }
      isRemoving = false
    }
    snapshots = [:]
    (forward, backward) = ([], [])
    source = Self.newSource(disks: disks, hasReplica: false, parameters: parameters, at: now)
    (session, mustCompare, isOn) = (source.session, true, true)
    replacementCount += 1
    nameStateFiles()
    try onSource("creating") { $0.states = try States.create(in: $0.sourceFolder, disks: $0.stateFiles) }
  }

  /// The machine moves to another host, which finds the state in the files.
  func migrate() throws {
    guard isOn else { return }
    source.migrationBegan(at: now)
    try onSource("handing over") { pair in
      let saved = pair.source.saved
      try pair.states?.save(saved)
      let (states, opening) = try States.open(in: pair.sourceFolder, disks: pair.stateFiles)
      pair.states = states
      // What must be compared is not saved; everything else is as it was.
      #expect(opening.isLost == saved.needsFullSync)
      let isAnyLost = opening.isLost.contains(true)
      if isAnyLost { pair.source.trackingLost(.stateFileLost, at: pair.now) }
      pair.source.handedOver(
        opening.saved(hasReplica: saved.hasReplica, lastSequence: saved.lastSequence))
      if isAnyLost { pair.mustCompare = true }
      try states.markInUse()
      pair.source.migrationEnded(at: pair.now)
    }
    try wait(.seconds(3))
  }
}

extension SourceStateOpening {
  /// Per disk whether it must be compared.
  var isLost: [Bool] { losses.map { $0 != nil } }
}
