package import Inventory
package import Quantities

/// What a replication can do beyond the least.
package struct ReplicationCapabilities: OptionSet, Sendable, Hashable {
  package let rawValue: Int

  package init(rawValue: Int) { self.rawValue = rawValue }

  /// Older points in time can be recovered, not only the newest.
  package static let choosesInstance = ReplicationCapabilities(rawValue: 1)
  /// The target can be asked whether a test or a failover would work before it begins.
  package static let checksFirst = ReplicationCapabilities(rawValue: 2)
  /// A test image can be made the recovered machine.
  package static let promotesTest = ReplicationCapabilities(rawValue: 4)
  /// The direction turns by itself after a failover.
  package static let reversesItself = ReplicationCapabilities(rawValue: 8)
}

/// Which point in time is recovered.
package enum InstanceChoice: Sendable, Hashable {
  case newest
  /// The newest that is not later than `time`.
  case notLater(than: Instant)
}

/// What a plan asks of a replication.
package enum ReplicationRequest: Sendable, Hashable {
  /// Bring what has changed to the other site now.
  case synchronize
  /// Make a writable image at the target while replication goes on.
  case startTest(InstanceChoice)
  case stopTest
  /// Make the source read-only before a planned migration, or after a failover that could not.
  case prepare
  /// Make the source writable again.
  case undoPrepare
  /// Make the target writable for good.
  ///
  /// - Parameter isPlanned: Whether the source was prepared; otherwise the source need not answer.
  case failOver(InstanceChoice, isPlanned: Bool)
  /// Replicate from the recovered side to where the data came from.
  case reverse

  /// Whether the request changes what the source site does.
  package var needsSource: Bool {
    switch self {
    case .synchronize, .prepare, .undoPrepare: true
    case .reverse: true
    case .startTest, .stopTest, .failOver: false
    }
  }
}

/// One thing to be done at one site for a request, in its turn.
package struct ProviderCommand: Sendable, Hashable {
  package enum Operation: Sendable, Hashable {
    case replication(ReplicationAction)
    case adapter(StorageAdapterCommand)
    case virtualVolumes(VirtualVolumesOperation)
  }

  /// The site whose server does it.
  package let side: PairSide
  package let operation: Operation
  /// The units it concerns, in ascending order; never empty.
  package let units: [ReplicationUnitID]
  /// For tests and failovers.
  package let choice: InstanceChoice?

  package init(
    side: PairSide, operation: Operation, units: [ReplicationUnitID], choice: InstanceChoice? = nil
  ) {
    self.side = side
    self.operation = operation
    self.units = units
    self.choice = choice
  }
}

/// What vSphere Replication is told to do for a machine.
package enum ReplicationAction: String, Sendable, Hashable, CaseIterable {
  case synchronize
  case createTestImage
  case removeTestImage
  case stopSource
  case resumeSource
  case failOver
  case reverse
}

/// Why a replication refuses a request; nothing has been changed then.
package enum ReplicationRefusal: Error, Sendable, Hashable {
  case noSuchUnit(ReplicationUnitID)
  /// The unit's state does not lead there.
  case wrongState(ReplicationUnitID, ReplicationUnit.State)
  /// The site that must act does not answer.
  case siteDown(PairSide)
  /// The replication can only recover the newest point in time.
  case cannotChooseInstance
  /// No complete copy at the target is old enough, or there is none at all.
  case noInstance(ReplicationUnitID)
  /// The replication is stopped by a fault that must be repaired first.
  case broken(ReplicationUnitID, String)
}

package typealias ReplicationUnitID = Identifier<ReplicationUnit>

/// What a replication copies and fails over as one: a machine, a consistency group of devices or a group of virtual volumes.
package struct ReplicationUnit: Sendable, Hashable {
  /// Where a unit is on its way.
  package enum State: Sendable, Hashable, CaseIterable {
    case replicating
    /// It is replicating, and a test image stands at the target.
    case inTest
    /// The source is read-only.
    case prepared
    /// The target is writable, and nothing is replicated.
    case failedOver
  }

  package let name: String
  /// Where its data is written.
  package internal(set) var sourceSide: PairSide
  package internal(set) var state = State.replicating
  /// Whether the source was made read-only; after a failover without it, that can still be done.
  package internal(set) var isSourcePrepared = false
  /// What stops its replication, if anything.
  package internal(set) var fault: String?

  package init(name: String, sourceSide: PairSide) {
    self.name = name
    self.sourceSide = sourceSide
  }
}

/// What plans ask of a replication, whatever carries the data.
///
/// The provider says what must be done and in what order; its driver does it, lets it take its time, and reports the request
/// completed. A request whose work is done already yields no commands, so a plan that runs again finds finished steps.
package protocol ReplicationProvider: Sendable {
  static var type: ReplicationType { get }
  var capabilities: ReplicationCapabilities { get }
  /// By ``ReplicationUnitID``.
  var units: [ReplicationUnit] { get set }

  /// The commands at the two sites that fulfil a request for units in a state where there is something to do.
  func commands(
    for request: ReplicationRequest, units: [ReplicationUnitID], sourceSide: PairSide
  ) -> [ProviderCommand]

  /// When the newest copy at the target that a choice allows was the content of the source, or `nil` if there is none.
  func recoveryPoint(of unit: ReplicationUnitID, choice: InstanceChoice, at now: Instant) -> Instant?

  /// Forgets the copies at what was the target of a unit: its replication goes the other way now.
  mutating func directionTurned(of unit: ReplicationUnitID)
}

