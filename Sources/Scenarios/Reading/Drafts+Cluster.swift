import Inventory
import Quantities

/// The hosts of a site or cluster: how many, or a list of them.
typealias HostsDraft = Either<Int, [Located<HostDraft>]>

extension ValueType where Value == HostsDraft {
  static var hosts: ValueType {
    .either(.count(1...10_000), or: .list(of: .object(), count: 1...(.max))) {
      if case .list = $0 { false } else { true }
    }
  }
}

/// What a host has: a type known by name, or its figures.
typealias HostTypeDraft = Either<HostType, HostCapacityDraft>

extension ValueType where Value == HostTypeDraft {
  static var hostType: ValueType {
    .either(.word, or: .object()) { if case .object = $0 { false } else { true } }
  }
}

extension Either where First == HostType, Second == HostCapacityDraft {
  /// The type, if one is named.
  var type: HostType? {
    if case .first(let type) = self { type } else { nil }
  }

  /// The figures, or `nil` if one is not known.
  var capacity: HostCapacity? {
    switch self {
    case .first(let type): return type.capacity
    case .second(let draft):
      guard let cores = draft.cores.known, let memory = draft.memory.known else { return nil }
      return HostCapacity(cores: cores, memory: memory)
    }
  }
}

struct HostCapacityDraft: Draft {
  static let noun = "host type"

  var span: SourceSpan?
  var cores = Field<Int>()
  var memory = Field<ByteCount>()

  static let keys: [Key<Self>] = [
    .required("cores", \.cores, .count(1...1_024), "The physical cores of a host, threads not counted."),
    .required("memory", \.memory, .memorySize, "The memory of a host."),
  ]
}

struct ClusterDraft: Draft {
  static let noun = "cluster"

  var span: SourceSpan?
  var name = Field<String>()
  var hosts = Field<HostsDraft>()
  var hostType = Field<HostTypeDraft>()
  var availability = Field<HighAvailabilityDraft>()
  var datacenter = Field<String>()

  static let keys: [Key<Self>] = [
    .required("name", \.name, .name, "What other parts of the scenario call the cluster."),
    .required(
      "hosts", \.hosts, .hosts,
      "The ESXi hosts: how many (named CLUSTER-esx-01 and so on), or a list of them."),
    .optional(
      "hostType", \.hostType, .hostType,
      "What each host has for machines: a type such as \"av36\", or its cores and memory; no limit if left out."
    ),
    .optional(
      "ha", \.availability, .object(),
      "How vSphere HA guards the machines: with {} one of a failed host is on again after 28s, and its guest boots. Where nothing is said of a cluster, nor its \"hostType\" or appliances, that takes the profile's \"haRestartDelay\" of 3m, hosts have no limits, and none can be isolated, disconnected or put into maintenance."
    ),
    .optional(
      "datacenter", \.datacenter, .name,
      "The datacenter of the vCenter Server that the cluster is in, after which a topmost folder is named; that of its site if left out."
    ),
  ]
}
