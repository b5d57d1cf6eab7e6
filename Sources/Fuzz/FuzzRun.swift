/// Feeds one target with its inputs, one after the other.
struct FuzzRun {
  /// An input that broke a promise, with all that is needed to see it again.
  struct Finding: Error {
    let target: String
    let seed: UInt64
    let number: UInt64
    let bytes: [UInt8]
    let reason: String
  }

  let target: FuzzTarget
  let seed: UInt64
  /// The number of the next input.
  var number: UInt64 = 0
  private(set) var acceptedCount = 0
  private(set) var refusedCount = 0

  init(target: FuzzTarget, seed: UInt64) {
    self.target = target
    self.seed = seed
  }

  mutating func tryNextInput() throws(Finding) {
    let input = FuzzInput(target: target, seed: seed, number: number)
    do throws(FuzzFailure) {
      switch try target.check(input.bytes) {
      case .accepted: acceptedCount += 1
      case .refused:
        guard !input.isValid else { throw FuzzFailure(reason: "a valid input is refused") }
        refusedCount += 1
      }
    } catch {
      throw Finding(
        target: target.name, seed: seed, number: number, bytes: input.bytes, reason: error.reason)
    }
    number += 1
  }
}
