package import Quantities

/// Something that happened and that people would look for: a fault, a sync, a change of status.
package struct EventRecord: Sendable, Hashable {
  package let at: Instant
  /// What happened, in the words of the timeline, such as `link.down` or `sync.completed`.
  package let kind: String
  /// The name of what it happened to.
  package let subject: String
  /// What else is worth knowing; empty if nothing.
  package let detail: String
  /// The event that the source posted to vCenter with it, as `hbr.primary.DeltaAbortedEvent`; `nil` if none.
  package let vcenterEvent: String?

  package init(
    at: Instant, kind: String, subject: String, detail: String = "", vcenterEvent: String? = nil
  ) {
    self.at = at
    self.kind = kind
    self.subject = subject
    self.detail = detail
    self.vcenterEvent = vcenterEvent
  }

  /// The kind of the event that a replication waits, because the datastore of its replica has no room.
  package static let insufficientSpaceKind = "replication.insufficient-space"

  /// The kind of the event that a guest stands still, because the datastore of its own disks has no room.
  package static let machineOutOfSpaceKind = "vm.out-of-space"

  /// How the kind of an event ends that says what was asked for and not done, and why.
  package static let refusalSuffix = "-refused"
}
