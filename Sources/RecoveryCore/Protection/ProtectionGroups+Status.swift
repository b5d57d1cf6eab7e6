package import Inventory

extension ProtectionGroups {
  /// The status of a member in its group.
  package func status(of vm: VirtualMachineID) -> MemberStatus? {
    guard let member = protectedVM(vm), let group = group(member.group) else { return nil }
    return member.status(in: group.replicationType)
  }

  /// What the group is doing, derived from its phase and its members.
  ///
  /// - Parameter isKnown: Whether the server that knows the group's phase can be asked; it is this one or its peer.
  /// - Precondition: The group exists.
  package func status(of id: ProtectionGroupID, isKnown: Bool = true) -> ProtectionGroupStatus {
    guard isKnown else { return .unknown }
    let group = self[id]
    return group.phase.status ?? idleStatus(of: group)
  }

  private func idleStatus(of group: ProtectionGroup) -> ProtectionGroupStatus {
    var isOK = true
    var operation: ProtectionGroupStatus?
    var isLoading = false
    for vm in group.members {
      let running: ProtectionGroupStatus
      switch status(of: vm) {
      case .ok: continue
      case .loading:
        isLoading = true
        continue
      case .configuringProtection: running = .configuringProtection
      case .removingProtection: running = .removingProtection
      case .restoringPlaceholder: running = .restoringPlaceholders
      default:
        isOK = false
        continue
      }
      operation = operation == nil || operation == running ? running : .operationsInProgress
    }
    if isLoading { return .loading }
    return operation ?? (isOK ? .ok : .notConfigured)
  }

  /// How far the recovery of the group is.
  ///
  /// - Parameter isKnown: As for the status of the group.
  package func recoveryStatus(of id: ProtectionGroupID, isKnown: Bool = true) -> GroupRecoveryStatus {
    isKnown ? self[id].phase.recoveryStatus : .unknown
  }
}
