import Inventory
import RecoveryCore
import Testing

@Suite struct MemberStatusTests {
  private let vm = VirtualMachineID(0)
  private let sites = TwoSites()

  /// A group with one machine, configured or not.
  private func group(
    _ type: ReplicationType = .vSphereReplication, isConfigured: Bool = true,
    mappings: InventoryMappings? = nil
  ) throws -> (groups: ProtectionGroups, id: ProtectionGroupID) {
    var groups = ProtectionGroups()
    let id = try groups.create(ProtectionGroup(name: "PG", replicationType: type))
    try groups.add([(vm, sites.first.location)], to: id)
    guard isConfigured else { return (groups, id) }
    _ = try groups.configureAll(id, mappings: mappings ?? sites.mapped())
    groups.placeholderCreated(for: vm)
    return (groups, id)
  }

  private func status(
    _ type: ReplicationType = .vSphereReplication, isConfigured: Bool = true,
    _ change: (inout ProtectedVM.Facts) -> Void
  ) throws -> MemberStatus? {
    var (groups, _) = try group(type, isConfigured: isConfigured)
    var facts = ProtectedVM.Facts()
    change(&facts)
    groups.factsChanged(facts, for: vm)
    return groups.status(of: vm)
  }

  @Test func `A machine that has just joined is not configured, and OK once its placeholder stands`() throws {
    let (joined, _) = try group(isConfigured: false)
    #expect(joined.status(of: vm) == .notConfigured)
    let (configured, _) = try group()
    #expect(configured.status(of: vm) == .ok)
    #expect(configured.status(of: VirtualMachineID(1)) == nil)
  }

  @Test func `What is found out about a machine shows as its status`() throws {
    #expect(try status { $0.isKnown = false } == .loading)
    #expect(try status { $0.exists = false } == .invalid)
    #expect(try status(isConfigured: false) { $0.exists = false } == .missingUnprotectedVM)
    #expect(try status { $0.isHomeReplicated = false } == .invalid)
    #expect(try status { $0.unreplicatedDevices = ["Hard disk 2"] } == .deviceNotFound)
    #expect(try status { $0.replication = .error("stopped") } == .replicationError)
    #expect(try status { $0.replication = .warning("slow") } == .replicationWarning)
    #expect(try status(.arrayBased) { $0.configuration = .error("split") } == .arrayConfigurationError)
    #expect(try status(.virtualVolumes) { $0.configuration = .error("none") } == .vVolConfigurationError)
    #expect(try status(.virtualVolumes) { $0.configuration = .warning("old") } == .vVolConfigurationWarning)
  }

