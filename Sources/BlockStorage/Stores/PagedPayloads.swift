/// The payloads of the extents of one disk, in pages that exist only where something was written.
///
/// A page has 64 extents of 8-byte tags; with wider payloads as many as fit 4 KiB, at least one. It is
/// absent, or *uniform* (one payload stands for all its extents), or *dense* (a payload each). A
/// handle of 4 bytes tells which:
///
/// | Handle                | Page                                  |
/// |-----------------------|---------------------------------------|
/// | 0                     | absent                                |
/// | 1...0x7fff_ffff       | dense, at this number less one        |
/// | 0x8000_0000 + *slot*  | uniform, its payload in slot *slot*   |
///
/// Handles stand in leaves of 4,096 extents, leaves in a directory of 8 bytes each that appears with the
/// first page. Dense pages live in chunks of 64 KiB that are never moved, aligned to cache lines; freed
/// ones are used again. Uniform payloads are counted, and equal ones made in a row share a slot, so a
/// copy of an image costs 4 bytes per page.
///
/// It knows nothing of what absent extents hold: that is its owner's business. A class, since it owns
/// memory; not `Sendable`.
final class PagedPayloads {
  let extentCount: Int
  let payloadWidth: Int
  /// log₂ of the number of extents in a page.
  let pageShift: Int
  let pageBytes: Int

  private static let leafExtentShift = 12
  private static let uniformFlag: UInt32 = 0x8000_0000
  private static let chunkBytes = 65_536
  /// The line of a processor's cache.
  static let alignment = 64

  private let leafShift: Int
  private let chunkShift: Int
  private var directory: UnsafeMutablePointer<UnsafeMutablePointer<UInt32>?>?
  private let directoryCount: Int
  private var leafCount = 0

  private var chunks: UnsafeMutablePointer<UnsafeMutableRawPointer>
  private var chunkCount = 0
  private var chunkCapacity = 4
  /// Dense pages ever made, free ones included.
  private var pageCount = 0
  private var freePages: [UInt32] = []

  private var uniformPayloads: UnsafeMutableRawPointer
  private var uniformCapacity = 1
  /// Per slot made, how many pages use it.
  private var uniformUses: [Int32] = []
  private var freeUniformSlots: [UInt32] = []
  private var latestUniformSlot: Int?

  init(extentCount: Int, payloadWidth: Int) {
    self.extentCount = extentCount
    self.payloadWidth = payloadWidth
    let extentsPerPage = max(1, min(64, 4_096 / payloadWidth))
    // Rounded down to a power of two.
    pageShift = Int.bitWidth - 1 - extentsPerPage.leadingZeroBitCount
    pageBytes = payloadWidth << pageShift
    leafShift = Self.leafExtentShift - pageShift
    let pagesPerChunk = max(1, Self.chunkBytes / pageBytes)
    chunkShift = Int.bitWidth - 1 - pagesPerChunk.leadingZeroBitCount
    directoryCount = (extentCount - 1) >> Self.leafExtentShift + 1
    chunks = .allocate(capacity: chunkCapacity)
    uniformPayloads = .allocate(byteCount: payloadWidth, alignment: Self.alignment)
  }

  /// A copy with memory of its own.
  init(copying other: PagedPayloads) {
    extentCount = other.extentCount
    payloadWidth = other.payloadWidth
    pageShift = other.pageShift
    pageBytes = other.pageBytes
    leafShift = other.leafShift
    chunkShift = other.chunkShift
    directoryCount = other.directoryCount
    leafCount = other.leafCount
    chunkCount = other.chunkCount
    chunkCapacity = other.chunkCapacity
    pageCount = other.pageCount
    freePages = other.freePages
    uniformCapacity = other.uniformCapacity
    uniformUses = other.uniformUses
    freeUniformSlots = other.freeUniformSlots
    latestUniformSlot = other.latestUniformSlot
    uniformPayloads = .allocate(byteCount: uniformCapacity * payloadWidth, alignment: Self.alignment)
    uniformPayloads.copyMemory(
      from: other.uniformPayloads, byteCount: uniformUses.count * payloadWidth)
    chunks = .allocate(capacity: chunkCapacity)
    for chunk in 0..<chunkCount {
      chunks[chunk] = .allocate(byteCount: pageBytes << chunkShift, alignment: Self.alignment)
      let pages = min(1 << chunkShift, pageCount - chunk << chunkShift)
      chunks[chunk].copyMemory(from: other.chunks[chunk], byteCount: pages * pageBytes)
    }
    if let leaves = other.directory {
      let copies = Self.allocateDirectory(directoryCount)
      for index in 0..<directoryCount {
        guard let leaf = leaves[index] else { continue }
        let copy = UnsafeMutablePointer<UInt32>.allocate(capacity: 1 << leafShift)
        copy.initialize(from: leaf, count: 1 << leafShift)
        copies[index] = copy
      }
      directory = copies
    }
  }

