import Inventory
import Quantities
import RecoveryCore

/// What one entry of a plan says of its machines.
struct RecoveryChanges {
  var priority: RecoveryPriority?
  /// All that are selected; a machine does not depend on itself.
  var dependencies: [VirtualMachineID]?
  var startup: VMRecoverySettings.StartupAction?
  var shutdownTimeout: TimeSpan?
  var skipsGuestShutdown: Bool?
  var toolsTimeout: TimeSpan?
  var delay: TimeSpan?
  var prePowerOn: [Callout]?
  var postPowerOn: [Callout]?
  var customization: IPCustomizationMode?
  var nics: [NICSettings]?
  /// Where those settings stand.
  var cardSpans: [PlannedRecovery.CardPlace: SourceSpan] = [:]

  func apply(to settings: inout VMRecoverySettings, of machine: VirtualMachineID) {
    if let priority { settings.priority = priority }
    if let dependencies {
      settings.dependencies =
        dependencies == [machine] ? dependencies : dependencies.filter { $0 != machine }
    }
    if let startup { settings.startupAction = startup }
    if let shutdownTimeout { settings.guestShutdownTimeout = shutdownTimeout }
    if let skipsGuestShutdown { settings.skipsGuestShutdown = skipsGuestShutdown }
    if let toolsTimeout { settings.toolsTimeout = toolsTimeout }
    if let delay { settings.delayAfterPowerOn = delay }
    if let prePowerOn { settings.prePowerOnSteps = prePowerOn }
    if let postPowerOn { settings.postPowerOnSteps = postPowerOn }
    if let customization { settings.ipCustomization = customization }
    if let nics { settings.nicSettings = nics }
  }
}

extension Resolver {
  mutating func changes(of draft: PlanMachineDraft, inPlan plan: Int) -> RecoveryChanges {
    for field in [draft.shutdownTimeout, draft.toolsTimeout, draft.delay] {
      checkTimeout(field, maximum: VMRecoverySettings.timeoutMaximum)
    }
    var changes = RecoveryChanges()
    changes.priority = draft.priority.known.map { RecoveryPriority.allCases[$0 - 1] }
    changes.dependencies = dependencies(of: draft)
    changes.startup = draft.startup.known.map { $0 == .powerOn ? .powerOn : .doNotPowerOn }
    changes.shutdownTimeout = draft.shutdownTimeout.known
    changes.skipsGuestShutdown = draft.skipsGuestShutdown.known
    changes.toolsTimeout = draft.toolsTimeout.known
    changes.delay = draft.delay.known
    changes.prePowerOn = draft.prePowerOn.known.map { steps in
      steps.compactMap { callout($0.value, at: .prePowerOn) }
    }
    changes.postPowerOn = draft.postPowerOn.known.map { steps in
      steps.compactMap { callout($0.value, at: .postPowerOn) }
    }
    if let customization = draft.customization.known {
      let nics = customization.nics.known ?? []
      changes.customization = customization.mode.known?.mode ?? (nics.isEmpty ? .auto : .manual)
      (changes.nics, changes.cardSpans) = nicSettings(nics, inPlan: plan)
    }
    return changes
  }

  private mutating func dependencies(of draft: PlanMachineDraft) -> [VirtualMachineID]? {
    guard let selectors = draft.dependencies.known else { return nil }
    var needed: Set<Int> = []
    for selector in selectors {
      guard let selected = select(selector) else { continue }
      if let stranger = selected.first(where: { recovery.groupOfMachine[$0] == nil }), !log.hasErrors {
        log.report(
          .notProtected, "virtual machine \(quoted(machines[stranger].name)) is in no protection group",
          at: selector.span)
      }
      needed.formUnion(selected)
    }
    return needed.sorted().map { VirtualMachineID($0) }
  }

  // MARK: Prompts and commands

  /// A prompt or command, which must be able to run where it stands; `nil` if it is not known or was reported.
  mutating func callout(_ draft: some StepDraft, at position: Callout.Position) -> Callout? {
    guard let type = draft.type.located, let name = draft.name.located else { return nil }
    let content = type.value == .prompt ? draft.text.located : draft.command.located
    guard let content else { return nil }
    let callout = Callout(
      type.value, name: name.value, content: content.value,
      timeout: type.value == .prompt
        ? Callout.timeoutByDefault : draft.timeout.known ?? Callout.timeoutByDefault)
    for problem in callout.problems(at: position) {
      switch problem {
      case .unnamed: log.report(.impossibleStep, "the step has an empty name", at: name.span)
      case .empty: log.report(.impossibleStep, "the step has nothing to show or to run", at: content.span)
      case .contentTooLong(let count):
        log.report(
          .impossibleStep,
          "\(count) characters are more than the \(Callout.contentCountMaximum) of a command",
          at: content.span)
      case .timeoutTooLong: checkTimeout(draft.timeout, maximum: Callout.timeoutMaximum)
      case .machineIsOff:
        log.report(
          .impossibleStep, "a command in a virtual machine stands before its power-on", at: type.span,
          help: "write it at \"postPowerOn\"")
      case .needsMachine:
        log.report(
          .impossibleStep, "a command in a virtual machine stands among the steps of a plan", at: type.span,
          help: "write it at \"postPowerOn\" of its machine")
      }
    }
    if type.value != .prompt { note(draft, name) }
    return callout
  }

