/// The position of one thing in its list of the ``Inventory``: dense, small, ordered.
///
/// Identifiers order and index everything a run computes; names appear where people read.
package struct Identifier<Subject>: Sendable, Hashable, Comparable {
  package let index: Int

  @inlinable
  package init(_ index: Int) { self.index = index }

  @inlinable
  package static func < (left: Self, right: Self) -> Bool { left.index < right.index }
}

package typealias SiteID = Identifier<Site>
package typealias ClusterID = Identifier<Cluster>
package typealias HostID = Identifier<Host>
package typealias DatastoreID = Identifier<Datastore>
package typealias LinkID = Identifier<Link>
package typealias ApplianceID = Identifier<Appliance>
package typealias ReplicationServerID = Identifier<ReplicationServer>
package typealias VirtualMachineID = Identifier<VirtualMachine>
package typealias CircuitID = Identifier<Circuit>
