package import Quantities

/// How a vSAN datastore stores an object: its copies or parity, and what that costs.
///
/// | Policy     | Failures | Factor, original | Factor, express | Hosts, at least |
/// |------------|---------:|-----------------:|----------------:|----------------:|
/// | `RAID-1`   |    1…3   |      2, 3, 4     |     2, 3, 4     |  3, 5, 7        |
/// | `RAID-5`   |    1     |       4/3        |  5/4 (3/2 on fewer than 6 hosts) | 4 (3 express) |
/// | `RAID-6`   |    2     |       3/2        |       3/2       |  6              |
///
/// - Source: VMware Cloud on AWS documentation for hosts (2n + 1) and the factors of RAID-1 and RAID-6; Broadcom KB 394410
///   for the express architecture. 4/3 for the original RAID-5 (3 + 1) is common knowledge, unverified.
package struct StoragePolicy: Sendable, Hashable {
  package enum Architecture: String, Sendable, Hashable, CaseIterable {
    case original
    case express

    /// How many components a host may hold.
    ///
    /// - Source: 9,000 (Broadcom KB 438233); 27,000 of the express architecture, 3,000 for each of up to nine devices
    ///   (yellow-bricks.com on vSAN 9.0). The devices of a host are not told apart there, so that the number for the whole
    ///   host is the limit.
    package var componentsPerHostMaximum: Int {
      switch self {
      case .original: 9_000
      case .express: 27_000
      }
    }

    /// Where ``componentsPerHostMaximum`` comes from, as people are told.
    package var limitSource: String {
      switch self {
      case .original: "limit of vSAN's original architecture (Broadcom KB 438233)"
      case .express: "limit of vSAN's express architecture (yellow-bricks.com)"
      }
    }
  }

  package enum Layout: Sendable, Hashable {
    /// Full copies: one more than the failures to be survived.
    case mirroring(failures: Int)
    /// Parity for one failure.
    case singleParity
    /// Parity for two failures.
    case doubleParity
  }

  package let layout: Layout
  package let architecture: Architecture
  /// Whether objects reserve their whole size from the beginning.
  package let isThick: Bool

  /// - Precondition: Mirroring survives from one to three failures.
  package init(_ layout: Layout, architecture: Architecture = .original, isThick: Bool = false) {
    if case .mirroring(let failures) = layout {
      precondition((1...3).contains(failures), "mirroring survives from one to three failures")
    }
    self.layout = layout
    self.architecture = architecture
    self.isThick = isThick
  }

  /// What the express architecture's file system adds to data and copies.
  ///
  /// - Source: Broadcom KB 394410: 10 GB written, mirrored, take 22.62 GB.
  package static let expressOverhead = Ratio(partsPerBillion: 131_000_000)

  /// The largest component of an object.
  ///
  /// - Source: ESXi advanced setting `VSAN.ClomMaxComponentSizeGB`: 255 GB, which are GiB as in all of its settings
  ///   (*inferred* from the published counts of components, see ``pieces(of:)``).
  package static let componentSizeMaximum = ByteCount.gibibytes(255)

  /// How many failures of a host an object survives.
  package var failures: Int {
    switch layout {
    case .mirroring(let failures): failures
    case .singleParity: 1
    case .doubleParity: 2
    }
  }

  /// The fewest hosts that can hold an object.
  package var hostsMinimum: Int {
    switch layout {
    case .mirroring(let failures): 2 * failures + 1
    case .singleParity: architecture == .original ? 4 : 3
    case .doubleParity: 6
    }
  }

  /// What is written to devices for each byte of content, as a fraction.
  ///
  /// - Parameter hosts: Of the cluster: on fewer than six the express RAID-5 has two data parts instead of four.
  package func consumption(hosts: Int) -> (numerator: UInt64, denominator: UInt64) {
    switch layout {
    case .mirroring(let failures): (UInt64(failures) + 1, 1)
    case .singleParity:
      switch architecture {
      case .original: (4, 3)
      case .express: hosts < 6 ? (3, 2) : (5, 4)
      }
    case .doubleParity: (3, 2)
    }
  }

  /// The space that `content` takes on the devices, rounded down to whole bytes.
  ///
  /// *content · factor*, and 13.1 % more in the express architecture.
  /// - Parameter content: What was written; the whole size of the object if the policy is thick.
  package func space(of content: ByteCount, hosts: Int) -> ByteCount {
    let (numerator, denominator) = consumption(hosts: hosts)
    let overhead: UInt64 =
      architecture == .express ? 1_000_000_000 + UInt64(Self.expressOverhead.partsPerBillion) : 1_000_000_000
    let product = (content.bytes * numerator).multipliedFullWidth(by: overhead)
    return ByteCount(bytes: (denominator * 1_000_000_000).dividingFullWidth(product).quotient)
  }

  /// How many pieces a part of an object that takes up to `size` is cut into, so that none is larger than
  /// ``componentSizeMaximum``.
  ///
  /// - Source: VMware, "Using vSphere Replication 6.5", points in time on vSAN: a copy of a disk of 256 GB is one
  ///   component, of one of 512 GB two. Both follow if these are powers of ten: 238.4 GiB and 476.8 GiB.
  package func pieces(of size: ByteCount) -> Int {
    let piece = Self.componentSizeMaximum.bytes
    return Int(max(1, (size.bytes + piece - 1) / piece))
  }

  /// The components of one object, its witnesses among them.
  ///
  /// - Parameters:
  ///   - size: The most that the object can hold.
  ///   - hosts: Of the cluster.
  package func components(ofObject size: ByteCount, hosts: Int) -> Int {
    let parts =
      switch layout {
      case .mirroring(let failures): failures + 1
      case .singleParity: architecture == .original ? 4 : (hosts < 6 ? 3 : 5)
      case .doubleParity: 6
      }
    let witnesses = if case .mirroring(let failures) = layout { failures } else { 0 }
    let (space, count) = (self.space(of: size, hosts: hosts).bytes, UInt64(parts))
    return parts * pieces(of: ByteCount(bytes: (space + count - 1) / count)) + witnesses
  }

  /// The components of one mirrored object, its witnesses among them.
  ///
  /// Each copy is cut into pieces; one witness per failure to be survived settles votes.
  ///
  /// - Source: As ``pieces(of:)``: 3 and 5 components for one failure. The witnesses for two and three failures follow from
  ///   the hosts needed, 2*n* + 1 for *n* + 1 copies.
  /// - Precondition: The policy mirrors.
  package func components(ofObject size: ByteCount) -> Int {
    guard case .mirroring(let failures) = layout else {
      preconditionFailure("components are counted for mirrored objects")
    }
    return (failures + 1) * pieces(of: size) + failures
  }
}
