/// What happened in a ``ComputeCluster``: to machines and hosts by their positions.
package enum ComputeEvent: Sendable, Hashable {
  /// The machine's host failed, and the machine with it.
  case machineLost(Int, host: Int)
  /// The machine's isolated host powered it off.
  case machineStopped(Int, host: Int)
  /// vSphere HA wants to start the machine and no host has room; said once until it starts.
  case machineWaits(Int)
  /// A host begins to start the machine again.
  case restartBegan(Int, host: Int)
  /// The machine is on again, and its guest boots.
  case machineStarted(Int, host: Int)
  /// A power-on that had to wait is done, and the machine's guest boots.
  case machinePoweredOn(Int, host: Int)
  case moveBegan(Int, host: Int)
  case moveEnded(Int, host: Int)
  /// The machine stays where it was.
  case moveFailed(Int)
  /// The host is declared dead.
  case failureNoticed(host: Int)
  /// The host responds to its isolation.
  case isolationNoticed(host: Int)
  /// The host in maintenance mode runs nothing any more.
  case evacuated(host: Int)
}
