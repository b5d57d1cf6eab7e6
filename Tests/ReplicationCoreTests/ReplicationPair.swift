import BlockStorage
import Quantities
import ReplicationCore
import Testing

/// One source and one target with a clock and a link between them: the plainest driver of the core.
///
/// Forward messages share a serial line: each takes *⌈bytes · 10⁹ / rate⌉* nanoseconds on it, payload
/// and checksums counted, and arrives one latency later. Answers arrive one latency after they are given.
/// While the path is down everything on it stands still. At most ``ReplicationParameters/chunksInFlight``
/// data messages are under way.
///
/// The pair keeps a truth of its own, the tag of every extent in a plain dictionary, and a copy of it from
/// the start of every instance. Whatever the target calls recoverable must read as that copy, at each step.
final class ReplicationPair {
  /// What the target's disks hold at the start.
  enum Replica {
    case empty
    /// A complete instance of the disks as they are at the start.
    case complete
    /// Disks with some content, which is no instance.
    case seeds([ExtentStore])
  }

  /// The content of one disk: the tag of every extent that does not hold zeros.
  typealias Content = [Int: UInt64]

  let parameters: ReplicationParameters
  let bytesPerSecond: UInt64
  let latency: TimeSpan
  var mergeDelay = TimeSpan.seconds(1)
  /// The size of the target datastore, which nothing but the replica uses, or `nil` if it is no matter.
  var datastoreSize: ByteCount?
  /// Changes a message on its way, or drops it: what the oracle must notice.
  var tamper: (SourceMessage) -> SourceMessage? = { $0 }

  var disks: [ExtentStore]
  /// The target's base disks.
  var bases: [ExtentStore]
  var source: ReplicationSource
  var target: ReplicationTarget
  private(set) var now = Instant.zero

  // MARK: What happened

  private(set) var events: [(at: Instant, event: ReplicationEvent)] = []
  /// Every instance that became complete at the target.
  private(set) var instances: [(at: Instant, instance: ReplicationTarget.Instance)] = []
  private(set) var payloadSent = ByteCount.zero
  private(set) var checksumsSent = ByteCount.zero
  private(set) var answersSent = ByteCount.zero
  private(set) var dataMessagesSent = 0
  private(set) var redoSizePeak = ByteCount.zero
  /// What the last write of the guest waited for.
  private(set) var lastCost = WriteCost.none

  // MARK: The truth

  var content: [Content]
  var snapshots: [SyncSequence: (pointInTime: Instant, content: [Content])] = [:]
  private var lastTag: UInt64 = 1_000

  // MARK: The link

  private struct UnderWay<Message> {
    /// On the link's clock, which stands still while the path is down.
    let arrivesAt: Int64
    let message: Message
  }

  private(set) var isPathUp = true
  private var linkNanoseconds: Int64 = 0
  private var lineIsFreeAt: Int64 = 0
  private var forward: [UnderWay<SourceMessage>] = []
  private var backward: [UnderWay<TargetMessage>] = []
  private var session: UInt64 = 0
  private var mergesDue: [(at: Instant, merge: ReplicationTarget.Merge)] = []
  /// Why the first message waits in front of the target; tried again after the next change at the target.
  private(set) var refusal: TargetRefusal?
  private var hasSyncInFlight = false
  private var isConnectionLost = false
  /// - Parameter disks: The source's disks, with what they hold at the start.
  init(
    disks: [ExtentStore], replica: Replica = .complete, objective: TimeSpan = .seconds(100),
    policy: SyncSchedule.Policy = .fixedInterval, bytesPerSecond: UInt64 = 8_192,
    latency: TimeSpan = .zero, parameters: ReplicationParameters = .small,
    options: ReplicationOptions = ReplicationOptions(),
    targetParameters: TargetParameters = TargetParameters()
  ) throws {
    self.disks = disks
    self.parameters = parameters
    self.bytesPerSecond = bytesPerSecond
    self.latency = latency
    content = disks.map(\.content)
    let instance: ReplicationTarget.Instance?
    switch replica {
    case .empty:
      bases = disks.map { ExtentStore(geometry: $0.geometry) }
      instance = nil
    case .complete:
      bases = disks.map { $0.copy() }
      instance = ReplicationTarget.Instance(sequence: 0, pointInTime: .zero)
      snapshots[0] = (.zero, content)
    case .seeds(let seeds):
      bases = seeds
      instance = nil
    }
    source = ReplicationSource(
      disks: disks.map(\.geometry),
      schedule: SyncSchedule(objective: objective, policy: policy, imageTime: .zero),
      hasReplica: instance != nil, parameters: parameters, options: options)
    target = ReplicationTarget(bases: bases, instance: instance, parameters: targetParameters)
    try settle()
  }

