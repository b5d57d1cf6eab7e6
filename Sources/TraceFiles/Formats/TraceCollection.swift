import Quantities
import Workloads

/// The commands of a trace file as they come: writes are kept, others counted.
struct TraceCollection {
  enum Operation {
    case read
    case write
    case other(operationCode: UInt8)
  }

  private struct Write {
    let microseconds: UInt64
    let byteOffset: UInt64
    let byteLength: UInt32
    let device: UInt32
  }

  private var writes: [Write] = []
  private var recordCount = 0
  private var earliestMicroseconds = UInt64.max
  private var latestMicroseconds: UInt64 = 0
  /// In the order of their first commands.
  private var devices: [DeviceSummary] = []
  /// The position in `devices` of the last command's, since commands of one device often follow each other.
  private var lastPosition = 0
  private var otherCounts = [Int](repeating: 0, count: 256)

  /// - Parameter place: Where the command stands, for an error.
  mutating func add(
    _ operation: Operation, microseconds: UInt64, device: UInt32, byteOffset: UInt64, byteLength: UInt32,
    at place: @autoclosure () -> TracePlace
  ) throws(TraceProblem) {
    guard microseconds <= UInt64(Int64.max) / 1_000 else {
      throw .timeOutOfRange(place(), microseconds: microseconds)
    }
    guard byteOffset <= UInt64(Int64.max) - UInt64(byteLength) else { throw .addressOutOfRange(place()) }
    recordCount += 1
    earliestMicroseconds = min(earliestMicroseconds, microseconds)
    latestMicroseconds = max(latestMicroseconds, microseconds)
    let position = position(of: Int(device))
    switch operation {
    case .read:
      devices[position].readCount += 1
      devices[position].readBytes += ByteCount(bytes: UInt64(byteLength))
    case .write where byteLength == 0:
      devices[position].emptyWriteCount += 1
    case .write:
      devices[position].writeCount += 1
      devices[position].writtenBytes += ByteCount(bytes: UInt64(byteLength))
      writes.append(
        Write(
          microseconds: microseconds, byteOffset: byteOffset, byteLength: byteLength, device: device))
    case .other(let operationCode):
      otherCounts[Int(operationCode)] += 1
    }
  }

  /// The writes of one device.
  ///
  /// - Parameter device: `nil` where the file holds one only.
  func recording(
    of device: Int?, format: TraceFormat, isCompressed: Bool
  ) throws(TraceProblem) -> TraceRecording {
    guard recordCount > 0 else { throw .noRecords }
    let sorted = devices.sorted { $0.device < $1.device }
    let numbers = sorted.map(\.device)
    guard device != nil || numbers.count == 1 else { throw .deviceNeeded(devices: numbers) }
    let chosen = device ?? numbers[0]
    guard numbers.contains(chosen) else { throw .noSuchDevice(chosen, devices: numbers) }

    let duration = TimeSpan.microseconds(Int64(latestMicroseconds - earliestMicroseconds))
    let trace = WriteTrace(
      writes.filter { $0.device == chosen }.map { write in
        WriteRecord(
          time: .zero + .microseconds(Int64(write.microseconds - earliestMicroseconds)),
          byteOffset: write.byteOffset, byteLength: write.byteLength)
      }, duration: duration)
    return TraceRecording(
      trace: trace,
      summary: TraceSummary(
        format: format, isCompressed: isCompressed, recordCount: recordCount, duration: duration,
        devices: sorted, device: chosen, reorderedCount: trace.reorderedCount,
        otherCommands: otherCounts.indices.filter { otherCounts[$0] > 0 }.map {
          OtherCommand(operationCode: UInt8($0), count: otherCounts[$0])
        }))
  }

  private mutating func position(of device: Int) -> Int {
    if lastPosition < devices.count, devices[lastPosition].device == device { return lastPosition }
    if let known = devices.firstIndex(where: { $0.device == device }) {
      lastPosition = known
    } else {
      lastPosition = devices.count
      devices.append(DeviceSummary(device: device))
    }
    return lastPosition
  }
}
