import Inventory
import Quantities
import Testing

@Suite struct HostDemandTests {
  /// VMware, "vSphere Resource Management", sample overhead memory, in hundredths of a MiB: processors, MiB of memory, overhead.
  @Test(
    arguments: [
      (1, 256, 2_029), (2, 256, 2_428), (4, 256, 3_223), (8, 256, 4_816),
      (1, 1_024, 2_590), (2, 1_024, 2_991), (4, 1_024, 3_786), (8, 1_024, 5_382),
      (1, 4_096, 4_864), (2, 4_096, 5_272), (4, 4_096, 6_067), (8, 4_096, 7_678),
      (1, 16_384, 13_962), (2, 16_384, 14_398), (4, 16_384, 15_193), (8, 16_384, 16_860),
    ] as [(Int, UInt64, Int)])
  func `The overhead of a machine is that of the published table within a mebibyte`(
    cpuCount: Int, memory: UInt64, hundredths: Int
  ) {
    let overhead = HostDemand.memoryOverhead(cpuCount: cpuCount, memory: .mebibytes(memory))
    #expect(abs(Int((overhead.bytes * 100) >> 20) - hundredths) <= 100)
  }

  @Test func `A host holds what is reserved, whatever was given, unless that is bounded`() {
    let capacity = HostCapacity(cores: 2, memory: .gibibytes(16))
    var settings = HighAvailability()
    let given = HostDemand(cpuCount: 8, memory: .gibibytes(24), reservation: .gibibytes(15))
    #expect(HostBounds(of: capacity, under: settings).hold(given))

    settings.memoryOvercommitment = .percent(150)
    #expect(HostBounds(of: capacity, under: settings).hold(given))
    settings.memoryOvercommitment = .percent(149)
    #expect(!HostBounds(of: capacity, under: settings).hold(given))

    // 14.35 + 8 · 4 + 24 · 7.58 = 228 MiB of overhead beside 16 GiB.
    settings.memoryOvercommitment = nil
    let reserved = HostDemand(cpuCount: 8, memory: .gibibytes(24), reservation: .gibibytes(16))
    #expect(!HostBounds(of: capacity, under: settings).hold(reserved))
    // 2 cores at 400 % are 8 virtual processors.
    let wide = HostDemand(cpuCount: 9, memory: .gibibytes(1), reservation: .zero)
    #expect(!HostBounds(of: capacity, under: settings).hold(wide))
  }
}
