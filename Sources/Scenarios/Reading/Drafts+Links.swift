import Quantities

/// The raw bandwidth of a link: one for both directions, or one for each.
typealias BandwidthDraft = Either<DataRate, DirectedBandwidthDraft>

struct DirectedBandwidthDraft: Draft {
  static let noun = "bandwidth"

  var span: SourceSpan?
  var forward = Field<DataRate>()
  var backward = Field<DataRate>()

  static let keys: [Key<Self>] = [
    .required("forward", \.forward, .positiveRate(), "From the first site of \"between\" to the second."),
    .required("backward", \.backward, .positiveRate(), "From the second site to the first."),
  ]
}

extension ValueType where Value == BandwidthDraft {
  static var bandwidth: ValueType {
    .either(.namedRate, or: .object()) { if case .object = $0 { false } else { true } }
  }
}

struct LinkDraft: Draft {
  static let noun = "link"

  var span: SourceSpan?
  var name = Field<String>()
  var between = Field<[Located<String>]>()
  var bandwidth = Field<BandwidthDraft>()
  var latency = Field<LatencyDraft>()
  var loss = Field<Ratio>()
  var usable = Field<Ratio>()
  var window = Field<ByteCount>()
  var jitter = Field<TimeSpan>()
  var preference = Field<Int>()
  var schedule = Field<[Located<LinkRuleDraft>]>()
  var background = Field<BackgroundDraft>()
  var over = Field<LinkCarrier>()

  static let latencySummary =
    "The time a packet needs, one way; \"azure\", or nothing where both sites have a region, takes half of the published round trip."
  static let bandwidthSummary =
    "The raw bandwidth, or an object with forward and backward; over circuits their least if left out."

  static let keys: [Key<Self>] = [
    .required("name", \.name, .name, "What other parts of the scenario call the link."),
    .required("between", \.between, .list(of: .name, count: 2...2), "The two sites it joins."),
    .optional("bandwidth", \.bandwidth, .bandwidth, bandwidthSummary),
    .optional("latency", \.latency, .latency, latencySummary),
    .optional(
      "loss", \.loss, .properShare, default: "0%", "The probability that a packet is lost."),
    .optional(
      "usable", \.usable, .positiveShare, default: "70%",
      "The share of the raw bandwidth that replication gets as data, headers and other traffic counted in the rest; never more than the framing leaves, nor than 90 % of that where several replications compete in the model \"fluid\". VMware's worked example of 100 GB over T1, 10 and 100 Mbit/s implies 70 %."
    ),
    .optional(
      "window", \.window, .positiveSize, default: "1GiB",
      "The most that one connection keeps in flight; what the product lets each disk have in flight is usually less, and the default leaves it to that."
    ),
    .optional(
      "jitter", \.jitter, .duration(unit: "ms"), default: "0s",
      "What a packet waits beyond the latency, on average, one way: all of it counts in round trips, and a message without content waits between nothing and twice as long."
    ),
    .optional(
      "preference", \.preference, .count(1...1_000), default: 1,
      "Of several links of two sites that are up, the one with the least number is used; of equal ones the first."
    ),
    .optional(
      "schedule", \.schedule, .list(of: .object()), default: .list([]),
      "Other bandwidths at times of the week; of several that hold, the one with the least time a week, then the last."
    ),
    .optional("background", \.background, .object(), "What else is sent over the link; nothing if left out."),
    .optional(
      "over", \.over, .word,
      "Whether it shares the circuits of its sites with other links; it has a way of its own if left out."),
  ]
}

struct NetworkDraft: Draft {
  static let noun = "network"

  var span: SourceSpan?
  var model = Field<Scenario.NetworkSettings.Model>()
  var framing = Field<Scenario.NetworkSettings.Framing>()

  static let keys: [Key<Self>] = [
    .optional("model", \.model, .word, default: "fluid", "The model of the transport."),
    .optional(
      "framing", \.framing, .word, default: "ethernet", "What packet headers take from the bandwidth."),
  ]
}
