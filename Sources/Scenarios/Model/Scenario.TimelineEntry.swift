package import Inventory
package import Quantities

extension Scenario {
  /// A fault or an operator's action at its time.
  package struct TimelineEntry: Sendable, Hashable {
    /// What happens, to what.
    ///
    /// Virtual machines and replications are ascending and never empty.
    package enum Action: Sendable, Hashable {
      /// The link carries nothing.
      case linkDown(LinkID)
      /// The link has another raw bandwidth, indexed by `Link.Direction`.
      case linkLimit(LinkID, bandwidth: [DataRate])
      /// The link is as the inventory describes it.
      case linkRestore(LinkID)
      case hostFail(HostID)
      case hostRestore(HostID)
      /// The replication server stops; what it has in memory is gone.
      case serverFail(ReplicationServerID)
      case serverRestore(ReplicationServerID)
      case powerOff([VirtualMachineID])
      case powerOn([VirtualMachineID])
      /// The machines move to another host of their site while they run (vMotion).
      case migrate([VirtualMachineID], HostID)
      /// The guests free a part of a disk (UNMAP).
      case trim([VirtualMachineID], disk: String, offset: ByteCount, size: ByteCount)
      /// The machines keep their disks as they are now, to return to.
      case snapshot([VirtualMachineID])
      /// The machines return to their latest snapshot: their disks change behind the tracking's back.
      case revert([VirtualMachineID])
      /// The machines get a disk that no replication knows.
      case addDisk([VirtualMachineID], name: String, size: ByteCount)
      case resizeDisk([VirtualMachineID], disk: String, size: ByteCount)
      /// The machines lose a disk that is replicated.
      case removeDisk([VirtualMachineID], disk: String)
      case pauseReplication([ReplicationID])
      case resumeReplication([ReplicationID])
      /// A sync starts now.
      case syncReplication([ReplicationID])
      /// A full sync starts now: source and target are compared by checksums.
      case fullSyncReplication([ReplicationID])
      /// The replication takes in the disks that its machine has by now.
      case reconfigureReplication([ReplicationID])
      /// A test runs on an image of the newest instance that is not younger than `notAfter`; the replica's chain is frozen
      /// meanwhile.
      case testImage([ReplicationID], notAfter: Instant?)
      /// Another replication server receives.
      case moveReplication([ReplicationID], ReplicationServerID)
      /// The datastore takes no more.
      case datastoreFull(DatastoreID)
      /// The datastore has `factor` of its throughput.
      case datastoreSlow(DatastoreID, factor: Ratio)
      case datastoreRestore(DatastoreID)
      /// Guests write at `factor` times the rate of their workloads.
      case scaleWorkload([VirtualMachineID], factor: Ratio)
      /// The link has another latency, one way, and the mean jitter given, or its own.
      case linkLatency(LinkID, latency: TimeSpan, jitter: TimeSpan?)
      /// Packets are lost with this probability, beyond the link's own.
      case linkLoss(LinkID, Ratio)
      /// The link is down and up in turn, down first.
      case linkFlap(LinkID, down: TimeSpan, up: TimeSpan)
      /// The link has a share of its bandwidth left and loses more packets.
      case linkBrownout(LinkID, share: Ratio, loss: Ratio)
      /// Others send over the link.
      case linkBackground(LinkID, Scenario.BackgroundTraffic)
      /// A share of the frames arrives damaged.
      case linkCorrupt(LinkID, share: Ratio)
      /// The circuit carries nothing, and so does every link over it.
      case circuitDown(CircuitID)
      /// The circuit has another raw bandwidth: away from its site, and towards it.
      case circuitLimit(CircuitID, bandwidth: [DataRate])
      case circuitRestore(CircuitID)
      /// A disk group (or storage pool) of a host of a vSAN datastore loses everything on it; `group` counts from 0.
      case diskGroupFail(HostID, group: Int)
      /// An empty disk group takes the place of the failed one.
      case diskGroupRestore(HostID, group: Int)
      /// Bit rot: one copy of the extent of a replica's base disk is no longer what was written; nobody knows until it is read.
      case corruptReplica([ReplicationID], disk: String, offset: ByteCount)
      /// Something about hosts, sites, appliances or guests.
      case compute(ComputeAction)
      /// Something done with Site Recovery Manager.
      case recovery(RecoveryAction)
    }

    /// The name by which other entries and reports refer to it.
    package let id: String?
    package let at: Instant
    /// The end of a run that it waits for: ``at`` is the earliest that can be; `nil` for an entry at its own time.
    package let afterRun: RunEnd?
    /// How long it lasts; at its end the opposite happens.
    ///
    /// `nil` where it lasts until another entry undoes it, or where the action takes no time.
    package let duration: TimeSpan?
    package let action: Action
    /// Who does it, where it is something that people do with a pair of sites.
    package let actor: Scenario.Actor
    package let why: String?

    init(
      id: String?, at: Instant, afterRun: RunEnd? = nil, duration: TimeSpan?, action: Action,
      actor: Scenario.Actor = .administrator, why: String?
    ) {
      self.id = id
      self.at = at
      self.afterRun = afterRun
      self.duration = duration
      self.action = action
      self.actor = actor
      self.why = why
    }

    /// When the opposite happens, or `nil`.
    package var end: Instant? { duration.map { at + $0 } }
  }

