import BlockStorage
import Quantities
import ReplicationCore
import Testing

/// What stops, and what must be there afterwards.
extension DurablePair {
  // MARK: - Faults

  func faultIfDue() throws {
    defer { stepNumber += 1 }
    stepKinds.append(
      "\(forward.first.map { "\($0.kind)" } ?? "-") \(backward.first.map { "\($0.kind)" } ?? "-")"
        + " \(source.status) \(isOn) \(isPathUp) \(target?.target.levelCount ?? -1)")
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
  func onTarget(_ activity: String, _ body: (DurablePair) throws -> Void) throws {
    targetMoments.activity = activity
    instancesBefore = target?.target.instances ?? []
    do { try body(self) } catch {
      guard targetStorage.isDown else { throw error }
      if case .serverLoss = fault { try loseServer() } else { try crashTarget() }
    }
    targetMoments.activity = "resting"
    instancesBefore = target?.target.instances ?? []
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

  /// The replica in a folder, `nil` if there is none.
  func openTarget(in folder: CrashableFolder) throws -> Target? {
    let result = Result { () throws(Target.Failure) in
      try Target.open(in: folder, names: names, parameters: targetParameters, salt: salt())
    }
    if case .failure(.noReplica) = result { return nil }
    return try result.get()
  }

  func reopenTarget() throws {
    crashCount += 1
    let possible = possibleReplicas
    targetStorage.restart()
    targetMoments.activity = "opening"
    target = try openTarget(in: targetFolder)
    if let mistake = mistake(of: target, in: targetFolder, possible: possible) { Issue.record("\(mistake)") }
    if target == nil { try createTarget() }
    source.targetLost(at: now)
    session = source.session
    forward.removeAll()
    backward.removeAll()
    try target?.connectionLost()
    takeEvents()
  }

  /// Does something to the source's files, whose storage may stop meanwhile.
  func onSource(_ activity: String, _ body: (DurablePair) throws -> Void) throws {
    sourceMoments.activity = activity
    do { try body(self) } catch {
      guard sourceStorage.isDown else { throw error }
      try crashSource(expecting: nil)
    }
  }

  /// The host of the source fails between two operations of its storage.
  func failSourceHost() throws { try crashSource(expecting: isOn) }

  /// - Parameter isLost: Whether the tracking of all disks must be lost, or of none but those not compared
  ///   yet; `nil` for either.
  func crashSource(expecting isLost: Bool?) throws {
    crashCount += 1
    sourceFolder.crash(choosing: &chooser)
    sourceStorage.restart()
    sourceMoments.activity = "opening"
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
    guard let target else { return }
    if let mistake = mistake(of: target, in: nil, possible: nil) { Issue.record("\(mistake)") }
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
