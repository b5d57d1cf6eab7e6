package import Inventory
package import Quantities

/// A kind of host that a cloud rents out, usable by name.
///
/// - Source: Microsoft, Azure VMware Solution, "Hosts, clusters, and private clouds", for `av…`; VMware Cloud on AWS, "Host types",
///   for `i3` and `i4i`. Both give memory in GB and mean powers of two.
package enum HostType: String, Sendable, Hashable, CaseIterable {
  case av36
  case av36p
  case av48
  case av52
  case av64
  case i3
  case i4i

  package var capacity: HostCapacity {
    switch self {
    case .av36: HostCapacity(cores: 36, memory: .gibibytes(576))
    case .av36p: HostCapacity(cores: 36, memory: .gibibytes(768))
    case .av48: HostCapacity(cores: 48, memory: .gibibytes(1_024))
    case .av52: HostCapacity(cores: 52, memory: .gibibytes(1_536))
    case .av64: HostCapacity(cores: 64, memory: .gibibytes(1_024))
    case .i3: HostCapacity(cores: 36, memory: .gibibytes(512))
    case .i4i: HostCapacity(cores: 64, memory: .gibibytes(1_024))
    }
  }

  /// The raw capacity of its devices for vSAN, without the cache tier; `nil` where no figure is at hand.
  ///
  /// - Source: Microsoft, Azure VMware Solution, table of hosts, vSAN capacity tier; AV36 as the storage concepts of 2021 to 2023
  ///   give it, 15.4 TB, where that table has 15.20 TB.
  package var deviceCapacity: ByteCount? {
    switch self {
    case .av36: .gigabytes(15_400)
    case .av36p, .av48: .gigabytes(19_200)
    case .av52: .gigabytes(38_400)
    case .av64: .gigabytes(15_360)
    case .i3, .i4i: nil
    }
  }
}
