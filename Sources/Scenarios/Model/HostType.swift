package import Inventory
import Quantities

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
}
