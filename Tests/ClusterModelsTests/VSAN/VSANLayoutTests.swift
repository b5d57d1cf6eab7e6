import Inventory
import Quantities
import Testing

@testable import ClusterModels

@Suite struct VSANLayoutTests {
  private func layout(
    _ layout: StoragePolicy.Layout, _ architecture: StoragePolicy.Architecture = .original,
    size: ByteCount = .gibibytes(100), faultDomains: Int = 7
  ) -> VSANLayout {
    VSANLayout(StoragePolicy(layout, architecture: architecture), size: size, faultDomains: faultDomains)
  }

  @Test func `Points in time take the published components`() {
    // VMware, "Using vSphere Replication 6.5": 2 disks · 10 points in time · (mirrors + witness).
    #expect(2 * 10 * layout(.mirroring(failures: 1), size: .gigabytes(256)).componentCount == 60)
    #expect(2 * 10 * layout(.mirroring(failures: 1), size: .gigabytes(512)).componentCount == 100)
  }

  @Test func `A layout needs the published hosts and takes the published factor`() {
    for failures in 1...3 {
      #expect(layout(.mirroring(failures: failures)).faultDomainCount == 2 * failures + 1)
      #expect(layout(.mirroring(failures: failures)).partCount == failures + 1)
    }
    // 4/3, 3/2 on few hosts, 5/4 on more, 6/4.
    let parts = [
      layout(.singleParity), layout(.singleParity, .express, faultDomains: 5),
      layout(.singleParity, .express, faultDomains: 6), layout(.doubleParity),
    ]
    #expect(parts.map(\.partCount) == [4, 3, 5, 6])
    #expect(parts.map(\.neededParts) == [3, 2, 4, 4])
  }

  @Test func `As many fault domains as failures never hold half of the votes`() {
    let policies: [StoragePolicy.Layout] = [
      .mirroring(failures: 1), .mirroring(failures: 2), .mirroring(failures: 3), .singleParity, .doubleParity,
    ]
    for policy in policies {
      for size in [100, 600] as [UInt64] {
        let layout = layout(policy, size: .gibibytes(size))
        let lost = StoragePolicy(policy).failures * layout.piecesPerPart
        #expect(2 * (layout.voteCount - lost) > layout.voteCount)
      }
    }
  }

  @Test func `A part is cut into pieces of 255 GB`() {
    // 700 GiB: three pieces for a copy; a third of it, 234 GiB, is one piece.
    #expect(layout(.mirroring(failures: 1), size: .gibibytes(700)).piecesPerPart == 3)
    #expect(layout(.singleParity, size: .gibibytes(700)).piecesPerPart == 1)
    // No piece is larger: 255 GiB are one, a byte more are two, 256 GiB too.
    let mirror = StoragePolicy.Layout.mirroring(failures: 1)
    #expect(layout(mirror, size: .gibibytes(255)).piecesPerPart == 1)
    #expect(layout(mirror, size: .gibibytes(255) + .bytes(1)).piecesPerPart == 2)
    #expect(layout(mirror, size: .gibibytes(256)).piecesPerPart == 2)
    // The express architecture's overhead counts: 230 GiB · 1.131 = 260 GiB.
    #expect(layout(mirror, .express, size: .gibibytes(230)).piecesPerPart == 2)
  }

  @Test func `A policy has as many components as its layout`() {
    let layouts: [StoragePolicy.Layout] = [
      .mirroring(failures: 1), .mirroring(failures: 2), .mirroring(failures: 3), .singleParity, .doubleParity,
    ]
    for layout in layouts {
      for architecture in StoragePolicy.Architecture.allCases {
        for hosts in 3...8 {
          for size in [0, 100, 255, 256, 700, 2_048] as [UInt64] {
            let policy = StoragePolicy(layout, architecture: architecture)
            #expect(
              policy.components(ofObject: .gibibytes(size), hosts: hosts)
                == VSANLayout(policy, size: .gibibytes(size), faultDomains: hosts).componentCount)
          }
        }
      }
    }
  }

  @Test func `Shares sum up to the space`() {
    let layout = layout(.mirroring(failures: 1), size: .gibibytes(700))
    let space = ByteCount(bytes: 1_000_003)
    let shares = (0..<layout.componentCount).map { layout.share(of: $0, in: space) }
    // Six pieces: 166,667 + 5 · 166,667 would be one too many, so the last five… 1,000,003 = 6 · 166,667 + 1.
    #expect(shares.reduce(.zero, +) == space)
    #expect(shares.last == .zero, "a witness takes nothing")
  }

  @Test func `Parity of the original architecture reads before it writes`() {
    // RAID-5: data and parity are read and written, 2 of 4 parts; RAID-6: 3 of 6.
    #expect(layout(.singleParity).writeCost(.original) == .init(reads: 0.5, writes: 0.5))
    #expect(layout(.doubleParity).writeCost(.original) == .init(reads: 0.5, writes: 0.5))
    // Full stripes: 5 · 1/4 = 1.25 written for each byte.
    #expect(layout(.singleParity, .express).writeCost(.express) == .init(reads: 0, writes: 0.25))
    #expect(layout(.mirroring(failures: 2)).writeCost(.original) == .init(reads: 0, writes: 1))
  }

  @Test func `What lay on a missing part is computed from the others`() {
    #expect(layout(.mirroring(failures: 1)).readCost(active: 2).reads == 0.5)
    #expect(layout(.mirroring(failures: 1)).readCost(active: 1).reads == 1)
    // RAID-5 whole: a quarter each. One missing: (3 + 1 · 3) / (4 · 3) = a half each.
    #expect(layout(.singleParity).readCost(active: 4).reads == 0.25)
    #expect(layout(.singleParity).readCost(active: 3).reads == 0.5)
  }
}
