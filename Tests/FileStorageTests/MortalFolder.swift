import BlockStorage
import Glibc

/// Counts the changes to a folder and its files, and may end the process before one of them, as `kill -9` does.
final class ChangeCounter {
  private(set) var changeCount = 0
  private let lastChange: Int?

  /// - Parameter lastChange: How many changes happen before the process ends; `nil` for as many as there are.
  init(killingAfter lastChange: Int? = nil) { self.lastChange = lastChange }

  func count() {
    if changeCount == lastChange { kill(getpid(), SIGKILL) }
    changeCount += 1
  }
}

/// A folder that counts the changes made to it.
final class MortalFolder<Inner: StorageFolder>: StorageFolder where Inner.File.Failure == Inner.Failure {
  typealias File = MortalFile<Inner.File>
  typealias Failure = Inner.Failure

  private let inner: Inner
  private let counter: ChangeCounter

  init(_ inner: Inner, counter: ChangeCounter) { (self.inner, self.counter) = (inner, counter) }

  var names: [String] { inner.names }

  func create(_ name: String) throws(Failure) -> File {
    counter.count()
    return File(try inner.create(name), counter: counter)
  }

  func open(_ name: String) throws(Failure) -> File { File(try inner.open(name), counter: counter) }

  func remove(_ name: String) throws(Failure) {
    counter.count()
    try inner.remove(name)
  }

  func rename(_ name: String, to newName: String) throws(Failure) {
    counter.count()
    try inner.rename(name, to: newName)
  }

  func sync() throws(Failure) {
    counter.count()
    try inner.sync()
  }
}

/// A file of a folder that counts.
struct MortalFile<Inner: StorageFile>: StorageFile {
  typealias Failure = Inner.Failure

  private let inner: Inner
  private let counter: ChangeCounter

  init(_ inner: Inner, counter: ChangeCounter) { (self.inner, self.counter) = (inner, counter) }

  var byteCount: UInt64 { inner.byteCount }

  func read(_ range: Range<UInt64>, appendingTo bytes: inout [UInt8]) throws(Failure) {
    try inner.read(range, appendingTo: &bytes)
  }

  func write(_ bytes: RawSpan, at offset: UInt64) throws(Failure) {
    counter.count()
    try inner.write(bytes, at: offset)
  }

  func resize(to byteCount: UInt64) throws(Failure) {
    counter.count()
    try inner.resize(to: byteCount)
  }

  func sync() throws(Failure) {
    counter.count()
    try inner.sync()
  }
}
