package import Inventory

/// A virtual machine as far as its storage is concerned.
package struct VMStorage: Sendable, Hashable {
  /// What backs a disk of a machine.
  package enum Disk: Sendable, Hashable {
    case file(DatastoreID)
    /// A raw disk, by name.
    case raw(String)
    /// Something on a host or a client.
    case other
  }

  package let vm: VirtualMachineID
  /// Where its configuration is.
  package let home: DatastoreID
  /// In the order of the machine's disks.
  package let disks: [Disk]

  package init(vm: VirtualMachineID, home: DatastoreID, disks: [Disk]) {
    self.vm = vm
    self.home = home
    self.disks = disks
  }

  /// Its datastores in ascending order, each once.
  package var datastores: [DatastoreID] {
    var all = [home]
    for case .file(let datastore) in disks { all.append(datastore) }
    var sorted: [DatastoreID] = []
    for datastore in all.sorted() where sorted.last != datastore { sorted.append(datastore) }
    return sorted
  }

  package var rawDisks: [String] {
    disks.compactMap { if case .raw(let name) = $0 { name } else { nil } }
  }
}

/// The smallest sets of datastores that must fail over together.
///
/// Two replicated datastores are in one group if they share a device or a consistency group, if one machine uses both, if
/// machines that use them share a raw disk, or if a chain of such reasons leads from one to the other.
///
/// - Source: Site Recovery Manager REST API 2.0, datastore groups, and VMware, "Site Recovery Manager Administration".
package struct DatastoreGrouping: Sendable, Hashable {
  /// The groups by their smallest datastore, each in ascending order.
  package let groups: [[DatastoreID]]
  /// By datastore index, the position of its group; `nil` for one that is not replicated.
  private let groupOfDatastore: [Int?]

  /// - Complexity: O((devices + disks) · log datastores).
  package init(devices: [StorageDevice], vms: [VMStorage]) {
    var count = 0
    for device in devices { for datastore in device.datastores { count = max(count, datastore.index + 1) } }
    var isReplicated = Array(repeating: false, count: count)
    var union = UnionFind(count: count)
    var ofConsistencyGroup: [String: Int] = [:]
    var ofRawDisk: [String: Int] = [:]

    /// Joins a datastore with the one that stood first for `key`.
    func join(_ key: String, in table: inout [String: Int], _ element: Int) {
      if let first = table[key] { union.join(first, element) } else { table[key] = element }
    }
    for device in devices {
      for datastore in device.datastores {
        isReplicated[datastore.index] = true
        union.join(device.datastores[0].index, datastore.index)
        if let group = device.consistencyGroup { join(group, in: &ofConsistencyGroup, datastore.index) }
      }
    }
    // A raw disk is a device too: it ties its machines to the consistency group it is in.
    var consistencyGroupOfRawDisk: [String: String] = [:]
    for device in devices {
      guard let group = device.consistencyGroup else { continue }
      for disk in device.rawDisks { consistencyGroupOfRawDisk[disk] = group }
    }
    for vm in vms {
      let datastores = vm.datastores.map(\.index).filter { $0 < count && isReplicated[$0] }
      guard let first = datastores.first else { continue }
      for datastore in datastores.dropFirst() { union.join(first, datastore) }
      for disk in vm.rawDisks {
        join(disk, in: &ofRawDisk, first)
        if let group = consistencyGroupOfRawDisk[disk] { join(group, in: &ofConsistencyGroup, first) }
      }
    }

    var groups: [[DatastoreID]] = []
    var groupOfRoot: [Int?] = Array(repeating: nil, count: count)
    var groupOfDatastore: [Int?] = Array(repeating: nil, count: count)
    for datastore in 0..<count where isReplicated[datastore] {
      let root = union.root(of: datastore)
      let group = groupOfRoot[root] ?? groups.count
      if group == groups.count {
        groups.append([])
        groupOfRoot[root] = group
      }
      groups[group].append(DatastoreID(datastore))
      groupOfDatastore[datastore] = group
    }
    self.groups = groups
    self.groupOfDatastore = groupOfDatastore
  }

  /// The position of a datastore's group, or `nil` if it is not replicated.
  package func group(of datastore: DatastoreID) -> Int? {
    groupOfDatastore.indices.contains(datastore.index) ? groupOfDatastore[datastore.index] : nil
  }

  package func isReplicated(_ datastore: DatastoreID) -> Bool { group(of: datastore) != nil }
}

/// Sets of numbers that grow together.
struct UnionFind {
  private var parents: [Int]
  private var sizes: [Int]

  init(count: Int) {
    parents = Array(0..<count)
    sizes = Array(repeating: 1, count: count)
  }

  func root(of element: Int) -> Int {
    var element = element
    while parents[element] != element { element = parents[element] }
    return element
  }

  /// The smaller set is hung below the larger, so that no chain is longer than log₂ of the count.
  mutating func join(_ one: Int, _ other: Int) {
    let (one, other) = (root(of: one), root(of: other))
    guard one != other else { return }
    let (large, small) = sizes[one] >= sizes[other] ? (one, other) : (other, one)
    parents[small] = large
    sizes[large] += sizes[small]
  }
}
