import Inventory
import Quantities
import Testing

@Suite struct StoragePolicyTests {
  private static func gigabytes(_ hundredths: UInt64) -> ByteCount {
    ByteCount(bytes: hundredths * 10_000_000)
  }

  /// The eight rows of Broadcom KB 394410, in hundredths of a gigabyte, cut off there; 2 + 1 is what a small cluster does.
  @Test(arguments: [
    // 10 GB · 2 · 1.131 = 22.62 GB
    (StoragePolicy.Layout.mirroring(failures: 1), false, 10, 6, 2_262),
    // 10 GB · 5/4 · 1.131 = 14.1375 GB
    (.singleParity, false, 10, 6, 1_413),
    // 10 GB · 3/2 · 1.131 = 16.965 GB
    (.doubleParity, false, 10, 6, 1_696),
    (.singleParity, false, 10, 5, 1_696),
    // 20 GB reserved · 2 · 1.131 = 45.24 GB
    (.mirroring(failures: 1), true, 20, 6, 4_524),
    // 20 GB reserved · 5/4 · 1.131 = 28.275 GB
    (.singleParity, true, 20, 6, 2_827),
    // 20 GB reserved · 3/2 · 1.131 = 33.93 GB
    (.doubleParity, true, 20, 6, 3_393),
    (.singleParity, true, 20, 5, 3_393),
  ])
  func `The express architecture takes the published space`(
    layout: StoragePolicy.Layout, isThick: Bool, size: UInt64, hosts: Int, hundredths: UInt64
  ) {
    let policy = StoragePolicy(layout, architecture: .express, isThick: isThick)
    let space = policy.space(of: Self.gigabytes(size * 100), hosts: hosts)
    #expect(space.bytes / 10_000_000 == hundredths)
  }

  @Test func `Mirroring costs a copy per failure, parity less`() {
    let content = ByteCount(bytes: 12)
    #expect(
      (1...3).map { StoragePolicy(.mirroring(failures: $0)).space(of: content, hosts: 7).bytes } == [
        24, 36, 48,
      ])
    #expect(StoragePolicy(.singleParity).space(of: content, hosts: 4).bytes == 16)
    #expect(StoragePolicy(.doubleParity).space(of: content, hosts: 6).bytes == 18)
    // Two data parts and one of parity on a small cluster of the express architecture, four and one on a larger.
    let express = StoragePolicy(.singleParity, architecture: .express)
    #expect(express.consumption(hosts: 5) == (3, 2) && express.consumption(hosts: 6) == (5, 4))
  }

  @Test func `A policy needs the published number of hosts`() {
    #expect((1...3).map { StoragePolicy(.mirroring(failures: $0)).hostsMinimum } == [3, 5, 7])
    #expect(StoragePolicy(.singleParity).hostsMinimum == 4)
    #expect(StoragePolicy(.doubleParity).hostsMinimum == 6)
  }

  @Test func `Points in time take the published components`() {
    // VMware, "Using vSphere Replication 6.5": disks · points in time · (mirrors + witness).
    let policy = StoragePolicy(.mirroring(failures: 1))
    #expect(2 * 10 * policy.components(ofObject: .gigabytes(256)) == 60)  // 2 · 10 · (2 + 1)
    #expect(2 * 10 * policy.components(ofObject: .gigabytes(512)) == 100)  // 2 · 10 · (4 + 1)
    #expect(policy.components(ofObject: .gigabytes(512), hosts: 4) == 5)
    // Parity has no witness: 4 parts, and 3 or 5 of the express architecture.
    #expect(StoragePolicy(.singleParity).components(ofObject: .gigabytes(512), hosts: 4) == 4)
    let express = StoragePolicy(.singleParity, architecture: .express)
    #expect([5, 6].map { express.components(ofObject: .gigabytes(100), hosts: $0) } == [3, 5])
  }
}
