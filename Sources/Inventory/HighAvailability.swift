package import Quantities

/// How a cluster guards its machines: the settings of vSphere HA, and the limits of what its hosts hold and do at a time.
package struct HighAvailability: Sendable, Hashable {
  /// What an isolated host does with its machines.
  package enum IsolationResponse: String, Sendable, Hashable, CaseIterable {
    /// They run on.
    case leave
    /// They are powered off, and started on other hosts.
    case powerOff = "power-off"
  }

  /// The resets of machines whose guests give no sign of life.
  package struct MachineMonitoring: Sendable, Hashable {
    /// How long a guest gives no sign of life before its machine is reset.
    ///
    /// - Source: VMware, "vSphere Availability", VM Monitoring at high sensitivity: 30 s (medium 60 s, low 120 s).
    package var failureInterval = TimeSpan.seconds(30)
    /// How long a machine whose heartbeat has ended must have no disk or network activity before it is reset; zero where
    /// that is not looked at.
    ///
    /// - Source: VMware, "vSphere Availability" (8.0), VM Monitoring: the I/O stats interval, 120 s, advanced option
    ///   `das.iostatsinterval`, 0 to switch the check off.
    package var ioInterval = TimeSpan.seconds(120)
    /// The most resets of one machine within ``resetWindow``.
    ///
    /// - Source: as above: 3.
    package var resetMaximum = 3
    /// - Source: as above, high sensitivity: one hour.
    package var resetWindow = TimeSpan.hours(1)

    package init() {}

    /// From the end of a guest's heartbeat until its machine is reset: the longer of the two intervals.
    ///
    /// A guest that works does something on its disks or the network all the time, and nothing once it stands still
    /// (*inferred*), so that both intervals begin together.
    package var silence: TimeSpan { max(failureInterval, ioInterval) }
  }

  /// Whether machines of failed hosts are started again.
  package var isEnabled = true
  /// From the failure of a host until it is declared dead and its machines are started elsewhere.
  ///
  /// - Source: Epping and Denneman, "vSphere Clustering Deep Dive": 18 s with datastore heartbeats for a host that is not
  ///   the master (15 s without, 35 s for the master).
  package var failureDetection = TimeSpan.seconds(18)
  /// From the isolation of a host until it responds.
  ///
  /// - Source: as above: a host declares itself isolated after 30 s and responds 30 s later
  ///   (`das.config.fdm.isolationPolicyDelaySec`).
  package var isolationDelay = TimeSpan.seconds(60)
  /// - Source: VMware, "vSphere Availability" (7.0): the response is disabled by default.
  package var isolationResponse = IsolationResponse.leave
  /// How long the host works at a power-on, which holds one of its slots; the guest boots afterwards.
  ///
  /// Unverified.
  package var powerOnDuration = TimeSpan.seconds(10)
  /// How many machines vSphere HA starts at a time on one host.
  ///
  /// - Source: vSphere HA advanced option `das.perHostConcurrentFailoversLimit`: 32.
  package var powerOnsPerHost = 32
  /// How many machines vSphere HA starts at a time in the cluster; `nil` for any number, since no figure is published.
  package var powerOnsPerCluster: Int?
  /// The failures of hosts for which power-ons leave room; 0 switches admission control off.
  ///
  /// - Source: VMware, "vSphere Availability" (8.0), cluster resource percentage: *failures / hosts* of the cluster are kept
  ///   free of reservations.
  package var failuresReserved = 0
  /// How many machines may move from or to one host at a time.
  ///
  /// - Source: VMware, "vCenter Server and Host Management", limits on simultaneous migrations: 8 with 10 GbE (4 with 1 GbE).
  package var migrationsPerHost = 8
  /// Virtual processors per core of a host.
  ///
  /// An assumption: rules of thumb go from 3 to 5.
  package var cpuOvercommitment = Ratio.percent(400)
  /// The configured memory of a host's machines per memory of the host; `nil` for any.
  ///
  /// vSphere sets no bound: a machine is powered on where its reservation and overhead can be had, and memory is reclaimed by
  /// sharing, ballooning, compression and swapping (VMware, "vSphere Resource Management"). A design that wants no more
  /// than its hosts have says 100 %. How much slower guests are whose memory is reclaimed is not modelled.
  package var memoryOvercommitment: Ratio?
  /// `nil` where guests are not watched, as by default.
  package var monitoring: MachineMonitoring?

  package init() {}
}

extension HostCapacity {
  /// How many virtual processors the machines of a host may have together: *cores · overcommitment*, rounded down.
  package func cpuCount(overcommitment: Ratio) -> Int {
    let product = UInt64(cores).multipliedFullWidth(by: UInt64(overcommitment.partsPerBillion))
    return Int(UInt64(1_000_000_000).dividingFullWidth(product).quotient)
  }

  /// How much memory the machines of a host may have been given together: *memory · overcommitment*, rounded down, at most
  /// what 63 bits count.
  package func memory(overcommitment: Ratio) -> ByteCount {
    let product = UInt128(memory.bytes) * UInt128(overcommitment.partsPerBillion) / 1_000_000_000
    return ByteCount(bytes: UInt64(min(product, UInt128(Int64.max))))
  }
}
