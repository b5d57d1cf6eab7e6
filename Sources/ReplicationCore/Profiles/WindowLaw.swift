package import Quantities

/// How fast one disk can be read or sent when only so much of it may be waiting for an answer.
///
/// *rate = window ÷ latency*, rounded down to whole bits per second: whatever the link, one window leaves per
/// round trip. The law holds for a disk that always has something to send; it knows no slow start and no loss,
/// so it is an upper bound.
///
/// - Source: Inferred from ESXi's advanced settings `HBR.TransferDiskMaxNetwork` and those of the checksum
///   reads; K. Werneburg, 2012: vSphere Replication is made for many machines, not for the peak of one disk.
package enum WindowLaw {
  /// - Parameters:
  ///   - window: What may be waiting for an answer.
  ///   - latency: The round-trip time of the path, or the time of a read.
  /// - Returns: `nil` if the law sets no limit: without a latency, or beyond 2⁶³ bit/s.
  package static func rate(window: ByteCount, latency: TimeSpan) -> DataRate? {
    guard latency > .zero else { return nil }
    let divisor = UInt64(latency.nanoseconds)
    let bits = window.bytes.multipliedFullWidth(by: 8_000_000_000)
    guard bits.high < divisor else { return nil }
    let rate = divisor.dividingFullWidth(bits).quotient
    return rate <= UInt64(Int64.max) ? DataRate(bitsPerSecond: rate) : nil
  }
}

extension ProductProfile {
  /// What one disk may have on the network: blocks in flight × block.
  ///
  /// - Parameters:
  ///   - extentSize: Of the disk.
  ///   - runExtents: How many changed extents follow each other on average. It counts only where a block is a
  ///     network update, whose payload is the run's, as far as coalescing and update size allow.
  package func windowSize(extentSize: ByteCount, runExtents: Int = 1) -> ByteCount {
    blockSize(extentSize: extentSize, runExtents: runExtents) * UInt64(transfer.blocksInFlight)
  }

  /// The most of one disk that is read to be sent, in bytes/s: *reads · extent ÷ latency*.
  ///
  /// That a read fetches one extent is inferred; runs of extents would be read faster.
  ///
  /// - Returns: `nil` if reads take no time.
  package func readRateLimit(extentSize: ByteCount, readLatency: TimeSpan) -> DataRate? {
    WindowLaw.rate(window: extentSize * UInt64(transfer.diskReads), latency: readLatency)
  }

  /// What one disk may have on the network out of its demand log.
  ///
  /// That a chunk of the log is a block of the disk is inferred.
  package func demandLogWindowSize(extentSize: ByteCount, runExtents: Int = 1) -> ByteCount {
    blockSize(extentSize: extentSize, runExtents: runExtents) * UInt64(demandLog.chunksInFlight)
  }

  private func blockSize(extentSize: ByteCount, runExtents: Int) -> ByteCount {
    switch transfer.blockUnit {
    case .extent: return extentSize
    case .update:
      let extents = UInt64(max(1, min(runExtents, transfer.coalescedExtents)))
      return max(extentSize, min(extentSize * extents, transfer.updateSizeMaximum))
    }
  }

  /// The most that one disk sends: *min(window, congestion window) ÷ round-trip time*.
  ///
  /// - Parameter congestionWindow: What TCP allows, or `nil` if it is no limit.
  /// - Returns: `nil` if nothing limits it.
  package func diskRateLimit(
    extentSize: ByteCount, roundTrip: TimeSpan, runExtents: Int = 1, congestionWindow: ByteCount? = nil
  ) -> DataRate? {
    let window = windowSize(extentSize: extentSize, runExtents: runExtents)
    return WindowLaw.rate(window: min(window, congestionWindow ?? window), latency: roundTrip)
  }

  /// How many disks must be sending to fill a link, or 1 if one disk has no limit.
  ///
  /// It can be more than ``Transfer/hostContexts``: then one source host cannot fill the link.
  package func diskCount(toFill link: DataRate, extentSize: ByteCount, roundTrip: TimeSpan) -> Int {
    guard let disk = diskRateLimit(extentSize: extentSize, roundTrip: roundTrip), disk > .zero else {
      return 1
    }
    return Int((link.bitsPerSecond + disk.bitsPerSecond - 1) / disk.bitsPerSecond)
  }

  /// The most of one disk that a full sync reads to compare it: 512 KiB ÷ latency at 8 KiB.
  ///
  /// - Parameter readLatency: Of one read; ``FullSync/checksumReadLatency`` when left out.
  /// - Returns: `nil` if reads take no time.
  package func checksumRateLimit(
    extentSize: ByteCount = .kibibytes(8), readLatency: TimeSpan? = nil
  ) -> DataRate? {
    let reads = UInt64(fullSync.checksumReads * fullSync.checksumReadBlocks)
    return WindowLaw.rate(
      window: extentSize * reads, latency: readLatency ?? fullSync.checksumReadLatency)
  }
}
