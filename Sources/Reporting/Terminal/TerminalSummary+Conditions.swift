import Measurements
import Quantities

/// What is told only where it matters: space, errors and guests that had to wait.
extension TerminalSummary {
  static let datastoresShown = 6
  /// The shortest longest wait of a guest that is told.
  ///
  /// One round of copies takes a millisecond for its read and one for its write unless the scenario says
  /// otherwise, and every write to a delta under way may wait for one; five rounds are worth a line.
  static let guestDelayShown = TimeSpan.milliseconds(10)

  // MARK: - Datastores

  /// Those with a capacity, the fullest first; equals stay in their order.
  var limitedDatastores: [DatastoreRecord] {
    let limited = record.datastores.filter { $0.peakShare != nil }
    guard limited.count > Self.datastoresShown else { return limited }
    return limited.enumerated().sorted { left, right in
      let (one, other) = (left.element.peakShare ?? .zero, right.element.peakShare ?? .zero)
      return (other.partsPerBillion, left.offset) < (one.partsPerBillion, right.offset)
    }.map(\.element)
  }

  var datastoreSection: [String] {
    var table = TerminalTable([
      .init(title: "datastore", isRightAligned: false),
      .init(title: "site", isRightAligned: false, dispensability: 2),
      .init(title: "capacity"), .init(title: "at the end", dispensability: 1), .init(title: "peak"),
      .init(title: "peak share"),
    ])
    let shown = limitedDatastores.prefix(Self.datastoresShown)
    for datastore in shown {
      guard let capacity = datastore.capacity, let share = datastore.peakShare else { continue }
      table.rows.append([
        .init(shortened(datastore.name, to: 24)), .init(shortened(datastore.site, to: 20)),
        .init(Readable.size(capacity)), .init(Readable.size(datastore.usedSize)),
        .init(Readable.size(datastore.usedPeak)), .init(Readable.share(share)),
      ])
    }
    let rest = limitedDatastores.count - shown.count
    return table.lines(style: style) + (rest > 0 ? ["  and \(Readable.count(rest)) more, less full"] : [])
  }

  /// That targets had no room, which holds replications up until somebody makes some.
  var shortageLine: String? {
    let shortages = record.events.filter { $0.kind == EventRecord.insufficientSpaceKind }
    guard let first = shortages.first else { return nil }
    let times = shortages.count == 1 ? "once" : "\(Readable.count(shortages.count)) times"
    return style.paint(
      "no room at the target \(times), first at \(Readable.instant(first.at)) for \(first.subject): "
        + first.detail, .bad)
  }

  /// That guests stood still since the datastore of their own disks had no room.
  var fullSourceLine: String? {
    let stops = record.events.filter { $0.kind == EventRecord.machineOutOfSpaceKind }
    guard let first = stops.first else { return nil }
    let names = stops.map(\.subject).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    return style.paint(
      "\(Readable.count(names.count, "machine")) stood still for want of room on the own datastore, first at "
        + "\(Readable.instant(first.at)): \(Self.list(names))", .bad)
  }

  // MARK: - Sites

  /// What failures of sites would have cost.
  var siteLossSection: [String] {
    let names = Dictionary(record.vms.map { ($0.id, $0.name) }) { first, _ in first }
    var table = TerminalTable([
      .init(title: "site lost", isRightAligned: false), .init(title: "at"), .init(title: "machines"),
      .init(title: "would lose nothing"), .init(title: "at most"),
      .init(title: "of", isRightAligned: false), .init(title: "everything"),
    ])
    for loss in record.siteLosses.prefix(Self.faultsShown) {
      let unharmed = loss.machines.count { $0.loss == .zero }
      let gone = loss.machines.count { $0.loss == nil }
      table.rows.append([
        .init(shortened("\(loss.sites)", to: 32)), .init(Readable.instant(loss.at)),
        .init(Readable.count(loss.machines.count)), .init(unharmed > 0 ? Readable.count(unharmed) : "-"),
        .init(
          loss.worst.map { Readable.duration($0.loss) } ?? "-", loss.worst == nil ? nil : .warning),
        .init(loss.worst.map { shortened(names[$0.vm] ?? "", to: 24) } ?? ""),
        .init(gone > 0 ? Readable.count(gone) : "-", gone > 0 ? .bad : nil),
      ])
    }
    let rest = record.siteLosses.count - Self.faultsShown
    return table.lines(style: style) + (rest > 0 ? ["  " + Self.more(rest, in: "site_losses")] : [])
  }

  // MARK: - Refusals

  static let refusalsShown = 6

  /// What was asked for and not done, in its order.
  var refusals: [EventRecord] { record.events.filter { $0.kind.hasSuffix(EventRecord.refusalSuffix) } }

  var refusalSection: [String] {
    var table = TerminalTable([
      .init(title: "refused", isRightAligned: false), .init(title: "at"),
      .init(title: "why", isRightAligned: false, isSetOff: true),
    ])
    for refusal in refusals.prefix(Self.refusalsShown) {
      let what = "\(refusal.kind.dropLast(EventRecord.refusalSuffix.count)) \(refusal.subject)"
      table.rows.append([
        .init(shortened(what, to: 48), .warning), .init(Readable.instant(refusal.at)), .init(refusal.detail),
      ])
    }
    let rest = refusals.count - Self.refusalsShown
    return table.lines(style: style) + (rest > 0 ? ["  " + Self.more(rest, in: "events")] : [])
  }

