import BlockStorage
import Inventory
import Measurements
import Quantities
import RandomStreams
package import ReplicationCore
import ResourceModels
package import Scenarios
import SimulationKernel
import TraceFiles
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
    self.scenario = scenario
    self.seed = seed
    self.transport = transport
    self.planted = planted
    self.machines = machines
    self.replications = replications
    self.links = links
    self.circuits = circuits
    self.machineIndex = machineIndex
    let contextLimit = transport.product.transfer.hostContexts
    let schedule = HostSchedule.Parameters(
      earlyStartShare: scenario.profile.earlyStartShare, fullSyncLimit: scenario.profile.fullSyncLimit)
    hosts = scenario.inventory.hosts.map { _ in
      HostState(
        resource: builder.resource(scenario.profile.hostRate, in: &sharing),
        contexts: ContextPool(limit: contextLimit),
        schedule: HostSchedule(parameters: schedule))
    }
    datastores = zip(resources, builder.machineSpace()).map {
      DatastoreState(resources: $0, used: $1, usedPeak: $1)
    }
    diskCount = builder.diskCount
    servers = scenario.inventory.replicationServers.map { _ in
      ServerState(resource: builder.resource(scenario.profile.serverRate, in: &sharing))
    }
    self.sharing = sharing
    compute = ComputeState(scenario)
    buildVSAN()
    for index in replications.indices { noteSpace(index) }
    createFiles()
    setUpLinks()
    placeReplicas()
    scheduleFirstEvents()
  }

  /// The first tag of a further disk; its upper bits number the disk, as those of all others do.
  mutating func nextDiskTag() -> UInt64 {
    diskCount += 1
    return diskCount << 40 + 1
  }

  private mutating func scheduleFirstEvents() {
    for (index, entry) in scenario.timeline.enumerated() {
      queue.schedule(WorldEvent(.timelineBegins, index), at: entry.at)
    }
    // Behind all beginnings: of two outages that touch, the second is in force before the first ends, so
    // that nothing gets through between them.
    for (index, entry) in scenario.timeline.enumerated() {
      if let end = entry.end { queue.schedule(WorldEvent(.timelineEnds, index), at: end) }
    }
    queue.schedule(WorldEvent(.linkReading, 0), at: .zero + scenario.linkBinWidth)
    for (index, datastore) in datastores.enumerated() {
      guard let interval = datastore.vsan?.description.scrubInterval else { continue }
      queue.schedule(WorldEvent(.vsanScrub, index), at: .zero + interval)
    }
    for index in replications.indices { tellSchedule(index) }
    for host in hosts.indices { takeMoves(of: HostID(host)) }
    for index in replications.indices { armTimer(index) }
    for machine in machines.indices where machines[machine].disks.contains(where: { $0.pace != nil }) {
      applyPace(of: machine)
    }
  }
}

/// Makes the parts of a world from its scenario.
private struct WorldBuilder {
  let scenario: Scenario
  let seed: UInt64
  let transport: TransportModel
  /// The trace of each workload, or `nil` where its model has none.
  private var traces: [WriteTrace?]
  private(set) var diskCount: UInt64 = 0

  init(scenario: Scenario, seed: UInt64, transport: TransportModel) {
    self.scenario = scenario
    self.seed = seed
    self.transport = transport
    traces = scenario.workloads.map { _ in nil }
  }

  mutating func loadTraces(from folder: String) throws(SimulationFailure) {
    for (index, workload) in scenario.workloads.enumerated() {
      guard case .trace(let trace) = workload.model else { continue }
      let path = trace.file.hasPrefix("/") ? trace.file : folder + "/" + trace.file
      do {
        traces[index] = try TraceFile.read(
          path: path, format: TraceFormat(rawValue: trace.format.rawValue), device: trace.device
        ).trace
      } catch {
        throw .unreadableTrace(workload: workload.name, reason: "\(error)")
      }
    }
  }

  func circuits(in sharing: inout SharingSystem) -> [CircuitState] {
    scenario.inventory.circuits.map { _ in
      CircuitState(resources: Link.Direction.allCases.map { _ in sharing.addResource(capacity: 0) })
    }
  }

