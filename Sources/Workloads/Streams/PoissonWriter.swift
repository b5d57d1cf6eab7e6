import Quantities
import RandomStreams

/// A Poisson process of writes over units of equal rate: the blocks of one tier, or its extents where
/// several blocks make up one extent exactly.
///
/// Its next write is always drawn ahead. Up to that time nothing happens, so most looks cost a
/// comparison; and because the time of the next write is a stopping time, what follows it is the
/// process begun anew, which the rest of the interval may draw in either of two ways:
///
/// - *Write by write*: exponential gaps, uniform units. Cost: the number of writes. Its outcome
///   does not depend on where the intervals are cut.
/// - *Unit by unit*: in a time *t* a unit of rate λ is written with probability p = 1 − e^(−λt),
///   independently. The gaps between written units are geometric, ⌊E / λt⌋ with E exponential of mean 1,
///   since P(E ≥ k·λt) = (1 − p)ᵏ. Where p is above one half, the unwritten units are found in
///   the same way. Cost: the number of runs.
///
/// - Source: Devroye, "Non-Uniform Random Variate Generation" (1986), chapter X.2 for the geometric gap.
struct PoissonWriter: Sendable {
  /// From this many expected writes per unit on, units are drawn rather than writes.
  ///
  /// Both are exact; measured, the two cost the same near 0.3.
  static let hitsPerUnitThreshold = 0.3

  /// When the next write happens, on the writer's clock; `Int64.max` for never.
  private(set) var next: Int64 = 0
  private let gapMeanNanoseconds: Double
  private let hitsPerUnitNanosecond: Double
  private let unitCount: UInt64
  private let units: UnitLayout
  var random: RandomStream

  /// - Parameters:
  ///   - gapMeanNanoseconds: Between two writes of the whole tier; finite.
  ///   - blockCount: At least one.
  init(
    gapMeanNanoseconds: Double, blockCount: UInt64, blockSizeBytes: UInt64, firstByte: UInt64,
    cover: ExtentCover, random: RandomStream
  ) {
    units = UnitLayout(
      blockCount: blockCount, blockSizeBytes: blockSizeBytes, firstByte: firstByte, cover: cover)
    unitCount = units.isExtents ? blockCount / units.blocksPerUnit : blockCount
    self.gapMeanNanoseconds = gapMeanNanoseconds
    hitsPerUnitNanosecond = 1 / gapMeanNanoseconds / Double(unitCount)
    self.random = random
    next = Self.time(after: 0, gapMeanNanoseconds: gapMeanNanoseconds, random: &self.random)
  }

  /// Appends the extents written from the last look until `end`, exclusive.
  ///
  /// - Precondition: `next < end`.
  mutating func draw(before end: Int64, appendingTo runs: inout [Range<Int>]) {
    let hitsPerUnit = Double(end - next) * hitsPerUnitNanosecond
    if hitsPerUnit < Self.hitsPerUnitThreshold {
      drawWrites(before: end, appendingTo: &runs)
      return
    }
    runs.append(units.extents(ofUnits: random.next(below: unitCount)))
    let written = portableOneMinusExp(negative: hitsPerUnit)
    if written <= 0.5 {
      drawWrittenUnits(gapScale: 1 / hitsPerUnit, appendingTo: &runs)
    } else {
      drawUnwrittenUnits(writtenProbability: written, appendingTo: &runs)
    }
    next = Self.time(after: end, gapMeanNanoseconds: gapMeanNanoseconds, random: &random)
  }

  private mutating func drawWrites(before end: Int64, appendingTo runs: inout [Range<Int>]) {
    var random = random
    var next = next
    repeat {
      runs.append(units.extents(ofUnits: random.next(below: unitCount)))
      next = Self.time(after: next, gapMeanNanoseconds: gapMeanNanoseconds, random: &random)
    } while next < end
    self.next = next
    self.random = random
  }

