import Inventory
import RandomStreams
import RecoveryCore
import Testing

@Suite struct DatastoreGroupingTests {
  private func ds(_ index: Int) -> DatastoreID { DatastoreID(index) }

  private func device(
    _ datastores: Int..., group: String? = nil, raw: [String] = []
  ) -> StorageDevice {
    StorageDevice(
      name: "lun", peerName: "peer", consistencyGroup: group, datastores: datastores.map { ds($0) },
      rawDisks: raw)
  }

  private func storage(_ vm: Int, home: Int, _ disks: VMStorage.Disk...) -> VMStorage {
    VMStorage(vm: VirtualMachineID(vm), home: ds(home), disks: disks)
  }

  private func groups(_ devices: [StorageDevice], _ vms: [VMStorage] = []) -> [[Int]] {
    DatastoreGrouping(devices: devices, vms: vms).groups.map { $0.map(\.index) }
  }

  @Test func `Datastores of different devices stand alone`() {
    #expect(groups([device(0), device(2), device(1)]) == [[0], [1], [2]])
  }

  @Test func `A device and a consistency group hold their datastores together`() {
    #expect(groups([device(0, 3), device(1, group: "cg"), device(2, group: "cg")]) == [[0, 3], [1, 2]])
  }

  @Test func `A machine on two datastores holds them together`() {
    let devices = [device(0), device(1), device(2)]
    #expect(groups(devices, [storage(0, home: 0, .file(ds(2)))]) == [[0, 2], [1]])
    // Datastore 7 is not replicated and binds nothing.
    let vms = [storage(0, home: 0, .file(ds(7))), storage(1, home: 2, .file(ds(7)), .other)]
    #expect(groups(devices, vms) == [[0], [1], [2]])
  }

  @Test func `Machines that share a raw disk hold their datastores together`() {
    let devices = [device(0), device(1), device(2)]
    let vms = [storage(0, home: 0, .raw("quorum")), storage(1, home: 2, .raw("quorum"))]
    #expect(groups(devices, vms) == [[0, 2], [1]])
    #expect(
      groups(devices, [storage(0, home: 0, .raw("a")), storage(1, home: 2, .raw("b"))]) == [[0], [1], [2]])
  }

  @Test func `A raw disk in a consistency group ties its machine's datastores to that group`() {
    let devices = [device(0), device(1, group: "cg"), device(group: "cg", raw: ["data"])]
    #expect(groups(devices, [storage(0, home: 0, .raw("data"))]) == [[0, 1]])
  }

  @Test func `Reasons chain`() {
    let devices = [device(0), device(1, group: "cg"), device(2, group: "cg"), device(3), device(4)]
    let vms = [
      storage(0, home: 0, .file(ds(1))), storage(1, home: 2, .raw("q")), storage(2, home: 4, .raw("q")),
    ]
    #expect(groups(devices, vms) == [[0, 1, 2, 4], [3]])
  }

  /// Random storage against the transitive closure of the rule, pair by pair.
  @Test(arguments: 0..<300 as Range<UInt64>)
  func `Groups agree with the closure of the rule`(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "datastore-grouping")
    let count = 1 + Int(random.next(below: 12))
    var devices: [StorageDevice] = []
    var datastore = 0
    while datastore < count {
      let size = min(count - datastore, 1 + (random.next(below: 4) == 0 ? 1 : 0))
      // Some datastores are not replicated.
      if random.next(below: 5) > 0 {
        devices.append(
          StorageDevice(
            name: "d\(datastore)", peerName: "p",
            consistencyGroup: random.next(below: 3) == 0 ? "cg\(random.next(below: 3))" : nil,
            datastores: (datastore..<(datastore + size)).map { ds($0) }))
      }
      datastore += size
    }
    if random.next(below: 2) == 0 {
      devices.append(
        StorageDevice(name: "raw", peerName: "p", consistencyGroup: "cg0", rawDisks: ["r0"]))
    }
    let vms = (0..<Int(random.next(below: 6))).map { index in
      VMStorage(
        vm: VirtualMachineID(index), home: ds(Int(random.next(below: UInt64(count)))),
        disks: (0..<Int(random.next(below: 3))).map { _ in
          random.next(below: 3) == 0
            ? .raw("r\(random.next(below: 2))") : .file(ds(Int(random.next(below: UInt64(count)))))
        })
    }

    let grouping = DatastoreGrouping(devices: devices, vms: vms)

    var isReplicated = Array(repeating: false, count: count)
    var reaches = Array(repeating: Array(repeating: false, count: count), count: count)
    func tie(_ one: [Int], _ other: [Int]) {
      for left in one { for right in other { (reaches[left][right], reaches[right][left]) = (true, true) } }
    }
    for device in devices {
      let own = device.datastores.map(\.index)
      for datastore in own { isReplicated[datastore] = true }
      tie(own, own)
      for other in devices
      where other.consistencyGroup != nil && other.consistencyGroup == device.consistencyGroup {
        tie(own, other.datastores.map(\.index))
      }
    }
    for vm in vms {
      tie(
        vm.datastores.map(\.index).filter { isReplicated[$0] },
        vm.datastores.map(\.index).filter { isReplicated[$0] })
    }
    for vm in vms {
      let own = vm.datastores.map(\.index).filter { isReplicated[$0] }
      for other in vms where vm.rawDisks.contains(where: other.rawDisks.contains) {
        tie(own, other.datastores.map(\.index).filter { isReplicated[$0] })
      }
      for device in devices where device.rawDisks.contains(where: vm.rawDisks.contains) {
        for other in devices where other.consistencyGroup == device.consistencyGroup {
          tie(own, other.datastores.map(\.index))
        }
      }
    }
    for middle in 0..<count {
      for left in 0..<count where reaches[left][middle] {
        for right in 0..<count where reaches[middle][right] { reaches[left][right] = true }
      }
    }
    for left in 0..<count {
      #expect(grouping.isReplicated(ds(left)) == isReplicated[left])
      for right in 0..<count where isReplicated[left] && isReplicated[right] && left != right {
        #expect(
          (grouping.group(of: ds(left)) == grouping.group(of: ds(right))) == reaches[left][right],
          "\(left) and \(right)")
      }
    }
    let flat = grouping.groups.flatMap { $0 }.map(\.index)
    #expect(flat.sorted() == (0..<count).filter { isReplicated[$0] })
    #expect(grouping.groups.map { $0[0].index } == grouping.groups.map { $0[0].index }.sorted())
    #expect(grouping.groups.allSatisfy { $0 == $0.sorted() })
  }
}
