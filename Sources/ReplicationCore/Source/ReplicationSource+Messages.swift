import BlockStorage
package import Quantities

extension ReplicationSource {
  /// The next message for the target, or `nil` if there is nothing to send at the moment.
  ///
  /// Content is read from the disks now. A compare request costs its reads on both sides before it
  /// can be answered; the driver models that (``compareReads(of:reading:)``). Whenever it is `nil` during a sync on a
  /// sound connection, something sent earlier is still to be answered, or a guest is being quiesced, the demand log is
  /// failing or the machine is moving.
  package mutating func nextMessage(reading disks: [some ReplicatedDisk]) -> SourceMessage? {
    guard connection.isConnected, !isStalled else { return nil }
    switch phase {
    case .idle, .preparing: return nil
    case .fullSync(var sync):
      phase = .idle  // keeps `sync` the only owner of its arrays while it changes
      let message = nextMessage(of: &sync, reading: disks)
      if let message { charge(message, to: &sync.account) }
      phase = .fullSync(sync)
      return message
    case .delta(var delta):
      let message = nextMessage(of: &delta, reading: disks)
      if let message { charge(message, to: &delta.account) }
      phase = .delta(delta)
      return message
    }
  }

  /// Payload after compression, checksums and configuration files; frames and headers are the network model's business.
  package func wireSize(of message: SourceMessage) -> ByteCount {
    let payload =
      options.compressedShares.map {
        message.compressedSize(shares: $0, incompressibleTagBit: options.incompressibleTagBit)
      } ?? message.payloadSize
    return payload + message.checksumTraffic(parameters: parameters)
      + message.configurationTraffic(parameters: parameters)
  }

  private func charge(_ message: SourceMessage, to account: inout SyncAccount) {
    account.payloadSize += message.payloadSize
    account.configurationSize += message.configurationTraffic(parameters: parameters)
    account.wireSize += wireSize(of: message)
    if case .regionChecksums(let request) = message {
      account.comparedSize += trackers[request.disk].geometry.extentSize * UInt64(request.extents.count)
    }
  }

  private func nextMessage(of sync: inout FullSync, reading disks: [some ReplicatedDisk]) -> SourceMessage? {
    let sequence = sync.account.sequence
    guard sync.isAnnounced else {
      sync.isAnnounced = true
      return .fullSyncBegan(sequence: sequence, keySeed: sync.scan.key.seed)
    }
    if let message = sync.scan.nextMessage(sequence: sequence, trackers: trackers, reading: disks) {
      return message
    }
    guard sync.scan.isDone, !sync.isEndSent else { return nil }
    sync.isEndSent = true
    return .fullSyncEnded(sequence: sequence)
  }

  /// The disks take turns, one chunk of each, until all were read.
  private mutating func nextMessage(
    of delta: inout Delta, reading disks: [some ReplicatedDisk]
  ) -> SourceMessage? {
    for _ in trackers.indices {
      let disk = delta.turn
      delta.turn = disk + 1 < trackers.count ? disk + 1 : 0
      let limit = parameters.chunkExtents(of: trackers[disk].geometry)
      if let batch = trackers[disk].readInstance(limit: limit, from: disks[disk]) {
        return .deltaData(sequence: delta.summary.sequence, disk: disk, batch: batch)
      }
    }
    guard !delta.isEndSent else { return nil }
    delta.isEndSent = true
    return .deltaEnded(delta.summary)
  }

  /// Takes an answer of the target that belongs to the current session.
  ///
  /// - Precondition: Every guest write before `now` was told and is on the disks: the answer to the end of a
  ///   full sync begins an instance.
  package mutating func receive(
    _ message: TargetMessage, at now: Instant, reading disks: [some ReplicatedDisk]
  ) {
    switch (phase, message) {
    case (.fullSync(var sync), .fullSyncReady(let sequence, let allocated))
    where sequence == sync.account.sequence:
      sync.scan.targetReady(allocated: allocated)
      phase = .fullSync(sync)
    case (.fullSync(var sync), .regionsCompared(let comparison)):
      phase = .idle  // keeps `sync` the only owner of its arrays while it changes
      sync.scan.received(comparison, reading: disks)
      phase = .fullSync(sync)
    case (.fullSync(let sync), .fullSyncAccepted(let sequence)) where sequence == sync.account.sequence:
      events.append(.fullSyncCompleted(sync.account))
      for index in needsFullSync.indices { needsFullSync[index] = false }
      // The target keeps what it has; from here on deltas alone lead to a consistent instance.
      schedule.imageTaken(at: now)
      prepareDelta(at: now, reading: disks)
    case (.delta(let delta), .instanceCompleted(let sequence)) where sequence == delta.summary.sequence:
      let account = completed(delta.account)
      for index in trackers.indices { trackers[index].endInstance() }
      phase = .idle
      hasReplica = true
      demandLogFailsAt = nil
      demandLogFailures = 0
      schedule.syncCompleted(at: now)
      unlock()
      events.append(.deltaCompleted(account))
    default:
      preconditionFailure("the target answers only what the source asked in this session")
    }
  }
}
