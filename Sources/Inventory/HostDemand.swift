package import Quantities

/// What one machine needs of its host, or several together.
package struct HostDemand: Sendable, Hashable {
  package var cpuCount: Int
  /// What the guests have been given; a host may promise more of it than it has.
  package var memory: ByteCount
  /// What the host must set aside and can promise to nobody else: reservations, and the overhead of running machines.
  package var reserved: ByteCount

  package static let zero = HostDemand(cpuCount: 0, memory: .zero, reserved: .zero)

  private init(cpuCount: Int, memory: ByteCount, reserved: ByteCount) {
    self.cpuCount = cpuCount
    self.memory = memory
    self.reserved = reserved
  }

  /// The need of one machine.
  ///
  /// - Parameter reservation: The memory that it is guaranteed, at most `memory`.
  package init(cpuCount: Int, memory: ByteCount, reservation: ByteCount) {
    self.init(
      cpuCount: cpuCount, memory: memory,
      reserved: reservation + Self.memoryOverhead(cpuCount: cpuCount, memory: memory))
  }

  /// The need of the same machine, had it no reservation.
  package var withoutReservation: Self { Self(cpuCount: cpuCount, memory: memory, reservation: .zero) }

  /// The memory that a host needs to run a machine, beside what the guest has.
  ///
  /// *14.35 MiB + 4 MiB · processors + 7.58 MiB · memory in GiB*, rounded down to whole bytes at each term.
  ///
  /// - Source: Fitted to VMware, "vSphere Resource Management" (6.5, 6.7), sample overhead memory on virtual machines: 20.29 MB
  ///   with 1 processor and 256 MB to 168.60 MB with 8 processors and 16 GB; nowhere in that table more than 1 MB off. Beyond
  ///   16 GB and 8 processors *inferred*.
  package static func memoryOverhead(cpuCount: Int, memory: ByteCount) -> ByteCount {
    let hundredths = UInt64(1_435 + 400 * cpuCount)
    return ByteCount(bytes: (hundredths << 20) / 100 + (memory.bytes >> 10) / 100 * 758)
  }

  package static func + (left: Self, right: Self) -> Self {
    HostDemand(
      cpuCount: left.cpuCount + right.cpuCount, memory: left.memory + right.memory,
      reserved: left.reserved + right.reserved)
  }

  package static func - (left: Self, right: Self) -> Self {
    HostDemand(
      cpuCount: left.cpuCount - right.cpuCount, memory: left.memory - right.memory,
      reserved: left.reserved - right.reserved)
  }
}
