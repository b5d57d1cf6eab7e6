import Expectations
import ReplicationCore
import Scenarios

/// What `drsim explain` has to say about a word.
enum Explanation {
  /// The words that stand for a whole list.
  enum Chapter: String, CaseIterable {
    case format, profile, product, status, azure, metrics

    var text: String {
      switch self {
      case .format: Explanation.format
      case .profile: Profile.parameters.map(Explanation.text).joined()
      case .product: ProductProfile.constants.map(\.explanation).joined()
      case .status: ReplicationStatus.allCases.map(\.explanation).joined()
      case .azure: Explanation.azure
      case .metrics: Explanation.metrics
      }
    }
  }

  /// The text about `topic`, or `nil` if there is none.
  ///
  /// Case does not count. A constant of the product can be called by the last part of its name. Where a scenario has a key of
  /// that name, both are told.
  static func text(about topic: String) -> String? {
    let word = topic.lowercased()
    if let chapter = Chapter(rawValue: word) { return chapter.text }
    if let code = DiagnosticCode(rawValue: word.uppercased()) {
      return "\(code.rawValue)  \(code.title)\n\n\(code.explanation)\n"
    }
    let statuses = ReplicationStatus.allCases.filter {
      $0.rawValue.lowercased() == word || $0.title.lowercased() == word
    }
    let constants = ProductProfile.constants.filter {
      $0.key.lowercased() == word || lastPart(of: $0).lowercased() == word
    }
    let metrics = Metric.allCases.filter { $0.rawValue == word || $0.name == word }
    let texts =
      [metrics.map(\.explanation), statuses.map(\.explanation), constants.map(\.explanation)].map {
        $0.joined()
      }
      + [verbText(about: topic), formatText(about: topic)].compactMap { $0 }
    let told = texts.filter { !$0.isEmpty }
    return told.isEmpty ? nil : told.joined(separator: "\n")
  }

  /// The word that somebody who wrote `topic` most likely meant.
  static func suggestion(for topic: String) -> String? {
    let words =
      Chapter.allCases.map(\.rawValue) + ReplicationStatus.allCases.map(\.rawValue)
      + DiagnosticCode.allCases.map(\.rawValue) + ProductProfile.constants.map(\.key)
      + Metric.allCases.map(\.rawValue) + Scenario.TimelineEntry.Verb.allCases.map(\.rawValue)
      + FormatDescription.current.words
    if let word = closest(to: topic, among: words) { return word }
    // A slip in the last part of a constant's name.
    guard let part = closest(to: topic, among: ProductProfile.constants.map(lastPart)) else { return nil }
    return ProductProfile.constants.first { lastPart(of: $0) == part }?.key
  }

  /// Every metric, and how an expression is put together.
  private static var metrics: String {
    Metric.allCases.map(\.explanation).joined()
      + """

      An expectation is METRIC OPERATOR VALUE, FUNCTION(METRIC) OPERATOR VALUE, or count or share of the values that
      satisfy a condition: count(replication.status != OK) == 0.
        selectors   {vm=web-*, …} behind the metric; * stands for any characters
        functions   min, max, avg, sum, argmax, percentiles such as p50, p95, p99.9
        operators   == != < <= > >= in; in takes a list: [OK, SYNC]
      Without a function it must hold of every value. Without "at", "during" or "except" it is about the run from the end
      of the warm-up on.

      """
  }

  private static func lastPart(of constant: ProductConstant) -> String {
    constant.key.split(separator: ".").last.map(String.init) ?? constant.key
  }

  private static func text(of parameter: Profile.Parameter) -> String {
    "\(parameter.key)  (default \(parameter.defaultText))\n    \(parameter.summary)\n"
      + "    Source: \(parameter.source)\n"
  }
}

extension ReplicationStatus {
  /// What the word means, in a few lines.
  ///
  ///     SYNC  ("Sync"; group In progress)
  ///         A delta is on its way: what the guest wrote since the last instance.
  fileprivate var explanation: String {
    "\(rawValue)  (\"\(title)\"; group \(group.rawValue))\n    \(meaning)\n"
  }

  private var meaning: String {
    switch self {
    case .configuring: "The replication is being set up or changed."
    case .initialFullSync: "The first full sync of its life runs or must run: nothing can be recovered yet."
    case .fullSync: "A full sync runs or must run: disks are compared, and what differs is sent."
    case .sync: "A delta is on its way: what the guest wrote since the last instance."
    case .ok: "The newest instance is complete and no older than the RPO; nothing is being sent."
    case .notActive: "The virtual machine is off, or there is no connection: nothing is being sent."
    case .paused: "An administrator or the product paused the replication."
    case .error:
      "Nothing is sent until somebody puts something right, such as a full datastore or a disk that was added."
    case .moving: "The replication moves to another replication server."
    case .recovering: "The replica is being made a virtual machine."
    case .recovered: "The replica is a virtual machine of its own; the replication is over."
    case .diskResizing: "A disk of the replica is being made as large as its source."
    case .unknown: "The site that knows does not answer."
    case .rpoViolation, .syncRPOViolation, .fullSyncRPOViolation, .notActiveRPOViolation, .errorRPOViolation:
      "As \(withoutViolation), and the newest complete instance is older than the RPO."
    }
  }

  private var withoutViolation: String {
    rawValue == "RPO_VIOLATION" ? "OK" : rawValue.replacing("_RPO_VIOLATION", with: "")
  }
}
