/// What a frame carries: the number of each message on the wire.
///
/// Numbers below 0x80 go from source to target, the others back. A number is never used for anything else
/// once it was released.
package enum FrameKind: UInt8, Sendable, Hashable, CaseIterable {
  case fullSyncBegan = 0x01
  case regionChecksums = 0x02
  case fullSyncData = 0x03
  case fullSyncEnded = 0x04
  case deltaData = 0x05
  case deltaEnded = 0x06

  case fullSyncReady = 0x81
  case regionsCompared = 0x82
  case fullSyncAccepted = 0x83
  case instanceCompleted = 0x84

  /// Whether it goes from source to target.
  package var isFromSource: Bool { rawValue < 0x80 }
}
