import Quantities

/// Two arrays that copy devices to each other.
struct ArrayPairDraft: Draft {
  static let noun = "array pair"
  static let discriminator: String? = "mode"

  /// When the devices are copied.
  enum Mode: String, CaseIterable {
    case synchronous
    case periodic
  }

  var span: SourceSpan?
  var name = Field<String>()
  var from = Field<String>()
  var to = Field<String>()
  var via = Field<String>()
  var mode = Field<Mode>()
  var every = Field<TimeSpan>()
  var devices = Field<[Located<DeviceDraft>]>()
  var isDiscovered = Field<Bool>()

  static let keys: [Key<Self>] = [
    .required("name", \.name, .name, "What reports call the pair."),
    .required("from", \.from, .name, "The site of the array that is written to."),
    .required("to", \.to, .name, "The site of the array with the copies."),
    .optional("via", \.via, .name, "The link; the best one that joins the sites if left out."),
    .required(
      "mode", \.mode, .word,
      "Whether every write is at both arrays before it is acknowledged, or what has changed is copied from time to time."
    ),
    .required(
      "every", \.every, .positiveDuration(), for: ["periodic"],
      "How often, from the start of the run; an interval in which the copy before has not ended is left out."),
    .required(
      "devices", \.devices, .list(of: .object(), count: 1...(.max)), "The devices that are replicated."),
    .optional(
      "discovered", \.isDiscovered, .flag, default: true,
      "Whether Site Recovery Manager knows the arrays and their devices when the run begins; otherwise an array.discover finds them, and groups of their datastores are made after it."
    ),
  ]
}

struct DeviceDraft: Draft {
  static let noun = "device"

  var span: SourceSpan?
  var name = Field<String>()
  var datastore = Field<String>()
  var copy = Field<String>()
  var consistencyGroup = Field<String>()

  static let keys: [Key<Self>] = [
    .required("name", \.name, .name, "The name of the device and its copy."),
    .required(
      "datastore", \.datastore, .name,
      "The datastore on it; all virtual machines there are replicated with it."),
    .required("copy", \.copy, .name, "The datastore of the other site that its copy becomes."),
    .optional(
      "consistencyGroup", \.consistencyGroup, .name,
      "The devices of one name are copied at one instant and fail over together; by itself if left out."),
  ]
}

/// Two fault domains whose storage providers copy replication groups of virtual volumes to each other.
struct FaultDomainDraft: Draft {
  static let noun = "fault domain"

  var span: SourceSpan?
  var name = Field<String>()
  var from = Field<String>()
  var to = Field<String>()
  var via = Field<String>()
  var every = Field<TimeSpan>()
  var pointsInTime = Field<Int>()
  var replicationGroups = Field<[Located<ReplicationGroupDraft>]>()

  static let keys: [Key<Self>] = [
    .required("name", \.name, .name, "What reports call the pair of fault domains."),
    .required("from", \.from, .name, "The site whose volumes are replicated."),
    .required("to", \.to, .name, "The site of the copies."),
    .optional("via", \.via, .name, "The link; the best one that joins the sites if left out."),
    .required("every", \.every, .positiveDuration(), "How often what has changed is copied."),
    .optional(
      "pointsInTime", \.pointsInTime, .count(1...100), default: 1,
      "How many complete copies are kept, the newest included."),
    .required(
      "replicationGroups", \.replicationGroups, .list(of: .object(), count: 1...(.max)),
      "The replication groups."),
  ]
}

struct ReplicationGroupDraft: Draft {
  static let noun = "replication group"

  var span: SourceSpan?
  var name = Field<String>()
  var virtualMachines = Field<[Located<String>]>()
  var datastore = Field<String>()

  static let keys: [Key<Self>] = [
    .required("name", \.name, .name, "What protection groups call it."),
    .required(
      "vms", \.virtualMachines, .list(of: .selector, count: 1...(.max)),
      "The virtual machines whose volumes are in it; web-* selects by name."),
    .required("datastore", \.datastore, .name, "The datastore of the other site with the copies."),
  ]
}
