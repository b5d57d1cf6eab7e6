import RecoveryCore
import Scenarios

/// What protects the members of a group that were not protected yet.
extension World {
  /// *Configure All*: applies the mappings as they are now to the members that have no protection yet.
  ///
  /// Refused while a plan has the group in its hands, as the product refuses it.
  ///
  /// - Source: Site Recovery Manager REST API 2.0, `configure-all-vms`.
  mutating func configureGroup(_ position: Int, pair: Int) throws(RecoveryFailure) {
    guard let id = conductors[pair].groupIDs[position],
      let side = conductors[pair].book.protectedSide(of: id)
    else { throw RecoveryFailure("the protection group does not exist") }
    try conductors[pair].authorize(.configureAll, from: side, needsRemoteSite: true)
    let mappings = conductors[pair].mappings
    let commands: [ProtectionCommand]
    do {
      commands = try conductors[pair].groups.configureAll(id, mappings: mappings)
    } catch {
      throw RecoveryFailure(conductors[pair].text(error))
    }
    conductors[pair].hasNews = true
    noteProblems(ofGroup: position, pair: pair)
    conductors[pair].ask(commands, at: now)
  }
}
