import SimulationKernel
import Testing

/// The published digests of the hold model; other programs in other languages reach the same.
@Suite struct HoldModelTests {
  @Test(
    arguments: [
      (1_000, 0xfae1_0bc8_d786_058c), (100_000, 0x31f5_74ff_b3f4_23a1),
      (1_000_000, 0x10a2_07dd_2ffb_b31f),
    ] as [(UInt64, UInt64)])
  func `The ladder queue pops the hold model in the published order`(
    pending: UInt64, digest: UInt64
  ) {
    #expect(holdModelDigest(EventQueue(), pending: pending, events: 1_000_000) == digest)
  }

  @Test func `The heap pops the hold model in the published order`() {
    #expect(
      holdModelDigest(HeapEventQueue(), pending: 1_000, events: 1_000_000)
        == 0xfae1_0bc8_d786_058c)
  }
}
