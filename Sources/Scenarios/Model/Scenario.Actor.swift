package import Inventory
package import RecoveryCore

extension Scenario {
  /// What people may do who act in a role, as vCenter Server's roles hold privileges.
  ///
  /// A person without a role is an administrator, who may do everything.
  package struct Role: Sendable, Hashable {
    package let name: String
    /// In the order of ``Privilege``'s cases, each once.
    package let privileges: [Privilege]

    package init(name: String, privileges: [Privilege]) {
      self.name = name
      self.privileges = privileges
    }
  }

  /// Who does what an entry of the timeline says.
  package struct Actor: Sendable, Hashable {
    /// `nil`: an administrator.
    package let role: Role?
    /// Where they manage a replication; `nil`: at the site that is protected.
    ///
    /// Where a plan is run from is in ``PlanRunOptions/from``.
    package let site: SiteID?

    package init(role: Role? = nil, site: SiteID? = nil) {
      self.role = role
      self.site = site
    }

    package static let administrator = Actor()
  }
}
