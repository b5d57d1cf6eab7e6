import BlockStorage
import Quantities
import RandomStreams
import Testing

@testable import ReplicationCore

@Suite struct MessageDecodingTests {
  private static let disks = WireSamples.disks

  private func sourceError(_ kind: FrameKind, _ write: (inout ByteSink) -> Void) -> MessageDecodingError? {
    var sink = ByteSink(bytes: [])
    write(&sink)
    do throws(MessageDecodingError) {
      _ = try SourceMessage(decoding: sink.bytes, kind: kind, disks: Self.disks)
      return nil
    } catch {
      return error
    }
  }

  private func targetError(_ kind: FrameKind, _ write: (inout ByteSink) -> Void) -> MessageDecodingError? {
    var sink = ByteSink(bytes: [])
    write(&sink)
    do throws(MessageDecodingError) {
      _ = try TargetMessage(decoding: sink.bytes, kind: kind, disks: Self.disks)
      return nil
    } catch {
      return error
    }
  }

  @Test func `A payload that is cut anywhere or too long is no message`() throws {
    for bytes in try WireSamples.frames() {
      let kind = try #require(FrameKind(rawValue: bytes[5]))
      let payload = Array(bytes[FrameHeader.size..<bytes.count - FrameHeader.trailerSize])
      let error = kind.isFromSource ? sourceError : targetError
      #expect(error(kind) { $0.append(bytes: payload) } == nil)
      for length in payload.indices {
        guard case .truncated = error(kind, { $0.append(bytes: Array(payload[..<length])) }) else {
          Issue.record("\(kind) of \(length) bytes was taken")
          continue
        }
      }
      #expect(error(kind) { $0.append(bytes: payload + [0]) } == .trailingBytes(count: 1))
    }
  }

  @Test func `A message that goes the other way is refused`() {
    for kind in FrameKind.allCases {
      let error = kind.isFromSource ? targetError : sourceError
      #expect(error(kind) { $0.append(UInt64(1)) } == .unexpectedKind(kind))
    }
  }

  @Test func `Counts are compared with the bytes that follow before anything is kept`() {
    // 2³² − 1 runs would be 64 GiB.
    #expect(
      sourceError(.deltaData) {
        $0.append(UInt64(1))
        $0.append(count: 0)
        $0.append(UInt32.max)
      } == .truncated(missing: 16 * 4_294_967_295))
    #expect(
      targetError(.fullSyncReady) {
        $0.append(UInt64(1))
        $0.append(count: 2)
        $0.append(UInt32.max)
      } == .truncated(missing: 16 * 4_294_967_295))
    #expect(
      targetError(.regionsCompared) {
        $0.append(count: 0)
        $0.append(UInt32.max)
      } == .truncated(missing: 32 * 4_294_967_295))
    // The same ten extents of 8 bytes, over and over: 800 bytes asked for, none there.
    #expect(
      sourceError(.deltaData) {
        $0.append(UInt64(1))
        $0.append(count: 0)
        $0.append(count: 10)
        $0.append(runs: Array(repeating: 0..<10, count: 10))
      } == .truncated(missing: 800))
    // Three regions of four extents need 48 bytes of checksums.
    #expect(
      sourceError(.regionChecksums) {
        $0.append(count: 0)
        $0.append(count: 4)
        $0.append(runs: [0..<10])
      } == .truncated(missing: 48))
  }

  @Test func `Disks and extents that do not exist are refused`() {
    func data(disk: Int, runs: [Range<Int>]) -> MessageDecodingError? {
      sourceError(.fullSyncData) {
        $0.append(UInt64(1))
        $0.append(count: disk)
        $0.append(count: runs.count)
        $0.append(runs: runs)
        $0.append(bytes: Array(repeating: 1, count: 160))
      }
    }
    #expect(data(disk: 2, runs: [0..<1]) == .noSuchDisk(2, diskCount: 2))
    #expect(data(disk: 0, runs: [9..<11]) == .badExtents(lowerBound: 9, upperBound: 11, extentCount: 10))
    #expect(data(disk: 0, runs: [3..<3]) == .badExtents(lowerBound: 3, upperBound: 3, extentCount: 10))
    #expect(data(disk: 0, runs: [0..<2, 2..<4]) == .misplacedRun(lowerBound: 2, previousUpperBound: 2))
    #expect(
      sourceError(.regionChecksums) {
        $0.append(count: 1)
        $0.append(count: 4)
        $0.append(UInt64.max)
        $0.append(UInt64(0))
      } == .badExtents(lowerBound: .max, upperBound: 0, extentCount: 4))
    #expect(
      sourceError(.regionChecksums) {
        $0.append(count: 1)
        $0.append(count: 0)
      } == .badNumber(0, field: "extents per region"))
    #expect(
      targetError(.fullSyncReady) {
        $0.append(UInt64(1))
        $0.append(count: 3)
      } == .wrongDiskCount(3, expected: 2))
    #expect(
      targetError(.fullSyncReady) {
        $0.append(UInt64(1))
        $0.append(count: 2)
        $0.append(count: 2)
        $0.append(runs: [4..<8, 7..<9])
      } == .misplacedRun(lowerBound: 7, previousUpperBound: 8))
  }

  @Test func `Certificates that no disk can have are refused`() {
    func summary(extents: Int = 0, used: Int = 0, tag: UInt64 = 0, width: Int = 8) -> MessageDecodingError? {
      sourceError(.deltaEnded) {
        $0.append(UInt64(1))
        $0.append(Int64(0))
        $0.append(count: 2)
        $0.append(UInt64(extents))
        $0.append(UInt64(used))
        $0.append(tag)
        $0.append(count: width)
        $0.append(UInt64(5))
      }
    }
    // The second disk is missing: 8 bytes of its first field.
    #expect(summary() == .truncated(missing: 8))
    #expect(summary(extents: 10, used: 10, tag: 1) == .truncated(missing: 8))
    #expect(summary(extents: 11) == .badNumber(11, field: "extents of a disk"))
    #expect(summary(used: 11, tag: 1) == .badNumber(11, field: "used extents of an image"))
    #expect(summary(used: 1) == .badNumber(0, field: "tag of an image"))
    #expect(summary(tag: 9) == .badNumber(9, field: "tag of an image"))
    #expect(summary(width: 16) == .badNumber(16, field: "payload width"))
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func `A payload with one byte changed is refused or another message of the same bytes`(seed: UInt64) throws
  {
    var random = RandomStream(seed: seed, name: "changed-byte")
    let message = WireSamples.randomSourceMessage(&random)
    var sink = ByteSink(bytes: [])
    message.encode(into: &sink)
    for index in sink.bytes.indices {
      var changed = sink.bytes
      changed[index] ^= UInt8(1 + random.next(below: 255))
      do throws(MessageDecodingError) {
        let other = try SourceMessage(decoding: changed, kind: message.kind, disks: Self.disks)
        var again = ByteSink(bytes: [])
        other.encode(into: &again)
        #expect(again.bytes == changed)
      } catch {}
    }
  }
}
