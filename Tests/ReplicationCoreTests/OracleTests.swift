import BlockStorage
import Quantities
import ReplicationCore
import Testing

/// Every checker must be able to fail.
@Suite struct OracleTests {
  /// Runs a pair whose messages are tampered with, and returns the mismatch that stops it.
  private func mismatch(
    payloadWidth: Int = 8, replica: ReplicationPair.Replica = .complete,
    tamper: @escaping (SourceMessage) -> SourceMessage?
  ) throws -> (pair: ReplicationPair, mismatch: ReplicaMismatch?) {
    let pair = try ReplicationPair(
      disks: [disk(64, used: 64, payloadWidth: payloadWidth), disk(64, payloadWidth: payloadWidth)],
      replica: replica)
    pair.tamper = tamper
    pair.write(0..<10, disk: 0)
    pair.write(5..<6, disk: 1)
    let mismatch = #expect(throws: ReplicaMismatch.self) { try pair.run(until: seconds(190)) }
    return (pair, mismatch)
  }

  @Test(arguments: [8, 64])
  func `A bit flipped on its way stops the instance`(payloadWidth: Int) throws {
    let (pair, found) = try mismatch(payloadWidth: payloadWidth) { message in
      guard case .deltaData(let sequence, let disk, let batch) = message, disk == 1 else { return message }
      return .deltaData(sequence: sequence, disk: disk, batch: batch.flippingBit())
    }
    #expect(found?.disk == 1 && found?.sequence == 1)
    guard case .content = found?.difference else {
      Issue.record("\(String(describing: found)) is no difference of content")
      return
    }
    #expect(pair.target.newestInstance?.sequence == 0)
    try pair.checkNewestInstance()
  }

  @Test func `An extent dropped from a message stops the instance`() throws {
    let (_, found) = try mismatch { message in
      guard case .deltaData(let sequence, let disk, let batch) = message, disk == 0 else { return message }
      return .deltaData(sequence: sequence, disk: disk, batch: batch.droppingFirstExtent())
    }
    guard case .extentCount(let expected, let found) = found?.difference else {
      Issue.record("the count of extents was not noticed")
      return
    }
    // Messages of 4, 4 and 2 extents, each of which lost one.
    #expect(expected == 10 && found == 7)
  }

  @Test func `A message that never arrives stops the instance`() throws {
    _ = try mismatch { message in
      if case .deltaData(_, 1, _) = message { nil } else { message }
    }
  }

  @Test func `A bit flipped in a full sync stops the instance after it`() throws {
    let (pair, _) = try mismatch(replica: .empty) { message in
      guard case .fullSyncData(let sequence, let disk, let batch) = message else { return message }
      return .fullSyncData(sequence: sequence, disk: disk, batch: batch.flippingBit())
    }
    #expect(pair.target.recoverableDisks == nil)
  }

  @Test func `A difference that the comparison conceals stops the instance after it`() throws {
    let source = disk(64, used: 64)
    let seed = source.copy()
    source.fill(3..<4, tag: 9)
    let pair = try ReplicationPair(disks: [source], replica: .seeds([seed]))
    // The target is told its own checksums, so it finds no difference.
    var key: ComparisonKey?
    pair.tamper = { message in
      if case .fullSyncBegan(_, let seed) = message {
        key = ComparisonKey(seed: seed, payloadWidth: ExtentGeometry.tagWidth)
      }
      guard case .regionChecksums(let request) = message, let key else { return message }
      return .regionChecksums(
        CompareRequest(
          disk: request.disk, extents: request.extents, regionExtents: request.regionExtents,
          checksums: request.regions.map { seed.checksum(ofRegion: $0, key: key) }))
    }
    #expect(throws: ReplicaMismatch.self) { try pair.run(until: seconds(190)) }
  }

  /// Whoever knows how the digest is computed can choose two contents with one digest.
  ///
  /// The comparison is keyed, so it sends them; the oracle, which guards against mistakes only, would have been content
  /// with either.
  @Test func `Content made to have the digest of another is found by the comparison`() throws {
    let source = disk(64, used: 64)
    let seed = source.copy()
    // The term of an extent is a bijection of its tag: of four terms with one sum in pairs, three are chosen.
    source.fill(3..<4, tag: 1_000)
    source.fill(4..<5, tag: 2_000)
    seed.fill(3..<4, tag: 3_000)
    let term = DigestTerm.of(1_000, at: 3) &+ DigestTerm.of(2_000, at: 4) &- DigestTerm.of(3_000, at: 3)
    seed.fill(4..<5, tag: DigestTerm.tag(of: term, at: 4))
    #expect(seed.digest == source.digest && seed.tag(of: 4) != 2_000)

    let pair = try ReplicationPair(disks: [source], replica: .seeds([seed]))
    try pair.runUntilQuiet()
    pair.checkReplicaEqualsSource()
    #expect(pair.payloadSent == extents(2))
  }

