import BlockStorage
import RandomStreams

/// A file that shows at every operation what a crash there could leave, and fails when told to.
final class CrashRecorder: StorageFile {
  enum Failure: Error, Equatable { case noSpace }

  enum Change {
    case write(offset: Int, bytes: [UInt8])
    case resize(Int)
  }

  /// What an operation that fails has done nevertheless.
  enum FailureMode: CaseIterable {
    /// Nothing.
    case nothing
    /// All of it, unsynced.
    case everything
    /// A failed sync loses for good what it should have made safe, though it can still be read.
    case forgets
  }

  /// What survives any crash.
  private(set) var durable: [UInt8]
  /// What was done since, in order.
  private(set) var pending: [Change] = []
  private(set) var view: [UInt8]
  /// Operations that change the file, and syncs.
  private(set) var operationCount = 0
  var failingOperation: Int?
  var failureMode = FailureMode.nothing
  /// Called after every operation, whether it failed or not.
  var observer: ((CrashRecorder) -> Void)?

  init(_ bytes: [UInt8] = []) {
    durable = bytes
    view = bytes
  }

  var byteCount: UInt64 { UInt64(view.count) }

  func read(_ range: Range<UInt64>, appendingTo result: inout [UInt8]) throws(Failure) {
    result.append(contentsOf: view[Int(range.lowerBound)..<Int(range.upperBound)])
  }

  func write(_ added: RawSpan, at offset: UInt64) throws(Failure) {
    let bytes = added.withUnsafeBytes { Array($0) }
    try perform {
      pending.append(.write(offset: Int(offset), bytes: bytes))
      view.overwrite(bytes.span.bytes, at: Int(offset))
    }
  }

  func resize(to byteCount: UInt64) throws(Failure) {
    try perform {
      pending.append(.resize(Int(byteCount)))
      view.resize(to: Int(byteCount))
    }
  }

  func sync() throws(Failure) {
    if failingOperation == operationCount, failureMode == .forgets { pending = [] }
    try perform {
      for change in pending { Self.apply(change, to: &durable) }
      pending = []
    }
  }

  private func perform(_ body: () -> Void) throws(Failure) {
    defer {
      operationCount += 1
      observer?(self)
    }
    guard failingOperation == operationCount else {
      body()
      return
    }
    if failureMode == .everything { body() }
    throw .noSpace
  }

  private static func apply(_ change: Change, to bytes: inout [UInt8]) {
    switch change {
    case .write(let offset, let added): bytes.overwrite(added.span.bytes, at: offset)
    case .resize(let byteCount): bytes.resize(to: byteCount)
    }
  }

  // MARK: Crashing

  /// Calls `body` with what a crash now may leave.
  ///
  /// Every part of a write that lies in one sector, and every change of length, is kept or lost; parts also
  /// torn. With at most `limit` images all combinations are made, else as many at random.
  ///
  /// If one part only is in flight, it is torn at each of its bytes, both ways round, and at random (with a limit
  /// below 1,000 at some of its bytes).
  func forEachCrash(limit: Int, random: inout RandomStream, _ body: ([UInt8]) -> Void) {
    let parts = pending.flatMap(Self.sectorParts)
    if parts.count == 1, case .write(let offset, let bytes) = parts[0] {
      body(durable)
      body(image { _, _, new in new })
      let cuts =
        limit >= 1_000
        ? Array(1..<bytes.count) : (0..<limit / 3).map { _ in Int(random.next(below: UInt64(bytes.count))) }
      for cut in cuts {
        body(image { index, old, new in index < cut ? new : old })
        body(image { index, old, new in index < cut ? old : new })
        let mask = random.next()
        body(
          image { index, old, new in
            old ^ ((old ^ new) & UInt8(truncatingIfNeeded: mask >> UInt64(index & 31)))
          })
      }
      func image(_ mix: (Int, UInt8, UInt8) -> UInt8) -> [UInt8] {
        var result = durable
        if result.count < offset + bytes.count { result.resize(to: offset + bytes.count) }
        for index in bytes.indices {
          result[offset + index] = mix(index, result[offset + index], bytes[index])
        }
        return result
      }
      return
    }
    var combinations = 1
    for _ in parts where combinations <= limit { combinations *= 3 }
    for number in 0..<min(combinations, limit) {
      var digits = number
      var result = durable
      for part in parts {
        let fate = combinations <= limit ? digits % 3 : Int(random.next(below: 3))
        digits /= 3
        switch (fate, part) {
        case (0, _): break
        case (1, _), (_, .resize): Self.apply(part, to: &result)
        case (_, .write(let offset, let bytes)):
          // The first or the last bytes of it, or those at even places.
          let cut = Int(random.next(below: UInt64(bytes.count)))
          let form = random.next(below: 3)
          if result.count < offset + bytes.count { result.resize(to: offset + bytes.count) }
          for index in bytes.indices
          where form == 0 ? index < cut : form == 1 ? index >= cut : index.isMultiple(of: 2) {
            result[offset + index] = bytes[index]
          }
        }
      }
      body(result)
    }
  }

  private static func sectorParts(of change: Change) -> [Change] {
    guard case .write(let offset, let bytes) = change else { return [change] }
    var parts: [Change] = []
    var start = 0
    while start < bytes.count {
      let end = min(((offset + start) / 512 + 1) * 512 - offset, bytes.count)
      parts.append(.write(offset: offset + start, bytes: Array(bytes[start..<end])))
      start = end
    }
    return parts
  }
}
