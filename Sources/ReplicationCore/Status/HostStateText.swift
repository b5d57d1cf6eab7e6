import Quantities

/// What a host's command line says about the replication of one machine.
///
/// Two commands are imitated. `vim-cmd hbrsvc/vmreplica.getState` (``stateText``):
///
///     Replication state of the virtual machine:
///     Group: GID-1 (generation=7)
///     Group State: lwd delta (instanceId=replica-0) (68% done: transferred 100.1 MB of 146.3 MB)
///     DiskID RDID-2 State: lwd delta (transferred 100.1 MB of 146.3 MB)
///
/// and `vim-cmd hbrsvc/vmreplica.queryReplicationState` (``queryText``):
///
///     State: syncing
///     Progress: 18% (checksum: 3224371200/17179869184; transfer: 0/0)
///
/// The figures of the machine and of its disks may come from different moments, as they do in the product.
///
/// - Source: virtuallyhyper.com, 2012, for order and figures; the words around them are this project's. What is
///   printed while nothing is sent was not found: the host's state takes the place of the sync.
package struct HostStateText: Sendable, Hashable {
  /// One replicated disk.
  package struct Disk: Sendable, Hashable {
    /// Its replication identifier, as `RDID-…`.
    package let identifier: String
    package let progress: SyncProgress?

    package init(identifier: String, progress: SyncProgress?) {
      self.identifier = identifier
      self.progress = progress
    }
  }

  /// The replication identifier of the machine, as `GID-…`.
  package let group: String
  /// Changes with every configuration and every state that was saved.
  package let generation: UInt64
  package let state: HostReplicationState
  /// The label of the instance being sent, as `replica-0`; only a delta has one.
  package let instance: String?
  package let progress: SyncProgress?
  package let disks: [Disk]

  package init(
    group: String, generation: UInt64, state: HostReplicationState, instance: String? = nil,
    progress: SyncProgress? = nil, disks: [Disk]
  ) {
    self.group = group
    self.generation = generation
    self.state = state
    self.instance = instance
    self.progress = progress
    self.disks = disks
  }

  /// The lines for people: sizes are rounded.
  package var stateText: String {
    var groupState = phase(progress)
    if let progress {
      if let instance, progress.isDelta { groupState += " (instanceId=\(instance))" }
      groupState += " (\(progress.percent)% done: \(figures(progress)))"
    }
    let diskLines = disks.map { disk in
      "DiskID \(disk.identifier) State: \(phase(disk.progress))"
        + (disk.progress.map { " (\(figures($0)))" } ?? "")
    }
    let lines =
      [
        "Replication state of the virtual machine:",
        "Group: \(group) (generation=\(generation))",
        "Group State: \(groupState)",
      ] + diskLines
    return lines.map { $0 + "\n" }.joined()
  }

  /// The lines for programs: sizes in bytes.
  package var queryText: String {
    guard let progress else { return "State: \(state.rawValue)\n" }
    let checksum = "checksum: \(progress.checksummed.bytes)/\(progress.total.bytes)"
    let transfer = "transfer: \(progress.transferred.bytes)/\(progress.toTransfer.bytes)"
    let figures = progress.isDelta ? transfer : "\(checksum); \(transfer)"
    return "State: \(state.rawValue)\nProgress: \(progress.percent)% (\(figures))\n"
  }

  private func phase(_ progress: SyncProgress?) -> String {
    switch progress?.isDelta {
    case false?: "full sync"
    case true?: "lwd delta"
    case nil: state.rawValue
    }
  }

  private func figures(_ progress: SyncProgress) -> String {
    let sent = "transferred \(Self.text(progress.transferred)) of \(Self.text(progress.toTransfer))"
    if progress.isDelta { return sent }
    return "checksummed \(Self.text(progress.checksummed)) of \(Self.text(progress.total)), " + sent
  }

  /// A size as the command prints it: `16 GB` if it is that exactly, `2.6 GB` if not, to the nearest tenth.
  ///
  /// Units are powers of 1024.
  ///
  /// - Source: Inferred from the published samples: 10 GB, 688 KB, 2.0 GB, 240.5 MB, 0 bytes. The 2.0 GB stood
  ///   beside 17 % of 11 GB, so it was less, and rounded up.
  static func text(_ size: ByteCount) -> String {
    for (symbol, shift) in [("TB", 40), ("GB", 30), ("MB", 20), ("KB", 10)] as [(String, UInt64)]
    where size.bytes >> shift > 0 {
      let unit = UInt64(1) << shift
      let (whole, rest) = size.bytes.quotientAndRemainder(dividingBy: unit)
      guard rest > 0 else { return "\(whole) \(symbol)" }
      let tenths = whole * 10 + (rest * 10 + unit / 2) / unit
      return "\(tenths / 10).\(tenths % 10) \(symbol)"
    }
    return "\(size.bytes) bytes"
  }
}

extension SyncProgress {
  /// Whether it is that of a delta, which compares nothing; a full sync compares at least one disk.
  fileprivate var isDelta: Bool { total == .zero }
}
