import Testing

/// Every state in which a crash, or the end of a server, can leave the files of a replica.
@Suite struct DurableStateTests {
  @Test func `Whatever a crash leaves of a replica opens to what was acknowledged`() throws {
    let seen = CrashStateSearch.SeenKinds()
    var (momentCount, stateCount) = (0, 0)
    for history in CrashHistory.all {
      let (_, search) = try history.run(seen: seen)
      #expect(search.mistakes.count == 0, "\(history): \(search.mistakes.first ?? "")")
      momentCount += search.momentCount
      stateCount += search.stateCount
    }
    print("STATES", momentCount, stateCount)
  }

  @Test func `Every sync of a replica is known`() throws {
    let seen = CrashStateSearch.SeenKinds()
    var kinds: Set<String> = []
    for history in CrashHistory.all {
      let (pair, search) = try history.run(seen: seen)
      kinds.formUnion(pair.targetMoments.syncKinds.union(search.syncKinds))
    }
    for kind in kinds.sorted() {
      var found: String?
      let seen = CrashStateSearch.SeenKinds()
      for history in CrashHistory.all where found == nil {
        do {
          found = try history.run(lyingSync: kind, seen: seen).search.mistakes.first.map {
            "\(history) ## \($0)"
          }
        } catch { found = "\(history) ## threw \(error)" }
      }
      print("LIE", kind, "=>", found ?? "NOTHING")
    }
  }
}
