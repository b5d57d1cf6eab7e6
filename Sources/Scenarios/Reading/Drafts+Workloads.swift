import Quantities

struct WorkloadDraft: Draft {
  static let noun = "workload"
  static let discriminator: String? = "model"

  /// The word that chooses the law of the writes.
  enum Model: String, CaseIterable {
    case uniform
    case hotspot
    case sequential
    case periodic
    case trace
    case ransomware
  }

  var span: SourceSpan?
  var model = Field<Model>()
  var write = Field<DataRate>()
  var blockSize = Field<ByteCount>()
  var workingSet = Field<ByteCount>()
  var offset = Field<ByteCount>()
  var skew = Field<Scenario.Workload.Skew>()
  var every = Field<TimeSpan>()
  var size = Field<ByteCount>()
  var first = Field<TimeSpan>()
  var compressed = Field<Ratio>()
  var file = Field<String>()
  var format = Field<Scenario.Workload.Trace.Format>()
  var device = Field<Int>()
  var isRepeated = Field<Bool>()
  var hours = Field<HoursDraft>()
  var growth = Field<Ratio>()
  var ramp = Field<RampDraft>()
  var start = Field<TimeSpan>()
  var order = Field<Scenario.Workload.Ransomware.Order>()
  var over = Field<String>()

  private static let steady = ["uniform", "hotspot", "sequential", "ransomware"]
  private static let lasting = ["uniform", "hotspot", "sequential", "periodic", "trace"]

  static let keys: [Key<Self>] = [
    .required("model", \.model, .word, "The law of the writes."),
    .optional(
      "compressed", \.compressed, .positiveShare, default: "49%",
      "What compression leaves of the disk's content: FastLZ shrinks 8 KiB of binaries and text to 49%."),
    .required(
      "write", \.write, .positiveRate(unit: "kB/s"), for: steady, "The bytes written per time, on average."),
    .required("blockSize", \.blockSize, .positiveSize, for: steady, "The size of one write."),
    .optional(
      "workingSet", \.workingSet, .positiveSize, for: steady,
      "The size of the part of the disk that is written; the rest of the disk if left out, for ransomware of its used part."
    ),
    .optional(
      "offset", \.offset, .size, default: "0B", for: steady + ["periodic"],
      "Where on the disk the written part begins."),
    .optional(
      "skew", \.skew, .skew, default: "80/20", for: ["hotspot"],
      "The percentage of the writes that go to a percentage of the space."),
    .required(
      "every", \.every, .positiveDuration(), for: ["periodic"], "The time from one writing to the next."),
    .required("size", \.size, .positiveSize, for: ["periodic"], "How much is written each time."),
    .optional(
      "first", \.first, .duration(), for: ["periodic"],
      "The time of the first writing; the first multiple of \"every\" if left out."),
    .required(
      "file", \.file, .text(like: "traces/db01.csv"), for: ["trace"],
      "The trace, relative to the folder of the scenario."),
    .optional(
      "format", \.format, .word, default: "auto", for: ["trace"], "The format of the trace."),
    .optional(
      "device", \.device, .count(0...(.max)), for: ["trace"],
      "The device of the trace; its only one if left out."),
    .optional(
      "repeat", \.isRepeated, .flag, default: false, for: ["trace"],
      "Whether the trace starts over at its end."),
    .optional(
      "daily", \.hours, .hours, for: lasting,
      "How the work falls on the hours: \"office-hours\", or 24 weights of the hours of a day; evenly if left out."
    ),
    .optional(
      "growth", \.growth, .growth, for: lasting,
      "What the work grows by, in a straight line; not at all if left out."
    ),
    .optional(
      "ramp", \.ramp, .object(), for: lasting,
      "A time of more work, such as a storm of logins; none if left out."),
    .required("from", \.start, .duration(unit: "h"), for: ["ransomware"], "When it begins to encrypt."),
    .optional(
      "order", \.order, .word, default: "sequential", for: ["ransomware"],
      "Whether it goes from the front to the back, or at random."),
    .optional(
      "over", \.over, .name, for: ["ransomware"], "The workload that the guest has anyway; none if left out."),
  ]
}
