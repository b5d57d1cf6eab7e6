import RandomStreams

/// One input, made from the seed of a run, the target's name and the input's number, and from nothing else.
struct FuzzInput {
  let bytes: [UInt8]
  /// Whether the bytes are valid as the target's `sample` made them.
  let isValid: Bool

  init(target: FuzzTarget, seed: UInt64, number: UInt64) {
    var random = RandomStream(seed: seed, name: "fuzz/\(target.name)/\(number)")
    guard random.next(below: 16) > 0 else {
      bytes = (0..<random.next(below: 200)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      isValid = false
      return
    }
    let sample = target.sample(&random)
    let mutationCount = random.next(below: 5)
    guard mutationCount > 0 else {
      bytes = sample
      isValid = true
      return
    }
    var mutated = sample
    for _ in 0..<mutationCount {
      Self.mutate(&mutated, with: { target.sample(&$0) }, &random)
    }
    if random.next(below: 4) > 0 { target.repair(&mutated) }
    bytes = mutated
    isValid = false
  }

  private static func mutate(
    _ bytes: inout [UInt8], with sample: (inout RandomStream) -> [UInt8], _ random: inout RandomStream
  ) {
    /// An offset in `bytes`, or its end.
    func offset(_ random: inout RandomStream) -> Int { Int(random.next(below: UInt64(bytes.count + 1))) }
    /// A range of up to 64 bytes.
    func range(_ random: inout RandomStream) -> Range<Int> {
      let start = offset(&random)
      return start..<min(bytes.count, start + Int(random.next(below: 64)))
    }
    switch random.next(below: 11) {
    case 0, 1:
      guard !bytes.isEmpty else { return }
      let bit = random.next(below: UInt64(bytes.count) * 8)
      bytes[Int(bit / 8)] ^= 1 << UInt8(bit % 8)
    case 2, 3, 4:
      // An integer of 1, 2, 4 or 8 bytes, where fields mostly lie.
      let size = 1 << Int(random.next(below: 4))
      guard bytes.count >= size else { return }
      let slots = UInt64((bytes.count - size) / 4 + 1)
      let start = Int(random.next(below: slots)) * 4
      let value = interestingNumber(&random)
      for index in 0..<size { bytes[start + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index)) }
    case 5, 6:
      // One more or one less, where bounds are missed by one.
      guard bytes.count >= 4 else { return }
      let start = Int(random.next(below: UInt64(bytes.count / 4))) * 4
      let number = (0..<4).reduce(0 as UInt32) { $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1) }
      let changed = random.next(below: 2) == 0 ? number &+ 1 : number &- 1
      for index in 0..<4 { bytes[start + index] = UInt8(truncatingIfNeeded: changed >> UInt32(8 * index)) }
    case 7: bytes.removeSubrange(offset(&random)...)
    case 8: bytes.removeSubrange(range(&random))
    case 9: bytes.insert(contentsOf: bytes[range(&random)], at: offset(&random))
    default:
      let other = sample(&random)
      let start = Int(random.next(below: UInt64(other.count + 1)))
      bytes = Array(bytes[..<offset(&random)] + other[start...])
    }
  }

  /// A small number, a power of two, or all ones, give or take one.
  private static func interestingNumber(_ random: inout RandomStream) -> UInt64 {
    switch random.next(below: 3) {
    case 0: random.next(below: 260)
    case 1: (1 << random.next(below: 64)) &+ random.next(below: 3) &- 1
    default: .max - random.next(below: 2)
    }
  }
}
