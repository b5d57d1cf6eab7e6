import StorageTesting
import Testing

/// Every state in which a crash, or the end of a server, can leave the files of a replica.
@Suite struct DurableStateTests {
  @Test func `Whatever a crash leaves of a replica opens to what was acknowledged`() throws {
    let seen = CrashStateSearch.SeenKinds()
    var (momentCount, stateCount) = (0, 0)
    var syncKinds: Set<String> = []
    for history in CrashHistory.all {
      let (pair, search) = try history.run(seen: seen)
      #expect(search.mistakes.isEmpty, "\(history): \(search.mistakes.first ?? "")")
      momentCount += search.momentCount
      stateCount += search.stateCount
      syncKinds.formUnion(pair.targetMoments.syncKinds.union(search.syncKinds))
    }
    #expect(momentCount >= 200 && stateCount >= (isExhaustive ? 40_000 : 4_000))
    #expect(syncKinds == Set(Self.neededSyncs.map(\.kind) + Self.otherSyncs.map(\.kind)))
  }

  /// A sync by where it is called from (``StorageMoments``), and the history whose states show that it is needed.
  struct NeededSync: CustomStringConvertible {
    let kind: String
    let history: String

    var description: String { kind }
  }

  static let neededSyncs: [NeededSync] =
    [
      ("creating: names after create", "first full sync"),
      ("creating: names with the descriptor", "first full sync"),
      ("creating: new descriptor", "first full sync"),
      ("receiving fullSyncEnded: base", "first full sync"),
      ("receiving fullSyncEnded: log", "full sync over an instance"),
      ("receiving fullSyncEnded: names after create", "full sync over an instance"),
      ("receiving fullSyncEnded: names with the descriptor", "full sync over an instance"),
      ("receiving fullSyncEnded: new descriptor", "first full sync"),
      ("receiving deltaEnded: log", "first full sync"),
      ("receiving deltaEnded: names after create", "first full sync"),
      ("receiving deltaEnded: names with the descriptor", "first full sync"),
      ("receiving deltaEnded: new descriptor", "first full sync"),
      ("ending a session: log", "full sync cut in its midst"),
      ("merging into bases: base", "first full sync"),
      ("merging into bases: log", "first full sync"),
      ("merging into bases: names with the descriptor", "two disks"),
      ("merging into bases: new descriptor", "first full sync"),
      ("merging logs: log", "instances of one slot"),
      ("merging logs: names after create", "instances of one slot"),
      ("merging logs: names with the descriptor", "instances of one slot"),
      ("merging logs: new descriptor", "instances of one slot"),
      ("opening: log", "two deltas"),
      ("opening: names at first", "first full sync"),
      ("removing: names without the descriptor", "removal and a new replication"),
      ("replacing: names after create", "removal and a new replication"),
      ("replacing: names with the descriptor", "removal and a new replication"),
      ("replacing: names without the descriptor", "a new replication over an old one"),
      ("replacing: new descriptor", "removal and a new replication"),
    ].map { NeededSync(kind: $0.0, history: $0.1) }

  /// Syncs without which no acknowledged instance is lost, and why they are there.
  static let otherSyncs: [(kind: String, reason: String)] = [
    ("creating: base", "a seed that were lost would be sent again in full"),
    ("replacing: base", "the same"),
    ("opening: base", "what a full sync finds equal is read from the files of a server that died"),
    ("receiving fullSyncData: log", "a redo log promises to be one as soon as it was created"),
    ("receiving deltaData: log", "the same"),
    ("removing: names after remove", "the files are gone once removing returns"),
  ]

  /// All of them in an exhaustive run, one in four and those of the folder otherwise.
  static let checkedSyncs = neededSyncs.enumerated().filter { index, sync in
    isExhaustive || index % 4 == 1 || sync.kind == "opening: names at first"
  }.map(\.element)

  @Test(arguments: checkedSyncs)
  func `A sync that makes nothing durable is found by a state that is wrong`(sync: NeededSync) throws {
    let history = try #require(CrashHistory.all.first { $0.name == sync.history })
    let (_, search) = try history.run(lyingSync: sync.kind)
    #expect(!search.mistakes.isEmpty)
  }
}
