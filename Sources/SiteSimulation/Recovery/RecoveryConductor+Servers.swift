import Inventory
import Quantities
import RecoveryCore
import Scenarios

/// What happens to the servers of the sites and to the network between them.
extension RecoveryConductor {
  /// Takes what runs at either site now, and whether the sites reach each other.
  ///
  /// - Parameters:
  ///   - running: By ``ServerRole``.
  ///   - hosts: The running hosts of either site.
  mutating func sitesChanged(
    running: BothSides<[Bool]>, areConnected: Bool, hosts: BothSides<Int>, at now: Instant
  ) {
    hostCounts = hosts
    for side in PairSide.allCases {
      let answered = answers(.siteRecoveryManager, at: side)
      for role in ServerRole.allCases
      where running[side][role.rawValue] != servers.sites[side][role].isRunning {
        if running[side][role.rawValue] {
          servers.serverStarted(role, at: side)
        } else if servers.sites[side][role].isRunning {
          servers.serverStopped(role, at: side)
        }
      }
      let answers = answers(.siteRecoveryManager, at: side)
      guard answers != answered else { continue }
      hasNews = true
      if answers {
        book.serverRestarted(side)
        beginDeletions(at: now)
      } else {
        book.serverFailed(side, at: now)
      }
    }
    if areConnected != servers.isConnected {
      hasNews = true
      if areConnected { servers.connectionRestored() } else { servers.connectionLost() }
    }
    guard servers.pairing != nil else { return }
    let reaches = servers.reaches(.siteRecoveryManager)
    if reaches && !book.areSitesConnected {
      hasNews = true
      book.sitesReconnected()
      settingsMeet()
      beginDeletions(at: now)
    } else if !reaches && book.areSitesConnected {
      hasNews = true
      book.sitesDisconnected()
      failPending(at: now)
    }
  }

  func answers(_ role: ServerRole, at side: PairSide) -> Bool { servers.sites[side].answers(role) }

  /// Whether the server that conducts a run can have something done at a side.
  func answers(_ side: PairSide, toRun run: ConductedRun) -> Bool {
    side == run.recoverySide
      ? answers(.siteRecoveryManager, at: side) : servers.reaches(.siteRecoveryManager)
  }

  /// Which sites' replication can be told something by the server that conducts a run.
  func replicationAnswers(toRun run: ConductedRun) -> BothSides<Bool> {
    func answers(_ side: PairSide) -> Bool {
      self.answers(side, toRun: run) && self.answers(.replicationManagement, at: side)
    }
    return BothSides(first: answers(.first), second: answers(.second))
  }

  /// What the sites were to do together, or the other one alone, will not be heard of.
  ///
  /// Synchronisations go on by themselves while both sites live: they end when the link is back, or in time.
  private mutating func failPending(at now: Instant) {
    let ids = pending.keys.sorted { ($0.run, $0.step) < ($1.run, $1.step) }
    for id in ids {
      guard let run = run(of: id), let action = pending[id]?.action else { continue }
      let side = run.protectedSide
      let isLost =
        switch action {
        case .shutDownGuest: true
        case .synchronize: !answers(.siteRecoveryManager, at: side)
        default: false
        }
      guard isLost, let command = pending.removeValue(forKey: id) else { continue }
      abandoned += command.machines.map { RecoveryTicket(pair: self.id, command: id, machine: $0) }
      finish(id, action, with: .failed("site \(siteNames[side]) does not answer"), at: now)
    }
  }
}
