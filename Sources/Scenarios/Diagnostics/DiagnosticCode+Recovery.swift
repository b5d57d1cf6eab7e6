extension DiagnosticCode {
  /// The texts of the codes about recoveries.
  var textOfRecoveries: (title: String, explanation: String) {
    switch self {
    case .invalidAddress:
      (
        "Not an address",
        """
        Addresses are four numbers from 0 to 255 with dots between them, subnets have the length of their prefix \
        behind a slash and no bits behind it: 10.20.0.0/16. Both subnets of a rule have the same size, gateways \
        are inside the subnet of the recovery site, and there are at most two name servers.
        """
      )
    case .mappingMissing:
      (
        "Mapping missing",
        """
        No mapping says where the folder, the cluster or the network of a protected virtual machine is at the \
        recovery site. The machine gets no placeholder, its status is Mapping Missing, and a plan does not \
        recover it.
        """
      )
    case .ignoredDependency:
      (
        "Dependency without effect",
        """
        A dependency holds between virtual machines of the same priority in the same plan. Others are ignored: \
        a machine of a higher priority starts earlier anyway, one of a lower priority later.
        """
      )
    case .forcedNotAllowed:
      (
        "Forced recovery is not allowed",
        """
        A forced recovery asks nothing of the protected site, which can leave machines running at both. It is \
        refused until somebody sets the advanced setting recovery.forceRecovery of the recovery site: \
        "allowForced" in "recovery".
        """
      )
    case .noReverseMapping:
      (
        "No way back",
        """
        Reprotect makes placeholders at the former protected site. Where a folder, a cluster or a network is not \
        mapped back, machines may end as Mapping Missing.
        """
      )
    case .planWithoutGroups:
      (
        "Plan without groups",
        """
        A plan recovers the machines of its protection groups and nothing else. Without any, its runs find nothing to do. \
        The groups are the names in "groups".
        """
      )
    case .instantGuests:
      (
        "Guests that boot in no time",
        """
        A recovered machine is ready when its guest has booted. How long that takes depends on the guest, so that there is no \
        default but none at all: recovery times come out shorter than they are. Measure it, and write it as "boot" of the \
        machine; a planned migration also waits for its "shutdown". "0s" says that it is meant.
        """
      )
    case .inTwoGroups:
      (
        "In two protection groups",
        """
        A virtual machine is in one protection group at most. A group may be in several plans.
        """
      )
    case .directionsDiffer:
      (
        "Different directions",
        """
        All machines of a protection group are protected at one site and recovered at another, and so are all \
        groups of a plan. Machines that are protected the other way round need groups and plans of their own.
        """
      )
    case .groupTypeNotModelled:
      (
        "Type of protection group not modelled",
        """
        Azure VMware Solution has protection groups of vSphere Replication only: neither storage arrays nor \
        replicated virtual volumes are available there.
        """
      )
    case .noPair:
      (
        "No pair of sites",
        """
        A recovery has a protected site and a recovery site. They follow from where the machines of a group run \
        and replicate to, or are named by "from" and "to"; in a scenario of two sites the first is protected \
        where nothing else is said.
        """
      )
    case .mappedTwice:
      (
        "Mapped twice",
        """
        Each object of a site has one target at the other site, and each network one test network.
        """
      )
    case .settingsDiffer:
      (
        "Two plans say different things of a machine",
        """
        How a virtual machine is recovered belongs to the machine, not to a plan: the same settings hold in every \
        plan with its group. Write them in one plan only, or the same in all.
        """
      )
    case .dependencyCycle:
      (
        "Machines that wait for each other",
        """
        A machine starts after those it depends on. None of these could be the first.
        """
      )
    case .notProtected:
      (
        "Not protected",
        """
        Plans recover the machines of their protection groups. The machine is in none of them.
        """
      )
    case .timeoutTooLong:
      (
        "Timeout too long",
        """
        A guest may take at most 3,599 s to shut down, VMware Tools the same for their first heartbeat, and the \
        delay after it is no longer either. A command may run for 59,999 s.
        """
      )
    case .impossibleStep:
      (
        "Step that cannot run",
        """
        A step has a name and a text or command, of at most 4,096 characters. A command in a virtual machine needs \
        VMware Tools, and so the machine must be on: it stands at "postPowerOn".
        """
      )
    case .commandsDiffer:
      (
        "Commands of one name differ",
        """
        What a command takes and ends with is known by its name. Two that differ need two names.
        """
      )
    case .suspendsProtected:
      (
        "Suspended and protected",
        """
        A plan suspends machines of the recovery site that no protection group holds, to make room for those it \
        recovers.
        """
      )
    case .notMadeYet:
      (
        "Not made yet",
        """
        What a group.create, plan.create or network.create names is not there before that entry: no machine is on such \
        a network in the beginning, and no mapping leads to or from it.
        """
      )
    case .recoveryLimit:
      (
        "More than is supported",
        """
        Site Recovery Manager is supported up to 500 machines of a protection group, 2,000 machines and 250 groups \
        of a plan, 3,000 protected machines, 500 groups and 250 plans; a name has 80 characters, a description \
        4,096. Up to ten sites share a recovery site; on Azure VMware Solution a site is paired with one other.
        """
      )
    case .replicatedBeforeInstallation:
      (
        "Replicated before vSphere Replication is installed",
        """
        What the timeline installs is not there before. A replication that no "replication.configure" makes is there from \
        the beginning all the same, as if somebody had replicated without the add-on.
        """
      )
    default: preconditionFailure("\(rawValue) is not about recoveries")
    }
  }
}
