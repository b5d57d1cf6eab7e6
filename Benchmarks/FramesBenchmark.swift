import Glibc
import RandomStreams
import ReplicationCore
import WireCodecs

/// What it costs to write and to read the frames of a connection, and what compression makes of them.
///
/// Contents are made up: words of a small vocabulary, records with counters, flags and a little noise, zeros, and noise.
/// Sizes are those of one extent, of a region's piece and of a data message.
enum FramesBenchmark: Benchmark {
  static let name = "frames"
  static let summary =
    "Frames written and read: GB per CPU second with LZ4 and AES-256-GCM, compression ratio, cost of a frame."
  static let options = "[--megabytes 256] [--repetitions 3]"

  static func run(_ options: inout BenchmarkOptions) throws {
    let megabytes = try options.takeNumber("--megabytes", default: 256)
    let repetitions = try options.takeNumber("--repetitions", default: 3)
    try options.checkAllTaken()

    let keys = ConnectionKeys(
      secret: Array(0..<32), sourceSalt: Array(repeating: 1, count: 32),
      targetSalt: Array(repeating: 2, count: 32))
    let codecs: [(name: String, codec: FrameCodec)] = [
      ("plain", .identity), ("lz4", FrameCodec(compression: LZ4Compression())),
      ("aes", FrameCodec(encryption: keys.fromSource)),
      ("lz4 + aes", FrameCodec(compression: LZ4Compression(), encryption: keys.fromSource)),
    ]
    print("write / read in GB of content per CPU second, least of \(repetitions); x is content per byte sent")
    for (size, sizeName) in [(8 << 10, "8KiB"), (64 << 10, "64KiB"), (4 << 20, "4MiB")] {
      for (contentName, content) in contents(size: size) {
        var line = "\(sizeName) \(contentName)"
        for (name, codec) in codecs {
          let count = max(1, megabytes * 1_000_000 / size)
          let result = try (0..<repetitions).map { _ in try measure(content, count: count, codec: codec) }
          let bytes = Double(size * count) / 1e9
          let write = bytes / (result.map(\.write).min() ?? .infinity)
          let read = bytes / (result.map(\.read).min() ?? .infinity)
          line +=
            "  \(name) \(rounded(write)) / \(rounded(read)) x\(rounded(Double(size) / Double(result[0].frameSize)))"
        }
        print(line)
      }
    }
    for (name, codec) in codecs {
      let count = 200_000
      let result = try (0..<repetitions).map { _ in
        try measure([UInt8](repeating: 1, count: 8), count: count, codec: codec)
      }
      let write = (result.map(\.write).min() ?? 0) * 1e9 / Double(count)
      let read = (result.map(\.read).min() ?? 0) * 1e9 / Double(count)
      print(
        "a frame of 8 bytes, \(name): write \(Int(write)) ns, read \(Int(read)) ns, \(result[0].frameSize) bytes"
      )
    }
  }

  /// Writes `count` frames of `payload` and reads them, one at a time.
  private static func measure(
    _ payload: [UInt8], count: Int, codec: FrameCodec
  ) throws -> (write: Double, read: Double, frameSize: Int) {
    var encoder = FrameEncoder(codec: codec)
    var decoder = FrameDecoder(codec: codec)
    let address = FrameAddress(replication: 1, session: 1)
    var bytes: [UInt8] = []
    var (write, read) = (0.0, 0.0)
    // In groups, so that reading the clock costs little.
    let groupSize = max(1, min(64, (1 << 20) / payload.count))
    for _ in 0..<(count + groupSize - 1) / groupSize {
      bytes.removeAll(keepingCapacity: true)
      let start = cpuSeconds()
      for _ in 0..<groupSize {
        try encoder.encode(.deltaData, payload: payload, address: address, into: &bytes)
      }
      let middle = cpuSeconds()
      decoder.received(bytes.span.bytes)
      for _ in 0..<groupSize {
        guard let frame = try decoder.nextFrame(), frame.payload.count == payload.count else {
          throw BenchmarkFailure("a frame did not come back")
        }
      }
      write += middle - start
      read += cpuSeconds() - middle
    }
    let groups = (count + groupSize - 1) / groupSize
    let scale = Double(count) / Double(groups * groupSize)
    return (write * scale, read * scale, bytes.count / groupSize)
  }

  private static func contents(size: Int) -> [(String, [UInt8])] {
    var random = RandomStream(seed: 1, name: "frames-benchmark")
    let words = (0..<400).map { _ in
      (0..<2 + random.next(below: 8)).map { _ in
        UInt8(97 + min(random.next(below: 26), random.next(below: 26)))
      }
    }
    var text: [UInt8] = []
    while text.count < size {
      // Some words are far more frequent than others.
      text += words[Int(min(random.next(below: 400), random.next(below: 400)))] + [32]
    }
    var binary: [UInt8] = []
    var counter: UInt64 = 0
    while binary.count < size {
      counter += 1 + random.next(below: 3)
      for value in [counter, random.next(below: 16), random.next(below: 1 << 24), 0] {
        withUnsafeBytes(of: value.littleEndian) { binary.append(contentsOf: $0) }
      }
    }
    let noise = (0..<size).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    return [
      ("text", Array(text.prefix(size))), ("binary", Array(binary.prefix(size))),
      ("zeros", [UInt8](repeating: 0, count: size)), ("noise", noise),
    ]
  }

  private static func rounded(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
  }
}
