package import Measurements
package import Quantities

/// What only a run itself knows while it goes on.
///
/// A world conforms to it. What a world does not model has no states.
package protocol StateSource: ~Copyable {
  /// The current instant.
  var time: Instant { get }

  /// The values of a metric of states now, in a fixed order.
  ///
  /// - Parameter metric: Its form is ``Metric/Form/states``.
  func states(of metric: Metric) -> [StateSample]

  /// When the timeline entry called `id` began, or ended, if that has happened.
  func moment(ofEntry id: String, isEnd: Bool) -> Instant?

  /// What the run would leave behind if it ended now.
  func recordSoFar() -> RunRecord
}

/// One value of a metric of states.
package struct StateSample: Sendable, Hashable {
  package enum Value: Sendable, Hashable {
    case word(String)
    /// In the base unit of the metric.
    case amount(Int64)
  }

  /// The machine, plan or group that it belongs to.
  package let name: String
  /// Of the machine's power: the site it is registered at.
  package let site: String?
  package let value: Value

  package init(name: String, site: String? = nil, value: Value) {
    self.name = name
    self.site = site
    self.value = value
  }

  package init(name: String, site: String? = nil, word: String) {
    self.init(name: name, site: site, value: .word(word))
  }
}