  // MARK: - Machines

  /// The machines of which nothing is sent until somebody puts something right.
  var errorLine: String? {
    let machines = record.vms.filter(\.isInError)
    guard !machines.isEmpty else { return nil }
    return style.paint(
      "\(Readable.count(machines.count)) in error at the end: \(Self.list(machines.map(\.name)))", .bad)
  }

  /// How long guests waited for copies into demand logs.
  var guestLine: String? {
    guard
      let worst = record.vms.max(by: { $0.guestDelay.longest < $1.guestDelay.longest }),
      worst.guestDelay.longest >= Self.guestDelayShown
    else { return nil }
    let count = record.vms.reduce(0) { $0 + $1.guestDelay.count }
    let total = record.vms.reduce(TimeSpan.zero) { $0 + $1.guestDelay.total }
    return
      "  guests     waited \(count == 1 ? "once" : "\(Readable.count(count)) times") for the demand log, "
      + "\(Readable.duration(total)) in all, \(Readable.duration(worst.guestDelay.longest)) at most (\(worst.name))"
  }
  /// What failures of hosts and guests did to the machines; `nil` if nothing.
  var availabilityLine: String? {
    let records = record.vms.map(\.availability)
    let restartCount = records.reduce(0) { $0 + $1.restartCount }
    let resetCount = records.reduce(0) { $0 + $1.resetCount }
    let lost = records.reduce(TimeSpan.zero) { $0 + $1.timeWithoutHost }
    var parts: [String] = []
    if restartCount > 0 { parts.append(Readable.count(restartCount, "restart")) }
    if resetCount > 0 { parts.append("\(Readable.count(resetCount, "reset")) for want of a heartbeat") }
    if lost > .zero,
      let worst = record.vms.max(by: { $0.availability.timeWithoutHost < $1.availability.timeWithoutHost })
    {
      let most = Readable.duration(worst.availability.timeWithoutHost)
      parts.append("\(Readable.duration(lost)) without a host in all, \(most) at most (\(worst.name))")
    }
    return parts.isEmpty ? nil : "  failures   " + parts.joined(separator: ", ")
  }

  // MARK: - vSAN

  /// A line for each vSAN datastore that is not whole or had something to repair.
  var vsanLines: [String] {
    let told = record.datastores.compactMap { datastore in
      datastore.vsan.flatMap(Self.vsanText).map { "  vsan       \(shortened(datastore.name, to: 24)): \($0)" }
    }
    let rest = told.count - Self.datastoresShown
    return told.prefix(Self.datastoresShown)
      + (rest > 0 ? ["             and \(Readable.count(rest)) more"] : [])
  }

  private static func vsanText(_ vsan: VSANRecord) -> String? {
    var parts: [String] = []
    if vsan.rebuiltCount > 0 { parts.append("\(Readable.count(vsan.rebuiltCount, "component")) rebuilt") }
    if vsan.resyncedSize > .zero { parts.append("\(Readable.size(vsan.resyncedSize)) resynced") }
    if vsan.repairedExtentCount > 0 {
      parts.append("\(Readable.count(vsan.repairedExtentCount, "damaged extent")) repaired")
    }
    if vsan.inaccessibleObjectCount > 0 {
      parts.append("\(Readable.count(vsan.inaccessibleObjectCount, "object")) out of reach at the end")
    }
    if vsan.reducedObjectCount > 0 {
      parts.append("\(Readable.count(vsan.reducedObjectCount, "object")) without full redundancy at the end")
    }
    let missing = vsan.absentCount + vsan.degradedCount + vsan.staleCount
    if missing > 0, parts.isEmpty {
      parts.append("\(Readable.count(missing, "component")) not usable at the end")
    }
    let worst = worstText(vsan.conditions)
    if !worst.isEmpty { parts.append("at worst " + worst.joined(separator: ", ")) }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }

  /// The worst of each condition that there was, with the time it lasted in all.
  private static func worstText(_ conditions: VSANConditions) -> [String] {
    var parts: [String] = []
    func add(_ condition: VSANConditions.Condition, _ noun: String, _ state: String) {
      guard condition.peak > 0 else { return }
      parts.append(
        "\(Readable.count(condition.peak, noun)) \(state) (\(Readable.duration(condition.duration)))")
    }
    add(conditions.inaccessibleObjects, "object", "out of reach")
    add(conditions.reducedObjects, "object", "without full redundancy")
    add(conditions.unplacedComponents, "component", "without a place")
    if conditions.alerts.peak > 0 {
      parts.append(
        "\(Readable.count(conditions.alerts.peak, "alert")) of use together (\(Readable.duration(conditions.alerts.duration)), \(Readable.count(conditions.alertCount)) in all)"
      )
    }
    return parts
  }
}
