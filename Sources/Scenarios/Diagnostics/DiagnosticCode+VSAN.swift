extension DiagnosticCode {
  /// The texts of the codes about vSAN.
  var textOfVSAN: (title: String, explanation: String) {
    switch self {
    case .aboveSlackSpace:
      (
        "Less slack than agreed",
        """
        Azure VMware Solution asks for a quarter of a vSAN datastore to be free for its service \
        level, and alerts at 75 % (Microsoft, Azure VMware Solution storage concepts).
        """
      )
    case .policyNeedsHosts:
      (
        "Storage policy that needs more hosts",
        """
        Each copy, parity part and witness of an object stands in a fault domain of its own. RAID-1 needs \
        3, 5 or 7 of them for 1, 2 or 3 failures, RAID-5 four (three in the express architecture, five from six \
        hosts on), RAID-6 six. Without "faultDomains" each host is one.
        """
      )
    case .devicesTooSmall:
      (
        "vSAN datastore too small",
        """
        The disks and replicas that are on the datastore at the start need more than its devices hold, with \
        the copies or parity of their storage policies and the overhead of the architecture.
        """
      )
    case .vsanBesidePlain:
      (
        "vSAN beside the keys of a plain datastore",
        """
        A vSAN datastore has the capacity and the throughput of its hosts' devices, which "vsan" describes. \
        "capacity", "read", "write" and "type" are for plain datastores.
        """
      )
    case .noVSAN:
      (
        "No vSAN",
        """
        Storage policies, disk groups and checksums that find damaged extents belong to vSAN datastores: those \
        with the key "vsan".
        """
      )
    case .hostsSharedByVSAN:
      (
        "Hosts of two vSAN datastores",
        """
        A cluster has one vSAN datastore, made of all its devices.
        """
      )
    case .unknownDiskGroup:
      (
        "No such disk group",
        """
        Disk groups are counted from 1 to "diskGroups"; the express architecture has one storage pool per host.
        """
      )
    case .hostOutsideVSAN:
      (
        "Host outside of the vSAN cluster",
        """
        A vSAN datastore is mounted by the hosts of its cluster. A machine with disks on it runs on one of \
        them; machines that name no host are placed there.
        """
      )
    case .fewFailuresTolerated:
      (
        "Fewer failures tolerated than agreed",
        """
        On a vSAN cluster of more than six hosts Azure VMware Solution expects a storage policy that tolerates two \
        failures, RAID-1 FTT2 or RAID-6; its default policy, RAID-1 FTT1, is for smaller ones (Microsoft, Azure VMware \
        Solution storage concepts).
        """
      )
    default: preconditionFailure("\(rawValue) is not about vSAN")
    }
  }
}
