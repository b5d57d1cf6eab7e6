import Inventory
package import Measurements
import Quantities

/// The figures of a run as one JSON document, for `--json`.
///
/// Keys end in the base unit of their number: `…Bytes`, `…Seconds`, `…BitsPerSecond`; shares are plain numbers from 0 to 1
/// and end in `Share`. All are exact decimals. Keys come in a fixed order, and the same record gives the same bytes.
/// A value that does not exist, such as the lag of a machine without an instance, is `null`; its key is there.
/// The object `replicationInfo` of a machine is in the words and units of the product's REST contract instead.
package struct JSONDocument: Sendable {
  /// Raised when a key changes its meaning or goes; new keys may come at any time.
  package static let format = 1

  /// The document, ended by a line feed.
  package let text: String

  package init(_ record: RunRecord, summary: RunSummary? = nil) {
    let summary = summary ?? RunSummary(record)
    let names = Dictionary(record.vms.map { ($0.id, $0.name) }) { first, _ in first }
    let document = JSONValue.object([
      ("format", .count(Self.format)),
      ("scenario", .string(record.scenarioName)),
      ("title", .string(record.scenarioTitle)),
      ("scenarioHash", .string(record.scenarioHash)),
      ("seed", .count(record.seed)),
      ("digest", .string(record.digestText)),
      ("version", .string(record.version)),
      ("durationSeconds", .seconds(record.duration)),
      ("warmUpSeconds", .seconds(record.warmUp)),
      ("eventCount", .count(record.eventCount)),
      ("verifiedInstanceCount", .count(record.verifiedInstanceCount)),
      ("mismatchedInstanceCount", .count(record.mismatchedInstanceCount)),
      ("observedSeconds", .seconds(summary.observedTime)),
      ("complianceShare", .share(summary.complianceShare)),
      ("violationCount", .count(summary.violations.count)),
      ("violationSeconds", .seconds(summary.violationTime)),
      ("unprotectedSeconds", .seconds(summary.unprotectedTime)),
      ("notReplicatedSeconds", .seconds(summary.notReplicatedTime)),
      ("worstVM", summary.worstVM.map { .string($0.name) } ?? .null),
      ("completedCycleCount", .count(summary.completedCycleCount)),
      ("abortedCycleCount", .count(summary.abortedCycleCount)),
      ("fullSyncCount", .count(summary.fullSyncCount)),
      ("writtenBytes", .bytes(summary.writtenSize)),
      ("payloadBytes", .bytes(summary.payloadSize)),
      ("wireBytes", .bytes(summary.wireSize)),
      ("vcenterEventBytes", .bytes(summary.vcenterEventSize)),
      ("vcenterEvents", .array(record.vcenterEventCounts.map(Self.vcenterEvent))),
      ("vms", .array(zip(record.vms, summary.vms).map(Self.machine))),
      ("links", .array(zip(record.links, summary.links).map(Self.link))),
      ("circuits", .array(record.circuits.map { Self.circuit($0, from: record.measured.lowerBound) })),
      ("datastores", .array(record.datastores.map(Self.datastore))),
      ("planRuns", .array(record.planRuns.map(Self.planRun))),
      ("staleCopies", .array(record.staleCopies.map(Self.staleCopy))),
      ("expectations", .array(record.expectations.map(Self.expectation))),
      ("violations", .array(summary.violations.map { Self.violation($0, name: names[$0.vm] ?? "") })),
      ("faults", .array(record.faults.map(Self.fault))),
      ("siteLosses", .array(record.siteLosses.map { Self.siteLoss($0, names: names) })),
      ("events", .array(record.events.map(Self.event))),
    ])
    text = document.text + "\n"
  }

  private static func link(_ record: LinkRecord, _ link: LinkSummary) -> JSONValue {
    .object(
      [("name", .string(link.name)), ("from", .string(link.source)), ("to", .string(link.target))]
        + use(link.statistics) + [
          ("carriedBytes", .bytes(link.bytes)),
          ("backgroundBytes", .bytes(record.backgroundSize)),
          ("damagedFrameCount", .count(record.damagedFrameCount)),
          ("wastedBytes", .bytes(record.wastedSize)),
        ])
  }

  private static func circuit(_ circuit: CircuitRecord, from start: Instant) -> JSONValue {
    .object(
      [
        ("name", .string(circuit.name)), ("site", .string(circuit.site)),
        ("direction", .string(circuit.direction == .forward ? "out" : "in")),
      ] + use(circuit.statistics(from: start)) + [("carriedBytes", .bytes(circuit.use.bytes))])
  }

  /// What a link or a circuit carried, after the warm-up.
  private static func use(_ figures: LinkStatistics) -> [(key: String, value: JSONValue)] {
    [
      ("observedSeconds", .seconds(figures.observedTime)),
      ("meanBitsPerSecond", .bitsPerSecond(figures.rateMean)),
      ("p95BitsPerSecond", .bitsPerSecond(figures.ratePercentile95)),
      ("maximumBitsPerSecond", .bitsPerSecond(figures.rateMaximum)),
      ("maximumAtSeconds", .seconds(figures.rateMaximumAt)),
      ("capacityMeanBitsPerSecond", .bitsPerSecond(figures.capacityMean)),
      ("capacityMaximumBitsPerSecond", .bitsPerSecond(figures.capacityMaximum)),
      ("useShare", .share(figures.useShare)),
      ("useP95Share", .share(figures.useSharePercentile95)),
      ("saturatedSeconds", .seconds(figures.saturatedTime)),
      ("saturatedShare", .share(figures.saturatedShare)),
      ("measuredBytes", .bytes(figures.bytes)),
    ]
  }

  private static func datastore(_ datastore: DatastoreRecord) -> JSONValue {
    .object([
      ("name", .string(datastore.name)),
      ("site", .string(datastore.site)),
      ("capacityBytes", .bytes(datastore.capacity)),
      ("usedBytes", .bytes(datastore.usedSize)),
      ("usedPeakBytes", .bytes(datastore.usedPeak)),
      ("usedPeakShare", .share(datastore.peakShare)),
      ("vsan", datastore.vsan.map(vsan) ?? .null),
    ])
  }

  private static func violation(_ violation: ViolationRecord, name: String) -> JSONValue {
    .object([
      ("vm", .string(name)),
      ("fromSeconds", .seconds(violation.from)),
      ("toSeconds", .seconds(violation.to)),
      ("isOpen", .boolean(violation.isOpen)),
      ("lagMaximumSeconds", .seconds(violation.lagMaximum)),
      ("faultsDuring", .array(violation.faultsDuring.map { .string($0.name) })),
      ("faultsBefore", .array(violation.faultsBefore.map { .string($0.name) })),
    ])
  }

  private static func siteLoss(_ loss: SiteLossRecord, names: [VirtualMachineID: String]) -> JSONValue {
    .object([
      ("fault", .string(loss.fault)),
      ("sites", .string(loss.sites)),
      ("atSeconds", .seconds(loss.at)),
      (
        "vms",
        .array(
          loss.machines.map {
            .object([("name", .string(names[$0.vm] ?? "")), ("lossSeconds", .seconds($0.loss))])
          })
      ),
    ])
  }

  private static func fault(_ fault: FaultRecord) -> JSONValue {
    .object([
      ("name", .string(fault.name)),
      ("kind", .string(fault.kind)),
      ("subject", .string(fault.subject)),
      ("fromSeconds", .seconds(fault.from)),
      ("toSeconds", .seconds(fault.to)),
    ])
  }

  private static func event(_ event: EventRecord) -> JSONValue {
    .object([
      ("atSeconds", .seconds(event.at)),
      ("kind", .string(event.kind)),
      ("subject", .string(event.subject)),
      ("detail", .string(event.detail)),
      ("vcenterEvent", .string(event.vcenterEvent)),
    ])
  }

  private static func vcenterEvent(_ name: String, count: Int) -> JSONValue {
    .object([("vcenterEvent", .string(name)), ("postedCount", .count(count))])
  }
}
