package import Quantities

/// A virtual disk of a machine.
package struct VirtualDisk: Sendable, Hashable {
  package let name: String
  package let size: ByteCount
  /// How much of it holds data at the start, counted from its beginning; the rest is unallocated.
  package let used: ByteCount

  package init(name: String, size: ByteCount, used: ByteCount) {
    self.name = name
    self.size = size
    self.used = used
  }
}
