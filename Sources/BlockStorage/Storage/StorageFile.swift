/// A file as logs and state files see it: bytes that survive a crash once they are synced.
///
/// Everything that was in the file at the last ``sync()`` survives. Of what was written since, a crash keeps,
/// drops or tears each write on its own, sector by sector, in any order; a file grown since may have its old
/// or its new length, with zeros where nothing was kept. So a format must find out by itself what is whole.
///
/// A write does not need exclusive access to the value: a file is a thing with an identity, and the driver decides
/// who writes it when. Files implement it live; a memory that can crash implements it in tests and simulations.
package protocol StorageFile {
  /// Why an operation can fail: no space, a device error; `Never` for plain memory.
  associatedtype Failure: Error

  /// The length of the file.
  var byteCount: UInt64 { get }

  /// Appends the bytes of `range` to `bytes`.
  ///
  /// - Precondition: `range` ends within the file.
  func read(_ range: Range<UInt64>, appendingTo bytes: inout [UInt8]) throws(Failure)

  /// Stores `bytes` at `offset`; the file grows as far as it must, with zeros in a gap.
  func write(_ bytes: RawSpan, at offset: UInt64) throws(Failure)

  /// Cuts the file, or lengthens it with zeros.
  func resize(to byteCount: UInt64) throws(Failure)

  /// Returns when everything written before is safe from a crash.
  func sync() throws(Failure)
}

extension StorageFile {
  /// Stores `bytes` at the end of the file.
  package func append(_ bytes: RawSpan) throws(Failure) { try write(bytes, at: byteCount) }
}