  // MARK: - What a test does

  /// Lets everything happen that is due up to and at `end`.
  func run(until end: Instant) throws {
    var stepsAtOnce = 0
    while let due = nextDue, due <= end {
      stepsAtOnce = due > now ? 0 : stepsAtOnce + 1
      try #require(stepsAtOnce < 1_000, "time stands still at \(now)")
      moveClock(to: max(now, due))
      try step()
      try settle()
    }
    moveClock(to: end)
  }

  func run(for span: TimeSpan) throws { try run(until: now + span) }

  /// Runs until the source has reconnected, if it can, no sync is in flight and every instance is merged.
  func runUntilQuiet(within span: TimeSpan = .hours(10)) throws {
    let end = now + span
    while hasSyncInFlight || isPreparing || source.isStalled || target.nextMergeSize != nil
      || (isConnectionLost && isPathUp)
      || (source.nextDeadline ?? end) <= now
    {
      let due = try #require(nextDue, "nothing will ever happen again")
      try #require(due <= end, "not quiet after \(span)")
      try run(until: max(now, due))
    }
  }

  /// The guest writes `extents`.
  ///
  /// - Returns: The tag that they hold now.
  @discardableResult
  func write(_ extents: Range<Int>, disk: Int = 0) -> UInt64 {
    let lastTag = nextTag()
    lastCost = source.guestWillWrite(extents, disk: disk, reading: disks[disk])
    change(extents, to: lastTag, disk: disk)
    return lastTag
  }

  /// The guest frees `extents`: they hold zeros from now on.
  func discard(_ extents: Range<Int>, disk: Int = 0) {
    lastCost = source.guestWillWrite(extents, disk: disk, reading: disks[disk])
    change(extents, to: 0, disk: disk)
  }

  func nextTag() -> UInt64 {
    lastTag += 1
    return lastTag
  }

  func change(_ extents: Range<Int>, to tag: UInt64, disk: Int) {
    disks[disk].fill(extents, tag: tag)
    for extent in extents { content[disk][extent] = tag == 0 ? nil : tag }
  }

  func cutPath() throws {
    isPathUp = false
    source.pathBroke(at: now)
    try settle()
  }

  func restorePath() throws {
    isPathUp = true
    source.pathReturned()
    try settle()
  }

  func powerOn() throws {
    source.poweredOn(at: now)
    try settle()
  }

  func powerOff() throws {
    source.poweredOff(at: now)
    try settle()
  }

  func failHost() throws {
    source.hostFailed(at: now)
    try settle()
  }

  func pause() throws {
    source.paused(at: now)
    try settle()
  }

  func resume() throws {
    source.resumed()
    try settle()
  }

  func requestSync() throws {
    source.syncRequested(at: now)
    try settle()
  }

  func requestFullSync() throws {
    source.fullSyncRequested(at: now)
    try settle()
  }

  // MARK: - Driving

  /// A full sync that is accepted leads to a guest being quiesced without a sync in between.
  private var isPreparing: Bool { source.isSyncing && source.currentAccount == nil }

  private var nextDue: Instant? {
    var due = ([source.nextDeadline] + mergesDue.map(\.at)).compactMap { $0 }
    if isPathUp {
      let arriving = refusal == nil ? forward.first?.arrivesAt : nil
      for arrival in [arriving, backward.first?.arrivesAt].compactMap({ $0 }) {
        due.append(now + .nanoseconds(max(0, arrival - linkNanoseconds)))
      }
    }
    return due.min()
  }

  private func moveClock(to instant: Instant) {
    if isPathUp { linkNanoseconds += (instant - now).nanoseconds }
    now = instant
  }

