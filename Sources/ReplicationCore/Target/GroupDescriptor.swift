import Quantities

/// The text file that tells what of a replication group can be recovered, one `key = "value"` a line.
///
/// Instants are whole seconds of the run, rounded down. The latest log of each disk, which is still being
/// filled, is listed with `isComplete = "0"`.
///
/// - Source: A published descriptor (virtuallyhyper.com, 2012) for the keys. Left out are those about
///   disk geometry, datastore and tools.
struct GroupDescriptor {
  let target: ReplicationTarget
  let names: ReplicaListing.Names

  var text: String {
    var lines = [
      "# Recovery descriptor of a replication group",
      line("group.id", names.group),
      line("group.rpo", names.objective.nanoseconds / TimeSpan.minutes(1).nanoseconds),
      line("group.paused", target.isPaused ? 1 : 0),
      line("group.instanceSeq", target.newestInstance?.sequence ?? 0),
    ]
    let records = target.instanceRecords
    lines.append(line("group.instances", records.count))
    for (index, record) in records.enumerated() { lines += instanceLines(record, index) }
    lines.append(line("disk.count", target.disks.count))
    for index in target.disks.indices { lines += diskLines(index) }
    return lines.joined(separator: "\n") + "\n"
  }

  private func instanceLines(_ record: ReplicationTarget.InstanceRecord, _ index: Int) -> [String] {
    let files = target.parameters.configurationFiles
    let transferSize = record.transferSizes.reduce(target.parameters.configurationTransferSize, +)
    let key = "instance.\(index)"
    var lines = [
      line("\(key).label", record.label),
      line("\(key).start", seconds(record.instance.pointInTime)),
      line("\(key).complete", seconds(record.completedAt)),
      line("\(key).transferBytes", transferSize.bytes),
      line("\(key).diskCount", target.disks.indices.count { target.hasDisk($0, in: record.instance) }),
      line("\(key).fileCount", files.count),
    ]
    for (number, file) in files.enumerated() {
      let name = names.configuration(
        file.suffix, generation: record.generation, index: number, of: files.count)
      lines.append(line("\(key).file.\(number).id", "\(names.machine).\(file.suffix)"))
      lines.append(line("\(key).file.\(number).path.relpath", "\(names.folder)/\(name)"))
    }
    return lines
  }

  private func diskLines(_ index: Int) -> [String] {
    var lines = [line("disk.\(index).id", names.diskIDs[index])]
    let recoverable = target.recoverablePositions
    for position in 0...target.levels.count {
      let key = "disk.\(index).instance.\(position)"
      let name =
        position == 0
        ? names.disks[index] : names.log(target.levels[position - 1].number, ofDisk: index)
      lines.append(line("\(key).path.relpath", "\(names.folder)/\(name).vmdk"))
      guard let record = target.record(at: position) else { continue }
      if recoverable.contains(position) { lines.append(line("\(key).groupInstance", record.label)) }
      // A disk that was added later took no part in the transfer.
      if record.transferSizes.indices.contains(index) {
        lines.append(line("\(key).transferBytes", record.transferSizes[index].bytes))
        lines.append(
          line(
            "\(key).transferSeconds",
            record.transferTimes[index].nanoseconds / TimeSpan.seconds(1).nanoseconds))
      }
      lines.append(line("\(key).quiescedType", names.quiescedType))
      lines.append(line("\(key).isComplete", 1))
    }
    let key = "disk.\(index).instance.\(target.levels.count + 1)"
    let name = names.log(target.lastGeneration + 1, ofDisk: index)
    lines.append(line("\(key).path.relpath", "\(names.folder)/\(name).vmdk"))
    lines.append(line("\(key).isComplete", 0))
    return lines
  }

  private func seconds(_ instant: Instant) -> Int64 {
    let second = TimeSpan.seconds(1).nanoseconds
    let (quotient, remainder) = instant.nanoseconds.quotientAndRemainder(dividingBy: second)
    return remainder < 0 ? quotient - 1 : quotient
  }

  private func line(_ key: String, _ value: some CustomStringConvertible) -> String {
    "\(key) = \"\(value)\""
  }
}