  /// A disk of 4,096 extents, since a full digest reads whole leaves of that size.
  @Test func `A bit that rots in a base disk is found by reading it all and by the next comparison`() throws {
    let pair = try ReplicationPair(disks: [disk(4_096, used: 64)], objective: .hours(10))
    pair.write(0..<2)
    try pair.requestSync()
    try pair.runUntilQuiet()
    #expect(pair.target.damagedDisks() == [])

    pair.bases[0].flipBit(extent: 40, bit: 3)
    #expect(pair.target.damagedDisks() == [0])
    #expect(pair.payloadSent == extents(2))

    // The comparison finds and sends the extent; the digest kept since before the rot gives it away too.
    pair.tamper = { message in
      if let batch = message.batch { #expect(batch.tags == [40: 7]) }
      return message
    }
    try pair.requestFullSync()
    var found: ReplicaMismatch?
    withKnownIssue("the instance before it no longer reads as its snapshot") {
      do { try pair.runUntilQuiet() } catch let mismatch as ReplicaMismatch { found = mismatch }
    }
    #expect(found?.disk == 0)
    #expect(pair.payloadSent == extents(3))
  }

  @Test func `After a mismatch a full sync leads to a sound instance`() throws {
    let (pair, _) = try mismatch { message in
      guard case .deltaData(let sequence, let disk, let batch) = message else { return message }
      return .deltaData(sequence: sequence, disk: disk, batch: batch.flippingBit())
    }
    pair.tamper = { $0 }
    try pair.requestFullSync()
    try pair.runUntilQuiet()
    pair.checkReplicaEqualsSource()
  }

  /// The pair's own check is a checker as well.
  @Test func `The pair notices a replica that is not its snapshot`() throws {
    let pair = try ReplicationPair(disks: [disk(64, used: 64)])
    pair.bases[0].flipBit(extent: 3, bit: 0)
    withKnownIssue { try pair.checkNewestInstance() }
    withKnownIssue { pair.checkReplicaEqualsSource() }
  }

  @Test func `A mismatch says what differs`() {
    #expect(
      ReplicaMismatch.Difference.extentCount(expected: 10, found: 7).description == "7 extents instead of 10")
  }
}

extension ExtentBatch {
  /// The batch with the lowest bit of its first payload changed.
  fileprivate func flippingBit() -> ExtentBatch {
    var payloads = payloads
    payloads[0] ^= 1
    return ExtentBatch(geometry: geometry, runs: runs, payloads: payloads)
  }

  fileprivate func droppingFirstExtent() -> ExtentBatch {
    let first = runs[0]
    return ExtentBatch(
      geometry: geometry, runs: [first.dropFirst()] + runs.dropFirst(),
      payloads: Array(payloads.dropFirst(geometry.payloadWidth)))
  }

  private init(geometry: ExtentGeometry, runs: [Range<Int>], payloads: [UInt8]) {
    self.init(geometry: geometry)
    var offset = 0
    for run in runs {
      let byteCount = run.count * geometry.payloadWidth
      append(run, payloads: payloads.span.bytes.extracting(offset..<offset + byteCount))
      offset += byteCount
    }
  }
}

/// The term that one tag adds to a digest, forwards and backwards.
private enum DigestTerm {
  static func of(_ tag: UInt64, at extent: UInt64) -> UInt64 {
    var mixed = tag &+ (extent + 1) &* 0x9e37_79b9_7f4a_7c15
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }

  static func tag(of term: UInt64, at extent: UInt64) -> UInt64 {
    var value = term ^ term >> 31 ^ term >> 62
    value = value &* inverse(0x94d0_49bb_1331_11eb)
    value = value ^ value >> 27 ^ value >> 54
    value = value &* inverse(0xbf58_476d_1ce4_e5b9)
    value = value ^ value >> 30 ^ value >> 60
    return value &- (extent + 1) &* 0x9e37_79b9_7f4a_7c15
  }

  /// The inverse of an odd number modulo 2⁶⁴, by Newton's iteration.
  private static func inverse(_ odd: UInt64) -> UInt64 {
    var inverse = odd
    for _ in 0..<6 { inverse = inverse &* (2 &- odd &* inverse) }
    return inverse
  }
}