  /// The end of a plan's run, and what passes after it.
  package struct RunEnd: Sendable, Hashable {
    /// The entry that begins the run, as an index into ``timeline``.
    package let entry: Int
    package let delay: TimeSpan
  }
}

extension Scenario.TimelineEntry {
  /// The words of `do` in a scenario, of reports and of the lab's faults.
  package enum Verb: String, Sendable, Hashable, CaseIterable {
    case linkDown = "link.down"
    case linkLimit = "link.limit"
    case linkRestore = "link.restore"
    case hostFail = "host.fail"
    case hostRestore = "host.restore"
    case serverFail = "vrserver.fail"
    case serverRestore = "vrserver.restore"
    case powerOff = "vm.power-off"
    case powerOn = "vm.power-on"
    case migrate = "vm.migrate"
    case trim = "vm.trim"
    case snapshot = "vm.snapshot"
    case revert = "vm.revert"
    case addDisk = "vm.add-disk"
    case resizeDisk = "vm.resize-disk"
    case removeDisk = "vm.remove-disk"
    case pauseReplication = "replication.pause"
    case resumeReplication = "replication.resume"
    case syncReplication = "replication.sync"
    case fullSyncReplication = "replication.full-sync"
    case reconfigureReplication = "replication.reconfigure"
    case testImage = "replication.test-image"
    case moveReplication = "replication.move"
    case datastoreFull = "datastore.full"
    case datastoreSlow = "datastore.slow"
    case datastoreRestore = "datastore.restore"
    case scaleWorkload = "workload.scale"
    case linkLatency = "link.latency"
    case linkLoss = "link.loss"
    case linkFlap = "link.flap"
    case linkBrownout = "link.brownout"
    case linkBackground = "link.background"
    case linkCorrupt = "link.corrupt"
    case circuitDown = "circuit.down"
    case circuitLimit = "circuit.limit"
    case circuitRestore = "circuit.restore"
    case diskGroupFail = "disk-group.fail"
    case diskGroupRestore = "disk-group.restore"
    case corruptReplica = "replica.corrupt"
    case hostIsolate = "host.isolate"
    case hostDisconnect = "host.disconnect"
    case hostMaintenance = "host.maintenance"
    case siteFail = "site.fail"
    case siteRestore = "site.restore"
    case siteIsolate = "site.isolate"
    case applianceFail = "appliance.fail"
    case applianceHang = "appliance.hang"
    case applianceRestore = "appliance.restore"
    case applianceMove = "appliance.move"
    case machineCrash = "vm.crash"
    case machineHang = "vm.hang"
    case installAddOn = "addon.install"
    case createNetwork = "network.create"
    case deploy = "vm.deploy"
    case pairSites = "site.pair"
    case logIn = "site.log-in"
    case logOut = "site.log-out"
    case map = "mapping.add"
    case placePlaceholders = "mapping.placeholders"
    case createGroup = "group.create"
    case protect = "group.add"
    case configureReplication = "replication.configure"
    case stopReplication = "replication.stop"
    case createPlan = "plan.create"
    case testPlan = "plan.test"
    case cleanUpPlan = "plan.cleanup"
    case recoverPlan = "plan.recover"
    case reprotectPlan = "plan.reprotect"
    case cancelPlan = "plan.cancel"
    case dismissPrompt = "plan.dismiss-prompt"
    case failOperation = "plan.fail-operation"
    case deletePlaceholder = "placeholder.delete"
    case movePlaceholder = "placeholder.move"
    case restorePlaceholders = "placeholder.restore"
    case deleteMachine = "vm.delete"
    case editPlan = "plan.edit"
    case deletePlan = "plan.delete"
    case damagePlan = "plan.damage"
    case saveSettings = "vm.recovery-settings"
    case removeAddOn = "addon.remove"
    case renewCertificate = "addon.renew-certificate"
    case reconnectSites = "site.reconnect"
    case unpairSites = "site.unpair"
    case configureGroup = "group.configure"

    /// The verbs that may last for a time, after which the opposite happens.
    package static let lasting: [Verb] = [
      .linkDown, .linkLimit, .hostFail, .serverFail, .powerOff, .pauseReplication, .testImage,
      .datastoreFull, .datastoreSlow, .scaleWorkload,
      .linkLatency, .linkLoss, .linkFlap, .linkBrownout, .linkBackground, .linkCorrupt,
      .circuitDown, .circuitLimit, .diskGroupFail, .hostIsolate, .hostDisconnect, .hostMaintenance,
      .siteFail, .siteIsolate, .applianceFail, .applianceHang, .machineHang, .failOperation, .damagePlan,
    ]

    /// Whether it begins a plan's run, whose end is known only when it comes.
    package var isPlanRun: Bool {
      switch self {
      case .testPlan, .cleanUpPlan, .recoverPlan, .reprotectPlan: true
      default: false
      }
    }
  }

