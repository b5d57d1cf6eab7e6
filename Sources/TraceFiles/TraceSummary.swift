package import Quantities
package import Workloads

/// What was read from a trace file.
package struct TraceRecording: Sendable, Equatable {
  /// The writes of the chosen device.
  package let trace: WriteTrace
  package let summary: TraceSummary
}

/// What a trace file holds, for people who want to know what a replay is made of.
package struct TraceSummary: Sendable, Hashable {
  package let format: TraceFormat
  package let isCompressed: Bool
  /// All records of the file.
  package let recordCount: Int
  /// From the earliest to the latest record of any kind and device.
  package let duration: TimeSpan
  /// In the order of their numbers; one with number 0 where the format has no devices.
  package let devices: [DeviceSummary]
  /// The device whose writes were taken.
  package let device: Int
  /// How many of its writes came after a later one and were moved to their place.
  package let reorderedCount: Int
  /// Commands that are neither reads nor writes, in the order of their codes.
  ///
  /// They are not replayed, not even those
  /// that change data, as UNMAP and WRITE SAME do.
  package let otherCommands: [OtherCommand]
}

/// What a trace file holds of one device.
package struct DeviceSummary: Sendable, Hashable {
  package let device: Int
  package internal(set) var readCount = 0
  package internal(set) var readBytes = ByteCount.zero
  /// Without the empty ones.
  package internal(set) var writeCount = 0
  package internal(set) var writtenBytes = ByteCount.zero
  /// Writes of no bytes, which are left out.
  package internal(set) var emptyWriteCount = 0
}

/// How often a command that is neither a read nor a write occurs.
package struct OtherCommand: Sendable, Hashable, CustomStringConvertible {
  package let operationCode: UInt8
  package let count: Int

  /// As `3 × UNMAP (0x42)`.
  package var description: String {
    "\(count) × \(name ?? "command") (\(hexadecimal(operationCode, digits: 2)))"
  }

  /// - Source: T10, SPC-4 and SBC-3, the commands that a disk of a virtual machine sees.
  private var name: String? {
    switch operationCode {
    case 0x00: "TEST UNIT READY"
    case 0x12: "INQUIRY"
    case 0x1a: "MODE SENSE(6)"
    case 0x1b: "START STOP UNIT"
    case 0x25: "READ CAPACITY(10)"
    case 0x2e: "WRITE AND VERIFY(10)"
    case 0x2f: "VERIFY(10)"
    case 0x35: "SYNCHRONIZE CACHE(10)"
    case 0x41: "WRITE SAME(10)"
    case 0x42: "UNMAP"
    case 0x89: "COMPARE AND WRITE"
    case 0x8e: "WRITE AND VERIFY(16)"
    case 0x91: "SYNCHRONIZE CACHE(16)"
    case 0x93: "WRITE SAME(16)"
    case 0x9e: "SERVICE ACTION IN(16)"
    case 0xa0: "REPORT LUNS"
    default: nil
    }
  }
}
