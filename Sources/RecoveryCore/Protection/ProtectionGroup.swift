package import Inventory

/// The position of a group in the list of protection groups.
package typealias ProtectionGroupID = Identifier<ProtectionGroup>

/// Virtual machines that are recovered together.
package struct ProtectionGroup: Sendable, Hashable {
  package let name: String

  package init(name: String) { self.name = name }
}
