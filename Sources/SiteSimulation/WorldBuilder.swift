import BlockStorage
import Inventory
import Measurements
import Quantities
import RandomStreams
import ReplicationCore
import ResourceModels
import Scenarios
import SimulationKernel
import TraceFiles
import Workloads

/// Makes the parts of a world from its scenario.
struct WorldBuilder {
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
      let resources = Link.Direction.allCases.map { _ in sharing.addResource(capacity: 0) }
      return CircuitState(
        resources: resources,
        meters: resources.map { _ in LinkMeter(binWidth: scenario.linkBinWidth, capacity: .zero) })
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
        ExtentStore(
          geometry: geometry, image: BaseImage(usedExtentCount: used, tag: imageTag + 1)))
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
      var state = Machine.Disk(
        name: disk.name, size: disk.size, writes: writes, attack: attack,
        pace: usual.flatMap { WorkloadPace(of: $0, in: scenario) }, tag: imageTag + 1)
      state.space = disk.used
      if scenario.inventory[description.datastore].capacity != nil, settings.storagePolicy?.isThick != true {
        var allocation = DirtyBitmap(geometry: geometry)
        allocation.mark(0..<used)
        state.allocation = allocation
      }
      disks.append(state)
    }
    var machine = Machine(
      id: replication.virtualMachine, site: description.site, datastore: description.datastore,
      host: description.host, disks: disks, contents: contents, replication: index)
    machine.space = replication.disks.reduce(.zero) { $0 + description.disks[$1].used }
    return machine
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
    let source = datastores[machine.datastore.index]
    let target = datastores[replication.datastore.index]
    let wanUses = transport.uses(of: link, replication.direction, links[replication.link.index], circuits)
    let answerUses = transport.uses(
      of: link, replication.direction.reversed, links[replication.link.index], circuits)
    let isComplete = replication.initialSync == .done
    let parts = ReplicationBuilder(scenario: scenario, seed: seed, transport: transport)
    let bases = parts.bases(of: replication, machine: machine)
    var run = ReplicationRun(
      replication, machineIndex: index, extentSizes: machine.contents.map(\.geometry.extentSize),
      source: parts.source(
        of: replication, disks: machine.contents.map(\.geometry),
        ends: (machine.datastore, replication.datastore), hasReplica: isComplete,
        firstSync: replication.firstSync),
      replica: parts.replica(
        of: replication, bases: bases,
        instance: isComplete ? .init(sequence: 0, pointInTime: .zero) : nil, on: replication.datastore),
      forward: TransferStream(
        route: sharing.addRoute(wanUses), latency: link.latency,
        connection: Connection(windowMaximum: link.windowMaximum)),
      backward: TransferStream(
        route: sharing.addRoute(answerUses),
        latency: link.latency, connection: Connection(windowMaximum: link.windowMaximum)),
      routeEnds: (source.reading, target.writing),
      mergeRoute: sharing.addRoute(target.reading + target.writing),
      lag: parts.lag(of: replication), report: scenario.report(of: replication, product: transport.product),
      jitterRandom: streams("jitter", of: replication), damageRandom: streams("damage", of: replication))
    if isComplete {
      run.certificates = [InstanceCertificate(sequence: 0, digests: machine.contents.map(\.digest))]
    }
    return run
  }

  /// A random stream for each side of a replication's connection.
  private func streams(_ purpose: String, of replication: Scenario.Replication) -> [RandomStream] {
    StreamSide.allCases.map { side in
      let machine = scenario.inventory[replication.virtualMachine].name
      return RandomStream(seed: seed, name: "\(purpose)/\(machine)/\(side)")
    }
  }
}
