import Quantities
import ReplicationCore
import Testing

@Suite struct HostStateTextTests {
  @Test func `A full sync prints what was compared and sent, of the machine and of each disk`() {
    let megabyte = ByteCount.mebibytes(1).bytes
    let sent = ByteCount.bytes(megabyte * 2_405 / 10)
    let diskSent = ByteCount.bytes(megabyte * 2_595 / 10)
    // 2.24 GB: printed as 2.2, and with 259.5 MB 24 % of 10 GB and 259.5 MB.
    let compared = ByteCount.bytes(megabyte * 2_294)
    let text = HostStateText(
      group: "GID-1", generation: 77_634_542_849_735, state: .syncing,
      progress: SyncProgress(
        checksummed: compared, total: .gibibytes(10), transferred: sent, toTransfer: sent),
      disks: [
        HostStateText.Disk(
          identifier: "RDID-2",
          progress: SyncProgress(
            checksummed: compared, total: .gibibytes(10), transferred: diskSent, toTransfer: diskSent))
      ])
    // 2294 + 240.5 of 10,240 + 240.5 MB are 24.18 %.
    #expect(
      text.stateText == """
        Replication state of the virtual machine:
        Group: GID-1 (generation=77634542849735)
        Group State: full sync (24% done: checksummed 2.2 GB of 10 GB, transferred 240.5 MB of 240.5 MB)
        DiskID RDID-2 State: full sync (checksummed 2.2 GB of 10 GB, transferred 259.5 MB of 259.5 MB)

        """)
  }

  @Test func `A delta prints the label of its instance`() {
    let tenth = ByteCount.mebibytes(1).bytes
    let progress = SyncProgress(
      checksummed: .zero, total: .zero, transferred: .bytes(tenth * 1_001 / 10),
      toTransfer: .bytes(tenth * 1_463 / 10))
    let text = HostStateText(
      group: "GID-1", generation: 7, state: .active, instance: "replica-0", progress: progress,
      disks: [HostStateText.Disk(identifier: "RDID-2", progress: progress)])
    #expect(
      text.stateText == """
        Replication state of the virtual machine:
        Group: GID-1 (generation=7)
        Group State: lwd delta (instanceId=replica-0) (68% done: transferred 100.1 MB of 146.3 MB)
        DiskID RDID-2 State: lwd delta (transferred 100.1 MB of 146.3 MB)

        """)
    #expect(text.queryText == "State: active\nProgress: 68% (transfer: 104962457/153406668)\n")
  }

  @Test func `The query prints bytes`() {
    let text = HostStateText(
      group: "GID-1", generation: 7, state: .syncing,
      progress: SyncProgress(
        checksummed: .bytes(3_224_371_200), total: .gibibytes(16), transferred: .zero, toTransfer: .zero),
      disks: [])
    #expect(
      text.queryText == """
        State: syncing
        Progress: 18% (checksum: 3224371200/17179869184; transfer: 0/0)

        """)
  }

  @Test func `Without a sync there is only the state`() {
    let text = HostStateText(
      group: "GID-1", generation: 7, state: .paused,
      disks: [HostStateText.Disk(identifier: "RDID-2", progress: nil)])
    #expect(
      text.stateText == """
        Replication state of the virtual machine:
        Group: GID-1 (generation=7)
        Group State: paused
        DiskID RDID-2 State: paused

        """)
    #expect(text.queryText == "State: paused\n")
  }

  /// 2,147,483,647 bytes are one less than 2 GiB; 704,513 are one more than 688 KiB.
  @Test(
    arguments: [
      (0, "0 bytes"), (1_023, "1023 bytes"), (1_024, "1 KB"), (704_512, "688 KB"), (17_179_869_184, "16 GB"),
      (2_147_483_647, "2.0 GB"), (1_100, "1.1 KB"), (704_513, "688.0 KB"), (1 << 41, "2 TB"),
    ] as [(UInt64, String)])
  func `A size has a decimal unless it is a whole number of its unit`(bytes: UInt64, text: String) {
    let state = HostStateText(
      group: "GID-1", generation: 7, state: .active,
      progress: SyncProgress(checksummed: .zero, total: .zero, transferred: .zero, toTransfer: .bytes(bytes)),
      disks: [])
    #expect(state.stateText.contains("transferred 0 bytes of \(text))"))
  }
}
