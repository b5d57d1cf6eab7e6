import Quantities

// What a scenario says about clouds: circuits, regions, and figures by name.

/// Where a private cloud runs, and so whose limits apply beside the product's.
enum Platform: String, CaseIterable {
  /// Azure VMware Solution.
  case avs
}

/// What carries a link.
enum LinkCarrier: String, CaseIterable {
  /// The circuits of the sites it joins.
  case circuit
}

struct CircuitDraft: Draft {
  static let noun = "circuit"

  var span: SourceSpan?
  var name = Field<String>()
  var bandwidth = Field<DataRate>()
  var gateway = Field<DataRate>()
  var usable = Field<Ratio>()

  static let keys: [Key<Self>] = [
    .required("name", \.name, .name, "What the timeline calls the circuit."),
    .required(
      "bandwidth", \.bandwidth, .namedRate,
      "What it carries in each direction: a data rate, or a size such as \"ER-1G\"."),
    .optional(
      "gateway", \.gateway, .namedRate,
      "What the gateway behind it carries, as \"ErGw2\"; none is in the way if left out, as with Global Reach."
    ),
    .optional(
      "usable", \.usable, .positiveShare, default: "70%",
      "The share of it that replication gets as data, as that of a link."),
  ]
}

/// The one-way latency of a link.
enum LatencyDraft: Sendable {
  case span(TimeSpan)
  /// Half of the published round trip between the regions of the two sites.
  case azure
}

extension ValueType where Value == LatencyDraft {
  /// A duration, or the word `azure`.
  static let latency = ValueType(
    shape: .either(ValueType<TimeSpan>.duration(unit: "ms").shape, .word(["azure"]))
  ) { node, subject, log in
    if case .string("azure") = node.value { return .azure }
    return ValueType<TimeSpan>.duration(unit: "ms").decode(node, subject, &log).map { .span($0) }
  }
}

extension ValueType where Value == DataRate {
  /// A data rate above zero, or the name of one of ``AzureNetwork/sizes``.
  static let namedRate = ValueType(
    shape: .either(
      ValueType.positiveRate().shape,
      .text(meaning: "a size of Azure such as \"ER-1G\"", example: "ER-1G"))
  ) { node, subject, log in
    if case .string(let text) = node.value, let first = text.first, !first.isNumber {
      if let size = AzureNetwork.size(named: text) { return size.rate }
      if let name = closest(to: text, among: AzureNetwork.sizes.map(\.name)) {
        log.report(
          .invalidQuantity, "\(quoted(text)) is neither a data rate nor a size of Azure", at: node.span,
          suggestion: quoted(name))
        return nil
      }
    }
    return ValueType.positiveRate().decode(node, subject, &log)
  }
}
