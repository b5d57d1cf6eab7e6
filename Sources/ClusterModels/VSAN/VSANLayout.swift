package import Inventory
package import Quantities

/// How an object is cut into components: its parts, the pieces of each part, and its witnesses.
///
/// A *part* is one copy of a mirrored object, or one of the data and parity parts of the others. Each part and
/// each witness stands in a fault domain of its own; the pieces of a part stand together where they can.
///
/// | Policy           | Parts    | Needed to read | Witnesses |
/// |------------------|---------:|---------------:|----------:|
/// | RAID-1, *n*      | *n* + 1  | 1              | *n*       |
/// | RAID-5, original | 4        | 3              | 0         |
/// | RAID-5, express  | 3 or 5   | 2 or 4         | 0         |
/// | RAID-6           | 6        | 4              | 0         |
///
/// Each piece has one vote, a witness as many as a part, so that *n* fault domains never hold half of the votes.
/// The performance leg that objects of the express architecture have beside is not modelled.
///
/// - Source: Parts as the factors of ``StoragePolicy``; the witnesses follow from the hosts needed, 2*n* + 1. That the
///   express RAID-5 has 2 + 1 parts on fewer than six hosts is Broadcom KB 394410.
package struct VSANLayout: Sendable, Hashable {
  package let partCount: Int
  /// How many parts any content can be read from.
  package let neededParts: Int
  package let witnessCount: Int
  package let piecesPerPart: Int

  /// - Parameters:
  ///   - size: The most that the object can hold.
  ///   - faultDomains: Of the cluster.
  package init(_ policy: StoragePolicy, size: ByteCount, faultDomains: Int) {
    switch policy.layout {
    case .mirroring(let failures):
      (partCount, neededParts, witnessCount) = (failures + 1, 1, failures)
    case .singleParity:
      let data = policy.architecture == .original ? 3 : (faultDomains < 6 ? 2 : 4)
      (partCount, neededParts, witnessCount) = (data + 1, data, 0)
    case .doubleParity: (partCount, neededParts, witnessCount) = (6, 4, 0)
    }
    let (space, count) = (policy.space(of: size, hosts: faultDomains).bytes, UInt64(partCount))
    piecesPerPart = policy.pieces(of: ByteCount(bytes: (space + count - 1) / count))
  }

  /// All components, the witnesses among them.
  package var componentCount: Int { partCount * piecesPerPart + witnessCount }

  /// The votes of all components.
  package var voteCount: Int { (partCount + witnessCount) * piecesPerPart }

  /// How many fault domains an object needs for all of its redundancy.
  package var faultDomainCount: Int { partCount + witnessCount }

  /// The part that a component belongs to; witnesses count on behind the parts.
  package func part(of component: Int) -> Int {
    let pieces = partCount * piecesPerPart
    return component < pieces ? component / piecesPerPart : partCount + component - pieces
  }

  package func isWitness(_ component: Int) -> Bool { component >= partCount * piecesPerPart }

  package func votes(of component: Int) -> Int { isWitness(component) ? piecesPerPart : 1 }

  /// What a component takes of an object that takes `space` in all; witnesses take nothing that counts.
  ///
  /// The shares sum up to `space`: they are even, with the rest on the first components.
  package func share(of component: Int, in space: ByteCount) -> ByteCount {
    guard !isWitness(component) else { return .zero }
    let (count, index) = (UInt64(partCount * piecesPerPart), UInt64(component))
    return ByteCount(bytes: space.bytes / count + (index < space.bytes % count ? 1 : 0))
  }
}
