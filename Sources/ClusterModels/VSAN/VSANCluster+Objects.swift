package import Inventory
package import Quantities

extension VSANCluster {
  /// Creates an object and places its components.
  ///
  /// What finds no place is left out and completed as soon as there is one; an object of which too little was placed is not
  /// accessible until then, and what completes it has nothing to copy.
  ///
  /// - Parameters:
  ///   - size: The most it can hold; decides into how many pieces its parts are cut.
  ///   - content: What it holds now; a thick policy reserves `size`.
  ///   - expected: What it is expected to hold once it is filled for the first time. Left out, it is
  ///     ``VSANParameters/expectedShare`` of `size`, or what it holds if that is more.
  /// - Source: That objects are created with what can be had is *inferred*; the product asks for force provisioning in the
  ///   policy for it.
  package mutating func create(
    _ policy: StoragePolicy, size: ByteCount, content: ByteCount, expected: ByteCount? = nil, at now: Instant
  ) -> ObjectID {
    let layout = VSANLayout(policy, size: size, faultDomains: faultDomainCount)
    let held = policy.isThick ? max(size, content) : content
    let object = Object(
      policy: policy, layout: layout, content: held,
      expected: max(held, expected ?? size.scaled(by: parameters.expectedShare)),
      components: Array(
        repeating: Component(state: .degraded, device: nil, size: .zero), count: layout.componentCount))
    let index: Int
    if let free = freeObjects.popLast() {
      index = free
      objects[index] = object
    } else {
      index = objects.count
      objects.append(object)
      generations.append(0)
    }
    let id = ObjectID(index: index, generation: generations[index])
    let space = self.space(of: object)
    for component in 0..<layout.componentCount {
      let share = layout.share(of: component, in: space)
      if let device = chooseDevice(for: component, of: id, size: share) {
        settle(component, of: id, on: device, size: share)
        self[id].components[component].state = .active
      } else {
        hasUnplaced = true
        planVersion += 1
      }
    }
    placementVersion += 1
    watch(at: now)
    if isAccessible(id) { self[id].isUnwritten = false }
    return id
  }

  /// Removes an object with everything of it.
  package mutating func remove(_ object: ObjectID) {
    if !isComplete(object) { planVersion += 1 }
    for index in self[object].components.indices {
      cancelResync(ofComponent: index, of: object)
      release(index, of: object)
    }
    placementVersion += 1
    objects[object.index] = nil
    generations[object.index] += 1
    freeObjects.append(object.index)
  }

  /// The object holds more or less than before; one of a thick policy takes what it took.
  ///
  /// Absent components stay as they are and miss the difference.
  ///
  /// - Precondition: What it grows by is covered by ``room(for:)``.
  package mutating func setContent(_ content: ByteCount, of object: ObjectID, at now: Instant) {
    guard content != self[object].content, !self[object].policy.isThick || content > self[object].content
    else { return }
    self[object].content = content
    let layout = self[object].layout
    let space = self.space(of: self[object])
    for index in self[object].components.indices {
      let share = layout.share(of: index, in: space)
      let component = self[object].components[index]
      resizeReserve(index, of: object, to: share)
      guard component.device != nil else { continue }
      // What is out of reach cannot be changed; what is stale keeps its room until it has caught up.
      let isGrowing = share > component.size
      if component.state != .active, isGrowing {
        self[object].components[index].growth = max(component.growth, share - component.size)
      }
      guard component.state == .active || (component.state == .stale && isGrowing) else { continue }
      resize(index, of: object, to: share)
    }
    watch(at: now)
  }

  /// What an object takes on all devices when it is complete.
  func space(of object: Object) -> ByteCount {
    object.policy.space(of: object.content, hosts: faultDomainCount)
  }

  /// What a component of an object takes when it is up to date.
  func share(_ component: Int, of object: ObjectID) -> ByteCount {
    self[object].layout.share(of: component, in: space(of: self[object]))
  }
}
