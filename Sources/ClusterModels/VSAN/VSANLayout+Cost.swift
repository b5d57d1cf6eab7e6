package import Inventory

extension VSANLayout {
  /// What one byte of content costs each part that takes part, in bytes.
  package struct Cost: Sendable, Hashable {
    package let reads: Double
    package let writes: Double
  }

  /// The cost of reading for each of `active` parts.
  ///
  /// | Layout | Per byte read, on each part                                                     |
  /// |--------|---------------------------------------------------------------------------------|
  /// | RAID-1 | 1/*a* read: copies take turns                                                   |
  /// | parity | (*a* + *m*·*k*) / (*n*·*a*) read: what lay on *m* missing parts is computed from *k* |
  ///
  /// *n* parts, *a* of them active, *m* = *n* − *a*, *k* needed to read.
  ///
  /// - Source: *Inferred* from the layouts.
  /// - Precondition: At least the parts needed to read are active.
  package func readCost(active: Int) -> Cost {
    precondition(active >= neededParts && active <= partCount, "what is read can be read")
    if neededParts == 1 { return Cost(reads: 1 / Double(active), writes: 0) }
    let (parts, missing) = (Double(partCount), Double(partCount - active))
    return Cost(
      reads: (Double(active) + missing * Double(neededParts)) / (parts * Double(active)), writes: 0)
  }

  /// The cost of writing for each active part.
  ///
  /// | Layout            | Per byte written, on each part                               |
  /// |-------------------|--------------------------------------------------------------|
  /// | RAID-1            | 1 written                                                    |
  /// | RAID-5, original  | 2/4 read and 2/4 written: old data and parity, new data and parity |
  /// | RAID-6, original  | 3/6 read and 3/6 written: as above with two parities         |
  /// | parity, express   | 1/*k* written: full stripes, nothing read                    |
  ///
  /// - Source: The read-modify-write of parity is textbook RAID; that the express architecture writes full stripes is
  ///   VMware's description of it. That small writes always pay in full is *inferred*.
  package func writeCost(_ architecture: StoragePolicy.Architecture) -> Cost {
    if neededParts == 1 { return Cost(reads: 0, writes: 1) }
    switch architecture {
    case .original:
      let touched = Double(1 + partCount - neededParts) / Double(partCount)
      return Cost(reads: touched, writes: touched)
    case .express: return Cost(reads: 0, writes: 1 / Double(neededParts))
    }
  }
}