  /// Notes what a command does; all of one name do the same.
  private mutating func note(_ draft: some StepDraft, _ name: Located<String>) {
    guard let takes = draft.takes.known, let exitCode = draft.exitCode.known else { return }
    let command = PlannedRecovery.Command(
      name: name.value, duration: takes, exitCode: exitCode, span: name.span)
    guard let first = recovery.commands.first(where: { $0.name == command.name }) else {
      recovery.commands.append(command)
      return
    }
    guard first.duration != takes || first.exitCode != exitCode else { return }
    log.report(
      .commandsDiffer, "two commands named \(quoted(name.value)) differ in what they take or end with",
      at: name.span, notes: ["the first one is on \(log.location(of: first.span))"],
      help: "give one of them another name")
  }

  // MARK: Addresses

  private mutating func nicSettings(
    _ nics: [Located<NICDraft>], inPlan plan: Int
  ) -> ([NICSettings]?, [PlannedRecovery.CardPlace: SourceSpan]) {
    guard let pair = recovery.plans[plan].pair, let direction = recovery.plans[plan].direction else {
      return (nil, [:])
    }
    var result: [NICSettings] = []
    var spans: [PlannedRecovery.CardPlace: SourceSpan] = [:]
    for located in nics {
      let draft = located.value
      let site = draft.site.isGiven ? siteNames.resolve(draft.site.located, log: &log) : direction.to
      guard let site, let number = draft.nic.known else { continue }
      guard let side = recovery.pairs[pair].side(of: site) else {
        if let reference = draft.site.located {
          log.report(
            .wrongSite, "the plan does not recover to the site \(quoted(reference.value))", at: reference.span
          )
        }
        continue
      }
      checkGateways(
        address: draft.address, address6: draft.address6,
        ipv4: [("gateway", draft.gateway), ("alternateGateway", draft.alternateGateway)],
        ipv6: ("gateway6", draft.gateway6))
      let settings = ipSettings(of: draft)
      for problem in settings.problems { report(problem, at: located.span.start) }
      let index = result.firstIndex { $0.nicIndex == number } ?? result.endIndex
      if index == result.endIndex { result.append(NICSettings(nicIndex: number)) }
      if result[index].settings[side] != nil {
        report(.duplicateNIC(number), at: located.span.start)
      }
      result[index].settings[side] = settings
      spans[.init(nicIndex: number, side: side)] = draft.nic.located?.span ?? located.span.start
    }
    return (result, spans)
  }

  private func ipSettings(of draft: NICDraft) -> IPSettings {
    IPSettings(
      ipv4: draft.address.known?.with(
        gateway: draft.gateway.known, alternate: draft.alternateGateway.known),
      ipv6: draft.address6.known?.with(gateway: draft.gateway6.known),
      nameServers: draft.nameServers.known?.map(\.value) ?? [],
      nameSuffixes: draft.suffixes.known?.map(\.value) ?? [],
      winsServers: draft.winsServers.known?.map(\.value) ?? [], dnsDomain: draft.dnsDomain.known,
      netBIOS: draft.netBIOS.known)
  }

  mutating func report(_ problem: IPSettingsProblem, at span: SourceSpan) {
    let text =
      switch problem {
      case .noSuchNIC(let nic): "the machine has no card \(nic)"
      case .duplicateNIC(let nic): "the card \(nic) is set twice for one site"
      case .prefixLengthOutOfRange(let length): "a prefix of \(length) bits does not exist"
      case .gatewayOutside(let gateway): "the gateway \(gateway) cannot be reached from the address"
      case .notAHost(let address): "\(address) is the address of a subnet, not of a machine"
      case .tooManyNameServers(let count): "\(count) name servers are more than two"
      case .tooManyWINSServers(let count): "\(count) Windows name servers are more than two"
      case .duplicateAddress(let address): "two cards have the address \(address)"
      case .unusableSuffix(let suffix): "\(quoted(suffix)) is no DNS suffix: it is empty or holds a semicolon"
      }
    log.report(.invalidAddress, text, at: span)
  }
}
