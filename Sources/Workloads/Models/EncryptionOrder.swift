/// In which order ransomware goes through a disk.
package enum EncryptionOrder: String, Sendable, Hashable, CaseIterable {
  /// From the front to the back.
  case sequential
  /// Every block once, in an order that looks random, as files lie on a disk.
  case random
}
