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
  let stateFiles: [StateFileDisk]
  let parameters: ReplicationParameters
  let targetParameters: TargetParameters
  let targetStorage = CrashableStorage()
  let sourceStorage = CrashableStorage()
  let targetFolder: CrashableFolder
  let sourceFolder: CrashableFolder
  /// What a crash leaves of what was not synced.
  var chooser: any CrashChooser

  var target: Target?
  var states: States?
  var source: ReplicationSource
  let disks: [ExtentStore]
  private var content: [Content]
  private(set) var snapshots: [SyncSequence: (pointInTime: Instant, content: [Content])] = [:]
  private(set) var now = Instant.zero

  // MARK: What the pair knows

  /// Whether a full sync must come before the next delta.
  private(set) var mustCompare: Bool
  private(set) var isOn = true
  private(set) var isPathUp = true
  /// The instances that were recoverable before what is being done to the target.
  private var instancesBefore: [ReplicationTarget.Instance] = []
  private(set) var fullSyncCount = 0
  private(set) var deltaCount = 0
  private(set) var crashCount = 0
  /// Per disk why its tracking was lost, when the state files were last opened.
  private(set) var losses: [SourceStateOpening.Cause?] = []

  private var fault: Fault?
  private var stepNumber = 0
  /// The moments before which something can fail.
  var stepCount: Int { stepNumber }
  private var forward: [SourceMessage] = []
  private var backward: [TargetMessage] = []
  private var session: UInt64 = 0
  private var saltCount: UInt64 = 0

  init(
    extentCounts: [Int], used: Int = 8, fault: Fault? = nil,
    chooser: any CrashChooser = UniformCrash.keepingAll,
    parameters: ReplicationParameters = .small, targetParameters: TargetParameters = .small,
    payloadWidth: Int = 8
  ) throws {
    disks = extentCounts.map { disk($0, used: min(used, $0), payloadWidth: payloadWidth) }
    content = disks.map(\.content)
    names = .example(diskCount: disks.count)
    identities = disks.indices.map { UInt128(0xd15c) + UInt128($0) }
    stateFiles = disks.indices.map { [names, identities, disks] index in
      StateFileDisk(id: names.diskIDs[index], identity: identities[index], geometry: disks[index].geometry)
    }
    self.parameters = parameters
    self.targetParameters = targetParameters
    self.fault = fault
    self.chooser = chooser
    targetFolder = CrashableFolder(on: targetStorage)
    sourceFolder = CrashableFolder(on: sourceStorage)
    mustCompare = true
    source = Self.newSource(disks: disks, hasReplica: false, parameters: parameters, at: .zero)
    switch fault {
    case .targetCrash(let count), .serverLoss(let count): targetStorage.stop(afterChanges: count)
    case .sourceStorageCrash(let count): sourceStorage.stop(afterChanges: count)
    default: break
    }
    try onTarget { try $0.createTarget() }
    try onSource { $0.states = try States.create(in: $0.sourceFolder, disks: $0.stateFiles) }
    try settle()
  }

  private static func newSource(
    disks: [ExtentStore], hasReplica: Bool, parameters: ReplicationParameters, at now: Instant
  ) -> ReplicationSource {
    ReplicationSource(
      disks: disks.map(\.geometry),
      schedule: SyncSchedule(objective: .hours(24), policy: .fixedInterval, imageTime: now),
      hasReplica: hasReplica, parameters: parameters)
  }

  private func salt() -> UInt64 {
    saltCount += 1
    return saltCount << 32
  }

  private func createTarget() throws {
    target = try Target.create(
      in: targetFolder, names: names, identities: identities,
      bases: disks.map { ExtentStore(geometry: $0.geometry) }, parameters: targetParameters, salt: salt())
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
    }
    try settle()
  }

  private func requestFullSync() throws {
    source.fullSyncRequested(at: now)
    if isOn {
      mustCompare = true
    } else {
      // What the files say of a machine that is off is outdated.
      try onSource { pair in
        try pair.states?.save(pair.source.saved)
        pair.mustCompare = true
      }
    }
  }

  private func write(_ extents: Range<Int>, disk index: Int) {
    guard isOn else { return }
    let tag = UInt64(1_000 + now.nanoseconds / 1_000_000_000) << 20 + UInt64(nextTag)
    nextTag += 1
    source.guestWillWrite(extents, disk: index, reading: disks[index])
    disks[index].fill(extents, tag: nextTag % 7 == 0 ? 0 : tag)
    for extent in extents { content[index][extent] = nextTag % 7 == 0 ? nil : tag }
  }
  private var nextTag = 1

  private func restorePath() throws {
    guard !isPathUp else { return }
    isPathUp = true
    source.pathReturned()
    try wait(.seconds(100))
  }

  private func wait(_ span: TimeSpan) throws {
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
  private func step() throws -> Bool {
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
      try onTarget { pair in
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
  private func settle() throws {
    if let deadline = source.nextDeadline, deadline <= now { source.advance(to: now, reading: disks) }
    takeEvents()
    if source.session != session { try endSession() }
    while forward.count < 3, let message = source.nextMessage(reading: disks) { forward.append(message) }
    takeEvents()
  }

  private func endSession() throws {
    session = source.session
    forward.removeAll()
    backward.removeAll()
    try onTarget { try $0.target?.connectionLost() }
  }

  private func takeEvents() {
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

  private func merge() throws {
    guard let merge = target?.nextMerge else { return }
    try onTarget { pair in
      pair.target?.mergeBegan(merge)
      try pair.target?.mergeCompleted(merge)
      try pair.checkTarget()
    }
  }

  // MARK: - The machine

  private func powerOff() throws {
    guard isOn else { return }
    isOn = false
    source.poweredOff(at: now)
    try onSource { try $0.states?.save($0.source.saved) }
  }

  private func powerOn() throws {
    guard !isOn else { return }
    try onSource { pair in
      try pair.states?.markInUse()
      pair.isOn = true
      pair.source.poweredOn(at: pair.now)
    }
  }

  /// The machine moves to another host, which finds the state in the files.
  private func migrate() throws {
    guard isOn else { return }
    source.migrationBegan(at: now)
    try onSource { pair in
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

  // MARK: - Faults

  private func faultIfDue() throws {
    defer { stepNumber += 1 }
    switch fault {
    case .sourceCrash(stepNumber): try failSourceHost()
    case .serverLossBeforeStep(stepNumber): try loseServer()
    case .targetCrashBeforeStep(stepNumber): try crashTarget()
    case .cut(stepNumber):
      fault = nil
      guard isPathUp else { return }
      try perform(.cut)
      try wait(.seconds(120))
      try restorePath()
    default: break
    }
  }

  /// Does something to the target, whose storage may stop meanwhile.
  private func onTarget(_ body: (DurablePair) throws -> Void) throws {
    instancesBefore = target?.target.instances ?? []
    do { try body(self) } catch {
      guard targetStorage.isDown else { throw error }
      if case .serverLoss = fault { try loseServer() } else { try crashTarget() }
    }
  }

  /// The storage of the target crashes and is opened again.
  func crashTarget() throws {
    targetFolder.crash(choosing: &chooser)
    try reopenTarget()
  }

  /// The server dies; another one opens the files, and then the storage loses all that is not synced.
  func loseServer() throws {
    try reopenTarget()
    let found = target?.target.instances ?? []
    var nothing = UniformCrash.keepingNothing
    targetFolder.crash(choosing: &nothing)
    instancesBefore = found
    try reopenTarget()
    #expect(target?.target.instances == found, "what a server found was not durable")
  }

  /// The replica in the folder, `nil` if there is none.
  private func openTarget() throws -> Target? {
    let result = Result { () throws(Target.Failure) in
      try Target.open(in: targetFolder, names: names, parameters: targetParameters, salt: salt())
    }
    if case .failure(.noReplica) = result { return nil }
    return try result.get()
  }

  private func reopenTarget() throws {
    crashCount += 1
    let possible = [instancesBefore, target?.target.instances ?? []]
    targetStorage.restart()
    target = try openTarget()
    if target == nil {
      #expect(possible[0].isEmpty && deltaCount == 0, "a replica is gone")
      try createTarget()
    }
    let found = target?.target.instances ?? []
    #expect(
      possible.contains(found),
      "recoverable: \(found.map(\.sequence)), not \(possible.map { $0.map(\.sequence) })")
    try checkTarget()
    checkFiles()
    source.targetLost(at: now)
    session = source.session
    forward.removeAll()
    backward.removeAll()
    try target?.connectionLost()
    takeEvents()
  }

  /// Does something to the source's files, whose storage may stop meanwhile.
  private func onSource(_ body: (DurablePair) throws -> Void) throws {
    do { try body(self) } catch {
      guard sourceStorage.isDown else { throw error }
      try crashSource(expecting: nil)
    }
  }

  /// The host of the source fails between two operations of its storage.
  func failSourceHost() throws { try crashSource(expecting: isOn) }

  /// - Parameter isLost: Whether the tracking of all disks must be lost, or of none but those not compared
  ///   yet; `nil` for either.
  private func crashSource(expecting isLost: Bool?) throws {
    crashCount += 1
    sourceFolder.crash(choosing: &chooser)
    sourceStorage.restart()
    let (states, opening) = try States.open(in: sourceFolder, disks: stateFiles)
    self.states = states
    losses = opening.losses
    let (isAnyLost, isAnyKnown) = (opening.isLost.contains(true), opening.isLost.contains(false))
    if isLost == true { #expect(!isAnyKnown, "a machine was running: all is lost") }
    if isLost == false, !mustCompare { #expect(!isAnyLost, "a machine was off: nothing is lost") }
    if mustCompare { #expect(isAnyLost, "what must be compared is forgotten") }
    mustCompare = isAnyLost
    // A new host knows what the files hold and what the target tells.
    let newest = target?.target.newestInstance
    snapshots = snapshots.filter { $0.key <= newest?.sequence ?? 0 }
    source = Self.newSource(disks: disks, hasReplica: newest != nil, parameters: parameters, at: now)
    source.restore(opening.saved(hasReplica: newest != nil, lastSequence: newest?.sequence ?? 0))
    source.poweredOff(at: now)
    isOn = false
    if !isPathUp { source.pathBroke(at: now) }
    try endSession()
    try powerOn()
  }

  // MARK: - Checking

  /// Expects that everything recoverable reads as the disks did at the start of its instance.
  func checkTarget() throws {
    guard let target = target?.target else { return }
    for instance in target.instances {
      let snapshot = try #require(snapshots[instance.sequence], "instance \(instance.sequence) never began")
      #expect(instance.pointInTime == snapshot.pointInTime)
      let images =
        instance == target.newestInstance
        ? target.recoverableDisks : target.recoverableDisks(at: instance.pointInTime)
      for (index, image) in try #require(images).enumerated() where !image.holds(snapshot.content[index]) {
        Issue.record("disk \(index) of instance \(instance.sequence) is not what it was")
      }
    }
  }

  /// Expects that the folder holds base disks, descriptor and logs of complete instances, and nothing else.
  private func checkFiles() {
    guard let target = target?.target else { return }
    let others = targetFolder.names.filter { !$0.hasPrefix("hbrdisk.") }
    #expect(
      others
        == (disks.indices.map { "\(names.disks[$0])-flat.vmdk" } + ["hbrgrp.\(names.group).txt"]).sorted())
    if target.instances.isEmpty { #expect(targetFolder.names.count == others.count) }
  }

  /// Lets everything come to rest and expects the replica to be the source, also after a last crash.
  func end() throws {
    fault = nil
    targetStorage.restart()
    sourceStorage.restart()
    try restorePath()
    try powerOn()
    try run([.drain, .sync, .drain])
    while target?.nextMerge != nil { try merge() }
    for _ in 0..<2 {
      let target = try #require(target).target
      #expect(target.newestInstance?.sequence == snapshots.keys.max())
      for (index, image) in try #require(target.recoverableDisks).enumerated() {
        #expect(image.holds(content[index]), "disk \(index) of the replica differs")
      }
      #expect(target.levelCount == target.instances.count - 1)
      #expect(target.damagedDisks() == [])
      #expect(source.dirtySize == .zero)
      chooser = UniformCrash.keepingNothing
      try crashTarget()
    }
  }
}

extension SourceStateOpening {
  /// Per disk whether it must be compared.
  fileprivate var isLost: [Bool] { losses.map { $0 != nil } }
}
