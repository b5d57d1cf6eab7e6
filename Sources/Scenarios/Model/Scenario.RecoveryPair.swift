package import Inventory
package import Quantities
package import RecoveryCore

package typealias RecoveryPairID = Identifier<Scenario.RecoveryPair>

extension Scenario {
  /// Two sites between which Site Recovery Manager recovers, and what people have told it.
  ///
  /// What a verb of the timeline makes (installs, pairs, maps, creates, deploys) is not there before that entry; everything
  /// else is there when the run begins.
  package struct RecoveryPair: Sendable, Hashable {
    /// A mapping of an object of one site to one of the other.
    package struct Mapping: Sendable, Hashable {
      package let from: PairSide
      package let source: MappableObjectID
      package let target: MappableObjectID
      /// Whether the target is mapped back.
      package let isReversed: Bool
      /// Whether the timeline makes it.
      package let isMadeLater: Bool
      /// How addresses change in a mapped network; `nil` without rules.
      package let addressRules: IPMapping?

      package init(
        from: PairSide, source: MappableObjectID, target: MappableObjectID, isReversed: Bool,
        isMadeLater: Bool, addressRules: IPMapping? = nil
      ) {
        self.from = from
        self.source = source
        self.target = target
        self.isReversed = isReversed
        self.isMadeLater = isMadeLater
        self.addressRules = addressRules
      }
    }

    /// The network of a site that tests use in place of another one there.
    package struct TestNetworkMapping: Sendable, Hashable {
      package let side: PairSide
      package let network: MappableObjectID
      package let test: MappableObjectID
      package let isMadeLater: Bool

      package init(side: PairSide, network: MappableObjectID, test: MappableObjectID, isMadeLater: Bool) {
        self.side = side
        self.network = network
        self.test = test
        self.isMadeLater = isMadeLater
      }
    }

    /// A protection group and its machines.
    package struct Group: Sendable, Hashable {
      package let description: ProtectionGroup
      /// Ascending; those that ``VirtualMachine/joinsLater`` are not members from the beginning.
      package let members: [VirtualMachineID]
      package let isMadeLater: Bool
      /// What it protects of arrays or virtual volumes, ascending; none where vSphere Replication replicates.
      package let storageUnits: [StorageUnitID]

      package init(
        description: ProtectionGroup, members: [VirtualMachineID], isMadeLater: Bool,
        storageUnits: [StorageUnitID] = []
      ) {
        self.description = description
        self.members = members
        self.isMadeLater = isMadeLater
        self.storageUnits = storageUnits
      }
    }

    package struct Plan: Sendable, Hashable {
      /// Its groups are positions in ``RecoveryPair/groups``.
      package let description: RecoveryPlan
      package let isMadeLater: Bool

      package init(description: RecoveryPlan, isMadeLater: Bool) {
        self.description = description
        self.isMadeLater = isMadeLater
      }
    }

    /// A protected machine: where it is in its inventory, and how it is recovered.
    package struct VirtualMachine: Sendable, Hashable {
      package let id: VirtualMachineID
      /// At the site where it runs in the beginning.
      package let location: VMLocation
      /// What beats the mappings, by the side that is protected.
      package let overrides: BothSides<VMLocationOverrides>
      package let settings: VMRecoverySettings
      /// Whether a plan says something of it; otherwise ``settings`` are the defaults of the site where it is recovered first.
      package let hasOwnSettings: Bool
      /// Whether the timeline adds it to its group.
      package let joinsLater: Bool
      /// Its network cards in their order, where it runs in the beginning: those of ``location``, and what the scenario says of
      /// how the guest has set them.
      package let cards: [NICState]

      package init(
        id: VirtualMachineID, location: VMLocation,
        overrides: BothSides<VMLocationOverrides> = BothSides(.none), settings: VMRecoverySettings,
        hasOwnSettings: Bool = true, joinsLater: Bool, cards: [NICState]? = nil
      ) {
        self.id = id
        self.location = location
        self.overrides = overrides
        self.settings = settings
        self.hasOwnSettings = hasOwnSettings
        self.joinsLater = joinsLater
        self.cards = cards ?? location.networks.map { NICState(network: $0) }
      }
    }

    /// What a command of a plan does when it runs.
    package struct Command: Sendable, Hashable {
      /// That of its ``Callout``.
      package let name: String
      /// How long it runs.
      package let duration: TimeSpan
      /// Anything but 0 is a failure.
      package let exitCode: Int

      package init(name: String, duration: TimeSpan, exitCode: Int) {
        self.name = name
        self.duration = duration
        self.exitCode = exitCode
      }
    }

    package let sites: BothSides<SiteID>
    /// Which add-ons are installed at each site when the run begins.
    package let installed: BothSides<[AddOn]>
    /// Whether the sites are paired when the run begins, and an operator is logged in at both.
    package let isPaired: Bool
    /// What can be mapped: all networks, in the order of ``SiteSettings/networks``, so that an identifier of a network is its
    /// index there; then the folders, the topmost one first, the clusters, and the storage policies.
    package let objects: BothSides<SiteObjects>
    /// In the order of the file.
    package let mappings: [Mapping]
    package let testNetworks: [TestNetworkMapping]
    /// In the order in which they are tried.
    package let placeholderDatastores: BothSides<[DatastoreID]>
    /// Whether the timeline names the placeholder datastores.
    package let namesPlaceholdersLater: BothSides<Bool>
    package let groups: [Group]
    package let plans: [Plan]
    /// Ascending; the members of all groups.
    package let virtualMachines: [VirtualMachine]
    /// Ascending by name; a command that is not listed takes ``commandDuration`` and succeeds.
    package let commands: [Command]
    package let defaults: BothSides<RecoveryDefaults>
    package let parameters: RunParameters
    package let times: RecoveryTimes
    package let limits: RecoveryLimits
    package let offering: Offering

    /// What a command takes of which the scenario says nothing: 10 s, an assumption.
    package static let commandDuration = TimeSpan.seconds(10)

    package init(
      sites: BothSides<SiteID>, installed: BothSides<[AddOn]> = BothSides(AddOn.allCases),
      isPaired: Bool = true, objects: BothSides<SiteObjects>, mappings: [Mapping] = [],
      testNetworks: [TestNetworkMapping] = [],
      placeholderDatastores: BothSides<[DatastoreID]> = BothSides([]),
      namesPlaceholdersLater: BothSides<Bool> = BothSides(false), groups: [Group] = [], plans: [Plan] = [],
      virtualMachines: [VirtualMachine] = [], commands: [Command] = [],
      defaults: BothSides<RecoveryDefaults> = BothSides(RecoveryDefaults()),
      parameters: RunParameters = RunParameters(), times: RecoveryTimes = RecoveryTimes(),
      limits: RecoveryLimits = RecoveryLimits(), offering: Offering = .onPremises
    ) {
      self.sites = sites
      self.installed = installed
      self.isPaired = isPaired
      self.objects = objects
      self.mappings = mappings
      self.testNetworks = testNetworks
      self.placeholderDatastores = placeholderDatastores
      self.namesPlaceholdersLater = namesPlaceholdersLater
      self.groups = groups
      self.plans = plans
      self.virtualMachines = virtualMachines
      self.commands = commands
      self.defaults = defaults
      self.parameters = parameters
      self.times = times
      self.limits = limits
      self.offering = offering
    }

    /// The side of the pair that a site is, or `nil`.
    package func side(of site: SiteID) -> PairSide? {
      PairSide.allCases.first { sites[$0] == site }
    }
  }
}
