import SiteSimulation

/// Disks that go.
extension WorldChecker {
  /// Takes disks out of the past images of a machine, once its replication is configured without them.
  ///
  /// A disk is told apart by the number that no other one of the run has. Another copy of the machine has other numbers.
  mutating func followDisks(_ world: borrowing World) {
    let present = histories.indices.map { index in
      let copy = world.copies(of: index).current
      return (copy: copy, numbers: world.diskNumbers(ofCopy: copy))
    }
    for (index, last) in disks.enumerated() where last.copy == present[index].copy {
      for position in last.numbers.indices.reversed()
      where !present[index].numbers.contains(last.numbers[position]) {
        histories[index].removeDisk(position)
        guard let image = recoveries.machines[index].image, position < image.count else { continue }
        recoveries.machines[index].image?.remove(at: position)
      }
    }
    disks = present
  }
}
