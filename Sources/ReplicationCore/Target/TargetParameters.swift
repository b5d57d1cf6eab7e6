package import Quantities

/// The numbers of the target side, each with its source.
package struct TargetParameters: Sendable, Hashable {
  /// How much of a base disk is allocated on its datastore.
  package enum Provisioning: Sendable, Hashable {
    /// The whole disk from the start; this needs no bookkeeping.
    case thick
    /// Every extent that was ever written.
    case thin
  }

  /// Which points in time are kept; only the latest instance if `nil`.
  package var retention: RetentionPolicy?

  /// The time of day of instant zero, below 24 h: where the slots of the retention policy are anchored.
  package var timeOfDayAtStart = TimeSpan.zero

  /// Merges of one replica that run at a time, at least one.
  ///
  /// - Source: Unknown for the product.
  package var concurrentMerges = 1

  package var provisioning = Provisioning.thick

  /// A redo log without content.
  ///
  /// - Source: 24,576 bytes (virtuallyhyper.com, 2012).
  package var emptyRedoLogSize = ByteCount.kibibytes(24)

  /// A redo log with content grows by this much at a time.
  ///
  /// - Source: Inferred from sizes of 16 MiB + 24,576 bytes, 112, 288 and 368 MiB (virtuallyhyper.com, 2012).
  package var redoLogGrowth = ByteCount.mebibytes(16)

  /// The files of the machine's configuration, which every instance brings anew.
  ///
  /// - Source: 3,201, 258 and 8,684 bytes (virtuallyhyper.com, 2012).
  package var configurationFiles = [
    ConfigurationFile(suffix: "vmx", size: .bytes(3_201)),
    ConfigurationFile(suffix: "vmxf", size: .bytes(258)),
    ConfigurationFile(suffix: "nvram", size: .bytes(8_684)),
  ]

  /// Configuration files are sent in chunks of at most this size.
  ///
  /// - Source: vSphere Replication's chunks of 8 KiB.
  package var configurationChunkSize = ByteCount.kibibytes(8)

  /// What each chunk of a configuration file adds to the bytes reported for an instance.
  ///
  /// - Source: Inferred: an idle instance reports 12,599 bytes for 12,143 bytes of files, 456 more; the
  ///   files make 1 + 1 + 2 chunks, and 456 = 4 × 114 (virtuallyhyper.com, 2012). Three files of 152 bytes
  ///   each would explain it as well.
  package var configurationChunkOverhead = ByteCount.bytes(114)

  /// The small text files that describe a base disk, a redo log and the disk of a test image.
  ///
  /// - Source: 490, 366 and 407 bytes (virtuallyhyper.com, 2012), a few bytes more or less from time to time.
  package var baseDescriptorSize = ByteCount.bytes(490)
  package var redoLogDescriptorSize = ByteCount.bytes(366)
  package var testImageDescriptorSize = ByteCount.bytes(407)

  package init() {}

  package struct ConfigurationFile: Sendable, Hashable {
    /// As `vmx`.
    package let suffix: String
    package let size: ByteCount

    package init(suffix: String, size: ByteCount) {
      self.suffix = suffix
      self.size = size
    }
  }

  /// What the configuration files of one instance take on the datastore.
  package var configurationSize: ByteCount { configurationFiles.reduce(.zero) { $0 + $1.size } }

  /// What the configuration files add to the bytes an instance reports: its fixed cost.
  package var configurationTransferSize: ByteCount {
    configurationFiles.reduce(.zero) { sum, file in
      let chunks = (file.size.bytes + configurationChunkSize.bytes - 1) / configurationChunkSize.bytes
      return sum + file.size + configurationChunkOverhead * chunks
    }
  }

  /// The size of a redo log's file with so much content.
  func redoLogSize(content: ByteCount) -> ByteCount {
    let steps = (content.bytes + redoLogGrowth.bytes - 1) / redoLogGrowth.bytes
    return emptyRedoLogSize + redoLogGrowth * steps
  }

  func validate() {
    precondition(timeOfDayAtStart < .days(1), "a time of day is below 24 h")
    precondition(concurrentMerges > 0, "at least one merge runs at a time")
    precondition(redoLogGrowth > .zero, "a redo log grows by something")
    precondition(configurationChunkSize > .zero, "a chunk holds something")
  }
}
