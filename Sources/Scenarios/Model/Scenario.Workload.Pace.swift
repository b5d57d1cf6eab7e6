package import Quantities

extension Scenario.Workload {
  /// How the pace of a workload changes over the week, the years and in a storm.
  package struct Pace: Sendable, Hashable {
    package enum Hours: Sendable, Hashable {
      /// As an office works, from Monday to Friday.
      case office
      /// Weights of the 24 hours of any day, not all zero.
      case day([UInt64])
    }

    /// A storm of logins: up in a straight line, along, and down.
    package struct Ramp: Sendable, Hashable {
      package let at: Instant
      package let rise: TimeSpan
      package let hold: TimeSpan
      package let fall: TimeSpan
      package let factor: Ratio
    }

    /// `nil` for the same at all hours.
    package let hours: Hours?
    /// What is added in a year of 365 days, in a straight line.
    package let yearlyGrowth: Ratio
    package let ramp: Ramp?
  }

  /// What encrypts a disk, block by block, each once.
  package struct Ransomware: Sendable, Hashable {
    package enum Order: String, Sendable, Hashable, CaseIterable {
      case sequential
      case random
    }

    package let rate: DataRate
    package let blockSize: ByteCount
    /// Where it begins; a size of `nil` stands for the used part of the disk.
    package let region: Region
    /// From the start of the run.
    package let start: TimeSpan
    package let order: Order
    /// What the guest writes beside it; never ransomware itself.
    package let over: WorkloadID?
  }
}