  /// Does the one thing that is due: a deadline, else an arrival, else a merge.
  private func step() throws {
    if let deadline = source.nextDeadline, deadline <= now {
      source.advance(to: now, reading: disks)
    } else if isPathUp, refusal == nil, let first = forward.first, first.arrivesAt <= linkNanoseconds {
      if let message = tamper(first.message) { try deliver(message) }
      if refusal == nil { forward.removeFirst() }
    } else if isPathUp, let first = backward.first, first.arrivesAt <= linkNanoseconds {
      backward.removeFirst()
      source.receive(first.message, at: now, reading: disks)
    } else if let index = mergesDue.firstIndex(where: { $0.at <= now }) {
      let merge = mergesDue.remove(at: index).merge
      try changeTarget { $0.mergeCompleted(merge) }
    }
  }

  private func deliver(_ message: SourceMessage) throws {
    if case .deltaEnded = message { try checkNewestInstance() }
    let freeSpace = datastoreSize.map { $0 > target.spaceUse.total ? $0 - target.spaceUse.total : .zero }
    let answer: TargetMessage?
    switch try target.offer(message, at: now, freeSpace: freeSpace) {
    case .taken(let taken): answer = taken
    case .refused(let refused):
      refusal = refused
      if refused == .sessionOver {
        source.paused(at: now)
        source.resumed()
      }
      return
    }
    redoSizePeak = max(redoSizePeak, target.redoSize)
    if case .deltaEnded = message, let instance = target.newestInstance {
      instances.append((now, instance))
      try checkNewestInstance()
      let kept = target.instances + [target.testedInstance].compactMap { $0 }
      snapshots = snapshots.filter { snapshot in
        snapshot.key >= instance.sequence || kept.contains { $0.sequence == snapshot.key }
      }
    }
    guard let answer else { return }
    answersSent += answer.wireSize(parameters: parameters)
    backward.append(UnderWay(arrivesAt: linkNanoseconds + latency.nanoseconds, message: answer))
  }

  /// Does what follows from the input just given, without any time passing.
  func settle() throws {
    takeEvents()
    if source.session != session {
      session = source.session
      forward.removeAll()
      backward.removeAll()
      lineIsFreeAt = linkNanoseconds
      target.connectionLost()
      refusal = nil
      try checkNewestInstance()
    }
    while forward.count(where: { $0.message.isData }) < parameters.chunksInFlight,
      let message = source.nextMessage(reading: disks)
    {
      send(message)
    }
    takeEvents()
    let merging = target.mergesInProgress
    mergesDue.removeAll { !merging.contains($0.merge) }
    while let merge = target.nextMerge {
      target.mergeBegan(merge)
      mergesDue.append((now + mergeDelay, merge))
    }
    checkLiveness()
  }

  private func send(_ message: SourceMessage) {
    let payload = message.payloadSize
    let checksums = message.checksumTraffic(parameters: parameters)
    let configuration = message.configurationTraffic(parameters: parameters)
    payloadSent += payload
    checksumsSent += checksums
    if message.isData { dataMessagesSent += 1 }
    let bytes = Int64((payload + checksums + configuration).bytes)
    let rate = Int64(bytesPerSecond)
    let started = max(lineIsFreeAt, linkNanoseconds)
    lineIsFreeAt = started + (bytes * 1_000_000_000 + rate - 1) / rate
    forward.append(UnderWay(arrivesAt: lineIsFreeAt + latency.nanoseconds, message: message))
  }

  private func takeEvents() {
    for event in source.takeEvents() {
      events.append((now, event))
      switch event {
      case .fullSyncStarted: hasSyncInFlight = true
      case .deltaStarted(let sequence):
        hasSyncInFlight = true
        snapshots[sequence] = (now, content)
      case .deltaCompleted, .syncAborted, .deltaNotStarted: hasSyncInFlight = false
      case .connectionLost: isConnectionLost = true
      case .connectionRestored: isConnectionLost = false
      case .fullSyncCompleted, .preparationExceededObjective, .configurationFailed: break
      }
    }
  }

  // MARK: - Checking

  /// A sync in flight on a sound path always has something under way, and what is called fine is.
  private func checkLiveness() {
    if hasSyncInFlight && isPathUp && forward.isEmpty && backward.isEmpty && !source.isStalled
      && !isPreparing
    {
      Issue.record("a sync is in flight at \(now) and nothing is under way")
    }
    if source.status == .ok && target.newestInstance == nil {
      Issue.record("the status at \(now) is OK and nothing can be recovered")
    }
  }

  /// What the disks held at the start of an instance that is still kept.
  func content(of instance: ReplicationTarget.Instance) throws -> [Content] {
    try #require(snapshots[instance.sequence], "instance \(instance.sequence) was never begun").content
  }

