extension SharingSystem {
  /// One capacity and the clock of the classes it limits.
  struct Resource: Sendable {
    var capacity: Double
    /// Bytes/s per unit of weight of the classes limited here; infinite while it limits none.
    var level = Double.infinity
    /// The sum of factor × weight × count over the classes limited here.
    var limitedWeight = PreciseSum()
    /// Bytes/s used by the classes limited elsewhere, without a coupling that is only watched.
    var heldLoad = PreciseSum()
    /// The part of `heldLoad` that comes from classes at their own bound.
    var boundLoad = PreciseSum()
    /// The service clock read `service` at `serviceTime`; it advances by `level` each second.
    var service = ServiceAmount.zero
    var serviceTime: FluidTime
    /// Bytes carried up to the marks: `serviceMark` for the classes limited here, `boundMark` for those
    /// at their bound, and the mark of each coupling for the rest.
    var carried = PreciseSum()
    var serviceMark = ServiceAmount.zero
    var boundMark: FluidTime
    var isUnsettled = false

    /// The reading of the service clock, which stands still while the resource limits no class.
    @inline(__always)
    func reading(at time: FluidTime) -> ServiceAmount {
      guard level < .infinity, time > serviceTime else { return service }
      return service + ServiceAmount(level * time.seconds(since: serviceTime))
    }
  }

  /// Where a route's resources and couplings are in the flat lists.
  struct Route: Sendable {
    let start: Int
    let count: Int
    let couplings: Int
  }

  /// The classes that load `target` and are limited by `source`.
  ///
  /// A source or target below zero is the bitwise complement of a class, limited by its own bound.
  struct Coupling: Sendable {
    enum Mode: UInt8, Sendable {
      /// It has no class.
      case inactive
      /// The target is not saturated and nothing else varies there. It need not hear of the source's
      /// level below a threshold, which is one of the source's ceilings.
      case watched
      /// As `watched`, but the threshold is passed or not yet known: the target is unsettled.
      case pending
      /// The target hears of every change: `load` is part of its held load.
      case tracked
    }

    let target: Int32
    let source: Int32
    var mode = Mode.inactive
    var weight = PreciseSum()
    var load = 0.0
    var firstSlot: Int32 = -1
    var mark = ServiceAmount.zero
  }

  /// The place of a class in the list of one of its couplings; one per resource of its route.
  struct Slot: Sendable {
    var next: Int32 = -1
    var previous: Int32 = -1
    let flowClass: Int32
  }

  /// The flows of equal route, weight and bound: they have equal rates at all times.
  struct FlowClass: Sendable {
    static let ownBound = -1
    static let nowhere = -2

    var route: Int
    var weight: Double
    /// Bytes/s of one flow.
    var bound: Double
    /// The level at which the bound is reached.
    var ceiling: Double
    var count = 0
    /// The position in the route of the resource that limits the class, or one of the constants above.
    var limit = Self.nowhere
    /// That resource; without meaning at the class's own bound.
    var limitingResource = 0
    /// The class's service clock less that of its limit; at its own bound, its reading at `boundTime`.
    var service = ServiceAmount.zero
    var boundTime: FluidTime
    let firstSlot: Int
    /// For a finite bound: one per resource held at the bound, and one for the bound as a ceiling of
    /// the resource that limits the class.
    let boundCouplings: Int
    var nextInBucket: Int32 = -1

    /// The reading of the class's clock while it is at its own bound.
    @inline(__always)
    func ownReading(at time: FluidTime) -> ServiceAmount {
      guard time > boundTime else { return service }
      return service + ServiceAmount(ceiling * time.seconds(since: boundTime))
    }
  }

  struct Flow: Sendable {
    var generation: UInt32 = 0
    var flowClass: Int32 = -1
    /// The reading of the class's clock at which `servedBefore` bytes had been served.
    var origin = ServiceAmount.zero
    var servedBefore = 0.0
    var size = 0.0
    var milestone = Double.infinity
    /// `size` and `milestone` as readings of the class's clock.
    var end = ServiceAmount.never
    var milestoneTag = ServiceAmount.never
    var tag: UInt64 = 0
    /// Its number among all flows started.
    var order: UInt64 = 0

    var isRunning: Bool { flowClass >= 0 }
    var nextTag: ServiceAmount { min(end, milestoneTag) }

    /// The reading of the class's clock at which the flow has served `bytes`.
    func serviceTag(atBytes bytes: Double, weight: Double) -> ServiceAmount {
      guard bytes < .infinity else { return .never }
      let amount = ServiceAmount(max(0, bytes - servedBefore) / weight)
      return amount.isReachable ? origin + amount : .never
    }
  }
}
