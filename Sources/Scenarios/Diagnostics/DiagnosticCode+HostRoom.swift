extension DiagnosticCode {
  /// The texts of the codes about the memory of hosts.
  var textOfHostRoom: (title: String, explanation: String) {
    switch self {
    case .reservedAboveMemory:
      (
        "More reserved than there is",
        """
        "memoryReservation" is the part of a machine's memory that a host must set aside for it; it cannot be \
        more than its "memory".
        """
      )
    case .notAdmittedAtStart:
      (
        "Start that admission control refuses",
        """
        With "admission" vSphere HA keeps a share of the hosts' memory free of reservations: failures divided by \
        hosts. Each machine counts with its "memoryReservation", 0 MB without one, and with the overhead of \
        running it, 83 MiB for 2 processors and 8 GiB; what its guest has been given does not count (VMware, \
        vSphere Availability 8.0, cluster resource percentage). The machines that run at the start take more \
        than that share leaves, so that every power-on, a recovery's too, is refused. Restarts after the failure of a \
        host are not.
        """
      )
    case .memoryOvercommitted:
      (
        "More memory given than there is",
        """
        The machines of a cluster have been given more memory than its hosts have. vSphere runs them, sharing, \
        ballooning and swapping where they all use it; so do these hosts, but guests are not slowed down by \
        it here. Say "memoryOvercommitment" in "ha" to accept a factor, or to be told when it is passed.
        """
      )
    default: preconditionFailure("\(rawValue) is not about the memory of hosts")
    }
  }
}
