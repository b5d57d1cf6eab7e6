import Inventory
import Quantities
import RecoveryCore
import Scenarios

enum MachineCopy: Sendable, Hashable { case test, recovered, protected }

extension World {
  func recoveryInstances(of machine: Int) -> [Instant] { [] }
  mutating func beginSync(of machine: Int, for ticket: RecoveryTicket) {}
  mutating func createTestImage(of machine: Int, notAfter: Instant?) throws(SimulationFailure) -> Result<
    Instant, RecoveryFailure
  > { .success(now) }
  mutating func makeWritable(_ machine: Int, notAfter: Instant?) throws(SimulationFailure) -> Result<
    Instant, RecoveryFailure
  > { .success(now) }
  mutating func registerTest(_ machine: Int) -> RecoveryFailure? { nil }
  mutating func registerRecovered(_ machine: Int) -> RecoveryFailure? { nil }
  mutating func powerOn(_ machine: Int, copy: MachineCopy) throws(SimulationFailure) -> Result<
    HostID, RecoveryFailure
  > { .success(HostID(0)) }
  mutating func awaitTools(of machine: Int, copy: MachineCopy, for ticket: RecoveryTicket) {}
  mutating func shutDownGuest(_ machine: Int, for ticket: RecoveryTicket) {}
  mutating func powerOff(_ machine: Int, copy: MachineCopy) throws(SimulationFailure) -> RecoveryFailure? {
    nil
  }
  mutating func customizeGuest(
    _ machine: Int, copy: MachineCopy, writing: TimeSpan, for ticket: RecoveryTicket
  ) {}
  mutating func discardTest(_ machine: Int) throws(SimulationFailure) {}
  mutating func prepareForMigration(_ machine: Int) {}
  mutating func undoPreparation(_ machine: Int) {}
  mutating func reverseReplication(of machine: Int) throws(SimulationFailure) -> RecoveryFailure? { nil }
  mutating func suspend(_ vm: VirtualMachineID, at site: SiteID) throws(SimulationFailure) -> RecoveryFailure?
  { nil }
  mutating func resume(_ vm: VirtualMachineID, at site: SiteID) throws(SimulationFailure) -> RecoveryFailure?
  { nil }
  mutating func configureReplication(_ ids: [ReplicationID]) throws(SimulationFailure) {}
  mutating func stopReplication(_ ids: [ReplicationID]) throws(SimulationFailure) {}
  mutating func deploy(_ ids: [VirtualMachineID]) throws(SimulationFailure) {}
  mutating func abandon(_ ticket: RecoveryTicket) {}
  /// Whether the protected copy of a machine is on.
  func isOn(_ machine: Int, copy: MachineCopy) -> Bool { true }
  func isReplicated(_ machine: Int) -> Bool { true }
}
