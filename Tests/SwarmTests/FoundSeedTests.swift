import Testing

@testable import Swarm

/// Every seed that ever failed and has no world of its own among the tests of defects, run again as it is drawn today.
///
/// A world is what the features of the day make of its seed: what failed is written down, and mended, with the defect.
@Suite struct FoundSeedTests {
  struct Seed: Sendable, CustomTestStringConvertible {
    let number: UInt64
    let switches: WorldDraw.Switches

    var testDescription: String { "seed \(number)" }
  }

  private static let recovered: WorldDraw.Switches = .with(["storage-copies", "plans"])

  /// What stopped the run.
  static let soundness: [Seed] = [Seed(number: 313_367, switches: .any)]

  /// Replications that did not come back to order.
  static let recovery: [Seed] = [Seed(number: 304_985, switches: .any)]

  /// A loss that was reported and was none: of a copy that its plan did not start, and that grew while it was off.
  static let loss = [
    Seed(
      number: 209,
      switches: .with([
        "workload.ransomware", "pace", "silence", "fate-group", "third-site", "two-targets",
      ]))
  ]

  /// Machines of tests that wrote to images on full devices of vSAN.
  static let capacity: [Seed] = ([603_517, 603_875] as [UInt64]).map { Seed(number: $0, switches: .any) }

  /// Machines of tests that wrote to images that nobody could reach.
  static let order: [Seed] = [Seed(number: 700_013, switches: .any)]

  /// A reprotect was run again after somebody had deleted the placeholder that the first run had made.
  static let cleanup: [Seed] = [Seed(number: 800_127, switches: .any)]

  /// Machines that a plan recovered in an older state, after a disk was taken out of their replications meanwhile.
  static let certificate: [Seed] = ([606_894, 617_038] as [UInt64]).map { Seed(number: $0, switches: .any) }

  /// What the check did not know.
  static let unknown: [Seed] =
    ([11_398, 19_954, 20_991, 12_439, 29_651, 29_319, 200_725, 201_007, 201_131, 201_656, 202_509] as [UInt64])
    .map { Seed(number: $0, switches: .any) }
    + ([11, 27, 53, 56, 97, 250, 284] as [UInt64]).map { Seed(number: $0, switches: recovered) }
    + [Seed(number: 80, switches: .with(["storage-copies"]))]
    // Somebody deleted a placeholder in the midst of a test or a reprotect.
    + ([500_135, 500_197, 500_370, 605_870, 610_085, 611_508] as [UInt64])
    .map { Seed(number: $0, switches: .any) }
    // A forced recovery that took no time.
    + [Seed(number: 600_300, switches: .any)]
    // A disk was to be taken in while the certificate of the other site was not accepted yet.
    + [Seed(number: 620_569, switches: .any)]
    // The last sync met a burst of other traffic, and was late.
    + [Seed(number: 622_602, switches: .any)]

  @Test(arguments: soundness + recovery + loss + capacity + order + cleanup + certificate + unknown)
  func `A seed that failed once does not fail again`(seed: Seed) {
    #expect(SwarmRun(seed: seed.number, switches: seed.switches).violation == nil)
  }
}
