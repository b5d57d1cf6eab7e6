/// The header of the demand log in a persistent state file.
///
/// | Offset | Size | Field                                                            |
/// |-------:|-----:|------------------------------------------------------------------|
/// |      0 |    8 | magic, "DRSIMDLG"                                                |
/// |      8 |    4 | version, currently 1                                             |
/// |     12 |    4 | payload width                                                    |
/// |     16 |   16 | identity of the disk                                             |
/// |     32 |    8 | generation of the file's header that vouches for this log        |
/// |     40 |    8 | preserved extents                                                |
/// |     48 |   16 | checksum of the metadata: their checksums and numbers, in order  |
/// |     64 |  432 | reserved, zero                                                   |
/// |    496 |   16 | checksum of the 496 bytes before                                 |
struct DemandLogHeader: Equatable {
  static let size = 512
  static let magic: UInt64 = 0x474c_444d_4953_5244
  static let version: UInt32 = 1

  var payloadWidth: UInt32
  var diskIdentity: UInt128
  var generation: UInt64
  var preservedCount: UInt64
  var metadataChecksum: PersistentStateChecksum

  var block: PersistentStateBlock {
    var block = PersistentStateBlock(byteCount: Self.size)
    block[0] = Self.magic
    block[8, as: UInt32.self] = Self.version
    block[12, as: UInt32.self] = payloadWidth
    block[16, as: UInt128.self] = diskIdentity
    block[32] = generation
    block[40] = preservedCount
    block[checksumAt: 48] = metadataChecksum
    block.seal()
    return block
  }
}

/// The metadata of one preserved extent in the demand log; the payload follows.
///
/// | Offset | Size | Field                                                             |
/// |-------:|-----:|-------------------------------------------------------------------|
/// |      0 |    8 | extent                                                            |
/// |      8 |    8 | generation of the file's header that vouches for this log         |
/// |     16 |   16 | checksum of the payload                                           |
/// |     32 |  464 | reserved, zero                                                    |
/// |    496 |   16 | checksum of the 496 bytes before                                  |
///
/// Extents ascend from record to record.
struct DemandLogMetadata: Equatable {
  static let size = 512

  var extent: UInt64
  var generation: UInt64
  var payloadChecksum: PersistentStateChecksum

  init(extent: UInt64, generation: UInt64, payloadChecksum: PersistentStateChecksum) {
    self.extent = extent
    self.generation = generation
    self.payloadChecksum = payloadChecksum
  }

  /// What a block says, whether or not it is whole.
  init(_ block: PersistentStateBlock) {
    self.init(extent: block[0], generation: block[8], payloadChecksum: block[checksumAt: 16])
  }

  var block: PersistentStateBlock {
    var block = PersistentStateBlock(byteCount: Self.size)
    block[0] = extent
    block[8] = generation
    block[checksumAt: 16] = payloadChecksum
    block.seal()
    return block
  }
}
