package import Expectations
package import Inventory
package import Quantities
package import RecoveryCore

/// A whole experiment, checked and resolved: what stands where, what is written and replicated,
/// and what happens to it.
///
/// Every name of the file has become an identifier, every pattern its members, every default its
/// value. Nothing in it depends on the order of an object's keys in the file.
///
/// - Invariant: Every identifier is valid in ``inventory``, ``workloads`` or ``replications``.
package struct Scenario: Sendable, Hashable {
  /// What reports and run folders call it.
  package let name: String
  package let title: String?
  package let description: String?
  package let tags: [String]
  /// The seed every random stream of a run is derived from.
  package let seed: UInt64
  package let clock: Clock
  package let inventory: Inventory
  /// What ``Inventory/Inventory/sites`` does not hold, by the index of the site.
  package let sites: [SiteSettings]
  /// What ``Inventory/Inventory/links`` does not hold, by the index of the link.
  package let links: [LinkSettings]
  /// What ``Inventory/Inventory/virtualMachines`` does not hold, by the index of the machine.
  package let virtualMachines: [VirtualMachineSettings]
  package let network: NetworkSettings
  package let storage: Storage
  /// In the order of their names.
  package let workloads: [Workload]
  /// In the order of the file, each selector expanded in the order of the virtual machines; behind them the machines that are
  /// replicated with their storage, in the order of ``storageUnits``.
  ///
  /// - Invariant: A virtual machine has at most one.
  package let replications: [Replication]
  /// Array pairs in the order of the file, then fault domains.
  package let storageSystems: [StorageSystem]
  /// In the order of their systems, those of a system in the order of the file.
  package let storageUnits: [StorageUnit]
  /// In the order in which the file first names both sites of each.
  ///
  /// - Invariant: A virtual machine is a member of at most one group of all pairs.
  package let recoveryPairs: [RecoveryPair]
  /// In the order of time; entries of one instant in the order of the file.
  ///
  /// An entry that waits for the end of a plan's run stands where it would be if the run took no time.
  package let timeline: [TimelineEntry]
  /// First the steady state, then the assertions, each in the order of the file.
  package let expectations: [Expectation]
  package let profile: Profile
  /// The document after all overrides, as compact JSON with sorted keys.
  ///
  /// Reading it again gives an equal scenario.
  package let canonicalText: String
  /// Identifies what is simulated: equal for two files that differ only in layout, in the order
  /// of keys, in the seed, in what is expected of the run, or in the keys meant for people (`$schema`,
  /// `title`, `description`, `why`, `tags`).
  ///
  /// Values are compared as written: `60m` and `1h` give different hashes.
  package let hash: UInt64

  /// The replication of `virtualMachine`, or `nil` if it has none.
  ///
  /// - Complexity: O(*n*) in the number of replications.
  package func replication(of virtualMachine: VirtualMachineID) -> ReplicationID? {
    replications.firstIndex { $0.virtualMachine == virtualMachine }.map { ReplicationID($0) }
  }
}

package typealias WorkloadID = Identifier<Scenario.Workload>
package typealias ReplicationID = Identifier<Scenario.Replication>

extension Scenario {
  /// When a run begins and ends.
  package struct Clock: Sendable, Hashable {
    /// The time of day at instant zero.
    package let start: UTCTime
    package let duration: TimeSpan
    /// How long statistics wait at the beginning; shorter than ``duration``.
    package let warmup: TimeSpan

    /// The last instant of the run.
    package var end: Instant { .zero + duration }
  }

  /// What a scenario says about a site beyond its place in the inventory.
  package struct SiteSettings: Sendable, Hashable {
    /// The addresses of a port group.
    package struct Addressing: Sendable, Hashable {
      package let subnet: IPv4Subnet
      /// What its DHCP server hands out; `nil` without one.
      package let dhcp: ClosedRange<IPv4Address>?

      package init(subnet: IPv4Subnet, dhcp: ClosedRange<IPv4Address>? = nil) {
        self.subnet = subnet
        self.dhcp = dhcp
      }
    }

    /// The names of its port groups.
    package let networks: [String]
    /// Of each port group; `nil` where the scenario does not say.
    package let addressing: [Addressing?]

    init(networks: [String], addressing: [Addressing?]? = nil) {
      self.networks = networks
      self.addressing = addressing ?? networks.map { _ in nil }
    }
  }

  /// What a scenario says about a virtual machine beyond its place in the inventory.
  package struct VirtualMachineSettings: Sendable, Hashable {
    /// The port group of each of its network cards, in their order: an index into its site's ``SiteSettings/networks``, `nil`
    /// for a card that is not connected.
    package let networks: [Int?]
    /// Whether the scenario gives its first card an address, so that it asks no DHCP server.
    package let hasOwnAddress: Bool
    /// What writes to each of its disks, by the index of the disk; `nil` where nothing does.
    package let workloads: [WorkloadID?]
    /// How its disks are stored; `nil` on a datastore that is no vSAN.
    package let storagePolicy: StoragePolicy?
    package let guest: Guest
  }

  /// Where replicas and change tracking are kept in the run.
  package enum Storage: String, Sendable, Hashable, CaseIterable {
    /// In memory, which holds what the files would.
    case memory
    /// In memory and as the product's files on a storage that crashes with its server or host: redo logs, base disks,
    /// descriptors and persistent state files. What stops goes on with what its files hold.
    case files
  }

  /// How a guest starts and stops.
  package struct Guest: Sendable, Hashable {
    /// From power-on until it writes and its tools give their first heartbeat.
    package let boot: TimeSpan
    /// What a clean shutdown takes.
    package let shutdown: TimeSpan
    /// Whether VMware Tools run in it: without them there is no heartbeat and no clean shutdown.
    package let hasTools: Bool
    package let restartPriority: RestartPriority
  }

  /// How flows share the links.
  package struct NetworkSettings: Sendable, Hashable {
    /// A model of the transport.
    package enum Model: String, Sendable, Hashable, CaseIterable {
      /// Fair shares with connection set-up, slow start, windows and loss.
      case fluid
      /// Fair shares and latency only.
      case bare
      /// SimGrid's model of Casanova and Marchal (2002).
      case CM02
      /// SimGrid's model of Velho and Legrand (2009).
      case LV08
    }

    /// What the headers of a full packet take from the bandwidth.
    package enum Framing: String, Sendable, Hashable, CaseIterable {
      /// 1448 payload bytes of 1538 on the wire, preamble and gap counted.
      case ethernet
      /// 1448 payload bytes of 1502 on the wire.
      case pointToPoint = "point-to-point"
      /// No header overhead.
      case none
    }

    package let model: Model
    package let framing: Framing
  }
}
