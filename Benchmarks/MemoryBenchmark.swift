import BlockStorage
import Foundation
import Quantities
import RandomStreams
import ReplicationCore

/// What tracking holds in memory for a disk of 1 TiB, beside the 16 MiB of one flat bitmap.
///
/// Figures are the memory reserved by each value, and for a thousand disks what the process really grew by.
enum MemoryBenchmark: Benchmark {
  static let name = "memory"
  static let summary = "bytes of dirty bitmaps and copied extents, scattered and clustered; one flat bitmap"
  static let options = "[--disks N (1000)]"

  static func run(_ options: inout BenchmarkOptions) throws {
    let disks = try options.takeNumber("--disks", default: 1_000)
    try options.checkAllTaken()
    let geometry = ExtentGeometry(diskSize: .tebibytes(1))
    let flatBytes = geometry.extentCount / 8
    print("a dirty bitmap of 1 TiB in extents of 8 KiB; flat: \(flatBytes >> 20) MiB")
    for (share, runLength) in [
      (0, 1), (0.0001, 1), (0.0001, 128), (0.01, 1), (0.01, 128), (0.01, 4_096), (0.1, 128), (1, 4_096),
    ] {
      report(share: share, runLength: runLength, geometry: geometry, flatBytes: flatBytes)
    }
    print("\nextents copied before a write, 8 bytes of payload each, of a disk of 100 GiB")
    for runLength in [1, 16, 4_096] { reportCopies(runLength: runLength) }
    try reportFleet(disks: disks, geometry: geometry)
  }

  /// Runs of a length at random places, aligned to it, until `share` of the extents are marked.
  private static func bitmap(share: Double, runLength: Int, geometry: ExtentGeometry) -> DirtyBitmap {
    var bitmap = DirtyBitmap(geometry: geometry)
    if share == 1 {
      bitmap.mark(0..<geometry.extentCount)
      return bitmap
    }
    var random = RandomStream(seed: 1, name: "memory")
    let wanted = Int(share * Double(geometry.extentCount))
    while bitmap.count < wanted {
      let start = Int(random.next(below: UInt64(geometry.extentCount / runLength))) * runLength
      bitmap.mark(start..<start + runLength)
    }
    return bitmap
  }

  private static func report(share: Double, runLength: Int, geometry: ExtentGeometry, flatBytes: Int) {
    let bitmap = bitmap(share: share, runLength: runLength, geometry: geometry)
    let bytes = bitmap.allocatedBytes
    let percent = String(format: "%.2f %% dirty", share * 100)
    let label = share == 0 ? "clean" : percent + (share == 1 ? "" : " in runs of \(runLength)")
    let bytesPerExtent = Double(bytes) / Double(bitmap.count)
    let perExtent = bitmap.isEmpty ? "" : String(format: "  %9.2f bytes a dirty extent", bytesPerExtent)
    print(
      column(label, 32)
        + String(
          format: "%10.3f MiB  %6.4f of flat", Double(bytes) / 1_048_576, Double(bytes) / Double(flatBytes))
        + perExtent)
  }

  private static func reportCopies(runLength: Int) {
    let geometry = ExtentGeometry(diskSize: .gibibytes(100))
    let disk = ExtentStore(
      geometry: geometry, image: BaseImage(usedExtentCount: geometry.extentCount, tag: 1))
    var preserved = PreservedExtents(geometry: geometry)
    var random = RandomStream(seed: 1, name: "memory")
    while preserved.count < 131_072 {
      let start = Int(random.next(below: UInt64(geometry.extentCount / runLength))) * runLength
      preserved.preserve(start..<start + runLength, from: disk)
    }
    print(
      column("1 % copied in runs of \(runLength)", 32)
        + String(
          format: "%10.3f MiB  %9.1f bytes a copied extent", Double(preserved.allocatedBytes) / 1_048_576,
          Double(preserved.allocatedBytes) / Double(preserved.count)))
  }

  /// Trackers of many disks, each with 1,000 writes of 16 extents within 2 GiB: what the process grows by.
  private static func reportFleet(disks: Int, geometry: ExtentGeometry) throws {
    let before = try residentBytes()
    var random = RandomStream(seed: 1, name: "memory")
    let disk = ExtentStore(geometry: geometry)
    var trackers: [ChangeTracker] = []
    for _ in 0..<disks {
      var tracker = ChangeTracker(geometry: geometry)
      for _ in 0..<1_000 {
        let start = Int(random.next(below: 16_384)) * 16
        tracker.guestWillWrite(start..<start + 16, reading: disk)
      }
      trackers.append(tracker)
    }
    let grown = try residentBytes() - before
    let extents = trackers.reduce(0) { $0 + $1.dirty.count }
    print(
      String(
        format: "\n%d disks of 1 TiB, mostly clean: %.1f MiB resident, %.1f KiB a disk,"
          + " %.1f million dirty extents",
        disks, Double(grown) / 1_048_576, Double(grown) / 1_024 / Double(disks), Double(extents) / 1e6))
  }

  /// The memory of this process that is in use now.
  private static func residentBytes() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
    guard status.count > 1, let pages = Int(status[1]) else {
      throw BenchmarkFailure("the system does not say what memory is in use")
    }
    return pages * sysconf(Int32(_SC_PAGESIZE))
  }
}
