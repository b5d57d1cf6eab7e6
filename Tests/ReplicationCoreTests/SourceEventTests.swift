import BlockStorage
import Quantities
import ReplicationCore
import Testing

/// What happens to a virtual machine, row by row, on a disk of 64 extents whose link carries one per second.
///
/// Deltas at 100 s, 200 s and so on. Of a delta of 20 extents from 100 s, 0 to 11 were read at 104 s.
@Suite struct SourceEventTests {
  private func pair(
    _ parameters: ReplicationParameters = .small, options: ReplicationOptions = ReplicationOptions()
  ) throws -> ReplicationPair {
    try ReplicationPair(disks: [disk(64, used: 64)], parameters: parameters, options: options)
  }

  /// A pair at 104 s in a delta of extents 0 to 19.
  private func pairInDelta(_ parameters: ReplicationParameters = .small) throws -> ReplicationPair {
    let pair = try pair(parameters)
    pair.write(0..<20)
    try pair.run(until: seconds(104))
    return pair
  }

  // MARK: - Power

  @Test func `Clean power-off: the bitmap is saved and power-on resumes with a delta`() throws {
    let pair = try pairInDelta()
    pair.write(15..<25)
    try pair.powerOff()
    #expect(pair.source.status == .notActive)
    let saved = pair.source.saved
    #expect(saved.trackers[0].dirty.count == 25 && saved.trackers[0].instance.isEmpty)
    try pair.restoreFromFiles()
    try pair.run(until: seconds(500))
    try pair.powerOn()
    try pair.runUntilQuiet()
    #expect(pair.checksumsSent == .zero)
    #expect(pair.account(of: .delta)?.payloadSize == extents(25))
    pair.checkReplicaEqualsSource()
  }

  @Test func `A state saved within a delta is restored with the delta's extents dirty again`() throws {
    let pair = try pairInDelta()
    pair.write(15..<25)
    let saved = pair.source.saved
    #expect(saved.trackers[0].instance.count == 20 && saved.trackers[0].cursor == 12)
    #expect(saved.trackers[0].preserved.count == 5, "15 to 19")
    try pair.powerOff()
    pair.source.restore(saved)
    #expect(pair.source.dirtySize == extents(25))
    try pair.powerOn()
    try pair.runUntilQuiet()
    pair.checkReplicaEqualsSource()
  }

  @Test func `Power-off and sync: an offline instance locks the machine until it is complete`() throws {
    let pair = try pair()
    pair.write(0..<20)
    #expect(throws: OfflineInstanceError.poweredOn) { try pair.requestOfflineInstance() }
    try pair.powerOff()
    try pair.run(until: seconds(500))
    try pair.requestOfflineInstance()
    try pair.run(until: seconds(510))
    #expect(pair.source.isLocked && pair.source.status == .sync)
    #expect(throws: OfflineInstanceError.offlineReplicating) { try pair.source.requireUnlocked() }
    #expect(throws: OfflineInstanceError.offlineReplicating) { try pair.requestOfflineInstance() }
    try pair.run(until: seconds(900))
    #expect(pair.instances.map(\.at) == [seconds(520)], "one, and none after it")
    #expect(!pair.source.isLocked && pair.source.status == .notActive)
    try pair.source.requireUnlocked()
    try pair.powerOn()
    pair.checkReplicaEqualsSource()
  }

  @Test func `An offline instance that is stopped or paused unlocks the machine`() throws {
    for isStopped in [true, false] {
      let pair = try pair()
      pair.write(0..<20)
      try pair.powerOff()
      try pair.requestOfflineInstance()
      try pair.run(until: seconds(10))
      try isStopped ? pair.stopOfflineInstance() : pair.pause()
      #expect(pair.events.last?.event.abortReason == (isStopped ? .offlineInstanceStopped : .paused))
      #expect(!pair.source.isLocked && pair.source.dirtySize == extents(20))
      if !isStopped {
        #expect(throws: OfflineInstanceError.invalidState) { try pair.requestOfflineInstance() }
      }
    }
  }

  @Test func `A host that fails under an offline instance costs no comparison`() throws {
    let pair = try pair()
    pair.write(0..<20)
    try pair.powerOff()
    try pair.requestOfflineInstance()
    try pair.run(until: seconds(10))
    try pair.failHost()
    try pair.powerOn()
    try pair.runUntilQuiet()
    #expect(pair.checksumsSent == .zero)
    pair.checkReplicaEqualsSource()
  }

