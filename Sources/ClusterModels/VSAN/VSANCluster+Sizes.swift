import Inventory
package import Quantities

extension VSANCluster {
  /// The object may hold more than before: its parts are cut into more pieces where one would be larger than a component.
  ///
  /// The pieces of a part share its content evenly, as if they had been cut so from the beginning; a new one of a part that is up
  /// to date is too. Copies of the object that are under way are given up and planned anew.
  ///
  /// - Source: That a component which has become too large is cut is VMware's description of it; that cutting copies nothing
  ///   is *inferred*, since pieces can be cut on the device where they are.
  package mutating func setSize(_ size: ByteCount, of object: ObjectID, at now: Instant) {
    let old = self[object].layout
    let layout = VSANLayout(self[object].policy, size: size, faultDomains: faultDomainCount)
    guard layout.piecesPerPart > old.piecesPerPart else { return }
    for index in self[object].components.indices { cancelResync(ofComponent: index, of: object) }
    let previous = self[object].components
    var components: [Component] = []
    for part in 0..<layout.partCount {
      let pieces = previous[part * old.piecesPerPart..<(part + 1) * old.piecesPerPart]
      let added = Component(state: .degraded, device: nil, size: .zero)
      components += pieces
      components += Array(repeating: added, count: layout.piecesPerPart - old.piecesPerPart)
    }
    components += previous[(old.partCount * old.piecesPerPart)...]
    let upToDate = activeParts(of: object)
    self[object].components = components
    self[object].layout = layout
    cut(object, upToDate: upToDate)
    placementVersion += 1
    plan(at: now)
  }

  /// Gives the pieces of an object their shares: those that exist first, since the new ones take what these give.
  private mutating func cut(_ object: ObjectID, upToDate: [Int]) {
    let layout = self[object].layout
    let space = self.space(of: self[object])
    for index in self[object].components.indices where self[object].components[index].state == .active {
      resize(index, of: object, to: layout.share(of: index, in: space))
    }
    for index in self[object].components.indices where self[object].components[index].device == nil {
      let part = layout.part(of: index)
      guard upToDate.contains(part) else { continue }
      let share = layout.share(of: index, in: space)
      guard let device = chooseDevice(for: index, of: object, size: share) else { continue }
      settle(index, of: object, on: device, size: share)
      self[object].components[index].state = .active
    }
  }
}
