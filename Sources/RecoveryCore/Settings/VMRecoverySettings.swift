package import Inventory
package import Quantities

/// How a virtual machine is recovered: the same in every plan that holds it.
///
/// They belong to the machine, not to a plan. What a run uses are those in effect at the recovery site:
/// ``VMRecoverySettingsCopies`` knows them.
package struct VMRecoverySettings: Sendable, Hashable {
  /// What happens once the machine is registered at the recovery site.
  package enum StartupAction: String, Sendable, Hashable, CaseIterable {
    case powerOn = "POWER_ON"
    /// It stays off and its steps after power-on are left out; it may still be booted once to set its addresses.
    case doNotPowerOn = "DO_NOT_POWER_ON"
  }

  package var priority: RecoveryPriority
  /// Machines that must be on before this one starts.
  ///
  /// Only those of the same priority in the same plan count; the others are ignored. Each once, in ascending order.
  package var dependencies: [VirtualMachineID]
  package var startupAction: StartupAction

  /// Whether the guest is not asked to shut down at the protected site but powered off at once.
  package var skipsGuestShutdown: Bool
  /// How long the guest may take to shut down before it is powered off; at most ``timeoutMaximum``.
  package var guestShutdownTimeout: TimeSpan
  /// How long the first heartbeat of VMware Tools may take before the machine's recovery fails.
  ///
  /// Zero: it is not waited for. At most ``timeoutMaximum``.
  package var toolsTimeout: TimeSpan
  /// How long the steps after power-on and the dependent machines wait after the heartbeat; at most ``timeoutMaximum``.
  package var delayAfterPowerOn: TimeSpan

  package var prePowerOnSteps: [Callout]
  package var postPowerOnSteps: [Callout]

  package var ipCustomization: IPCustomizationMode
  /// The addresses of each network card at either site; they count if ``ipCustomization`` is `manual`.
  package var nicSettings: [NICSettings]

  /// What a machine that nobody has configured gets at a site with these defaults.
  package init(defaults: RecoveryDefaults = RecoveryDefaults()) {
    priority = defaults.priority
    dependencies = []
    startupAction = .powerOn
    skipsGuestShutdown = false
    guestShutdownTimeout = defaults.guestShutdownTimeout
    toolsTimeout = defaults.toolsTimeout
    delayAfterPowerOn = defaults.delayAfterPowerOn
    prePowerOnSteps = []
    postPowerOnSteps = []
    ipCustomization = .auto
    nicSettings = []
  }

  /// The longest guest shutdown, heartbeat wait and delay that are accepted: 3,599 s.
  ///
  /// - Source: Site Recovery Manager REST API 2.0, shutdown and startup action settings.
  package static let timeoutMaximum = TimeSpan.seconds(3_599)
}