  @Test func `Host crash and HA restart: tracking is lost and a full sync compares`() throws {
    let pair = try pairInDelta()
    pair.write(30..<33)
    try pair.failHost()
    #expect(pair.source.status == .notActive && pair.source.saved.needsFullSync == [true])
    try pair.run(until: seconds(224))
    try pair.powerOn()
    try pair.runUntilQuiet()
    // 8 regions compared; 20 + 3 extents differ.
    #expect(pair.checksumsSent == .bytes(8 * 16))
    #expect(pair.account(of: .fullSync)?.payloadSize == extents(23))
    pair.checkReplicaEqualsSource()
  }

  @Test(arguments: TrackingLoss.allCases, [true, false])
  func `Snapshot reverted, state file deleted or identifier changed: full sync`(
    cause: TrackingLoss, isOn: Bool
  ) throws {
    let pair = try pairInDelta()
    if !isOn { try pair.powerOff() }
    pair.change(40..<45, to: 3, disk: 0)
    try pair.loseTracking(cause)
    if isOn { #expect(pair.events.last?.event.abortReason == .trackingLost) }
    try pair.run(until: seconds(500))
    if !isOn { try pair.powerOn() }
    try pair.runUntilQuiet()
    #expect(pair.account(of: .fullSync)?.payloadSize == extents(25))
    pair.checkReplicaEqualsSource()
  }

  // MARK: - vMotion and snapshots

  @Test func `vMotion: the bitmap is handed over and a running delta starts again`() throws {
    let pair = try pairInDelta()
    try pair.beginMigration()
    #expect(pair.events.last?.event.abortReason == .migrated)
    pair.write(18..<22)
    try pair.run(until: seconds(108))
    try pair.endMigration()
    // Attempts at 107, 110, 113 s: the first that finds the machine on its new host is that of 110 s.
    try pair.runUntilQuiet()
    #expect(pair.checksumsSent == .zero)
    #expect(pair.instances.map(\.instance.pointInTime) == [seconds(110)])
    #expect(pair.instances.map(\.at) == [seconds(132)], "22 extents")
    pair.checkReplicaEqualsSource()
  }

  @Test func `vMotion: a running delta goes on where that is wanted`() throws {
    var parameters = ReplicationParameters.small
    parameters.continuesSyncsAcrossMigration = true
    let pair = try pairInDelta(parameters)
    try pair.beginMigration()
    #expect(pair.source.isStalled)
    pair.write(10..<22)
    #expect(pair.lastCost.copiedExtents == 8, "12 to 19 were not read")
    try pair.run(until: seconds(125))
    try pair.endMigration()
    try pair.run(until: seconds(199))
    // What was read arrived by 112 s. Attempts every 3 s: 125 s is the seventh; the last 8 extents follow.
    #expect(pair.instances.map(\.instance.pointInTime) == [seconds(100)])
    #expect(pair.instances.map(\.at) == [seconds(125 + 8)])
    #expect(pair.payloadSent == extents(20))
    try pair.checkNewestInstance()
  }

  @Test func `vMotion: no delta starts while the machine moves`() throws {
    let pair = try pair()
    try pair.run(until: seconds(90))
    try pair.beginMigration()
    try pair.run(until: seconds(120))
    #expect(pair.events.isEmpty)
    try pair.endMigration()
    try pair.runUntilQuiet()
    #expect(pair.instances.map(\.instance.pointInTime) == [seconds(120)])
  }

  @Test func `A host that fails while the machine moves ends the move`() throws {
    let pair = try pairInDelta()
    try pair.beginMigration()
    try pair.failHost()
    try pair.powerOn()
    try pair.runUntilQuiet()
    #expect(pair.checksumsSent == .bytes(8 * 16))
    pair.checkReplicaEqualsSource()
  }

  @Test func `Storage vMotion of the source: nothing is synced again`() throws {
    let pair = try pairInDelta()
    pair.disks = pair.disks.map { $0.copy() }
    try pair.run(until: seconds(199))
    #expect(pair.instances.map(\.at) == [seconds(120)])
    #expect(pair.payloadSent == extents(20) && pair.checksumsSent == .zero)
    pair.checkReplicaEqualsSource()
  }

  @Test(arguments: [true, false])
  func `VM snapshot taken: no full sync, and its blocks may go to the demand log`(copies: Bool) throws {
    var parameters = ReplicationParameters.small
    parameters.copiesSnapshotBlocks = copies
    let pair = try pairInDelta(parameters)
    pair.write(18..<20)
    #expect(try pair.takeSnapshot().copiedExtents == (copies ? 6 : 0), "12 to 17; 18 and 19 are there")
    pair.write(12..<14)
    #expect(pair.lastCost.copiedExtents == (copies ? 0 : 2))
    try pair.run(until: seconds(199))
    #expect(pair.instances.map(\.at) == [seconds(120)])
    #expect(pair.account(of: .delta)?.demandLogPeak == .bytes((copies ? 8 : 4) * 8_704))
    #expect(pair.checksumsSent == .zero)
    try pair.checkNewestInstance()
  }

  // MARK: - Disks

  @Test func `Disk grown, VM on: the status is DISK_RESIZING and no full sync follows`() throws {
    let pair = try pairInDelta()
    try pair.grow(disk: 0, to: 80)
    #expect(pair.events.last?.event.abortReason == .diskGrown)
    #expect(pair.source.status == .diskResizing)
    pair.write(70..<72)
    try pair.run(until: seconds(250))
    #expect(pair.instances.isEmpty)
    try pair.resizeReplica()
    try pair.runUntilQuiet()
    #expect(pair.checksumsSent == .zero)
    #expect(pair.instances.map(\.instance.pointInTime) == [seconds(250)])
    #expect(pair.account(of: .delta)?.payloadSize == extents(22))
    pair.checkReplicaEqualsSource()
  }

  @Test(arguments: [true, false])
  func `Disk grown, VM off or release too old: full sync`(isOff: Bool) throws {
    var parameters = ReplicationParameters.small
    parameters.growsDisksOnline = isOff
    let pair = try pair(parameters)
    pair.write(0..<3)
    if isOff { try pair.powerOff() }
    try pair.grow(disk: 0, to: 80)
    try pair.resizeReplica()
    if isOff {
      #expect(pair.source.status == .notActive)
      try pair.powerOn()
    }
    pair.write(79..<80)
    try pair.runUntilQuiet()
    // Of ten regions the last two are empty at the target.
    #expect(pair.checksumsSent == .bytes(8 * 16))
    pair.checkReplicaEqualsSource()
  }

  @Test(arguments: [(2, 3), (8, 9), (32, 33)] as [(UInt64, UInt64)])
  func `Disk grown across a break of the extent size: full sync`(before: UInt64, after: UInt64) {
    var source = ReplicationSource(
      disks: [ExtentGeometry(diskSize: .tebibytes(before)), ExtentGeometry(diskSize: .gibibytes(1))],
      schedule: SyncSchedule(objective: .hours(1), policy: .fixedInterval, imageTime: .zero),
      hasReplica: true, parameters: ReplicationParameters())
    source.diskGrown(0, to: ExtentGeometry(diskSize: .tebibytes(after)), at: seconds(1))
    #expect(source.saved.needsFullSync == [true, false])
    #expect(source.status == .diskResizing)
    source.replicaResized()
    #expect(source.status == .fullSync)
  }

  @Test func `Disk added: Error until the replication is configured again`() throws {
    let pair = try pairInDelta()
    try pair.addDisk(disk(32, used: 10))
    #expect(pair.source.status == .error && pair.source.configurationProblem == .diskAdded)
    #expect(pair.events.suffix(2).first?.event.abortReason == .configurationFailed)
    #expect(pair.events.last?.event == .configurationFailed(.diskAdded))
    pair.write(30..<35)
    try pair.run(until: seconds(500))
    #expect(pair.instances.isEmpty)

    try pair.reconfigure([.kept(0), .added(pair.disks[1].geometry)], disks: pair.disks)
    pair.write(9..<12, disk: 1)
    try pair.runUntilQuiet()
    // Only the new disk is synced in full, and the target has nothing of it: no checksums.
    #expect(pair.checksumsSent == .zero)
    #expect(pair.account(of: .fullSync)?.payloadSize == extents(12))
    #expect(pair.account(of: .delta)?.payloadSize == extents(25), "0 to 19 and 30 to 34 of the other")
    #expect(pair.source.status == .ok)
    pair.checkReplicaEqualsSource()
  }

  @Test func `Disk added: replicated without asking where that is chosen`() throws {
    var options = ReplicationOptions()
    options.replicatesAddedDisks = true
    let pair = try pair(options: options)
    pair.write(0..<5)
    try pair.addDisk(disk(32, used: 10))
    #expect(pair.source.configurationProblem == nil)
    try pair.runUntilQuiet()
    #expect(pair.account(of: .fullSync)?.payloadSize == extents(10))
    #expect(pair.account(of: .delta)?.payloadSize == extents(5))
    pair.checkReplicaEqualsSource()
  }

  @Test func `Disk removed from the replication: the others go on with a delta`() throws {
    let pair = try ReplicationPair(disks: [disk(64, used: 64), disk(32, used: 32)])
    pair.write(0..<5)
    pair.write(0..<7, disk: 1)
    try pair.reconfigure([.kept(1)], disks: [pair.disks[1]])
    try pair.run(until: seconds(150))
    #expect(pair.payloadSent == extents(7) && pair.checksumsSent == .zero)
    pair.checkReplicaEqualsSource()
  }

  @Test func `Seed with a wrong UUID or a name taken without seed: Error`() throws {
    func check(_ name: String, _ uuid: String, isChosen: Bool) throws -> Bool {
      try SeedCandidate(fileName: name, uuid: uuid, isChosen: isChosen).check(fileName: "a.vmdk", uuid: "1")
    }
    #expect(try check("a.vmdk", "1", isChosen: true))
    #expect(try check("b.vmdk", "1", isChosen: false) == false)
    #expect(throws: ConfigurationProblem.seedUUIDDiffers) { try check("a.vmdk", "2", isChosen: true) }
    #expect(throws: ConfigurationProblem.nameTakenWithoutSeed) { try check("a.vmdk", "1", isChosen: false) }

    let pair = try ReplicationPair(disks: [disk(64, used: 64)], replica: .empty)
    try pair.failConfiguration(.seedUUIDDiffers)
    try pair.run(until: seconds(500))
    #expect(pair.source.status == .error && pair.payloadSent == .zero)
    try pair.reconfigure([.kept(0)], disks: pair.disks)
    try pair.runUntilQuiet()
    pair.checkReplicaEqualsSource()
  }

  // MARK: - Administration

  @Test func `Pause: nothing is sent, changes accumulate and resume is one large delta`() throws {
    let pair = try pairInDelta()
    try pair.pause()
    pair.write(15..<40)
    try pair.run(until: seconds(1_000))
    #expect(pair.source.status == .paused && pair.instances.isEmpty)
    try pair.resume()
    try pair.runUntilQuiet()
    #expect(pair.account(of: .delta)?.payloadSize == extents(40))
    pair.checkReplicaEqualsSource()
  }

  @Test func `Force full sync compares everything and Sync now is an immediate delta`() throws {
    let pair = try pair()
    pair.write(0..<3)
    try pair.requestSync()
    try pair.run(until: seconds(10))
    #expect(pair.payloadSent == extents(3) && pair.checksumsSent == .zero)
    try pair.requestFullSync()
    try pair.run(until: seconds(20))
    #expect(pair.payloadSent == extents(3) && pair.checksumsSent == .bytes(8 * 16))
  }

  @Test func `Reprotect: the old source's disks are seeds and a full sync is mostly checksums`() throws {
    // The machine ran at the other site since, and wrote 3 of its 64 extents.
    let old = disk(64, used: 64)
    let new = old.copy()
    new.fill(10..<12, tag: 3)
    new.fill(50..<51, tag: 4)
    let pair = try ReplicationPair(disks: [new], replica: .seeds([old]))
    try pair.runUntilQuiet()
    #expect(pair.account(of: .fullSync)?.comparedSize == extents(64))
    #expect(pair.payloadSent == extents(3))
    pair.checkReplicaEqualsSource()
  }

  @Test func `The configuration files travel with every instance`() throws {
    var parameters = ReplicationParameters.small
    parameters.configurationFiles = .traced
    let pair = try pair(parameters)
    try pair.run(until: seconds(150))
    let account = try #require(pair.account(of: .delta))
    #expect(account.payloadSize == .zero)
    #expect(account.wireSize == .bytes(12_599) && account.configurationSize == .bytes(12_143 + 456))
    // ⌈12,599 / 8,192 · 10⁹⌉ = 1,537,963,868 ns
    #expect(pair.instances.map(\.at) == [seconds(100) + .nanoseconds(1_537_963_868)])
  }
}