  func links(in sharing: inout SharingSystem, _ circuits: [CircuitState]) -> [LinkState] {
    scenario.inventory.links.map { link in
      let resources = Link.Direction.allCases.map { _ in sharing.addResource(capacity: 0) }
      let background = Link.Direction.allCases.map { direction in
        BackgroundState(
          random: RandomStream(seed: seed, name: "background/\(link.name)/\(direction)"),
          route: sharing.addRoute(
            transport.hops(of: link, direction, resources, circuits).map { ResourceUse($0) }))
      }
      return LinkState(
        resources: resources, background: background,
        meters: resources.map { _ in LinkMeter(binWidth: scenario.linkBinWidth, capacity: .zero) })
    }
  }

  func datastores(in sharing: inout SharingSystem) -> [DatastoreResources] {
    scenario.inventory.datastores.map { datastore in
      DatastoreResources(
        reads: datastore.readRate.map {
          sharing.addResource(capacity: TransportModel.capacity($0.bytesPerSecond))
        },
        writes: datastore.writeRate.map {
          sharing.addResource(capacity: TransportModel.capacity($0.bytesPerSecond))
        })
    }
  }

  /// What the disks of machines take on each datastore.
  func machineSpace() -> [ByteCount] {
    var space = [ByteCount](repeating: .zero, count: scenario.inventory.datastores.count)
    for machine in scenario.inventory.virtualMachines {
      for disk in machine.disks { space[machine.datastore.index] += disk.used }
    }
    return space
  }

  /// What takes in at most `rate`, or `nil` where that is not limited.
  func resource(_ rate: DataRate?, in sharing: inout SharingSystem) -> ResourceID? {
    rate.map { sharing.addResource(capacity: TransportModel.capacity($0.bytesPerSecond)) }
  }

  /// The replicated machine with its disks as they are at instant zero.
  mutating func machine(of replication: Scenario.Replication, index: Int) throws(SimulationFailure) -> Machine
  {
    let description = scenario.inventory[replication.virtualMachine]
    let settings = scenario.virtualMachines[replication.virtualMachine.index]
    var disks: [Machine.Disk] = []
    var contents: [ExtentStore] = []
    for position in replication.disks {
      let disk = description.disks[position]
      diskCount += 1
      // The upper bits number the disk, so that no two disks of a run ever hold the same tag.
      let imageTag = diskCount << 40
      let geometry = ExtentGeometry(diskSize: disk.size)
      let used = geometry.extents(covering: 0..<disk.used.bytes).count
      contents.append(
        ExtentStore(geometry: geometry, image: BaseImage(usedExtentCount: used, tag: imageTag + 1)))
      let name = "workload/\(description.name)/\(disk.name)"
      var writes: WriteStream?
      var attack: WriteStream?
      var usual = settings.workloads[position]
      if let workload = usual, case .ransomware(let ransomware) = scenario.workloads[workload.index].model {
        usual = ransomware.over
        attack = try .encryption(
          by: ransomware, of: disk, on: geometry,
          random: RandomStream(seed: seed, name: "ransomware/\(name)"),
          workload: scenario.workloads[workload.index].name, machine: description.name)
      }
      if let workload = usual {
        writes = try stream(
          of: workload, on: geometry, random: RandomStream(seed: seed, name: name),
          machine: description.name, disk: disk.name)
      }
      disks.append(
        Machine.Disk(
          name: disk.name, size: disk.size, writes: writes, attack: attack,
          pace: usual.flatMap { WorkloadPace(of: $0, in: scenario) },
          tag: imageTag + 1))
    }
    return Machine(
      id: replication.virtualMachine, host: description.host, disks: disks, contents: contents,
      replication: index)
  }

  private func stream(
    of id: WorkloadID, on geometry: ExtentGeometry, random: RandomStream, machine: String, disk: String
  ) throws(SimulationFailure) -> WriteStream {
    let workload = scenario.workloads[id.index]
    do {
      return try WriteStream(
        of: [model(of: workload, diskSize: geometry.diskSize, trace: traces[id.index])],
        diskSize: geometry.diskSize,
        extentSize: geometry.extentSize, random: random)
    } catch .beyondDisk(let needed, _) {
      throw .traceBeyondDisk(workload: workload.name, machine: machine, disk: disk, needed: needed)
    } catch {
      throw .unusableWorkload(workload: workload.name, machine: machine, disk: disk, reason: "\(error)")
    }
  }

