import BlockStorage
import Quantities

/// The progress of one full sync at its source, over all disks that need it.
///
/// The disks take turns, one message of each; see ``DiskScan`` for what happens to one. Only the
/// number of compare requests under way is shared.
struct FullSyncScan {
  private let requestsMaximum: Int
  /// Under which both sides compute what they compare.
  let key: ComparisonKey
  private var scans: [DiskScan]
  /// The scan whose turn it is.
  private var turn = 0
  private var comparesInFlight = 0
  private var isTargetReady = false

  /// - Parameters:
  ///   - isNeeded: Whether each disk is to be compared; at least one is.
  ///   - keySeed: What the key of this full sync is drawn from.
  init(geometries: [ExtentGeometry], isNeeded: [Bool], keySeed: UInt128, parameters: ReplicationParameters) {
    let key = ComparisonKey(seed: keySeed, payloadWidth: geometries.map(\.payloadWidth).max() ?? 0)
    self.key = key
    requestsMaximum = parameters.compareRequestsInFlight
    scans = geometries.indices.filter { isNeeded[$0] }.map {
      DiskScan(disk: $0, geometry: geometries[$0], parameters: parameters, key: key)
    }
    precondition(!scans.isEmpty, "a full sync compares at least one disk")
  }

  /// Whether everything was compared, answered and sent.
  var isDone: Bool { isTargetReady && scans.allSatisfy(\.isDone) }

  /// The disks that are not done.
  var activeDisks: [Int] { scans.indices.filter { !scans[$0].isDone } }

  var progress: SyncProgress {
    func sum(_ size: (DiskScan) -> ByteCount) -> ByteCount { scans.reduce(.zero) { $0 + size($1) } }
    return SyncProgress(
      checksummed: sum(\.checksummedSize), total: sum(\.totalSize), transferred: sum(\.sentSize),
      toTransfer: sum(\.sendingSize))
  }

  mutating func targetReady(allocated: [[Range<Int>]]) {
    isTargetReady = true
    for index in scans.indices { scans[index].targetAllocation = allocated[scans[index].disk] }
  }

  /// Takes the answer to the oldest compare request.
  mutating func received(_ comparison: RegionComparison, reading disks: [some ReplicatedDisk]) {
    guard let index = scans.firstIndex(where: { $0.disk == comparison.disk }) else {
      preconditionFailure("only a disk of this full sync is compared")
    }
    comparesInFlight -= 1
    scans[index].received(comparison, reading: disks[comparison.disk])
  }

  /// The next data or compare request, or `nil` while only an answer of the target can lead on.
  ///
  /// - Parameter trackers: Of the disks; what is dirty there is left to the delta.
  mutating func nextMessage(
    sequence: SyncSequence, trackers: [ChangeTracker], reading disks: [some ReplicatedDisk]
  ) -> SourceMessage? {
    guard isTargetReady else { return nil }
    for _ in scans.indices {
      let index = turn
      turn = (turn + 1) % scans.count
      let disk = scans[index].disk
      let message = scans[index].nextMessage(
        sequence: sequence, mayCompare: comparesInFlight < requestsMaximum, tracker: trackers[disk],
        reading: disks[disk])
      guard let message else { continue }
      if case .regionChecksums = message { comparesInFlight += 1 }
      return message
    }
    return nil
  }
}
