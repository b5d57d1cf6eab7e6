import Quantities
import RandomStreams
import Workloads

/// The recording that the scenario `trace-replay` replays: an hour of a small database with a nightly job.
///
/// 3,200 transactions, spread evenly by chance over the hour, write 8 KiB each, four fifths of them to a fifth of
/// 1 GiB. From minute 20 to 23 a batch job loads 2,048 pieces of 256 KiB, 512 MiB in all, into a table at 4 GiB.
enum SampleTrace {
  static let transactionCount: UInt64 = 3_200
  static let loadCount: UInt64 = 2_048

  static var trace: WriteTrace {
    var random = RandomStream(seed: 1, name: "oltp-burst")
    let hour: UInt64 = 3_600_000_000
    var records = [record(microseconds: 0, byteOffset: 0, byteLength: 8 << 10)]
    let pages: UInt64 = (1 << 30) / (8 << 10)
    for _ in 1..<transactionCount {
      let isHot = random.next(below: 5) < 4
      let page = random.next(below: isHot ? pages / 5 : pages)
      records.append(
        record(microseconds: random.next(below: hour), byteOffset: page * (8 << 10), byteLength: 8 << 10))
    }
    for piece in 0..<loadCount {
      let time = 1_200_000_000 + piece * (180_000_000 / loadCount)
      records.append(
        record(microseconds: time, byteOffset: 4 << 30 + piece * (256 << 10), byteLength: 256 << 10))
    }
    // In the order of time, ties in the order above: `WriteTrace` sorts stably.
    return WriteTrace(records, duration: .hours(1))
  }

  private static func record(microseconds: UInt64, byteOffset: UInt64, byteLength: UInt32) -> WriteRecord {
    WriteRecord(
      time: Instant(nanoseconds: Int64(microseconds) * 1_000), byteOffset: byteOffset, byteLength: byteLength)
  }
}