  /// The word of the action.
  package var verb: Verb {
    switch action {
    case .linkDown: .linkDown
    case .linkLimit: .linkLimit
    case .linkRestore: .linkRestore
    case .hostFail: .hostFail
    case .hostRestore: .hostRestore
    case .serverFail: .serverFail
    case .serverRestore: .serverRestore
    case .powerOff: .powerOff
    case .powerOn: .powerOn
    case .migrate: .migrate
    case .trim: .trim
    case .snapshot: .snapshot
    case .revert: .revert
    case .addDisk: .addDisk
    case .resizeDisk: .resizeDisk
    case .removeDisk: .removeDisk
    case .pauseReplication: .pauseReplication
    case .resumeReplication: .resumeReplication
    case .syncReplication: .syncReplication
    case .fullSyncReplication: .fullSyncReplication
    case .reconfigureReplication: .reconfigureReplication
    case .testImage: .testImage
    case .moveReplication: .moveReplication
    case .datastoreFull: .datastoreFull
    case .datastoreSlow: .datastoreSlow
    case .datastoreRestore: .datastoreRestore
    case .scaleWorkload: .scaleWorkload
    case .linkLatency: .linkLatency
    case .linkLoss: .linkLoss
    case .linkFlap: .linkFlap
    case .linkBrownout: .linkBrownout
    case .linkBackground: .linkBackground
    case .linkCorrupt: .linkCorrupt
    case .circuitDown: .circuitDown
    case .circuitLimit: .circuitLimit
    case .circuitRestore: .circuitRestore
    case .diskGroupFail: .diskGroupFail
    case .diskGroupRestore: .diskGroupRestore
    case .corruptReplica: .corruptReplica
    case .compute(let action): action.verb
    case .recovery(let action): action.verb
    }
  }
}
