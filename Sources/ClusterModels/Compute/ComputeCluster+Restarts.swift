extension ComputeCluster {
  /// Whether vSphere HA is to start a machine and could, had a host the room and a free slot.
  package func isToBeRestarted(_ machine: Int) -> Bool {
    power(of: machine) == .waiting && orders[machine] == nil && !unreachable.contains(machine)
  }
}