extension ReplicationProvider {
  /// What must be done for a request, in order.
  ///
  /// - Parameters:
  ///   - units: In ascending order, each once; all on the same side.
  ///   - answering: Which sites' servers answer.
  /// - Throws: Why nothing can be done; the first unit that stands in the way is named.
  package func commands(
    for request: ReplicationRequest, of units: [ReplicationUnitID], answering: BothSides<Bool>,
    at now: Instant
  ) throws(ReplicationRefusal) -> [ProviderCommand] {
    var waiting: [ReplicationUnitID] = []
    for id in units {
      guard self.units.indices.contains(id.index) else { throw .noSuchUnit(id) }
      let unit = self.units[id.index]
      switch Self.transition(unit, request) {
      case .done: continue
      case .refused: throw .wrongState(id, unit.state)
      case .to: break
      }
      let target = unit.sourceSide.other
      if request.needsSource, !answering[unit.sourceSide] { throw .siteDown(unit.sourceSide) }
      if request != .prepare && request != .undoPrepare, !answering[target] { throw .siteDown(target) }
      switch request {
      case .synchronize, .reverse:
        if let fault = unit.fault { throw .broken(id, fault) }
      case .startTest(let choice), .failOver(let choice, _):
        if choice != .newest && !capabilities.contains(.choosesInstance) { throw .cannotChooseInstance }
        guard recoveryPoint(of: id, choice: choice, at: now) != nil else { throw .noInstance(id) }
      case .stopTest, .prepare, .undoPrepare: break
      }
      waiting.append(id)
    }
    guard let first = waiting.first else { return [] }
    return commands(for: request, units: waiting, sourceSide: self.units[first.index].sourceSide)
  }

  /// A request has been fulfilled for these units; those for which there was nothing to do stay as they are.
  package mutating func completed(_ request: ReplicationRequest, of units: [ReplicationUnitID]) {
    for id in units {
      guard case .to(let state) = Self.transition(self.units[id.index], request) else { continue }
      self.units[id.index].state = state
      switch request {
      case .prepare: self.units[id.index].isSourcePrepared = true
      case .undoPrepare: self.units[id.index].isSourcePrepared = false
      case .reverse:
        self.units[id.index].isSourcePrepared = false
        self.units[id.index].sourceSide = self.units[id.index].sourceSide.other
        directionTurned(of: id)
      case .synchronize, .startTest, .stopTest, .failOver: break
      }
    }
  }

  /// A unit's replication stopped, or goes on again if `fault` is `nil`.
  package mutating func faultChanged(_ fault: String?, of unit: ReplicationUnitID) {
    units[unit.index].fault = fault
  }

  /// How the replication of a unit stands, for the status of the machines in it.
  package func health(of unit: ReplicationUnitID) -> ProviderHealth {
    units[unit.index].fault.map { .error($0) } ?? .ok
  }

  private static func transition(
    _ unit: ReplicationUnit, _ request: ReplicationRequest
  ) -> ReplicationTransition {
    switch (request, unit.state) {
    case (.synchronize, .replicating), (.synchronize, .inTest), (.synchronize, .prepared): .to(unit.state)
    // Nothing may overwrite what is in use at the target, and nothing more can come.
    case (.synchronize, .failedOver): .done
    case (.startTest, .replicating): .to(.inTest)
    case (.startTest, .inTest): .done
    case (.startTest, .prepared), (.startTest, .failedOver): .refused
    case (.stopTest, .inTest): .to(.replicating)
    case (.stopTest, _): .done
    case (.prepare, .replicating): .to(.prepared)
    case (.prepare, .prepared): .done
    case (.prepare, .failedOver): unit.isSourcePrepared ? .done : .to(.failedOver)
    case (.prepare, .inTest): .refused
    case (.undoPrepare, .prepared): .to(.replicating)
    case (.undoPrepare, .replicating): .done
    case (.undoPrepare, .inTest), (.undoPrepare, .failedOver): .refused
    case (.failOver, .prepared): .to(.failedOver)
    case (.failOver(_, let isPlanned), .replicating): isPlanned ? .refused : .to(.failedOver)
    case (.failOver, .failedOver): .done
    case (.failOver, .inTest): .refused
    case (.reverse, .failedOver): .to(.replicating)
    case (.reverse, .replicating): .done
    case (.reverse, .inTest), (.reverse, .prepared): .refused
    }
  }
}

/// Where a request takes a unit.
private enum ReplicationTransition {
  case to(ReplicationUnit.State)
  /// There is nothing to do.
  case done
  case refused
}
