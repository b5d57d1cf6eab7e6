import BlockStorage
import Quantities
import ReplicationCore
import Testing

@Suite struct TargetSpaceTests {
  @Test func `Space counts base disk, logs, configuration and what is merged twice`() throws {
    let pair = try ReplicationPair.manual()
    let configuration = ByteCount.bytes(12_143)
    #expect(pair.target.spaceUse.total == extents(64) + log(0) + configuration)

    try pair.replicate(0..<4)
    // A full log beside the new empty one, until it is merged. The base disk is thick and does not grow.
    #expect(pair.target.spaceUse.redoLogs == log(4) + log(0))
    #expect(pair.target.spaceUse.mergeGrowth == .zero)
    try pair.runUntilQuiet()
    #expect(pair.target.spaceUse.total == extents(64) + log(0) + configuration)
    #expect(pair.target.spaceUsePeak == extents(64) + log(4) + log(0) + configuration)
  }

  @Test func `A thin base disk takes what was written to it`() throws {
    var parameters = TargetParameters.small
    parameters.provisioning = .thin
    let pair = try ReplicationPair(
      disks: [disk(64, used: 10)], objective: .hours(24), targetParameters: parameters)
    #expect(pair.target.spaceUse.bases == extents(10))
    try pair.replicate(8..<14)
    // Extents 10 to 13 are new.
    #expect(pair.target.spaceUse.mergeGrowth == extents(4))
    try pair.runUntilQuiet()
    #expect(pair.target.spaceUse.bases == extents(14))
    #expect(pair.listing["sql-flat.vmdk"]?.size == extents(64))
    #expect(pair.listing["sql-flat.vmdk"]?.allocatedSize == extents(14))
  }

  @Test func `A first full sync into thin disks needs space for what it allocates`() throws {
    var parameters = TargetParameters.small
    parameters.provisioning = .thin
    let pair = try ReplicationPair(
      disks: [disk(64, used: 10)], replica: .empty, objective: .hours(24), targetParameters: parameters)
    var needed = ByteCount.zero
    pair.tamper = { [unowned pair] message in
      if case .fullSyncData = message { needed += pair.target.spaceNeeded(for: message) }
      return message
    }
    try pair.runUntilQuiet()
    #expect(needed == extents(10) && pair.target.spaceUse.bases == extents(10))
  }

  @Test func `A full datastore stalls the delta, which goes on without a full sync when space returns`()
    throws
  {
    let pair = try ReplicationPair.manual()
    // Room for 6 more extents: messages of 4, 4 and 2, of which the second does not fit.
    pair.datastoreSize = pair.target.spaceUse.total + extents(6)
    try pair.replicate(0..<10)
    try pair.run(for: .seconds(100))

    let shortage = try #require(pair.target.storageShortage)
    #expect(pair.refusal == .insufficientSpace(shortage))
    #expect(shortage.needed == extents(4) && shortage.free == extents(2))
    #expect(pair.target.hasError && pair.target.storageShortage?.since == seconds(68))
    #expect(pair.target.instances.map(\.pointInTime) == [.zero])
    #expect(pair.target.redoSize == extents(4), "the refused message left nothing")

    pair.datastoreSize = pair.target.spaceUse.total + .mebibytes(1)
    try pair.changeTarget { _ in }
    try pair.runUntilQuiet()
    #expect(pair.target.hasError == false)
    #expect(pair.target.newestInstance?.pointInTime == minutes(1))
    #expect(pair.payloadSent == extents(10), "nothing is sent twice")
    #expect(pair.checksumsSent == .zero)
    pair.checkReplicaEqualsSource()
  }

  @Test func `A full datastore can also pause the source, and the delta is folded back`() throws {
    let pair = try ReplicationPair.manual()
    pair.datastoreSize = pair.target.spaceUse.total + extents(6)
    try pair.replicate(0..<10)
    try pair.run(for: .seconds(100))
    try pair.pause()
    #expect(pair.target.redoSize == .zero, "the half instance gave its space back")
    pair.write(20..<22)
    pair.datastoreSize = nil
    try pair.resume()
    try pair.requestSync()
    try pair.runUntilQuiet()
    #expect(pair.account(of: .delta)?.payloadSize == extents(12))
    #expect(pair.checksumsSent == .zero)
    pair.checkReplicaEqualsSource()
  }

  @Test func `The end of an instance needs space for the next empty log and the configuration`() throws {
    let pair = try ReplicationPair.manual()
    pair.datastoreSize = pair.target.spaceUse.total + extents(2) + .kibibytes(24)
    try pair.replicate(0..<2)
    try pair.run(for: .seconds(10))
    #expect(pair.target.instances.map(\.pointInTime) == [.zero])
    #expect(pair.target.storageShortage?.needed == .bytes(24_576 + 12_143))
  }
}
