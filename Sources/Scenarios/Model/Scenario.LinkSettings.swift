package import Quantities

extension Scenario {
  /// What a scenario says about a link beyond its place in the inventory.
  package struct LinkSettings: Sendable, Hashable {
    /// When other bandwidths hold.
    package let schedule: WeeklySchedule
    /// The raw bandwidth of each rule of ``schedule``, indexed by `Link.Direction`.
    package let scheduledBandwidths: [[DataRate]]
    /// What else is sent over the link, or `nil`.
    package let background: BackgroundTraffic?
  }

  /// What others send over a link while replication uses it.
  ///
  /// It competes as so many connections that always have something to send, up to its rate.
  package struct BackgroundTraffic: Sendable, Hashable {
    package enum Amount: Sendable, Hashable {
      /// Data at most, indexed by `Link.Direction`.
      case rate([DataRate])
      /// Of what a connection alone gets of the link as it is at the time, in both directions.
      case share(Ratio)
    }

    /// Traffic that comes and goes: bursts and pauses of exponentially distributed length, each direction by itself.
    package struct Bursts: Sendable, Hashable {
      /// The mean length of a burst.
      package let on: TimeSpan
      /// The mean length of a pause.
      package let off: TimeSpan
    }

    package let amount: Amount
    /// As how many connections it competes.
    package let connections: Int
    /// `nil` where it is steady.
    package let bursts: Bursts?
    /// When it is there; always, if it has no windows.
    package let schedule: WeeklySchedule
  }
}
