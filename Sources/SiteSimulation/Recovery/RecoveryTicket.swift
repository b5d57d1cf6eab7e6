import Inventory
import RecoveryCore
import Scenarios

/// What the world carries out for a plan's command and that ends when it ends: a synchronisation, a boot, a shutdown.
struct RecoveryTicket: Sendable, Hashable {
  let pair: RecoveryPairID
  let command: CommandID
  let machine: VirtualMachineID
}

/// How it ended.
struct RecoveryOutcome: Sendable, Hashable {
  let ticket: RecoveryTicket
  /// Why it failed; `nil` if it did not.
  let failure: RecoveryFailure?
}

/// Why something that a plan asked for cannot be done; the text is what its step shows.
struct RecoveryFailure: Error, Sendable, Hashable {
  let text: String

  init(_ text: String) { self.text = text }
}
