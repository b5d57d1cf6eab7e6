import Inventory
package import Quantities

extension VSANCluster {
  /// What was written to an object since some of its components went out of reach.
  struct ChangeLog: Sendable {
    let number: UInt64
    private var extents = ExtentSet()
    private var extentSize = ByteCount.zero

    init(number: UInt64) { self.number = number }

    /// Of the distinct extents.
    var size: ByteCount { extentSize * UInt64(extents.count) }

    mutating func insert(_ runs: [Range<Int>], of extentSize: ByteCount) {
      if self.extentSize != extentSize {
        if extents.count > 0 {
          let doublings = extentSize.bytes.trailingZeroBitCount - self.extentSize.bytes.trailingZeroBitCount
          precondition(doublings > 0, "the extents of a disk only become larger")
          extents = extents.coarsened(by: doublings)
        }
        self.extentSize = extentSize
      }
      for run in runs { extents.insert(run) }
    }
  }

  /// Whether components of the object are out of reach or catch up, so that ``written(_:of:to:)`` must be told.
  package func tracksChanges(of object: ObjectID) -> Bool { !self[object].changes.isEmpty }

  /// Whether it matters what is written to the object: for components that miss it, or for damage that it ends.
  package func isToldOfWrites(_ object: ObjectID) -> Bool {
    tracksChanges(of: object) || !self[object].damages.isEmpty
  }

  /// Extents of the object were overwritten: components that are not up to date miss them, each once.
  ///
  /// - Parameter extentSize: A power of two; a disk that grows may come to have larger extents.
  package mutating func written(_ runs: [Range<Int>], of extentSize: ByteCount, to object: ObjectID) {
    for index in self[object].changes.indices {
      self[object].changes[index].insert(runs, of: extentSize)
    }
  }

  /// What a component lacks: its share of the extents written since it was last up to date, and at least what its share
  /// has grown by.
  func missed(by index: Int, of object: ObjectID) -> ByteCount {
    let component = self[object].components[index]
    guard let log = self[object].changes.first(where: { $0.number == component.changeLog }) else {
      return component.growth
    }
    let space = self[object].policy.space(of: log.size, hosts: faultDomainCount)
    return max(component.growth, self[object].layout.share(of: index, in: space))
  }

  /// From now on what is written to the object is kept for a component, unless it is already.
  mutating func beginChanges(of index: Int, of object: ObjectID) {
    guard self[object].components[index].changeLog == nil else { return }
    if self[object].changes.last.map({ $0.size > .zero }) ?? true {
      lastChangeLog += 1
      self[object].changes.append(ChangeLog(number: lastChangeLog))
    }
    self[object].components[index].changeLog = self[object].changes.last?.number
  }

  /// A component is up to date, or its content is gone: it misses nothing any more.
  mutating func endChanges(of index: Int, of object: ObjectID) {
    self[object].components[index].growth = .zero
    guard let number = self[object].components[index].changeLog else { return }
    self[object].components[index].changeLog = nil
    guard !self[object].components.contains(where: { $0.changeLog == number }) else { return }
    self[object].changes.removeAll { $0.number == number }
  }
}
