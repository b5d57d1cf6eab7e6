import Foundation
import Quantities
import TraceFiles
import Workloads

/// The folder of the reference data, or `nil` where it is not at hand.
let referenceData = ProcessInfo.processInfo.environment["DRSIM_REFERENCE_DATA"]

/// Calls `body` with the path of a file that holds `content`, and removes it.
func withFile<Result>(_ content: [UInt8], body: (String) throws -> Result) throws -> Result {
  let url = FileManager.default.temporaryDirectory.appending(path: "trace-\(UUID().uuidString)")
  try Data(content).write(to: url)
  defer { try? FileManager.default.removeItem(at: url) }
  return try body(url.path)
}

/// What reading `content` from a file finds wrong.
func problem(
  reading content: [UInt8], format: TraceFormat? = nil, device: Int? = nil
) throws -> TraceProblem? {
  try withFile(content) { path in
    do throws(TraceFileError) {
      _ = try TraceFile.read(path: path, format: format, device: device)
      return nil
    } catch {
      return error.path == path ? error.problem : nil
    }
  }
}

/// CSV with the header.
func csv(_ lines: String...) -> [UInt8] {
  Array((["t_us,op,dev,offset,length"] + lines).joined(separator: "\n").utf8)
}

/// A binary record, byte by byte as the format has it.
func vscsi(
  serial: UInt8 = 1, length: UInt16 = 512, operationCode: UInt8 = 0x2a, version: [UInt8] = [0x00, 0x01],
  sector: UInt64 = 0, microseconds: UInt64 = 0
) -> [UInt8] {
  [serial, 0, 0, 0, UInt8(length & 0xff), UInt8(length >> 8), 0, 0, 1, 0, 0, 0, operationCode, 0] + version
    + (0..<8).map { UInt8(truncatingIfNeeded: sector >> (8 * $0)) }
    + (0..<8).map { UInt8(truncatingIfNeeded: microseconds >> (8 * $0)) }
}

func record(_ microseconds: Int64, _ byteOffset: UInt64, _ byteLength: UInt32) -> WriteRecord {
  WriteRecord(time: .zero + .microseconds(microseconds), byteOffset: byteOffset, byteLength: byteLength)
}