  /// Jumps from written unit to written unit.
  private mutating func drawWrittenUnits(gapScale: Double, appendingTo runs: inout [Range<Int>]) {
    var random = random
    let firstIndex = runs.count
    var unit: UInt64 = 0
    while true {
      let gap = random.nextExponential() * gapScale
      guard gap < Double(unitCount - unit) else { break }
      unit += UInt64(gap)
      runs.appendJoining(units.extents(ofUnits: unit), from: firstIndex)
      unit += 1
    }
    self.random = random
  }

  /// Jumps from unwritten unit to unwritten unit and yields what lies between.
  ///
  /// - Parameter writtenProbability: Where it rounds to 1, every unit is taken as written; the error is
  ///   below 2⁻⁵³ for each.
  private mutating func drawUnwrittenUnits(
    writtenProbability: Double, appendingTo runs: inout [Range<Int>]
  ) {
    guard writtenProbability < 1 else {
      runs.append(units.extents(ofUnits: 0, to: unitCount))
      return
    }
    var random = random
    let firstIndex = runs.count
    let gapScale = -1 / portableLog(writtenProbability)
    var unit: UInt64 = 0
    while unit < unitCount {
      let gap = random.nextExponential() * gapScale
      let unwritten = gap < Double(unitCount - unit) ? unit + UInt64(gap) : unitCount
      if unwritten > unit {
        runs.appendJoining(units.extents(ofUnits: unit, to: unwritten), from: firstIndex)
      }
      unit = unwritten + 1
    }
    self.random = random
  }

  /// `time` and an exponential gap, rounded to the nearest nanosecond; never, beyond 146 years.
  private static func time(
    after time: Int64, gapMeanNanoseconds: Double, random: inout RandomStream
  ) -> Int64 {
    let gap = random.nextExponential() * gapMeanNanoseconds
    guard gap < 0x1p62 else { return .max }
    let (sum, overflow) = time.addingReportingOverflow(Int64(gap + 0.5))
    return overflow ? .max : sum
  }
}

/// Where the units of a ``PoissonWriter`` lie.
private struct UnitLayout: Sendable {
  private let firstByte: UInt64
  private let unitSizeBytes: UInt64
  private let firstExtent: Int
  /// Extents in a unit, where all units begin and end at extents; otherwise zero.
  private let extentsPerUnit: Int
  private let cover: ExtentCover
  let blocksPerUnit: UInt64

  /// Whether a unit is an extent of several blocks.
  var isExtents: Bool { blocksPerUnit > 1 }

  init(blockCount: UInt64, blockSizeBytes: UInt64, firstByte: UInt64, cover: ExtentCover) {
    let extentSize = cover.extentSizeBytes
    // Blocks that fill extents exactly add up their rates; any other layout is covered block by block.
    let fillsExtents =
      blockSizeBytes < extentSize && extentSize % blockSizeBytes == 0 && firstByte % extentSize == 0
      && blockCount % (extentSize / blockSizeBytes) == 0
    unitSizeBytes = fillsExtents ? extentSize : blockSizeBytes
    blocksPerUnit = unitSizeBytes / blockSizeBytes
    let isAligned = firstByte % extentSize == 0 && unitSizeBytes % extentSize == 0
    extentsPerUnit = isAligned ? Int(unitSizeBytes / extentSize) : 0
    firstExtent = Int(firstByte / extentSize)
    self.firstByte = firstByte
    self.cover = cover
  }

  func extents(ofUnits unit: UInt64) -> Range<Int> { extents(ofUnits: unit, to: unit &+ 1) }

  func extents(ofUnits lower: UInt64, to upper: UInt64) -> Range<Int> {
    guard extentsPerUnit > 0 else {
      return cover.extents(
        fromByte: firstByte &+ lower &* unitSizeBytes, to: firstByte &+ upper &* unitSizeBytes)
    }
    return Range(
      uncheckedBounds: (
        firstExtent &+ Int(truncatingIfNeeded: lower) &* extentsPerUnit,
        firstExtent &+ Int(truncatingIfNeeded: upper) &* extentsPerUnit
      ))
  }
}
