import Inventory
import Measurements
import Quantities

/// What the syncs of each virtual machine count in all: their bytes on the wire and their number.
///
/// Records of syncs are only ever added, so each is looked at once.
struct SyncTotals {
  /// By the index of the machine.
  private var totals: [(size: ByteCount, count: Int)]
  private var seen = 0

  init(machineCount: Int) {
    totals = Array(repeating: (.zero, 0), count: machineCount)
  }

  /// Adds those of `cycles` that are new since the last call.
  mutating func follow(_ cycles: [CycleRecord]) {
    for cycle in cycles[seen...] {
      totals[cycle.vm.index].size += cycle.wireSize
      totals[cycle.vm.index].count += 1
    }
    seen = cycles.count
  }

  func size(of machine: VirtualMachineID) -> ByteCount { totals[machine.index].size }

  func count(of machine: VirtualMachineID) -> Int { totals[machine.index].count }
}
