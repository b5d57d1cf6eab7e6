import Inventory
import Measurements
import Quantities
import RandomStreams
import ResourceModels
import Scenarios

/// One link as it is now.
///
/// Faults of one link overlap by this rule:
///
/// | what | of several in force |
/// |---|---|
/// | `link.down`, the down phases of `link.flap` | the link is down while any of them says so |
/// | `link.limit` | the latest counts, instead of the schedule and of the link's own bandwidth |
/// | `link.brownout` | each leaves its share of what the others leave; their losses add up as those of `link.loss` |
/// | `link.latency` | the latest counts, instead of the link's own latency and jitter |
/// | `link.loss` | a packet is lost by any of them, or by the link's own loss: 1 − Π(1 − p) |
/// | `link.background` | the latest counts, instead of the link's own background traffic |
/// | `link.corrupt` | a frame is damaged by any of them: 1 − Π(1 − p) |
///
/// When an entry ends, what it hid is in force again. `link.restore` lifts all of them.
struct LinkState {
  /// Indexed by `Link.Direction`.
  let resources: [ResourceID]
  var outages = ActiveEntries<Void>()
  var limits = ActiveEntries<[DataRate]>()
  var flaps = ActiveEntries<(down: TimeSpan, up: TimeSpan)>()
  var brownouts = ActiveEntries<(share: Ratio, loss: Ratio)>()
  var latencies = ActiveEntries<(latency: TimeSpan, jitter: TimeSpan)>()
  var losses = ActiveEntries<Ratio>()
  var corruptions = ActiveEntries<Ratio>()
  var backgrounds = ActiveEntries<Scenario.BackgroundTraffic>()
  /// The bandwidth of the rule of the week that holds now, or `nil` where none does.
  var scheduledBandwidth: [DataRate]?
  /// Tells the change of rules that is awaited from those that no longer are.
  var scheduleStamp: UInt64 = 0
  /// What other traffic does, by direction.
  var background: [BackgroundState]
  /// Transfers under way, by direction.
  var transfers = [0, 0]
  var meters: [LinkMeter]
  /// Frames that arrived damaged, by direction.
  var damagedFrameCount = [0, 0]
  /// What was carried and thrown away with them, by direction.
  var wastedBytes = [0.0, 0.0]
  /// The latency, jitter and loss that connections were last told of.
  var toldCondition: LinkCondition?

  var isUp: Bool { outages.isEmpty }

  /// Lifts everything that the timeline has put in force.
  ///
  /// - Returns: The entries that were in force.
  mutating func endAllFaults() -> [Int] {
    // Down phases of flaps are outages of the same entry.
    var ended = outages.endAll() + limits.endAll() + flaps.endAll() + brownouts.endAll()
    ended += latencies.endAll() + losses.endAll() + corruptions.endAll() + backgrounds.endAll()
    return ended
  }
}

/// What a transfer meets on a link at an instant.
struct LinkCondition: Hashable {
  /// Raw, indexed by `Link.Direction`.
  var bandwidth: [DataRate]
  /// The least a packet needs, one way.
  var latency: TimeSpan
  /// What it waits beyond that, on average.
  var jitter: TimeSpan
  /// The probability that a packet is lost.
  var loss: Ratio

  /// One way; what windows and round trips go by.
  var meanLatency: TimeSpan { latency + jitter }

  /// The condition of a link, by the rule of ``LinkState``.
  init(of link: Link, _ state: LinkState) {
    bandwidth = state.limits.current ?? state.scheduledBandwidth ?? link.bandwidth
    latency = state.latencies.current?.latency ?? link.latency
    jitter = state.latencies.current?.jitter ?? link.jitter
    loss = link.loss
    for brownout in state.brownouts.values {
      bandwidth = bandwidth.map { $0.scaled(by: brownout.share) }
      loss = loss.union(brownout.loss)
    }
    for other in state.losses.values { loss = loss.union(other) }
  }

  /// Whether connections notice the difference.
  func delaysOrLosesAs(_ other: LinkCondition) -> Bool {
    latency == other.latency && jitter == other.jitter && loss == other.loss
  }
}

extension Ratio {
  /// The probability that one of two independent causes strikes: *1 − (1 − p)(1 − q)*, rounded down to a part per billion.
  func union(_ other: Ratio) -> Ratio {
    let both = Int64(Int128(partsPerBillion) * Int128(other.partsPerBillion) / 1_000_000_000)
    return Ratio(partsPerBillion: partsPerBillion + other.partsPerBillion - both)
  }
}
