import BlockStorage

/// Takes what a redo log would write to a disk and appends it to a file, some of it at a time.
final class RedoLogCopy<File: StorageFile>: ExtentWriting {
  typealias WriteFailure = RedoLogFile<File>.Failure

  /// Bytes gathered before they are appended.
  private static var batchSize: Int { 1 << 20 }

  private let log: RedoLogFile<File>
  private var batch: ExtentBatch

  init(into log: RedoLogFile<File>) {
    self.log = log
    batch = ExtentBatch(geometry: log.geometry)
  }

  var geometry: ExtentGeometry { log.geometry }

  func write(_ extents: Range<Int>, payloads: RawSpan) throws(WriteFailure) {
    batch.append(extents, payloads: payloads)
    if batch.payloads.count >= Self.batchSize { try finish() }
  }

  /// Appends what is left.
  func finish() throws(WriteFailure) {
    if !batch.isEmpty { try log.append(batch) }
    batch.removeAll()
  }
}
