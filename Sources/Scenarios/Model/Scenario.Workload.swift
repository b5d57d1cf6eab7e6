package import Quantities

extension Scenario {
  /// What a guest writes to a disk.
  ///
  /// Several disks may have the same one; each draws its own writes.
  package struct Workload: Sendable, Hashable {
    package let name: String
    package let model: Model
    /// What compression leaves of the content of a disk with this workload.
    package let compressedShare: Ratio
    /// How its pace changes by itself; `nil` for an even one.
    package internal(set) var pace: Pace?
  }
}

extension Scenario.Workload {
  /// The law of the writes.
  package enum Model: Sendable, Hashable {
    /// Poisson writers; every block of the region is equally likely.
    case uniform(rate: DataRate, blockSize: ByteCount, region: Region)
    /// Poisson writers of which a share hits a small part of the region.
    case hotspot(rate: DataRate, blockSize: ByteCount, region: Region, skew: Skew)
    /// A write head that moves through the region at a steady rate and starts over at its end.
    case sequential(rate: DataRate, blockSize: ByteCount, region: Region)
    /// The whole region, written at `first` after the start of the run and then every `every`.
    ///
    /// The size of the region is never `nil`.
    case periodic(every: TimeSpan, first: TimeSpan, region: Region)
    /// A recorded trace, write by write.
    case trace(Trace)
    /// Ransomware, beside what the guest otherwise writes.
    case ransomware(Ransomware)
  }

  /// The part of a disk that a workload writes to.
  package struct Region: Sendable, Hashable {
    package let offset: ByteCount
    /// `nil` stands for the rest of the disk.
    package let size: ByteCount?

    /// The bytes of a disk of `diskSize` that the region covers.
    ///
    /// - Precondition: The region lies within the disk, as in every disk of a ``Scenario``.
    package func byteRange(onDiskOf diskSize: ByteCount) -> Range<UInt64> {
      let end = size.map { offset + $0 } ?? diskSize
      precondition(offset < end && end <= diskSize, "a region lies within its disk")
      return offset.bytes..<end.bytes
    }
  }

  /// How unevenly writes fall: `80/20` sends 80 % of them to 20 % of the space.
  package struct Skew: Sendable, Hashable {
    /// The share of the writes that go to the hot part.
    package let writes: Ratio
    /// The share of the region that is hot, counted from its beginning.
    package let space: Ratio
  }

  /// A recorded trace and how to replay it.
  package struct Trace: Sendable, Hashable {
    /// How the file is written.
    package enum Format: String, Sendable, Hashable, CaseIterable {
      /// Told from the content.
      case auto
      /// The binary format of VMware's vscsiStats traces.
      case vscsi
      /// Comma-separated `t_us,op,dev,offset,length`.
      case csv
    }

    /// The path as the scenario gives it, relative to the scenario's own file.
    package let file: String
    package let format: Format
    /// Which device of the trace is replayed; `nil` where it has only one.
    package let device: Int?
    /// Whether it starts over at its end.
    package let isRepeated: Bool
  }

  /// The bytes written per second on average, or `nil` where only the trace knows.
  package var meanRate: DataRate? {
    switch model {
    case .uniform(let rate, _, _), .hotspot(let rate, _, _, _), .sequential(let rate, _, _): rate
    case .periodic(let every, _, let region): region.size.map { .average(of: $0, every: every) }
    case .trace, .ransomware: nil
    }
  }

  /// The part of a disk that is written, or `nil` where only the trace knows.
  package var region: Region? {
    switch model {
    case .uniform(_, _, let region), .hotspot(_, _, let region, _), .sequential(_, _, let region),
      .periodic(_, _, let region):
      region
    case .trace, .ransomware: nil
    }
  }
}

extension DataRate {
  /// `size` per `interval`, rounded down to bits per second; the largest rate where that is too much.
  ///
  /// - Precondition: `interval` is above zero.
  static func average(of size: ByteCount, every interval: TimeSpan) -> DataRate {
    let bits = size.bytes.multipliedFullWidth(by: 8_000_000_000)
    let divisor = UInt64(interval.nanoseconds)
    guard bits.high < divisor else { return DataRate(bitsPerSecond: UInt64(Int64.max)) }
    return DataRate(bitsPerSecond: min(divisor.dividingFullWidth(bits).quotient, UInt64(Int64.max)))
  }
}
