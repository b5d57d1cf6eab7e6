import BlockStorage
import RandomStreams

/// A state in the plainest form.
struct PlainState: Equatable {
  struct Instance: Equatable {
    var sequence: UInt64
    var transfer: Set<Int>
    var cursor: Int
    var preserved: [Int: [UInt8]]
  }

  var dirty: Set<Int>
  var instance: Instance?

  init(dirty: Set<Int> = [], instance: Instance? = nil) {
    self.dirty = dirty
    self.instance = instance
  }

  init(_ state: PersistentState) {
    dirty = Self.extents(of: state.dirty)
    instance = state.instance.map { instance in
      var preserved: [Int: [UInt8]] = [:]
      for extent in Self.extents(of: instance.preserved.extents) {
        var payload: [UInt8] = []
        instance.preserved.read(extent..<extent + 1, appendingTo: &payload)
        preserved[extent] = payload
      }
      return Instance(
        sequence: instance.sequence, transfer: Self.extents(of: instance.transfer), cursor: instance.cursor,
        preserved: preserved)
    }
  }

  private static func extents(of bitmap: DirtyBitmap) -> Set<Int> {
    var result: Set<Int> = []
    bitmap.forEachRun { result.formUnion($0) }
    return result
  }
}

extension RandomStream {
  /// A state and, beside it, its plain form made from the same draws and not from the state.
  mutating func nextState(
    _ geometry: ExtentGeometry, runs: Int = 4, runLimit: Int = 200, preserving: Int = 6
  ) -> (state: PersistentState, plain: PlainState) {
    var plain = PlainState()
    var dirty = DirtyBitmap(geometry: geometry)
    for _ in 0..<next(below: UInt64(runs) + 1) {
      let run = nextRun(extentCount: geometry.extentCount, limit: runLimit)
      dirty.mark(run)
      plain.dirty.formUnion(run)
    }
    guard next(below: 4) > 0 else { return (PersistentState(dirty: dirty), plain) }

    var transfer = DirtyBitmap(geometry: geometry)
    var transferExtents: Set<Int> = []
    for _ in 0..<runs {
      let run = nextRun(extentCount: geometry.extentCount, limit: runLimit)
      transfer.mark(run)
      transferExtents.formUnion(run)
    }
    let cursor = Int(next(below: UInt64(geometry.extentCount) + 1))
    let disk = ExtentStore(geometry: geometry)
    var preserved = PreservedExtents(geometry: geometry)
    var payloads: [Int: [UInt8]] = [:]
    for extent in transferExtents.sorted().filter({ $0 >= cursor }).prefix(preserving)
    where next(below: 3) > 0 {
      let payload = nextPayloads(count: 1, width: geometry.payloadWidth)
      disk.write(extent..<extent + 1, payloads: payload.span.bytes)
      preserved.preserve(extent..<extent + 1, from: disk)
      payloads[extent] = payload
    }
    let sequence = next()
    plain.instance = PlainState.Instance(
      sequence: sequence, transfer: transferExtents, cursor: cursor, preserved: payloads)
    return (
      PersistentState(
        dirty: dirty,
        instance: PersistentState.Instance(
          sequence: sequence, transfer: transfer, cursor: cursor, preserved: preserved)),
      plain
    )
  }
}

/// What opening a file says, in a form that can be compared.
enum PlainOpening: Equatable {
  case clean(PlainState)
  case unclean
  case damaged(PersistentStateDamage)

  init(_ bytes: [UInt8], diskIdentity: UInt128 = 7, geometry: ExtentGeometry) {
    do {
      switch try PersistentStateFile.open(MemoryFile(bytes), diskIdentity: diskIdentity, geometry: geometry)
        .opening
      {
      case .clean(let state): self = .clean(PlainState(state))
      case .unclean: self = .unclean
      }
    } catch .damaged(let damage) {
      self = .damaged(damage)
    } catch {
      preconditionFailure("a memory does not fail")
    }
  }

  var isDamaged: Bool { if case .damaged = self { true } else { false } }
}