  deinit {
    if let directory {
      for index in 0..<directoryCount { directory[index]?.deallocate() }
      directory.deallocate()
    }
    for chunk in 0..<chunkCount { chunks[chunk].deallocate() }
    chunks.deallocate()
    uniformPayloads.deallocate()
  }

  /// Bytes of memory held, whether used or kept for reuse.
  var allocatedBytes: Int {
    (directory == nil ? 0 : directoryCount * 8) + leafCount * 4 << leafShift
      + chunkCount * pageBytes << chunkShift + chunkCapacity * 8
      + freePages.capacity * 4 + freeUniformSlots.capacity * 4
      + uniformCapacity * payloadWidth + uniformUses.capacity * 4
  }

  // MARK: Looking up

  enum Page {
    case absent
    /// Every extent of the page holds the payload at the pointer.
    case uniform(UnsafeRawPointer)
    /// The payloads of the page lie one after the other from the pointer on.
    case dense(UnsafeMutableRawPointer)
  }

  /// The page numbered `page`.
  ///
  /// Its pointer is valid until the next change.
  @inline(__always)
  func page(_ page: Int) -> Page {
    let handle = handle(of: page)
    if handle == 0 { return .absent }
    if handle < Self.uniformFlag { return .dense(densePage(handle)) }
    return .uniform(uniformPayload(Int(handle & ~Self.uniformFlag)))
  }

  /// The part of page `extent >> pageShift` that `extent..<limit` takes.
  @inline(__always)
  func segment(from extent: Int, limit: Int) -> Range<Int> {
    extent..<min((extent >> pageShift + 1) << pageShift, limit)
  }

  /// The first leaf with a page at or after the extent, as its extents, among those that begin before `limit`.
  ///
  /// - Complexity: O(leaves up to the limit), so that a look at a region does not walk to the end of its disk.
  func firstLeaf(from extent: Int, limit: Int = .max) -> Range<Int>? {
    guard let directory, extent < limit else { return nil }
    let end = min((limit - 1) >> Self.leafExtentShift + 1, directoryCount)
    for index in extent >> Self.leafExtentShift..<end where directory[index] != nil {
      let start = index << Self.leafExtentShift
      return start..<min(start + 1 << Self.leafExtentShift, extentCount)
    }
    return nil
  }

  @inline(__always)
  private func handle(of page: Int) -> UInt32 {
    guard let leaf = directory?[page >> leafShift] else { return 0 }
    return leaf[page & (1 << leafShift - 1)]
  }

  @inline(__always)
  private func densePage(_ handle: UInt32) -> UnsafeMutableRawPointer {
    let number = Int(handle) - 1
    return chunks[number >> chunkShift] + (number & (1 << chunkShift - 1)) * pageBytes
  }

  private func uniformPayload(_ slot: Int) -> UnsafeMutableRawPointer {
    uniformPayloads + slot * payloadWidth
  }

  // MARK: Changing

  /// The dense page numbered `page`.
  ///
  /// An absent one is made and filled by `fill`, a uniform one is spread.
  @inline(__always)
  func makeDense(_ page: Int, fill: (UnsafeMutableRawPointer) -> Void) -> UnsafeMutableRawPointer {
    let handle = handle(of: page)
    if handle != 0 && handle < Self.uniformFlag { return densePage(handle) }
    let (memory, newHandle) = allocatePage()
    if handle == 0 {
      fill(memory)
    } else {
      let slot = Int(handle & ~Self.uniformFlag)
      for extent in 0..<1 << pageShift {
        (memory + extent * payloadWidth).copyMemory(from: uniformPayload(slot), byteCount: payloadWidth)
      }
      releaseUniformSlot(slot)
    }
    setHandle(newHandle, of: page)
    return memory
  }