  private func model(
    of workload: Scenario.Workload, diskSize: ByteCount, trace: WriteTrace?
  ) -> WriteModel {
    func region(_ region: Scenario.Workload.Region) -> DiskRegion {
      DiskRegion(offset: region.offset, size: region.size)
    }
    switch workload.model {
    case .uniform(let rate, let blockSize, let place):
      return .uniform(rate: rate, blockSize: blockSize, region: region(place))
    case .hotspot(let rate, let blockSize, let place, let skew):
      return .hotspot(
        rate: rate, blockSize: blockSize, region: region(place),
        tiers: WriteTier.skew(writes: skew.writes, space: skew.space))
    case .sequential(let rate, let blockSize, let place):
      return .sequential(rate: rate, blockSize: blockSize, region: region(place))
    case .periodic(let every, let first, let place):
      let bytes = place.byteRange(onDiskOf: diskSize)
      return .periodic(
        size: ByteCount(bytes: UInt64(bytes.count)), offset: place.offset, every: every, first: first)
    case .trace(let description):
      guard let trace else { preconditionFailure("a trace is loaded before its stream is made") }
      return .trace(trace, repetition: description.isRepeated ? .endless(period: nil) : .once)
    case .ransomware: preconditionFailure("ransomware has a stream of its own")
    }
  }

  func run(
    of replication: Scenario.Replication, machine: Machine, index: Int, links: [LinkState],
    circuits: [CircuitState], datastores: [DatastoreResources], in sharing: inout SharingSystem
  ) -> ReplicationRun {
    let link = scenario.inventory[replication.link]
    let source = datastores[scenario.inventory[replication.virtualMachine].datastore.index]
    let target = datastores[replication.datastore.index]
    let wanUses = transport.uses(of: link, replication.direction, links[replication.link.index], circuits)
    let answerUses = transport.uses(
      of: link, replication.direction.reversed, links[replication.link.index], circuits)
    let isComplete = replication.initialSync == .done
    var parameters = transport.replicationParameters
    parameters.allocationKnowledge = allocationKnowledge(
      source: scenario.inventory[replication.virtualMachine].datastore, target: replication.datastore)
    // Datastores read and write whole extents, of which compression leaves less on the way between.
    let shares = compressedShares(of: replication) ?? [.one]
    let expansion = Double(shares.count) / shares.reduce(0) { $0 + $1.value }
    let reading = source.reading.map { ResourceUse($0.resource, factor: expansion) }
    let writing = target.writing.map { ResourceUse($0.resource, factor: expansion) }
    var run = ReplicationRun(
      replication, machineIndex: index, extentSizes: machine.contents.map(\.geometry.extentSize),
      source: ReplicationSource(
        disks: machine.contents.map(\.geometry), schedule: schedule(of: replication), hasReplica: isComplete,
        parameters: parameters,
        options: options(of: replication, shares: compressedShares(of: replication))),
      replica: ReplicationTarget(
        bases: bases(of: replication, machine: machine),
        instance: isComplete ? .init(sequence: 0, pointInTime: .zero) : nil,
        parameters: targetParameters(of: replication)),
      forward: TransferStream(
        route: sharing.addRoute(wanUses), latency: link.latency,
        connection: Connection(windowMaximum: link.windowMaximum)),
      backward: TransferStream(
        route: sharing.addRoute(answerUses),
        latency: link.latency, connection: Connection(windowMaximum: link.windowMaximum)),
      routeEnds: (reading, writing),
      mergeRoute: sharing.addRoute(target.reading + target.writing),
      compareRoute: sharing.addRoute(source.reading + target.reading),
      lag: lag(of: replication), report: scenario.report(of: replication, product: transport.product),
      jitterRandom: streams("jitter", of: replication), damageRandom: streams("damage", of: replication))
    run.expansion = expansion
    return run
  }

  /// A random stream for each side of a replication's connection.
  private func streams(_ purpose: String, of replication: Scenario.Replication) -> [RandomStream] {
    StreamSide.allCases.map { side in
      let machine = scenario.inventory[replication.virtualMachine].name
      return RandomStream(seed: seed, name: "\(purpose)/\(machine)/\(side)")
    }
  }

