extension DiagnosticCode {
  /// The texts of the codes about the domain, warnings among them.
  var textOfDomain: (title: String, explanation: String) {
    switch self {
    case .rpoOutOfRange:
      (
        "RPO outside the product's range",
        """
        vSphere Replication accepts recovery point objectives of whole minutes from 5 minutes to \
        24 hours; release 5.0 from 15 minutes, enhanced replication from 1 minute. To explore others, \
        write "limits": "relaxed" at the top of the scenario.
        """
      )
    case .replicationToOwnSite:
      (
        "Replication to its own site",
        """
        The target of a replication is another site than the virtual machine's.
        """
      )
    case .noLink:
      (
        "Sites without a link",
        """
        No link joins the site of the virtual machine with the target.
        """
      )
    case .usedAboveSize:
      (
        "More data than disk",
        """
        "used" says how much of the disk holds data at the start; it cannot be more than its \
        size.
        """
      )
    case .outsideDisk:
      (
        "Writes beyond the disk",
        """
        The workload writes to a part of the disk, from "offset" on, that ends behind the end of \
        the disk, or its blocks are larger than that part.
        """
      )
    case .nothingAfterWarmup:
      (
        "Warm-up without a run",
        """
        Statistics begin after the warm-up. It must end before the run does.
        """
      )
    case .replicatedTwice:
      (
        "Replicated twice",
        """
        A virtual machine has at most one replication; selectors of several replications match it.
        """
      )
    case .linkToItself:
      (
        "Link with one end",
        """
        A link joins two different sites.
        """
      )
    case .timelineCycle:
      (
        "Entries that wait for each other",
        """
        Following "after" from entry to entry leads back to the first, so that none of them has \
        a time.
        """
      )
    case .endlessEntry:
      (
        "End of something endless",
        """
        The entry referred to has no "for" and so never ends by itself. Refer to its start, or \
        give it a duration.
        """
      )
    case .wrongSite:
      (
        "At another site",
        """
        The host or datastore exists, but at another site than the one that is needed here.
        """
      )
    case .linkElsewhere:
      (
        "Link between other sites",
        """
        The link named by "via" does not join the site of the virtual machine with the target.
        """
      )
    case .notReplicated:
      (
        "Not replicated",
        """
        The action concerns the replication of a virtual machine, and none of the selected ones \
        has any.
        """
      )
    case .nothingReplicated:
      (
        "No disk left",
        """
        Every disk of the virtual machine is excluded, so that nothing would be replicated.
        """
      )
    case .diskShrinks:
      (
        "Disk made smaller",
        """
        A virtual disk can grow, never shrink: "size" must be at least what the disk has at the start.
        """
      )
    case .tooManyPointsInTime:
      (
        "Too many points in time",
        """
        vSphere Replication keeps at most 24 points in time beside the latest instance: "perDay" \
        times "days" must not exceed 24 (VMware's configuration maximums). "limits": "relaxed" turns this off.
        """
      )
    case .notInRelease:
      (
        "Not in this release",
        """
        The release that the profile names cannot do this: points in time came after 5.0, and so did \
        compression; replications are encrypted from 7.0 on. Choose a later "product", or leave it out. \
        "limits": "relaxed" does not help, since there is nothing to simulate.
        """
      )
    case .quiescingTooOften:
      (
        "Quiescing at a short RPO",
        """
        vSphere Replication does not quiesce guests with an RPO below 15 minutes. Choose a longer \
        one, or "quiescing": "none". (Documentation of 9.0.) "limits": "relaxed" turns this off.
        """
      )
    case .unlimitedDatastore:
      (
        "Slowing a datastore without limits",
        """
        "datastore.slow" multiplies the throughput of a datastore. Without "read" and "write" it is \
        never the bottleneck, and stays so at any factor.
        """
      )
    case .notWithFiles:
      (
        "Not with files",
        """
        With "storage": "files" a run keeps every replica as the files of its base disks and redo logs. \
        Those of test images and of disks that are added or grow are not among them. Leave the entry out, or \
        keep replicas in memory.
        """
      )
    case .invalidWeekTime:
      (
        "Time of the week",
        """
        "days" names days and ranges of days, such as "Mon-Fri" or "Sat,Sun"; "from" and "to" are \
        times of day in universal time, from "00:00" to "24:00".
        """
      )
    case .unknownLatency:
      (
        "No known latency",
        """
        Half of the published round trip between the Azure regions of both sites is the latency of \
        a link that gives "azure" or no latency. A site has no "region", or no figure is known for \
        the two; "drsim explain azure" lists those that are.
        """
      )
    case .noCircuit:
      (
        "Over no circuit",
        """
        The link goes "over" the circuits of its sites, and neither site has one.
        """
      )
    case .tooManyReplications:
      (
        "Too many replications",
        """
        A replication server receives at most 200 replications, an appliance with all its servers \
        2,000 (VMware, vSphere Replication operational limits). "limits": "relaxed" turns this off.
        """
      )
    case .tooManyServers:
      (
        "Too many replication servers",
        """
        A site has at most 10 replication servers, the appliance's own included (VMware, vSphere \
        Replication operational limits). "limits": "relaxed" turns this off.
        """
      )
    case .tooManyShortObjectives:
      (
        "Too many short RPOs",
        """
        At most 100 virtual machines may have an RPO below 15 minutes in vSphere Replication 6.x \
        (documentation of 6.5), 500 in later releases (quoted from that of 9.0; from which release \
        on is not verified), of these 50 with an end on vVols. "limits": "relaxed" turns this off.
        """
      )
    case .diskTooLarge:
      (
        "Disk too large",
        """
        A replicated disk has at most 62 TiB, before ESXi 5.5 2 TiB (VMware, vSphere Replication \
        limitations; the second is not verified). "limits": "relaxed" turns this off.
        """
      )
    case .tooManyHosts:
      (
        "Too many hosts in a cluster",
        """
        A vSphere cluster has at most 96 hosts (VMware configuration maximums of vSphere 8; not \
        verified). "limits": "relaxed" turns this off.
        """
      )
    case .platformLimit:
      (
        "Beyond the platform",
        """
        Azure VMware Solution has 3 to 16 hosts in a cluster, 12 clusters and 96 hosts in a private \
        cloud, an ExpressRoute port of 10 Gbit/s (Microsoft, Azure VMware Solution limits), and its \
        disaster recovery replicates to one other site only (Microsoft, about Site Recovery Manager \
        on Azure VMware Solution). These hold for sites with a "region". "limits": "relaxed" turns \
        this off.
        """
      )
    case .hostsTooSmall:
      (
        "No room on the hosts",
        """
        The hosts have cores and memory, and the machines placed on them need more. A host runs four \
        virtual processors per core unless "cpuOvercommitment" says otherwise. It may have given its machines \
        more memory than it has, unless "memoryOvercommitment" bounds that; what they reserve and the overhead of \
        running them it must have (VMware, vSphere Resource Management). Use more or larger hosts, or smaller machines.
        """
      )
    case .noWorkAtAll:
      (
        "No work in any hour",
        """
        The weights of "daily" say how work falls on the hours of a day. At least one must be above zero.
        """
      )
    case .noCluster:
      (
        "Cluster not modelled",
        """
        The action needs to know what runs on the hosts of the cluster. Give the cluster "ha" or a \
        "hostType", or the site "appliances". From then on machines of a failed host are on again when vSphere HA has \
        noticed and started them, 28 s with "ha": {}; a cluster of which nothing is said takes the profile's \
        "haRestartDelay" of 3 min for it. Guests boot afterwards.
        """
      )
    case .unfitStandby:
      (
        "Not a host for standby",
        """
        A host in standby is switched off until a recovery plan wakes it. No machine or appliance begins on one, at \
        least one host beside it runs, and its devices are not those of a vSAN datastore, which needs them.
        """
      )
    case .churnAboveLink:
      (
        "More changes than the link carries",
        """
        On average the workloads of the replicated disks change more data than the link carries, \
        so that recovery point objectives will be missed. Counted is every write, with the whole \
        extent of 8 KiB where a smaller block is written at random, but within an RPO no more \
        than the working set. The link carries the share of its bandwidth that "usable" gives, \
        but no more than the headers of packets leave, and in the model "fluid" no more than 90 % of that \
        where several replications compete for it.
        """
      )
    case .unusedWorkload:
      (
        "Unused workload",
        """
        No disk has this workload.
        """
      )
    case .idleWorkload:
      (
        "Workload of a machine that is not replicated",
        """
        Only what is written to replicated disks is simulated. Virtual machines that are not replicated, and disks that are \
        excluded, take their room on hosts and datastores and write nothing: they do not grow, and load no device.
        """
      )
    case .noEffect:
      (
        "No effect",
        """
        With this release of the product nothing depends on the value.
        """
      )
    case .emptySlots:
      (
        "Empty slots",
        """
        Points in time are kept one per slot, a day being cut into as many slots as there are to be points a day. \
        Instances that are further apart than slots leave some of them empty: 6 a day need an RPO of 4 h or less.
        """
      )
    case .unusedLink:
      (
        "Unused link",
        """
        No replication uses this link.
        """
      )
    case .serverNotInPath:
      (
        "Server without replications",
        """
        With the product "enhanced" the source's hosts send to the hosts of the target, and no replication goes through a \
        replication server: what happens to one disturbs nobody. Choose another product to have the servers in the way, \
        or let a host of the target fail.
        """
      )
    case .afterTheEnd:
      (
        "After the end",
        """
        This never happens: its time is not before the end of the run.
        """
      )
    case .datastoreTooSmall:
      (
        "Datastore too small",
        """
        The data of the disks and replicas on the datastore is more than its capacity, or it is the copy of a larger \
        device.
        """
      )
    case .nothingToEncrypt:
      (
        "Nothing to encrypt",
        """
        Ransomware encrypts its "workingSet" or, if that is left out, what is used of the disk from its "offset" on. Of \
        this disk nothing is used there.
        """
      )
    default: preconditionFailure("\(rawValue) is not about the domain, warnings among them")
    }
  }
}
