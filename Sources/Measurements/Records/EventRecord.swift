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

  package init(at: Instant, kind: String, subject: String, detail: String = "") {
    self.at = at
    self.kind = kind
    self.subject = subject
    self.detail = detail
  }
}
