import Inventory
import Quantities
import RecoveryCore

/// What a scenario says of Site Recovery Manager, with what is known of it.
///
/// Sites, machines, groups and plans are positions in the file.
struct PlannedRecovery {
  /// From where to where something is recovered.
  struct Direction: Equatable {
    var from: Int
    var to: Int

    var reversed: Direction { Direction(from: to, to: from) }
  }

  struct Pair {
    var sites: BothSides<Int>
    /// The direction in which the file first speaks of it.
    let direction: Direction
    var mappings: [Mapping] = []
    var testNetworks: [TestNetwork] = []
    var placeholders = BothSides<[Int]>([])
    /// Whether the file says that there are none.
    var hasNoPlaceholders = false

    func side(of site: Int) -> PairSide? { PairSide.allCases.first { sites[$0] == site } }
    func joins(_ one: Int, _ other: Int) -> Bool {
      side(of: one) != nil && side(of: other) != nil && one != other
    }
  }

  struct Mapping {
    let word: MappingWord
    let from: PairSide
    /// Positions among the objects of their sites.
    let source: Int
    let target: Int
    let wantsReverse: Bool
    var isReversed = false
    var addressRules: IPMapping?
  }

  struct TestNetwork {
    let side: PairSide
    let network: Int
    let test: Int
    let span: SourceSpan
  }

  struct Group {
    let draft: ProtectionGroupDraft
    let span: SourceSpan
    /// Ascending.
    var members: [Int] = []
    /// The units of storage that it protects, ascending; none where vSphere Replication replicates.
    var units: [Int] = []
    /// Those that the timeline adds.
    var joining: Set<Int> = []
    var direction: Direction?
    var pair: Int?
    /// Its position among the groups of its pair.
    var position = 0
  }

  struct Plan {
    let draft: RecoveryPlanDraft
    let span: SourceSpan
    /// Each once, in their order.
    var groups: [Int] = []
    var direction: Direction?
    var pair: Int?
    var position = 0
    var suspended: [(machine: Int, side: PairSide)] = []
    var callouts: [PlanCallout] = []
  }

  /// How a machine is recovered, and which plan says so.
  struct Settings {
    var settings: VMRecoverySettings
    var overrides = BothSides(VMLocationOverrides.none)
    /// `nil` if none does, and it is a table that says something.
    var plan: Int?
    var span: SourceSpan
    /// Where its dependencies are said.
    var dependencySpan: SourceSpan?
    /// Where the settings of its network cards are said; only looked up.
    var cardSpans: [CardPlace: SourceSpan] = [:]
  }

  /// A network card at one site.
  struct CardPlace: Hashable {
    let nicIndex: Int
    let side: PairSide
  }

  struct Command {
    let name: String
    let duration: TimeSpan
    let exitCode: Int
    let span: SourceSpan
  }

  /// What verbs of the timeline make, which is not there before.
  struct Later {
    var groups: Set<String> = []
    var plans: Set<String> = []
    var joining: [(group: String, selector: Located<String>, entry: Int)] = []
    /// What leaves its group, with the number of the entry.
    var leaving: [(selector: String, entry: Int)] = []
    /// Groups that are deleted before they are made again: they are there in the beginning.
    var deletedFirst: Set<String> = []
    var pairings: [[String]] = []
    var installs: [(site: String, addOn: AddOn)] = []
    var maps: [(word: MappingWord, from: String, to: String?)] = []
    var placeholders: Set<String> = []
  }

  var groupNames = NameTable("protection group")
  var planNames = NameTable("recovery plan")
  /// By the index of the site; the topmost folder is the first.
  var folderNames: [NameTable] = []
  var policyNames: [NameTable] = []
  /// By the index of the site, what can be mapped there.
  var objectNames: [[MappingWord: [String]]] = []
  var groups: [Group] = []
  var plans: [Plan] = []
  var pairs: [Pair] = []
  var groupOfMachine: [Int: Int] = [:]
  /// The replication of each replicated machine, as a position in `Resolver.replications`.
  var replicationOfMachine: [Int: Int] = [:]
  /// What the plans say of each machine.
  var settings: [Int: Settings] = [:]
  var commands: [Command] = []
  var later = Later()

  func pair(of one: Int, _ other: Int) -> Int? { pairs.firstIndex { $0.joins(one, other) } }
}
