import BlockStorage
import Inventory
import Measurements
import Quantities
import RandomStreams
package import ReplicationCore
import ResourceModels
package import Scenarios
import SimulationKernel
import Workloads

extension World {
  /// Sets up the world of a scenario as it is at instant zero.
  ///
  /// - Parameters:
  ///   - seed: The seed of every random stream; the scenario's own unless given.
  ///   - traceFolder: Where the trace files of the scenario lie, relative paths being relative to it.
  ///   - planted: What is broken on purpose.
  /// - Throws: ``SimulationFailure`` for a trace that cannot be read or does not fit.
  package init(
    _ scenario: Scenario, seed: UInt64? = nil, traceFolder: String = ".", planted: PlantedDefects = []
  ) throws(SimulationFailure) {
    let seed = seed ?? scenario.seed
    let transport = TransportModel(scenario)
    var sharing = SharingSystem()
    var builder = WorldBuilder(scenario: scenario, seed: seed, transport: transport)
    try builder.loadTraces(from: traceFolder)
    let circuits = builder.circuits(in: &sharing)
    let links = builder.links(in: &sharing, circuits)
    let resources = builder.datastores(in: &sharing)
    var machines: [Machine] = []
    var replications: [ReplicationRun] = []
    var machineIndex = [Int?](repeating: nil, count: scenario.inventory.virtualMachines.count)
    for (index, replication) in scenario.replications.enumerated() {
      let machine = try builder.machine(of: replication, index: index)
      replications.append(
        builder.run(
          of: replication, machine: machine, index: index, links: links, circuits: circuits,
          datastores: resources,
          in: &sharing))
      replications[index].source.planted = planted
      replications[index].replica.planted = planted
      machineIndex[replication.virtualMachine.index] = machines.count
      machines.append(machine)
    }
    circumstances = Circumstances(scenario: scenario, transport: transport)
    self.seed = seed
    self.planted = planted
    self.machines = machines
    self.replications = replications
    awaitsRoom = replications.map { _ in false }
    self.links = links
    self.circuits = circuits
    self.machineIndex = machineIndex
    unreplicatedPowers = scenario.inventory.virtualMachines.map { _ in .on }
    let contextLimit = transport.product.transfer.hostContexts
    let schedule = HostSchedule.Parameters(
      earlyStartShare: scenario.profile.earlyStartShare, fullSyncLimit: scenario.profile.fullSyncLimit)
    hosts = scenario.inventory.hosts.map { _ in
      HostState(
        resource: builder.resource(scenario.profile.hostRate, in: &sharing),
        contexts: ContextPool(limit: contextLimit),
        schedule: HostSchedule(parameters: schedule))
    }
    let machineSpace = builder.machineSpace()
    datastores = scenario.inventory.datastores.indices.map {
      DatastoreState(
        capacity: scenario.inventory.datastores[$0].capacity, resources: resources[$0],
        used: machineSpace[$0],
        usedPeak: machineSpace[$0])
    }
    diskCount = builder.diskCount
    servers = scenario.inventory.replicationServers.map { _ in
      ServerState(
        resource: builder.resource(scenario.profile.serverRate, in: &sharing),
        decompression: transport.product.dataPath.decompression == .replicationServer
          ? builder.resource(scenario.profile.serverDecompressionRate, in: &sharing) : nil)
    }
    self.sharing = sharing
    compute = ComputeState(scenario)
    putInStandby()
    for machine in self.machines.indices {
      self.machines[machine].place = compute.machinePlaces[self.machines[machine].id.index]
    }
    buildVSAN()
    awaitDeployments()
    buildStorage()
    for index in replications.indices { noteSpace(index) }
    checkSeeds()
    createFiles()
    setUpLinks()
    placeReplicas()
    scheduleFirstEvents()
    buildConductors()
    attachMachines()
  }

  /// The first tag of a further disk; its upper bits number the disk, as those of all others do.
  mutating func nextDiskTag() -> UInt64 {
    diskCount += 1
    return diskCount << 40 + 1
  }

  private mutating func scheduleFirstEvents() {
    for (index, entry) in scenario.timeline.enumerated() where entry.afterRun == nil {
      queue.schedule(WorldEvent(.timelineBegins, index), at: entry.at)
    }
    // Behind all beginnings: of two outages that touch, the second is in force before the first ends, so
    // that nothing gets through between them.
    for (index, entry) in scenario.timeline.enumerated() where entry.afterRun == nil {
      if let end = entry.end { queue.schedule(WorldEvent(.timelineEnds, index), at: end) }
    }
    queue.schedule(WorldEvent(.linkReading, 0), at: .zero + scenario.linkBinWidth)
    for (index, datastore) in datastores.enumerated() {
      guard let interval = datastore.vsan?.description.scrubInterval else { continue }
      queue.schedule(WorldEvent(.vsanScrub, index), at: .zero + interval)
    }
    for index in replications.indices where replications[index].isActive { tellSchedule(index) }
    for host in hosts.indices { takeMoves(of: HostID(host)) }
    for index in replications.indices { armTimer(index) }
    for machine in machines.indices where machines[machine].disks.contains(where: { $0.pace != nil }) {
      applyPace(of: machine)
    }
  }
}
