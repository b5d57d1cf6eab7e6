import Inventory
import Quantities

extension Resolver {
  // MARK: - Schedules and other traffic

  func buildLinkSettings(_ link: LinkDraft) -> Scenario.LinkSettings {
    Scenario.LinkSettings(
      schedule: WeeklySchedule(
        link.schedule.value.map { rule in
          window(days: rule.value.days.value, from: rule.value.from.value, to: rule.value.to.value)
        }),
      scheduledBandwidths: link.schedule.value.map { rule in
        guard let rates = rule.value.bandwidth.value.directions else {
          preconditionFailure("what is unknown was reported as an error")
        }
        return rates
      }, background: link.background.known.flatMap { buildBackground($0) })
  }

  private func window(days: [Int], from: TimeSpan, to: TimeSpan) -> WeeklyWindow {
    let begin = from < .days(1) ? from : .zero
    return WeeklyWindow(days: days, from: begin, length: to > begin ? to - begin : to + (.days(1) - begin))
  }

  /// The traffic that a draft describes; `nil` if it is defective.
  private func buildBackground(_ draft: BackgroundDraft) -> Scenario.BackgroundTraffic? {
    let amount: Scenario.BackgroundTraffic.Amount
    if let rates = draft.rate.known?.directions {
      amount = .rate(rates)
    } else if let share = draft.share.known {
      amount = .share(share)
    } else {
      return nil
    }
    guard let connections = draft.connections.known, let windows = draft.schedule.known else { return nil }
    var times: [WeeklyWindow] = []
    for located in windows {
      guard let days = located.value.days.known, let from = located.value.from.known,
        let to = located.value.to.known
      else { return nil }
      times.append(window(days: days, from: from, to: to))
    }
    var bursts: Scenario.BackgroundTraffic.Bursts?
    if let on = draft.on.known, let off = draft.off.known { bursts = .init(on: on, off: off) }
    return Scenario.BackgroundTraffic(
      amount: amount, connections: connections, bursts: bursts, schedule: WeeklySchedule(times))
  }

  /// Reports a background that says how much it sends twice or not at all, or only half of how it comes in bursts.
  mutating func checkBackground(_ field: Field<BackgroundDraft>) {
    guard let draft = field.known, let span = draft.span else { return }
    if draft.rate.isGiven, draft.share.isGiven {
      log.report(
        .conflictingKeys, "\"rate\" and \"share\" exclude each other", at: draft.share.located?.span ?? span,
        help: "keep one of them")
    } else if !draft.rate.isGiven, !draft.share.isGiven {
      log.report(
        .missingKey, "background has neither \"rate\" nor \"share\"", at: span,
        help: "write \"rate\": \"20Mbps\", or \"share\": \"30%\"")
    }
    if draft.on.isGiven != draft.off.isGiven {
      log.report(
        .missingKey,
        "background has \(draft.on.isGiven ? "\"on\" without \"off\"" : "\"off\" without \"on\"")",
        at: span, help: "bursts need both of them; steady traffic needs none")
    }
  }

  // MARK: - Faults of links

  /// The fault of a link that an entry describes, as far as it is known.
  mutating func linkFault(
    of entry: TimelineEntryDraft, _ verb: Scenario.TimelineEntry.Verb
  ) -> Scenario.TimelineEntry.Action? {
    checkBackground(entry.background)
    if verb == .linkLoss, !entry.loss.isGiven, let span = entry.span {
      log.report(
        .missingKey, "timeline entry \(quoted(entry.id.known ?? verb.rawValue)) lacks the key \"loss\"",
        at: span,
        help: "loss: The probability that a packet is lost, beyond the link's own.")
    }
    guard let link = link(of: entry) else { return nil }
    switch verb {
    case .linkLatency:
      guard let latency = entry.latency.known else { return nil }
      return .linkLatency(link, latency: latency, jitter: entry.jitter.known)
    case .linkLoss: return entry.loss.known.map { .linkLoss(link, $0) }
    case .linkFlap:
      guard let down = entry.downTime.known, let up = entry.upTime.known else { return nil }
      return .linkFlap(link, down: down, up: up)
    case .linkBrownout:
      guard let share = entry.share.known else { return nil }
      return .linkBrownout(link, share: share, loss: entry.loss.known ?? .zero)
    case .linkBackground:
      return entry.background.known.flatMap { buildBackground($0) }.map { .linkBackground(link, $0) }
    case .linkCorrupt: return entry.share.known.map { .linkCorrupt(link, share: $0) }
    default: preconditionFailure("only faults of links are handed over")
    }
  }
}