  /// Makes the whole page hold `payload` in every extent.
  ///
  /// - Parameter payload: May not lie in this object's memory.
  func makeUniform(_ page: Int, payload: UnsafeRawPointer) {
    let slot = uniformSlot(for: payload)
    uniformUses[slot] += 1
    discard(page)
    setHandle(Self.uniformFlag | UInt32(slot), of: page)
  }

  /// Makes the page absent.
  func discard(_ page: Int) {
    let handle = handle(of: page)
    if handle == 0 { return }
    if handle < Self.uniformFlag {
      freePages.append(handle)
    } else {
      releaseUniformSlot(Int(handle & ~Self.uniformFlag))
    }
    setHandle(0, of: page)
  }

  private static func allocateDirectory(
    _ count: Int
  ) -> UnsafeMutablePointer<UnsafeMutablePointer<UInt32>?> {
    let directory = UnsafeMutablePointer<UnsafeMutablePointer<UInt32>?>.allocate(capacity: count)
    directory.initialize(repeating: nil, count: count)
    return directory
  }

  private func setHandle(_ handle: UInt32, of page: Int) {
    if directory == nil { directory = Self.allocateDirectory(directoryCount) }
    let leaf: UnsafeMutablePointer<UInt32>
    if let existing = directory![page >> leafShift] {
      leaf = existing
    } else {
      leaf = .allocate(capacity: 1 << leafShift)
      leaf.initialize(repeating: 0, count: 1 << leafShift)
      directory![page >> leafShift] = leaf
      leafCount += 1
    }
    leaf[page & (1 << leafShift - 1)] = handle
  }

  private func allocatePage() -> (UnsafeMutableRawPointer, UInt32) {
    if let handle = freePages.popLast() { return (densePage(handle), handle) }
    precondition(pageCount < Int(Self.uniformFlag) - 1, "a store has fewer than 2^31 pages")
    if pageCount >> chunkShift == chunkCount {
      if chunkCount == chunkCapacity {
        let grown = UnsafeMutablePointer<UnsafeMutableRawPointer>.allocate(capacity: 2 * chunkCapacity)
        grown.moveInitialize(from: chunks, count: chunkCount)
        chunks.deallocate()
        chunks = grown
        chunkCapacity *= 2
      }
      (chunks + chunkCount).initialize(
        to: .allocate(byteCount: pageBytes << chunkShift, alignment: Self.alignment))
      chunkCount += 1
    }
    pageCount += 1
    let handle = UInt32(pageCount)
    return (densePage(handle), handle)
  }

  /// The slot that holds `payload`: the one made last if it is equal, else a new one without uses.
  private func uniformSlot(for payload: UnsafeRawPointer) -> Int {
    if let slot = latestUniformSlot,
      areEqual(uniformPayload(slot), payload, byteCount: payloadWidth)
    {
      return slot
    }
    let slot: Int
    if let free = freeUniformSlots.popLast() {
      slot = Int(free)
    } else {
      slot = uniformUses.count
      if slot == uniformCapacity {
        let grown = UnsafeMutableRawPointer.allocate(
          byteCount: 2 * uniformCapacity * payloadWidth, alignment: Self.alignment)
        grown.copyMemory(from: uniformPayloads, byteCount: slot * payloadWidth)
        uniformPayloads.deallocate()
        uniformPayloads = grown
        uniformCapacity *= 2
      }
      uniformUses.append(0)
    }
    uniformPayload(slot).copyMemory(from: payload, byteCount: payloadWidth)
    latestUniformSlot = slot
    return slot
  }

  private func releaseUniformSlot(_ slot: Int) {
    uniformUses[slot] -= 1
    guard uniformUses[slot] == 0 else { return }
    freeUniformSlots.append(UInt32(slot))
    if latestUniformSlot == slot { latestUniformSlot = nil }
  }
}

/// Whether the `byteCount` bytes at both places, a multiple of 8, are the same.
func areEqual(_ one: UnsafeRawPointer, _ other: UnsafeRawPointer, byteCount: Int) -> Bool {
  for offset in stride(from: 0, to: byteCount, by: 8)
  where one.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    != other.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
  {
    return false
  }
  return true
}
