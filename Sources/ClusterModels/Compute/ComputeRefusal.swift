/// Why a cluster does not do what an administrator asks for.
package enum ComputeRefusal: Error, Hashable, Sendable {
  /// No host that takes machines has the memory and processors.
  case noRoom
  /// It would take what is kept for failures of hosts.
  case admission(failuresReserved: Int)
  /// The host does not take machines: it failed, is isolated, disconnected or in maintenance mode.
  case hostUnavailable
  /// The machine does not run, or moves already.
  case notMovable
  /// Both ends are as busy with moves as they may be.
  case tooManyMoves
  /// These many machines of the host would not fit on the others.
  case cannotEvacuate(machineCount: Int)
}

extension ComputeRefusal: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noRoom: "no host has room"
    case .admission(let failures):
      "admission control keeps room for \(failures) host failure\(failures == 1 ? "" : "s")"
    case .hostUnavailable: "the host takes no machines"
    case .notMovable: "the machine cannot move now"
    case .tooManyMoves: "the hosts are busy with other moves"
    case .cannotEvacuate(let count): "\(count) machine\(count == 1 ? " fits" : "s fit") on no other host"
    }
  }
}
