/// The recovery settings of one virtual machine: a copy at each site, and what a run takes from them.
///
/// Until somebody saves them, a machine has the defaults of the site where it is recovered, which may differ between the
/// two. Saving sets both copies. If only one site can be reached, only its copy is set; if both were set apart from each
/// other, they are in conflict until they are saved again.
///
/// - Source: VMware, "Site Recovery Manager 8.7", change recovery settings; REST API 2.0, `change_version`.
package struct VMRecoverySettingsCopies: Sendable, Hashable {
  /// Whether the copies agree.
  package enum Status: String, Sendable, Hashable, CaseIterable {
    case ok = "OK"
    /// They were changed at both sites while those could not talk.
    case syncConflict = "SYNC_CONFLICT"
  }

  private var saved = BothSides<VMRecoverySettings?>(nil)
  /// The version of each copy; they agree while the sites have talked since the last change.
  private var versions = BothSides(0)
  /// The version at which the copies last agreed.
  private var agreedVersion = 0

  package init() {}

  /// Whether somebody has saved the settings at the site.
  package func isSaved(at side: PairSide) -> Bool { saved[side] != nil }

  /// The version to hand back with a change made at the site; it rises with every change.
  package func changeVersion(at side: PairSide) -> Int { versions[side] }

  package var status: Status {
    PairSide.allCases.allSatisfy { versions[$0] != agreedVersion } && saved.first != saved.second
      ? .syncConflict : .ok
  }

  /// The settings with which the machine is recovered to a side.
  package func settings(recoveredTo side: PairSide, defaults: BothSides<RecoveryDefaults>)
    -> VMRecoverySettings
  {
    saved[side] ?? VMRecoverySettings(defaults: defaults[side])
  }

  /// Saves the settings, at the other site too if it can be reached.
  ///
  /// Saving while both can be reached ends a conflict: what is saved now counts.
  ///
  /// - Parameters:
  ///   - side: The site whose server was asked.
  ///   - changeVersion: The version on which the change rests.
  package mutating func save(
    _ settings: VMRecoverySettings, at side: PairSide, reachesOther: Bool, changeVersion: Int
  ) throws(RecoverySettingsRefusal) {
    guard changeVersion == versions[side] else {
      throw .changedMeanwhile(version: versions[side])
    }
    let problems = settings.problems
    guard problems.isEmpty else { throw .invalid(problems) }
    saved[side] = settings
    let version = max(versions.first, versions.second) + 1
    versions[side] = version
    guard reachesOther else { return }
    saved[side.other] = settings
    versions[side.other] = version
    agreedVersion = version
  }

  /// The sites talk again: the copy that was changed goes to the other site, unless both were.
  package mutating func reconnected() {
    guard status == .ok else { return }
    let changed = PairSide.allCases.filter { versions[$0] != agreedVersion }
    guard let side = changed.first else { return }
    let version = max(versions.first, versions.second)
    saved[side.other] = saved[side]
    versions = BothSides(version)
    agreedVersion = version
  }
}

/// Why recovery settings are not saved.
package enum RecoverySettingsRefusal: Error, Sendable, Hashable {
  /// Somebody saved them after they were read; the version is the newest.
  case changedMeanwhile(version: Int)
  case invalid([RecoverySettingsProblem])
}
