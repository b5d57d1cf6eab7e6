extension DiagnosticCode {
  /// The texts of the codes about storage that copies by itself.
  var textOfStorageReplication: (title: String, explanation: String) {
    switch self {
    case .notOnDevice:
      (
        "Not on a replicated device",
        """
        An array-based protection group protects datastores. Each must be on a device of an array pair: an entry of \
        "devices" in "arrayPairs".
        """
      )
    case .datastoresApart:
      (
        "What fails over as one is apart",
        """
        The datastores of a consistency group fail over together, and so do the machines of a replication group of \
        virtual volumes. All of them belong to one protection group: the product calls a datastore group INCOMPLETE or \
        SPLIT otherwise.
        """
      )
    case .unfitDevice:
      (
        "Not a device",
        """
        A datastore lies on one device of one array pair, and one of a vSAN or of virtual volumes on none. The copy of a \
        device is that of one device only, is no device itself and has no machines. A replication group of a fault domain \
        has machines on datastores of virtual volumes, "type": "vvol", and is copied to such a datastore.
        """
      )
    case .replicatedByStorage:
      (
        "Replicated by its storage",
        """
        Machines on the devices of an array pair, or in a replication group of a fault domain, are replicated with their \
        storage and protected by a group of that type, which has all of them. What the timeline does by vSphere \
        Replication, snapshots and changes of disks are not modelled for them.
        """
      )
    case .onCopy:
      (
        "On the copy of a device",
        """
        The datastore that a device of an array pair is copied to belongs to the array: until a failover nothing else is \
        written to it, neither replicas of vSphere Replication nor placeholders of virtual machines. Choose another datastore \
        of the site; one is chosen by itself for placeholders where the scenario names none.
        """
      )
    default: preconditionFailure("\(rawValue) is not about storage that copies by itself")
    }
  }
}
