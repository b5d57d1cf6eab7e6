package import Inventory
package import Quantities

extension Scenario {
  /// A fault or an operator's action at its time.
  package struct TimelineEntry: Sendable, Hashable {
    /// What happens, to what.
    ///
    /// Virtual machines and replications are ascending and never empty. What a fault does, loses and spares:
    ///
    /// | Action             | What stops, and who notices when                      | What is lost, and what it costs                       | How it ends |
    /// |--------------------|-------------------------------------------------------|-------------------------------------------------------|-------------|
    /// | `linkDown`         | Both directions at once; a gap below `connectionTimeout` only stalls, then the sources count the connection as lost and try again after growing waits | The sync under way, once the loss is noticed; what changed stays marked and is sent again. No full sync | With the last entry that holds it down; a link of the same sites that stands by takes over meanwhile |
    /// | `hostFail`         | Its machines and appliances, uncleanly; vSphere HA notices after its detection time and starts them in order of priority where reservations can be had (without a modelled cluster after `haRestartDelay`) | What only its memory had: the tracking of each machine that ran, so that the replication compares everything (a full sync); a machine that was off loses no more than an offline sync under way | `hostRestore` or `for` |
    /// | …, at the target   | Writing of the replicas that went through it, until `targetHostDetection` has passed and another host that mounts the datastore takes over | Behind a replication server nothing, the sync goes on; without one the sync starts over. Merges under way are done again | |
    /// | …, with vSAN       | Its components are absent at once; objects without a majority are out of reach, their machines and replicas stand still | Nothing, while the others hold a copy and a majority; its components are rebuilt there after `repairDelay` | What it missed is copied when it returns, unless that was rebuilt |
    /// | `hostRestore`      | Every failure of the host is lifted, that of its site too; in a modelled cluster it is empty, and takes what waits | Nothing | |
    /// | `serverFail`       | What it receives and merges, at once; sources notice when `connectionTimeout` has passed | What it had in memory: syncs under way start over, merges are done again. No full sync | `serverRestore` or `for`; nobody takes its replicas over but by `moveReplication` |
    /// | `serverRestore`    | Every failure of the server is lifted, that of its site too; one whose appliance is off or hangs goes on being down | Nothing; it opens its replicas anew | |
    /// | `datastoreFull`    | What needs more room: redo logs and merges of replicas at once, and, where it has a capacity, guests that write to blocks they never used; reads and writes in place go on | Nothing; what is refused is sent again, the guests stand still. No full sync | With the last entry, or `datastoreRestore`; what waits goes on in the order of the replications |
    /// | `datastoreSlow`    | Nothing; of several the latest factor counts. On a vSAN datastore it holds for the devices of every host | Nothing | As above |
    /// | `datastoreRestore` | Lifts both                                            | Nothing                                                | |
    ///
    /// Links: see `LinkState`; hosts, sites, appliances and guests: ``Scenario/ComputeAction``.
    package enum Action: Sendable, Hashable {
      /// The link carries nothing, in either direction, until no entry holds it down any more.
      case linkDown(LinkID)
      /// The link has another raw bandwidth, indexed by `Link.Direction`.
      case linkLimit(LinkID, bandwidth: [DataRate])
      /// The link is as the inventory describes it: every fault of it is lifted.
      case linkRestore(LinkID)
      /// The host loses power: what it has in memory is gone.
      case hostFail(HostID)
      /// The host has power again, whatever took it.
      case hostRestore(HostID)
      /// The replication server stops; what it has in memory is gone.
      case serverFail(ReplicationServerID)
      /// The replication server runs again, whatever stopped it.
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
      /// The datastore takes no more; what is written in place goes on.
      case datastoreFull(DatastoreID)
      /// The datastore has `factor` of its throughput, for reads and for writes.
      case datastoreSlow(DatastoreID, factor: Ratio)
      /// The datastore has room, as far as it goes, and all of its throughput.
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
    case leaveGroup = "group.remove"
    case unprotect = "group.unprotect"
    case configureGroup = "group.configure"
    case deleteGroup = "group.delete"
    case removeMapping = "mapping.remove"
    case changeMapping = "mapping.change"
    case discoverDevices = "array.discover"
    case changeDevice = "device.change"
    case removeDevice = "device.remove"
    case failAdapter = "adapter.fail"

    /// The verbs that may last for a time, after which the opposite happens.
    package static let lasting: [Verb] = [
      .linkDown, .linkLimit, .hostFail, .serverFail, .powerOff, .pauseReplication, .testImage,
      .datastoreFull, .datastoreSlow, .scaleWorkload,
      .linkLatency, .linkLoss, .linkFlap, .linkBrownout, .linkBackground, .linkCorrupt,
      .circuitDown, .circuitLimit, .diskGroupFail, .hostIsolate, .hostDisconnect, .hostMaintenance,
      .siteFail, .siteIsolate, .applianceFail, .applianceHang, .machineHang, .failOperation, .damagePlan,
      .removeDevice, .failAdapter,
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
