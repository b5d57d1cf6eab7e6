import Quantities

/// The header of a persistent state file, of which its first 512 bytes hold two copies of 256.
///
/// | Offset | Size | Field                                                                      |
/// |-------:|-----:|----------------------------------------------------------------------------|
/// |      0 |    8 | magic, "DRSIMPSF"                                                          |
/// |      8 |    4 | version, currently 1                                                       |
/// |     12 |    4 | flags: bit 0 *clean*, bit 1 *instance in flight*                           |
/// |     16 |   16 | identity of the disk                                                       |
/// |     32 |    8 | size of the disk in bytes                                                  |
/// |     40 |    4 | log₂ of the extent size                                                    |
/// |     44 |    4 | payload width                                                              |
/// |     48 |    8 | generation                                                                 |
/// |     56 |    8 | sequence of the instance in flight                                         |
/// |     64 |    8 | cursor: extents of the instance below this one were read                   |
/// |     72 |    8 | extents marked in the dirty bitmap                                         |
/// |     80 |    8 | extents marked in the transfer bitmap                                      |
/// |     88 |    8 | preserved extents in the demand log                                        |
/// |     96 |   16 | checksum of the dirty bitmap                                               |
/// |    112 |   16 | checksum of the transfer bitmap                                            |
/// |    128 |   16 | checksum of the demand-log header                                          |
/// |    144 |   96 | reserved, zero                                                             |
/// |    240 |   16 | checksum of the 240 bytes before, at this place in later versions too      |
///
/// Unless it is clean, everything from offset 56 to the checksum is zero; what is absent in a clean one is zero, too.
///
/// A new header overwrites first the copy that is not the newest, and only after a sync the other one. So whatever a
/// crash does to the copy being written, the other one is whole: the newest whole copy is the header. When at
/// rest both copies are equal, so that one that rots later takes nothing back.
struct PersistentStateHeader: Equatable {
  static let copySize = 256
  static let magic: UInt64 = 0x4653_504d_4953_5244
  static let version: UInt32 = 1

  var diskIdentity: UInt128
  var diskSize: UInt64
  var extentShift: UInt32
  var payloadWidth: UInt32
  /// Counts the changes of the header.
  var generation: UInt64
  /// What the file holds; `nil` while the disk is in use, when it holds nothing of worth.
  var content: Content?

  struct Content: Equatable {
    var instance: Instance?
    var dirty: Bitmap
    var transfer: Bitmap
    var preservedCount: UInt64
    /// Zero if there is no demand log.
    var demandLogChecksum: PersistentStateChecksum
  }

  struct Instance: Equatable {
    var sequence: UInt64
    var cursor: UInt64
  }

  /// What the header says of a bitmap.
  struct Bitmap: Equatable {
    var count: UInt64
    var checksum: PersistentStateChecksum
  }

  init(diskIdentity: UInt128, geometry: ExtentGeometry, generation: UInt64, content: Content?) {
    self.diskIdentity = diskIdentity
    diskSize = geometry.diskSize.bytes
    extentShift = UInt32(geometry.extentSize.bytes.trailingZeroBitCount)
    payloadWidth = UInt32(geometry.payloadWidth)
    self.generation = generation
    self.content = content
  }

  var encoded: [UInt8] {
    var block = PersistentStateBlock(byteCount: Self.copySize)
    block[0] = Self.magic
    block[8, as: UInt32.self] = Self.version
    block[12, as: UInt32.self] = (content == nil ? 0 : 1) | (content?.instance == nil ? 0 : 2)
    block[16, as: UInt128.self] = diskIdentity
    block[32] = diskSize
    block[40, as: UInt32.self] = extentShift
    block[44, as: UInt32.self] = payloadWidth
    block[48] = generation
    if let content {
      block[56] = content.instance?.sequence ?? 0
      block[64] = content.instance?.cursor ?? 0
      block[72] = content.dirty.count
      block[80] = content.transfer.count
      block[88] = content.preservedCount
      block[checksumAt: 96] = content.dirty.checksum
      block[checksumAt: 112] = content.transfer.checksum
      block[checksumAt: 128] = content.demandLogChecksum
    }
    block.seal()
    return block.bytes
  }

  /// - Throws: Why `bytes` are not a copy of a header.
  init(decoding bytes: some Collection<UInt8>) throws(PersistentStateDamage) {
    let block = PersistentStateBlock(bytes)
    guard block.isWhole else {
      if block.isZero { throw .unfinished }
      throw block[0] == Self.magic ? .wrongChecksum(.header) : .wrongMagic(.header, block[0])
    }
    guard block[0] == Self.magic else { throw .wrongMagic(.header, block[0]) }
    let version = block[8, as: UInt32.self]
    guard version == Self.version else { throw .unsupportedVersion(.header, version) }
    let flags = block[12, as: UInt32.self]
    diskIdentity = block[16, as: UInt128.self]
    diskSize = block[32]
    extentShift = block[40, as: UInt32.self]
    payloadWidth = block[44, as: UInt32.self]
    generation = block[48]
    if flags & 1 == 1 {
      content = Content(
        instance: flags & 2 == 2 ? Instance(sequence: block[56], cursor: block[64]) : nil,
        dirty: Bitmap(count: block[72], checksum: block[checksumAt: 96]),
        transfer: Bitmap(count: block[80], checksum: block[checksumAt: 112]),
        preservedCount: block[88], demandLogChecksum: block[checksumAt: 128])
    }
    guard diskSize > 0, diskSize <= ExtentGeometry.diskSizeMaximum.bytes, extentShift < 63, payloadWidth > 0
    else {
      throw .contradiction(.header)
    }
    // Whatever a header says that is not read back from it is an error of its writer.
    guard encoded == block.bytes else { throw .contradiction(.header) }
  }

  /// The header that the two copies of it make.
  ///
  /// - Returns: The newest whole one, and which copy is to be overwritten first.
  /// - Throws: Why there is none.
  static func newest(
    of bytes: [UInt8]
  ) throws(PersistentStateDamage) -> (header: Self, olderCopy: Int) {
    let copies = [bytes[..<copySize], bytes[copySize...]].map { copy in
      Result { () throws(PersistentStateDamage) in try Self(decoding: copy) }
    }
    switch (copies[0], copies[1]) {
    case (.success(let first), .success(let second)):
      // Two headers of one generation are one header.
      guard first == second || first.generation != second.generation else {
        throw .contradiction(.header)
      }
      return first.generation > second.generation ? (first, 1) : (second, 0)
    case (.success(let first), .failure(let damage)):
      guard damage.isLossOfCopy else { throw damage }
      return (first, 1)
    case (.failure(let damage), .success(let second)):
      guard damage.isLossOfCopy else { throw damage }
      return (second, 0)
    case (.failure(let first), .failure(let second)):
      throw first.isLossOfCopy && !second.isLossOfCopy ? second : first
    }
  }
}

extension PersistentStateDamage {
  /// Whether a torn write or a flipped bit explains it, so that the other copy of the header stands.
  fileprivate var isLossOfCopy: Bool {
    switch self {
    case .unfinished, .wrongMagic, .wrongChecksum: true
    default: false
    }
  }
}
