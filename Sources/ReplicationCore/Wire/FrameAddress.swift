/// Which replication a frame belongs to, and which of its sessions.
package struct FrameAddress: Sendable, Hashable {
  /// The number of the replication, on which both ends of a connection agree.
  package let replication: UInt64
  /// ``ReplicationSource/session`` at the time the message was sent: what belongs to an older one is thrown away.
  package let session: UInt64

  package init(replication: UInt64, session: UInt64) {
    self.replication = replication
    self.session = session
  }
}
