import BlockStorage
import Inventory
import Quantities
import ResourceModels
import Scenarios

/// What storage copies by itself and fails over as one: a consistency group, a device or a replication group of virtual volumes.
///
/// In a periodic mode the changes since the copy before are read at one instant for all members and sent; when they have
/// arrived, they are applied at once, so that the target always holds the image of an instant. In the synchronous mode the target
/// follows each write while both sites run and a link is up; from the loss of that on it keeps the last image, until all that
/// differs has been sent (*inferred*: real arrays keep a snapshot meanwhile).
struct StorageUnit {
  /// A complete image at the target.
  struct Point {
    let instant: Instant
    /// By member and disk.
    var contents: [[ExtentStore]]
    /// What the source held at the instant.
    let certificates: [[ContentDigest]]
    /// How it differs from the image before.
    var changes: [[DirtyBitmap]]
    /// How many extents of ``changes`` had never been written at the target before, by member and disk.
    var additions: [[Int]]
  }

  /// Changes on their way to the target.
  struct Copy {
    /// The transfer; `nil` while none runs.
    var flow: FlowID?
    let link: LinkID
    let direction: Link.Direction
    /// What is left to send when its transfer begins.
    let size: Double
    /// What there was to send in all, in the same measure.
    let total: Double
    /// What it sends of each member; as much room it takes at the target until it is applied.
    let sizes: [ByteCount]
    let began: Instant
    /// The disks as they were then, by member; none where the copy ends a break of the synchronous mode.
    let contents: [[ExtentStore]]
    let certificates: [[ContentDigest]]
    let changes: [[DirtyBitmap]]

    /// A member's part of what was sent of ``total``, rounded down.
    func part(ofMember member: Int, sent: Double) -> ByteCount {
      sent < total
        ? ByteCount(bytes: UInt64(Double(sizes[member].bytes) * max(0, sent) / total)) : sizes[member]
    }
  }

  let description: Scenario.StorageUnit
  let mode: Scenario.StorageSystem.Mode
  let pointInTimeCount: Int
  let links: [LinkID]
  /// Where its data is written, and copied to.
  var source: SiteID
  var target: SiteID
  /// What the devices at the target hold, by member; also in the midst of a reversal, when it is no image of any instant.
  var devices: [[ExtentStore]]
  /// What of ``devices`` takes room: what was ever written to them; `nil` where room is no matter.
  var allocations: [[DirtyBitmap?]]
  /// The images that can be recovered, oldest first; the newest one is ``devices`` itself.
  var points: [Point]
  /// The instants of images that runs of plans are to recover.
  var held: [Instant] = []
  /// The instant of the image that is being tested.
  var testedInstant: Instant?
  var copy: Copy?
  /// The datastore that lacks room for what is to be copied; `nil` as long as copying goes on.
  var shortage: DatastoreID?
  /// Its devices that are not replicated at present, by the entry of the timeline that says so: nothing of it is copied.
  var removedDevices: [(entry: Int?, device: String)] = []
  /// Whether the target follows each write; never in a periodic mode.
  var isInSync: Bool
  var isFailedOver = false
  /// The instant that its recovered machines began with.
  var recoveredInstant: Instant?
  /// Who waits for a copy, and from when on it must have begun.
  var waits: [(ticket: RecoveryTicket, since: Instant)] = []
  /// The routes of its transfers, by link and direction.
  var routes: [(link: LinkID, direction: Link.Direction, source: SiteID, route: RouteID)] = []

  var members: [Int] { description.members.map(\.index) }

  /// Whether an image stays although newer ones take its place.
  func isHeld(_ instant: Instant) -> Bool { testedInstant == instant || held.contains(instant) }
}
