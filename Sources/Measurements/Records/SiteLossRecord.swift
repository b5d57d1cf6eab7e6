package import Inventory
package import Quantities

/// What a disaster would cost: what each replicated machine of sites that fail would lose, were it recovered from what is left elsewhere.
///
/// It is taken at the instant of the failure, whether anybody recovers anything or not.
package struct SiteLossRecord: Sendable, Hashable {
  package struct Machine: Sendable, Hashable {
    package let vm: VirtualMachineID
    /// From the point in time of the newest complete instance to when the machine last ran; zero where the instance is as late as
    /// that, `nil` where no instance is left, since there is none or it is at a site that fails too.
    package let loss: TimeSpan?

    package init(vm: VirtualMachineID, loss: TimeSpan?) {
      self.vm = vm
      self.loss = loss
    }
  }

  /// The name of the fault, as in ``FaultRecord/name``.
  package let fault: String
  /// The names of the sites.
  package let sites: String
  package let at: Instant
  /// Ascending.
  package let machines: [Machine]

  package init(fault: String, sites: String, at: Instant, machines: [Machine]) {
    self.fault = fault
    self.sites = sites
    self.at = at
    self.machines = machines
  }

  /// The machine that loses most of those that lose anything and have an instance left; the first of equals.
  package var worst: (vm: VirtualMachineID, loss: TimeSpan)? {
    var worst: (vm: VirtualMachineID, loss: TimeSpan)?
    for machine in machines {
      guard let loss = machine.loss, loss > worst?.loss ?? .zero else { continue }
      worst = (machine.vm, loss)
    }
    return worst
  }
}