  /// Does something to the target, and expects that every instance still reads as it was.
  ///
  /// A message that was refused is offered again.
  @discardableResult
  func changeTarget<Result>(_ change: (inout ReplicationTarget) throws -> Result) throws -> Result {
    let result = try change(&target)
    refusal = nil
    try checkNewestInstance()
    try settle()
    return result
  }

  /// Expects that everything the target would recover reads as the disks did at the start of its instance.
  func checkNewestInstance() throws {
    guard let instance = target.newestInstance else {
      #expect(target.recoverableDisks == nil, "an instance is recoverable that does not exist")
      return
    }
    let newest = try #require(target.recoverableDisks)
    let instances = target.instances
    #expect(instances.last == instance)
    for instance in instances {
      let images = try #require(
        instance == instances.last ? newest : target.recoverableDisks(at: instance.pointInTime))
      let snapshot = try #require(
        snapshots[instance.sequence], "instance \(instance.sequence) was never begun")
      #expect(instance.pointInTime == snapshot.pointInTime)
      for (index, image) in images.enumerated() where !image.holds(snapshot.content[index]) {
        Issue.record("disk \(index) of instance \(instance.sequence) is not what it was, at \(now)")
      }
    }
  }

  /// Expects that the base disks, all merged, hold exactly what the source's disks hold now.
  func checkReplicaEqualsSource() {
    for index in disks.indices {
      let replica = ReplicaImage(base: bases[index], logs: [])
      if !replica.holds(content[index]) { Issue.record("disk \(index) of the replica differs at \(now)") }
      #expect(bases[index].digest == disks[index].digest)
    }
  }
}

extension ReplicaImage {
  /// Whether every word of every extent is the extent's tag in `content`, or zero.
  func holds(_ content: ReplicationPair.Content) -> Bool {
    let wordsPerExtent = geometry.payloadWidth / 8
    var expected = [UInt64](repeating: 0, count: geometry.extentCount * wordsPerExtent)
    for (extent, tag) in content {
      for word in 0..<wordsPerExtent { expected[extent * wordsPerExtent + word] = tag }
    }
    var found: [UInt8] = []
    read(0..<geometry.extentCount, appendingTo: &found)
    return expected.withUnsafeBytes { $0.elementsEqual(found) }
  }

  /// The first 8 bytes of an extent.
  func tag(of extent: Int) -> UInt64 {
    var payload: [UInt8] = []
    read(extent..<extent + 1, appendingTo: &payload)
    return payload.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
  }
}

extension SourceMessage {
  var isData: Bool {
    switch self {
    case .fullSyncData, .deltaData: true
    case .fullSyncBegan, .regionChecksums, .fullSyncEnded, .deltaEnded: false
    }
  }

  /// The content in the message.
  var batch: ExtentBatch? {
    switch self {
    case .fullSyncData(_, _, let batch), .deltaData(_, _, let batch): batch
    case .fullSyncBegan, .regionChecksums, .fullSyncEnded, .deltaEnded: nil
    }
  }
}

extension ReplicationParameters {
  /// Numbers that can be followed by hand: regions of 8 extents, two of them in a request, messages of
  /// up to 4 extents of 8 KiB.
  static var small: ReplicationParameters {
    var parameters = ReplicationParameters()
    parameters.checksumRegionExtents = 8
    parameters.compareRequestRegions = 2
    parameters.chunkSize = .kibibytes(32)
    // The link of a pair has no delays, and its driver lets no time pass for them.
    parameters.fullSyncRetryDelay = .zero
    return parameters
  }
}

/// A disk of `extentCount` extents of 8 KiB, the first of which hold an image with tag 7.
func disk(_ extentCount: Int, used: Int = 0, payloadWidth: Int = 8) -> ExtentStore {
  ExtentStore(
    geometry: ExtentGeometry(diskSize: .kibibytes(8 * UInt64(extentCount)), payloadWidth: payloadWidth),
    image: BaseImage(usedExtentCount: used, tag: 7))
}

/// `count` extents of 8 KiB in bytes.
func extents(_ count: UInt64) -> ByteCount { .kibibytes(8 * count) }

/// The instant so many seconds after the start.
func seconds(_ count: Int64) -> Instant { .zero + .seconds(count) }