  private func allocationKnowledge(source: DatastoreID, target: DatastoreID) -> AllocationKnowledge {
    func isKnown(_ datastore: DatastoreID) -> Bool { scenario.inventory[datastore].kind != .nfs }
    return switch (isKnown(source), isKnown(target)) {
    case (true, true): .both
    case (true, false): .sourceOnly
    case (false, true): .targetOnly
    case (false, false): .neither
    }
  }

  /// What compression leaves of each disk, or `nil` where nothing is compressed.
  private func compressedShares(of replication: Scenario.Replication) -> [Ratio]? {
    guard replication.isCompressed, transport.product.dataPath.hasCompression else { return nil }
    let settings = scenario.virtualMachines[replication.virtualMachine.index]
    return replication.disks.map { disk in
      settings.workloads[disk].map { scenario.workloads[$0.index].compressedShare } ?? .percent(49)
    }
  }

  private func options(of replication: Scenario.Replication, shares: [Ratio]?) -> ReplicationOptions {
    var options = ReplicationOptions()
    options.compressedShares = shares
    let mode: Quiescing.Mode =
      switch replication.quiescing {
      case .none: .none
      case .fileSystem: .fileSystem
      case .application: .application
      }
    do {
      options.quiescing = try Quiescing(
        mode, prepareTime: scenario.profile.quiescingDuration, objective: replication.rpo, minimum: .zero)
    } catch {
      preconditionFailure("nothing is below no minimum: \(error)")
    }
    return options
  }

  private func targetParameters(of replication: Scenario.Replication) -> TargetParameters {
    var parameters = TargetParameters()
    // What is allocated is counted only where room is limited.
    if scenario.inventory[replication.datastore].capacity != nil { parameters.provisioning = .thin }
    let secondsOfDay = scenario.clock.start.secondsSince1970 % 86_400
    parameters.timeOfDayAtStart = .seconds(secondsOfDay < 0 ? secondsOfDay + 86_400 : secondsOfDay)
    if let points = replication.pointsInTime {
      do {
        parameters.retention = try RetentionPolicy(
          instancesPerDay: points.perDay, days: points.days, maximum: .max)
      } catch {
        preconditionFailure("a scenario keeps a positive number of points in time: \(error)")
      }
    }
    return parameters
  }

  private func lag(of replication: Scenario.Replication) -> LagTrack {
    var lag = LagTrack(rpo: replication.rpo)
    if replication.initialSync == .done { lag.instanceCompleted(pointInTime: .zero, at: .zero) }
    return lag
  }

  private func schedule(of replication: Scenario.Replication) -> SyncSchedule {
    let policy: SyncSchedule.Policy =
      switch replication.policy {
      case .vsphere:
        .latestStart(history: scenario.profile.estimateHistory, safetyFactor: replication.safetyFactor)
      case .fixed: .fixedInterval
      }
    return SyncSchedule(
      objective: replication.rpo, policy: policy, imageTime: .zero, firstSync: replication.firstSync)
  }

  /// The base disks of the replica: equal to the source, an older copy of it, or empty.
  ///
  /// A seed is the source's own image; what differs was written at the source since the copy was made.
  private func bases(of replication: Scenario.Replication, machine: Machine) -> [ExtentStore] {
    machine.contents.enumerated().map { index, content in
      switch replication.initialSync {
      case .full: return ExtentStore(geometry: content.geometry)
      case .done: return content.copy()
      case .seeded(let differing):
        let base = content.copy()
        let name = scenario.inventory[replication.virtualMachine].name
        var random = RandomStream(seed: seed, name: "seed/\(name)/\(machine.disks[index].name)")
        for extent in 0..<content.image.usedExtentCount
        where random.next(below: 1_000_000_000) < UInt64(differing.partsPerBillion) {
          content.fill(extent..<extent + 1, tag: content.image.tag + 1)
        }
        return base
      }
    }
  }
}

/// What the reads and writes of a datastore share, where they are limited.
struct DatastoreResources {
  let reads: ResourceID?
  let writes: ResourceID?

  var reading: [ResourceUse] { reads.map { [ResourceUse($0)] } ?? [] }
  var writing: [ResourceUse] { writes.map { [ResourceUse($0)] } ?? [] }
}
