import Quantities
import RecoveryCore
import Testing

@Suite struct VMRecoverySettingsCopiesTests {
  /// The first site waits 2 minutes for VMware Tools, the second 10.
  private var defaults: BothSides<RecoveryDefaults> {
    var defaults = BothSides(RecoveryDefaults())
    defaults.first.toolsTimeout = .minutes(2)
    defaults.second.toolsTimeout = .minutes(10)
    return defaults
  }

  private func settings(_ priority: RecoveryPriority) -> VMRecoverySettings {
    var settings = VMRecoverySettings()
    settings.priority = priority
    return settings
  }

  @Test func `Until somebody saves, each site's defaults hold for what is recovered there`() throws {
    var copies = VMRecoverySettingsCopies()
    #expect(copies.settings(recoveredTo: .first, defaults: defaults).toolsTimeout == .minutes(2))
    let atSecond = copies.settings(recoveredTo: .second, defaults: defaults)
    #expect(atSecond.toolsTimeout == .minutes(10))

    try copies.save(atSecond, at: .second, reachesOther: true, changeVersion: 0)

    #expect(copies.settings(recoveredTo: .first, defaults: defaults).toolsTimeout == .minutes(10))
    #expect(copies.isSaved(at: .first) && copies.isSaved(at: .second))
  }

  @Test func `A change that rests on an old version is refused`() throws {
    var copies = VMRecoverySettingsCopies()
    try copies.save(settings(.p1), at: .first, reachesOther: true, changeVersion: 0)
    #expect(copies.changeVersion(at: .second) == 1)
    #expect(throws: RecoverySettingsRefusal.changedMeanwhile(version: 1)) {
      try copies.save(settings(.p2), at: .second, reachesOther: true, changeVersion: 0)
    }
    #expect(copies.settings(recoveredTo: .second, defaults: defaults).priority == .p1)
  }

  @Test func `What is wrong is not saved`() {
    var copies = VMRecoverySettingsCopies()
    var wrong = VMRecoverySettings()
    wrong.toolsTimeout = .hours(1)
    #expect(throws: RecoverySettingsRefusal.invalid([.tooLong(.toolsTimeout, .hours(1))])) {
      try copies.save(wrong, at: .first, reachesOther: true, changeVersion: 0)
    }
    #expect(!copies.isSaved(at: .first))
  }

  @Test func `A change made alone goes over when the sites talk again`() throws {
    var copies = VMRecoverySettingsCopies()
    try copies.save(settings(.p1), at: .first, reachesOther: true, changeVersion: 0)
    try copies.save(settings(.p2), at: .second, reachesOther: false, changeVersion: 1)
    #expect(copies.settings(recoveredTo: .first, defaults: defaults).priority == .p1)
    #expect(copies.status == .ok)

    copies.reconnected()

    #expect(copies.settings(recoveredTo: .first, defaults: defaults).priority == .p2)
    #expect(copies.changeVersion(at: .first) == 2 && copies.changeVersion(at: .second) == 2)
  }

  @Test func `Changes at both sites are in conflict until somebody saves again`() throws {
    var copies = VMRecoverySettingsCopies()
    try copies.save(settings(.p1), at: .first, reachesOther: false, changeVersion: 0)
    try copies.save(settings(.p2), at: .second, reachesOther: false, changeVersion: 0)
    #expect(copies.status == .syncConflict)
    copies.reconnected()
    #expect(copies.status == .syncConflict)
    #expect(copies.settings(recoveredTo: .first, defaults: defaults).priority == .p1)
    #expect(copies.settings(recoveredTo: .second, defaults: defaults).priority == .p2)

    try copies.save(
      settings(.p5), at: .second, reachesOther: true, changeVersion: copies.changeVersion(at: .second))

    #expect(copies.status == .ok)
    #expect(copies.settings(recoveredTo: .first, defaults: defaults).priority == .p5)
  }
}
