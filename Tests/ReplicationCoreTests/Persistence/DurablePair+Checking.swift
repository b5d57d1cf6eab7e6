import BlockStorage
import Quantities

@testable import ReplicationCore

/// What a replica may be when it is opened.
struct PossibleReplicas {
  var instances: [[ReplicationTarget.Instance]]
  /// Whether there may be none: it is being created or removed.
  var mayBeMissing: Bool
}

extension DurablePair {
  /// What opening the files may find now.
  var possibleReplicas: PossibleReplicas {
    PossibleReplicas(
      instances: [instancesBefore, target?.target.instances ?? []], mayBeMissing: target == nil || isRemoving)
  }

  /// Says what is wrong with a replica that was opened, `nil` if nothing is.
  ///
  /// - Parameters:
  ///   - target: What was found, `nil` for no replica.
  ///   - folder: What it was opened from; `nil` if it was not opened, but went on.
  ///   - possible: What may be found; `nil` if it was not opened.
  func mistake(of target: Target?, in folder: CrashableFolder?, possible: PossibleReplicas?) -> String? {
    guard let replica = target?.target else {
      return possible?.mayBeMissing == false ? "the replica is gone" : nil
    }
    let found = replica.instances
    if let possible, !possible.instances.contains(found) {
      return "recoverable: \(found.map(\.sequence)), not \(possible.instances.map { $0.map(\.sequence) })"
    }
    for instance in found {
      guard let snapshot = snapshots[instance.sequence], instance.pointInTime == snapshot.pointInTime else {
        return "instance \(instance.sequence) never began"
      }
      let images =
        instance == replica.newestInstance
        ? replica.recoverableDisks : replica.recoverableDisks(at: instance.pointInTime)
      for (index, image) in (images ?? []).enumerated() where !image.holds(snapshot.content[index]) {
        return "disk \(index) of instance \(instance.sequence) is not what it was"
      }
    }
    guard let folder else { return nil }
    return mistakeOfAcceptedContent(replica) ?? mistakeOfNames(in: folder, replica)
  }

  /// What the source takes for clean must be at the target, in an instance or below the next one.
  private func mistakeOfAcceptedContent(_ replica: ReplicationTarget) -> String? {
    if mustCompare || isRemoving || target == nil { return nil }
    for (index, tracker) in source.saved.trackers.enumerated() {
      let logs = replica.levels.map { $0.logs[index] } + [replica.disks[index].fullSync].compactMap { $0 }
      let image = ReplicaImage(base: replica.disks[index].base, logs: logs)
      var payloads: [UInt8] = []
      image.read(0..<image.geometry.extentCount, appendingTo: &payloads)
      let width = image.geometry.payloadWidth
      for extent in 0..<image.geometry.extentCount
      where !tracker.dirty.contains(extent: extent) && !tracker.instance.contains(extent: extent) {
        let tag = payloads.withUnsafeBytes {
          $0.loadUnaligned(fromByteOffset: extent * width, as: UInt64.self)
        }
        if tag != content[index][extent] ?? 0 {
          return "extent \(extent) of disk \(index) was accepted and is lost"
        }
      }
    }
    return nil
  }

  /// The folder holds base disks, descriptor and logs of complete instances, and nothing else.
  private func mistakeOfNames(in folder: CrashableFolder, _ replica: ReplicationTarget) -> String? {
    let others = folder.names.filter { !$0.hasPrefix("hbrdisk.") }
    let expected = disks.indices.map { "\(names.disks[$0])-flat.vmdk" } + ["hbrgrp.\(names.group).txt"]
    if others != expected.sorted() { return "the folder holds \(folder.names)" }
    if replica.instances.isEmpty, folder.names.count != others.count { return "logs without an instance" }
    return nil
  }
}
