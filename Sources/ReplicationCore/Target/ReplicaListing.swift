import BlockStorage
package import Quantities

/// The files of a replica on its datastore, as a directory listing would show them.
///
/// | File                                             | What                                     |
/// |--------------------------------------------------|------------------------------------------|
/// | `<disk>.vmdk`, `<disk>-flat.vmdk`                | base disk: descriptor and content        |
/// | `hbrdisk.<RDID>.<number>.<n>.vmdk`, `…-delta.vmdk` | redo log: descriptor and content       |
/// | `hbrcfg.<GID>.<generation>.<vmx…>.<n>`           | configuration of one instance            |
/// | `hbrgrp.<GID>.txt`                               | descriptor of the group                  |
/// | `<folder>/hbrimagedisk.<RDID>.vmdk`, `…-delta.vmdk` | test image: descriptor and content    |
///
/// The instance of generation *g* has the configuration files 3 *g* − 2 to 3 *g*, and the log that brought it is
/// number *g*, as in the source. The last number of a log, without visible order in the product, is the index of
/// the disk here. Files of chains left behind when a disk grew carry the chain's index; that form is inferred.
///
/// - Source: Listings of a replica from its first full sync to the clean-up after a test (virtuallyhyper.com,
///   "Files created for a test failover with vSphere Replication", 2012).
package struct ReplicaListing: Sendable, Hashable {
  package struct File: Sendable, Hashable {
    /// Relative to the replica's folder.
    package let name: String
    /// The length, as a listing shows it.
    package let size: ByteCount
    /// What it takes on the datastore: less than the length for a thin disk.
    package let allocatedSize: ByteCount

    init(_ name: String, _ size: ByteCount, allocated: ByteCount? = nil) {
      self.name = name
      self.size = size
      allocatedSize = allocated ?? size
    }
  }

  /// What files are called after.
  package struct Names: Sendable, Hashable {
    /// The replica's folder, as `sql`.
    package let folder: String
    /// The name of the machine, as `sql`.
    package let machine: String
    /// With its prefix, as `GID-fdf5516b`.
    package let group: String
    /// With their prefix, as `RDID-aa0132e8`; one per disk.
    package let diskIDs: [String]
    /// The base disks without suffix, as `sql`; one per disk.
    package let disks: [String]
    /// The folder of the test image.
    package let testImageFolder: String
    package let objective: TimeSpan
    /// How the guest is brought to rest before a sync; 0 is not at all.
    package let quiescedType: Int

    package init(
      folder: String, machine: String, group: String, diskIDs: [String], disks: [String],
      testImageFolder: String, objective: TimeSpan, quiescedType: Int = 0
    ) {
      self.folder = folder
      self.machine = machine
      self.group = group
      self.diskIDs = diskIDs
      self.disks = disks
      self.testImageFolder = testImageFolder
      self.objective = objective
      self.quiescedType = quiescedType
    }

    func log(_ number: UInt64, ofDisk index: Int) -> String { "hbrdisk.\(diskIDs[index]).\(number).\(index)" }

    func preservedBase(_ chain: Int, ofDisk index: Int) -> String { "\(disks[index])-preserved-\(chain)" }

    func configuration(_ suffix: String, generation: UInt64, index: Int, of count: Int) -> String {
      let number = UInt64(count) * (generation - 1) + UInt64(index) + 1
      return "hbrcfg.\(group).\(generation).\(suffix).\(number)"
    }

    var groupDescriptor: String { "hbrgrp.\(group).txt" }
  }

  /// In order of their names within each kind.
  package let files: [File]
  /// The text of the group's descriptor; empty as long as there is none.
  package let groupDescriptor: String

  /// - Precondition: `names` has a name and an ID for each disk.
  package init(of target: ReplicationTarget, names: Names) {
    precondition(
      names.disks.count == target.disks.count && names.diskIDs.count == target.disks.count,
      "every disk has a name")
    guard target.lifecycle != .removed else {
      files = []
      groupDescriptor = ""
      return
    }
    // The descriptor appears with the first instance, or when one is awaited after the first full sync.
    groupDescriptor =
      target.hasTopLog && target.newestInstance != nil
      ? GroupDescriptor(target: target, names: names).text : ""
    var files = Self.configurationFiles(of: target, names: names)
    files += Self.logs(of: target, names: names)
    if !groupDescriptor.isEmpty {
      files.append(File(names.groupDescriptor, ByteCount(bytes: UInt64(groupDescriptor.utf8.count))))
    }
    files += Self.bases(of: target, names: names)
    files += Self.testImage(of: target, names: names)
    self.files = files
  }

  /// The file of that name.
  package subscript(name: String) -> File? { files.first { $0.name == name } }

  private static func configurationFiles(of target: ReplicationTarget, names: Names) -> [File] {
    let kinds = target.parameters.configurationFiles
    return target.recordsWithFiles.flatMap { record in
      kinds.enumerated().map { index, kind in
        File(
          names.configuration(
            kind.suffix, generation: record.generation, index: index, of: kinds.count), kind.size)
      }
    }
  }

  private static func logs(of target: ReplicationTarget, names: Names) -> [File] {
    let parameters = target.parameters
    func log(_ number: UInt64, disk index: Int, size: ByteCount) -> [File] {
      let name = names.log(number, ofDisk: index)
      return [File("\(name)-delta.vmdk", size), File("\(name).vmdk", parameters.redoLogDescriptorSize)]
    }
    let levels = target.preserved.flatMap(\.levels) + target.levels
    var files = levels.flatMap { level in
      level.logs.enumerated().flatMap { index, content in
        log(level.number, disk: index, size: parameters.redoLogSize(content: content.nominalBytes))
      }
    }
    if target.hasTopLog {
      for index in target.disks.indices {
        files += log(target.lastGeneration + 1, disk: index, size: target.topLogSize(ofDisk: index))
      }
    }
    return files
  }

  private static func bases(of target: ReplicationTarget, names: Names) -> [File] {
    let descriptorSize = target.parameters.baseDescriptorSize
    var files: [File] = []
    for (number, chain) in target.preserved.enumerated() {
      for (index, base) in chain.bases.enumerated() {
        let name = names.preservedBase(number, ofDisk: index)
        files.append(
          File("\(name)-flat.vmdk", base.geometry.diskSize, allocated: chain.baseSize(ofDisk: index)))
        files.append(File("\(name).vmdk", descriptorSize))
      }
    }
    for index in target.disks.indices {
      let size = target.disks[index].base.geometry.diskSize
      files.append(
        File("\(names.disks[index])-flat.vmdk", size, allocated: target.baseSize(ofDisk: index)))
      files.append(File("\(names.disks[index]).vmdk", descriptorSize))
    }
    return files
  }

  private static func testImage(of target: ReplicationTarget, names: Names) -> [File] {
    guard let images = target.testImageDisks else { return [] }
    let parameters = target.parameters
    return images.enumerated().flatMap { index, image in
      let name = "\(names.testImageFolder)/hbrimagedisk.\(names.diskIDs[index])"
      return [
        File("\(name)-delta.vmdk", parameters.redoLogSize(content: image.writtenSize)),
        File("\(name).vmdk", parameters.testImageDescriptorSize),
      ]
    }
  }
}
