import Inventory
import Quantities

/// The steps that start machines, priority by priority.
extension StepTree {
  mutating func addPowerOn() {
    let dependencies = PlanDependencies(groups: setup.groups)
    let byPriority = Dictionary(grouping: machines.indices) {
      machines[$0].member.settings.priority
    }
    var composites = [Int](repeating: -1, count: machines.count)
    var releases = composites
    for priority in RecoveryPriority.allCases {
      addCallouts(.beforeRecovering(priority))
      let members = byPriority[priority] ?? []
      if !members.isEmpty { endBesideStorage() }
      let top = addTop("Power on priority \(priority.level) VMs")
      for index in members {
        (composites[index], releases[index]) = addPowerOn(of: index, under: top)
      }
      for index in members {
        for dependee in dependencies.dependees(of: index) {
          link(releases[dependee], to: composites[index])
        }
      }
    }
    endBesideStorage()
  }

  /// - Returns: The step of the machine, and the one whose end lets dependent machines start.
  private mutating func addPowerOn(of index: Int, under parent: Int) -> (
    composite: Int, release: Int
  ) {
    let member = machines[index].member
    let settings = member.settings
    let composite = add(member.name, subject: member.name, under: parent)
    assign(composite, machine: index)
    change(composite) { $0.completesVM = true }
    var row = addCallouts(
      settings.prePowerOnSteps, of: index, under: composite, isAfterPowerOn: false)
    if member.needsCustomization {
      row.append(
        add(
          "Guest customization", subject: member.name, under: composite, .customizeGuest(member.vm),
          deed: .customizedGuest, rule: .failVM, timeLimit: setup.customizationTimeLimit))
    }
    var release = composite
    if settings.startupAction == .powerOn {
      row.append(
        add(
          "Power on", subject: member.name, under: composite,
          .powerOn(member.vm, at: setup.recoverySide), deed: .poweredOn, rule: .failVM))
      if settings.toolsTimeout > .zero {
        row.append(
          add(
            "Wait for VMware Tools", subject: member.name, under: composite,
            .waitForTools(member.vm), deed: .heardTools, rule: .failVM, timeLimit: settings.toolsTimeout))
      }
      if settings.delayAfterPowerOn > .zero {
        let delay = add(
          "Wait before further steps", subject: member.name, under: composite,
          work: .delay(settings.delayAfterPowerOn))
        change(delay) { $0.deed = .waited }
        row.append(delay)
      }
      release = row[row.count - 1]
      row += addCallouts(
        settings.postPowerOnSteps, of: index, under: composite, isAfterPowerOn: true)
    }
    chain(row)
    return (composite, release)
  }
}