  @Test func `An error outranks a warning and a running operation outranks both`() throws {
    #expect(
      try status {
        $0.replication = .warning("slow")
        $0.unreplicatedDevices = ["Hard disk 2"]
      } == .deviceNotFound)
    var (groups, _) = try group()
    var facts = ProtectedVM.Facts()
    facts.replication = .error("stopped")
    groups.factsChanged(facts, for: vm)
    _ = try groups.removeProtection(from: vm)
    #expect(groups.status(of: vm) == .removingProtection)
    groups.protectionRemoved(from: vm)
    #expect(groups.status(of: vm) == .notConfigured)
  }

  @Test func `Without a mapping there is no placeholder; once it is made, configuring again helps`() throws {
    var mappings = sites.mapped()
    try mappings.unmap(sites.first.network, from: .first)
    var (groups, id) = try group(isConfigured: false)
    #expect(try groups.configureAll(id, mappings: mappings) == [])
    #expect(groups.status(of: vm) == .missingMapping)
    #expect(groups.protectedVM(vm)?.placeholder == nil)
    #expect(groups.status(of: id) == .notConfigured)

    try mappings.map(sites.first.network, to: sites.second.network, from: .first)
    let commands = try groups.configureAll(id, mappings: mappings)

    #expect(
      commands == [
        .createPlaceholder(
          vm: vm, side: .second, location: sites.second.location, datastore: sites.second.datastore)
      ])
    #expect(groups.status(of: vm) == .configuringProtection)
    groups.placeholderCreated(for: vm)
    #expect(groups.status(of: vm) == .ok)
  }

  @Test func `A conflict of datacenters and a missing placeholder datastore are told apart`() throws {
    var sites = sites
    let other = sites.second.objects.add(Datacenter(name: "Other"))
    let folder = sites.second.objects.add(MappableObject(.folder, name: "Elsewhere", datacenter: other))
    var (groups, id) = try group(isConfigured: false)
    try groups.setOverrides(VMLocationOverrides(folder: folder), for: vm, from: .first)
    _ = try groups.configureAll(id, mappings: sites.mapped())
    #expect(groups.status(of: vm) == .mappingConflict)

    try groups.setOverrides(.none, for: vm, from: .first)
    var mappings = sites.mapped()
    try mappings.removePlaceholderDatastore(sites.second.datastore, at: .second)
    _ = try groups.configureAll(id, mappings: mappings)
    #expect(groups.status(of: vm) == .placeholderCreationError)
    #expect(groups.protectedVM(vm)?.placeholderProblem == .noDatastore(resource: sites.second.cluster))
  }

  @Test func `A placeholder that cannot be made is an error with its reason, and can be restored`() throws {
    var (groups, id) = try group(isConfigured: false)
    _ = try groups.configureAll(id, mappings: sites.mapped())
    groups.placeholderCreationFailed(for: vm, reason: "disk full")
    #expect(groups.status(of: vm) == .placeholderCreationError)
    #expect(groups.protectedVM(vm)?.errors(in: .vSphereReplication) == ["disk full"])

    #expect(try groups.restorePlaceholders(id, mappings: sites.mapped()).count == 1)
    #expect(groups.status(of: vm) == .restoringPlaceholder)
    groups.placeholderCreated(for: vm)
    #expect(groups.status(of: vm) == .ok)
  }

  @Test func `A placeholder that was never made is not restored where it would have been`() throws {
    var mappings = sites.mapped()
    var (groups, id) = try group(isConfigured: false)
    _ = try groups.configureAll(id, mappings: mappings)
    groups.placeholderCreationFailed(for: vm, reason: "disk full")
    #expect(try groups.restorePlaceholders(id, mappings: mappings).count == 1)
    groups.placeholderCreationFailed(for: vm, reason: "disk full")
    #expect(groups.protectedVM(vm)?.placeholder == nil)
    try mappings.unmap(sites.first.network, from: .first)
    #expect(try groups.restorePlaceholders(id, mappings: mappings) == [])
    #expect(groups.status(of: vm) == .missingMapping)
  }

  @Test func `A deleted placeholder is restored where it was, whatever the mappings say now`() throws {
    var (groups, id) = try group()
    var moved = sites.second.location
    moved.networks = [sites.second.otherNetwork]
    groups.placeholderMoved(of: vm, to: moved)
    groups.placeholderDeleted(of: vm)
    #expect(groups.status(of: vm) == .placeholderDeleted)
    #expect(!MemberStatus.placeholderDeleted.isRecoverable)
    #expect(groups.placeholderReplaced(of: vm, byTest: true) == nil)

    let commands = try groups.restorePlaceholders(id, mappings: InventoryMappings(objects: sites.objects))

    #expect(
      commands == [
        .createPlaceholder(vm: vm, side: .second, location: moved, datastore: sites.second.datastore)
      ])
    #expect(groups.status(of: id) == .restoringPlaceholders)
    groups.placeholderCreationFailed(for: vm, reason: "no")
    #expect(groups.status(of: vm) == .placeholderCreationError)
    #expect(try groups.restorePlaceholders(id, mappings: sites.mapped()).count == 1)
    groups.placeholderCreated(for: vm)
    #expect(groups.status(of: id) == .ok)
    #expect(try groups.restorePlaceholders(id, mappings: sites.mapped()) == [])
  }
}
