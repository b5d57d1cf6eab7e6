import Inventory
package import Quantities

/// The hosts of one vSAN datastore with their devices, and the objects whose components stand on them.
///
/// Its driver passes every event with the time it happened, then takes commands, alerts and findings, and asks for the
/// next deadline:
///
///     var cluster = VSANCluster(hosts: …, parameters: VSANParameters())
///     let disk = cluster.create(StoragePolicy(.mirroring(failures: 1)), size: .gibibytes(100), content: .gibibytes(40))
///     cluster.hostFailed(0, at: now)
///     cluster.isAccessible(disk)     // true: the other copy and the witness have two of three votes
///     cluster.nextDeadline           // an hour later, when the copy is rebuilt elsewhere
///
/// A *device* is what fails and fills as one: a disk group of the original architecture, a host's storage pool of the express one.
///
/// - Invariant: The components of two parts of an object never share a fault domain.
/// - Invariant: What a device has used is the sum of what the components on it take, the room kept for those that are
///   being copied there included; it and its host count these components, and what is expected to be written to them.
package struct VSANCluster: Sendable {
  /// A host as it is built.
  package struct HostDescription: Sendable, Hashable {
    /// The capacity of each device.
    package let devices: [ByteCount]
    /// Hosts of one number fail together: those of a rack.
    package let faultDomain: Int

    package init(devices: [ByteCount], faultDomain: Int) {
      self.devices = devices
      self.faultDomain = faultDomain
    }
  }

  /// One object for as long as it exists.
  package struct ObjectID: Sendable, Hashable, Comparable {
    let index: Int
    let generation: Int

    package static func < (left: Self, right: Self) -> Bool {
      (left.index, left.generation) < (right.index, right.generation)
    }
  }

  struct Host: Sendable {
    let faultDomain: Int
    let devices: Range<Int>
    var isUp = true
    /// When its absent components are rebuilt elsewhere; `nil` while it runs, and once that has come.
    var repairDue: Instant?
    /// The components on its devices, those that are being copied there included.
    var componentCount = 0
    /// What is expected to be written yet to the components on its devices; see ``Component/pending``.
    var pending = ByteCount.zero
  }

  struct Device: Sendable {
    let host: Int
    let capacity: ByteCount
    var used = ByteCount.zero
    var isFailed = false
    /// As of its host.
    var componentCount = 0
    var pending = ByteCount.zero
    /// The highest threshold that it was last seen above, as a count of thresholds.
    var alertLevel = 0
    /// What it may have used for that to stay.
    var quietUse = ByteCount.zero...ByteCount.zero

    var free: ByteCount { capacity > used ? capacity - used : .zero }
  }

  /// A component of an object.
  struct Component: Sendable {
    enum State: Sendable, Hashable {
      /// Reachable and up to date.
      case active
      /// Out of reach since then; its content may come back.
      case absent(since: Instant)
      /// Its content is gone, or it never found a place.
      case degraded
      /// Reachable, and without what it missed.
      case stale
    }

    var state: State
    /// Where it stands; `nil` exactly if it is degraded.
    var device: Int?
    /// What it takes there.
    var size: ByteCount
    /// What it is expected to take there beyond that once its object is filled for the first time; never grows where it stands.
    var pending = ByteCount.zero
    /// What its share of the object has grown by since it was last up to date.
    var growth = ByteCount.zero
    /// Where what it misses is kept, while it is absent or stale.
    var changeLog: UInt64?
    /// The resync that is to make it active.
    var resync: UInt64?
    /// Where it is copied to, with the room kept there.
    var destination: (device: Int, size: ByteCount)?
  }

  struct Object: Sendable {
    let policy: StoragePolicy
    var layout: VSANLayout
    var content: ByteCount
    /// What it is expected to hold once it is filled for the first time; places are chosen by it.
    let expected: ByteCount
    /// The pieces of the parts, then the witnesses.
    var components: [Component]
    /// Whether it has never been accessible: nobody can have written to it, so that what it lacks has nothing to be copied.
    var isUnwritten = true
    /// What was written since components went out of reach, oldest first.
    var changes: [ChangeLog] = []
    /// What bit rot damaged and nobody has read yet, oldest first.
    var damages: [Damage] = []
  }

  package let parameters: VSANParameters
  var hosts: [Host]
  var devices: [Device]
  let faultDomainCount: Int
  /// `nil` where an object was removed.
  var objects: [Object?] = []
  var generations: [Int] = []
  var freeObjects: [Int] = []
  /// Planned and running resyncs, ascending by number.
  var resyncs: [PlannedResync] = []
  var lastResync: UInt64 = 0
  var lastChangeLog: UInt64 = 0
  var commands: [Command] = []
  var alerts: [Alert] = []
  var findings: [Finding] = []
  /// When full devices and components without a place are looked at again.
  var checkDue: Instant?
  /// Whether the last plan found no place for a component.
  var hasUnplaced = false
  var isSlackUsed = false
  /// Whether the use of a device, or which can be used, has changed so that thresholds are to be compared again.
  var areAlertsDue = true
  /// How many thresholds are passed, of the datastore and of the devices that can be used, as far as ``takeAlerts()`` has told.
  package internal(set) var alertsInForce = 0
  /// What the devices that can be used hold.
  package internal(set) var capacity = ByteCount.zero
  /// What is taken on the devices that can be used, room kept for resyncs included.
  package internal(set) var usedSize = ByteCount.zero
  /// How many components have found no place since hosts held as many as they may.
  package internal(set) var limitedCount = 0
  /// Grows whenever a component changes its place or state.
  package internal(set) var placementVersion: UInt64 = 0
  /// Grows whenever it may have changed what is to be copied, or what finds no place.
  package internal(set) var planVersion: UInt64 = 0
  package internal(set) var resyncedSize = ByteCount.zero
  package internal(set) var rebuiltCount = 0
  package internal(set) var repairedExtentCount = 0

  /// - Precondition: There is a host, and every host has a device.
  package init(hosts descriptions: [HostDescription], parameters: VSANParameters = VSANParameters()) {
    precondition(!descriptions.isEmpty, "a cluster has a host")
    self.parameters = parameters
    hosts = []
    devices = []
    for (index, description) in descriptions.enumerated() {
      precondition(!description.devices.isEmpty, "a host of the cluster has a device")
      let first = devices.count
      devices += description.devices.map { Device(host: index, capacity: $0) }
      hosts.append(Host(faultDomain: description.faultDomain, devices: first..<devices.count))
    }
    faultDomainCount =
      descriptions.map(\.faultDomain).sorted().reduce(into: (count: 0, last: Int?.none)) {
        if $0.last != $1 { $0 = ($0.count + 1, $1) }
      }.count
    usabilityChanged()
  }

  /// - Precondition: The object exists.
  subscript(object: ObjectID) -> Object {
    get {
      guard generations[object.index] == object.generation, let found = objects[object.index] else {
        preconditionFailure("the object was removed")
      }
      return found
    }
    _modify {
      precondition(
        generations[object.index] == object.generation && objects[object.index] != nil,
        "the object was removed")
      yield &objects[object.index]!
    }
  }

  func isUsable(_ device: Int) -> Bool { !devices[device].isFailed && hosts[devices[device].host].isUp }

  func faultDomain(ofDevice device: Int) -> Int { hosts[devices[device].host].faultDomain }
}
