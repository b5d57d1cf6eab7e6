import Inventory
import Quantities
import RandomStreams
import Testing

@testable import ClusterModels

/// What components miss, what is lost for good, and objects that grow.
@Suite struct VSANChangeTests {
  private let mirror = StoragePolicy(.mirroring(failures: 1))

  private func cluster(hosts: Int, device: ByteCount = .gibibytes(1_000)) -> VSANCluster {
    VSANCluster(hosts: (0..<hosts).map { .init(devices: [device], faultDomain: $0) })
  }

  private func starts(_ cluster: inout VSANCluster) -> [VSANCluster.Resync] {
    cluster.takeCommands().compactMap { if case .start(let resync) = $0 { resync } else { nil } }
  }

  private func minute(_ count: Int64) -> Instant { .zero + .minutes(count) }

  // MARK: - Changes

  @Test(arguments: 0..<100 as Range<UInt64>)
  func `A set of extents counts each once`(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "extent-set")
    var set = ExtentSet()
    var model: Set<Int> = []
    for _ in 0..<30 {
      let first = Int(random.next(below: 20_000))
      let run = first..<first + Int(random.next(below: random.next(below: 2) == 0 ? 5 : 9_000))
      set.insert(run)
      model.formUnion(run)
      #expect(set.count == model.count)
    }
    for doublings in 1...3 {
      #expect(set.coarsened(by: doublings).count == Set(model.map { $0 >> doublings }).count)
    }
  }

  @Test func `What was missed is kept when the extents of a disk become larger`() throws {
    var cluster = cluster(hosts: 4)
    let object = cluster.create(mirror, size: .gibibytes(20), content: .gibibytes(10), at: .zero)
    cluster.hostFailed(0, at: minute(10))
    // Extents 0 and 3 of 8 KiB are 0 and 1 of 16 KiB; with 1 and 2 of 16 KiB three, 48 KiB.
    cluster.written([0..<1, 3..<4], of: .kibibytes(8), to: object)
    cluster.written([1..<3], of: .kibibytes(16), to: object)
    cluster.hostReturned(0, at: minute(60))
    let sizes = starts(&cluster).map(\.size)
    #expect(sizes == [.kibibytes(48)])
  }

  @Test func `What is rewritten again and again is copied once`() throws {
    var cluster = cluster(hosts: 4)
    let object = cluster.create(mirror, size: .gibibytes(20), content: .gibibytes(10), at: .zero)
    cluster.hostFailed(0, at: minute(10))
    #expect(cluster.tracksChanges(of: object))
    // The same 2,048 extents of 8 KiB, 16 MiB, three hundred times.
    for _ in 0..<300 { cluster.written([0..<2_048], of: .kibibytes(8), to: object) }
    cluster.hostReturned(0, at: minute(60))

    let resyncs = starts(&cluster)
    let resync = try #require(resyncs.first)
    #expect(resync.purpose == .catchUp && resync.size == .mebibytes(16))
    cluster.resyncCompleted(resync.number, at: minute(61))
    #expect(cluster.isComplete(object) && !cluster.tracksChanges(of: object))
  }

  @Test func `Each component misses what was written since it went away`() throws {
    // Three copies: the first goes at 10 min, the second at 20 min.
    var cluster = cluster(hosts: 7)
    let triple = StoragePolicy(.mirroring(failures: 2))
    let object = cluster.create(triple, size: .gibibytes(20), content: .gibibytes(10), at: .zero)
    cluster.hostFailed(0, at: minute(10))
    cluster.written([0..<128], of: .kibibytes(8), to: object)
    cluster.hostFailed(1, at: minute(20))
    cluster.written([64..<192], of: .kibibytes(8), to: object)
    cluster.hostReturned(0, at: minute(30))
    cluster.hostReturned(1, at: minute(30))

    // 192 and 128 extents of 8 KiB.
    let sizes = starts(&cluster).map(\.size)
    #expect(sizes == [.kibibytes(1_536), .mebibytes(1)])
  }

  // MARK: - Losses

  @Test func `An object without a copy that can return is lost, one that is out of reach is not`() {
    var cluster = cluster(hosts: 4)
    let object = cluster.create(mirror, size: .gibibytes(20), content: .gibibytes(10), at: .zero)
    cluster.hostFailed(0, at: minute(10))
    cluster.hostFailed(1, at: minute(10))
    #expect(!cluster.isAccessible(object) && !cluster.isLost(object))
    cluster.hostReturned(0, at: minute(20))
    cluster.hostReturned(1, at: minute(20))
    #expect(cluster.isComplete(object))

    cluster.deviceFailed(0, at: minute(30))
    #expect(cluster.isAccessible(object) && !cluster.isLost(object))
    cluster.deviceFailed(1, at: minute(30))
    #expect(cluster.isLost(object))
    cluster.deviceReplaced(0, at: minute(40))
    cluster.deviceReplaced(1, at: minute(40))
    #expect(cluster.isLost(object) && !cluster.isAccessible(object))
  }

  @Test func `A copy that missed something is none when the other one is gone`() {
    var cluster = cluster(hosts: 3)
    let object = cluster.create(mirror, size: .gibibytes(20), content: .gibibytes(10), at: .zero)
    cluster.hostFailed(0, at: minute(10))
    cluster.written([0..<1], of: .kibibytes(8), to: object)
    cluster.deviceFailed(1, at: minute(20))
    cluster.hostReturned(0, at: minute(30))
    #expect(cluster.isLost(object))
  }

  @Test func `An object that found too few hosts is completed when they are back, with nothing to copy`() {
    var cluster = cluster(hosts: 3)
    cluster.hostFailed(0, at: minute(1))
    cluster.hostFailed(1, at: minute(1))
    let object = cluster.create(mirror, size: .gibibytes(20), content: .gibibytes(10), at: minute(2))
    #expect(!cluster.isAccessible(object) && !cluster.isLost(object))
    #expect(cluster.unplacedCount(at: minute(2)) == 2)
    cluster.hostReturned(0, at: minute(5))
    #expect(cluster.isAccessible(object))
    cluster.hostReturned(1, at: minute(6))
    // What it is completed with once it can be read is copied; a witness has nothing.
    for resync in starts(&cluster) { cluster.resyncCompleted(resync.number, at: minute(7)) }
    #expect(cluster.isComplete(object) && cluster.unplacedCount(at: minute(7)) == 0)
    #expect(cluster.spaceMismatch() == nil)
  }

  @Test func `Objects that need a host for their quorum are counted`() {
    var cluster = cluster(hosts: 4)
    _ = cluster.create(mirror, size: .gibibytes(20), content: .gibibytes(10), at: .zero)
    let whole = (0..<4).map { cluster.dependentObjectCount(ofHost: $0) }
    #expect(whole == [0, 0, 0, 0])
    // Copies on 0 and 1, the witness on 2: without 0 both others are needed.
    cluster.hostFailed(0, at: minute(1))
    let reduced = (1..<4).map { cluster.dependentObjectCount(ofHost: $0) }
    #expect(reduced == [1, 1, 0])
  }

  // MARK: - Sizes

  @Test func `A part that grows beyond a component is cut, and takes what it took`() {
    var cluster = cluster(hosts: 3)
    let object = cluster.create(mirror, size: .gibibytes(200), content: .gibibytes(100), at: .zero)
    #expect(cluster.layout(of: object).piecesPerPart == 1)
    cluster.setSize(.gibibytes(600), of: object, at: minute(1))

    // 600 GiB are three pieces: two copies of three, and a witness with three votes.
    #expect(cluster.layout(of: object).componentCount == 7 && cluster.isComplete(object))
    #expect(cluster.hosts(of: object) == [0, 0, 0, 1, 1, 1, 2])
    #expect(cluster.usedSize(of: object) == .gibibytes(200) && cluster.spaceMismatch() == nil)
  }

  @Test func `A cut copy that is out of reach is made whole when it is back`() {
    var cluster = cluster(hosts: 4)
    let object = cluster.create(mirror, size: .gibibytes(200), content: .gibibytes(100), at: .zero)
    cluster.hostFailed(0, at: minute(1))
    cluster.setSize(.gibibytes(600), of: object, at: minute(2))
    #expect(cluster.isAccessible(object) && cluster.spaceMismatch() == nil)
    cluster.hostReturned(0, at: minute(10))
    for _ in 0..<5 {
      for resync in starts(&cluster) { cluster.resyncCompleted(resync.number, at: minute(20)) }
    }
    #expect(cluster.isComplete(object) && cluster.spaceMismatch() == nil)
  }

  @Test func `The component that fits elsewhere leaves a full device, however many larger ones do not`() {
    // Sixteen copies of 5 GiB and one of 1 GiB on each of two devices of 100 GiB: 81 %. The others take 2.4 GiB below 80 %.
    var cluster = VSANCluster(
      hosts: ([100, 100, 3, 3] as [UInt64]).enumerated().map { index, size in
        VSANCluster.HostDescription(devices: [.gibibytes(size)], faultDomain: index)
      })
    _ = cluster.create(mirror, size: .gibibytes(1), content: .gibibytes(1), at: .zero)
    for _ in 0..<16 { _ = cluster.create(mirror, size: .gibibytes(5), content: .gibibytes(5), at: .zero) }
    let used = (0..<4).map { cluster.use(ofDevice: $0).used }
    #expect(used == [.gibibytes(81), .gibibytes(81), .zero, .zero])
    cluster.advance(to: minute(5))

    let moves = starts(&cluster)
    #expect(moves.map(\.purpose) == [.move] && moves.map(\.size) == [.gibibytes(1)])
    #expect(moves.map(\.destination) == [3], "its witness stands on host 2")
  }
}
