import Inventory
import Quantities
import RecoveryCore

/// Something that a conductor has the world do, after its turn has come and its time has passed.
struct RecoveryJob: Sendable {
  enum Work: Sendable, Hashable {
    /// What a plan's step asked for.
    case command(CommandID, RecoveryAction)
    /// What the protection of a machine asked for.
    case protection(ProtectionCommand)
    /// An operator dismisses the prompt that this command shows.
    case dismissal(CommandID)
    /// The storage adapters of both sites look for the devices of a pair of arrays, by position among those of the conductor.
    case discovery(Int, isFirst: Bool)
    /// The servers of the sites delete a plan.
    case deletion(RecoveryPlanID)
  }

  /// What it waits in line for.
  enum Lane: Sendable, Hashable {
    /// Nothing: it begins at once.
    case none
    /// One of the operations that a vCenter Server carries out at a time.
    case operation(PairSide)
    /// The same, and one of the power-ons that the hosts of the site carry out at a time.
    case powerOn(PairSide)
  }

  let work: Work
  let lane: Lane
  /// From its turn until it is done, or until what its end depends on begins.
  let duration: TimeSpan
}

/// A run of a plan while it is conducted.
struct ConductedRun: Sendable {
  /// What became of a machine's storage.
  struct Recovered: Sendable {
    let vm: VirtualMachineID
    /// When the instance it runs on was taken.
    let instance: Instant
    /// The last moment in which the protected machine could write before.
    let lastWrite: Instant

    var dataLoss: TimeSpan { lastWrite > instance ? lastWrite - instance : .zero }
  }

  let key: Int
  let plan: RecoveryPlanID
  let workflow: PlanWorkflow
  let protectedSide: PairSide
  let started: Instant
  /// The entry of the timeline that started it.
  let entry: Int?
  let promptDelay: TimeSpan?
  let user: String
  /// In the order in which they were recovered.
  var recovered: [Recovered] = []
  /// What was written into the guests of test machines, in the order of its end.
  var customized: [(vm: VirtualMachineID, cards: [NICCustomization])] = []
  /// Isolated networks that it has made on several hosts, whose machines do not reach each other; in the order of their making.
  var apartNetworks: [String] = []
  /// The points in time that are kept for it.
  var held: [RecoveryAction.PointInTime] = []

  var recoverySide: PairSide { protectedSide.other }
}

/// A command whose end depends on what machines do.
struct PendingCommand: Sendable {
  let action: RecoveryAction
  var machines: [VirtualMachineID]
  var failures: [String] = []
}

/// What came of a command when its time was over.
enum DutyResult: Sendable {
  case done
  case warning(String)
  case failed(String)
  /// It ends when all of these machines have come to an end.
  case pending([VirtualMachineID])
}
