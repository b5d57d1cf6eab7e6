extension DiagnosticCode {
  /// The texts of the codes about values.
  var textOfValues: (title: String, explanation: String) {
    switch self {
    case .wrongType:
      (
        "Wrong kind of value",
        """
        The key takes another kind of value: a list where an object was given, a number where a \
        text was given, and so on. A null stands for nothing; leave the key out instead.
        """
      )
    case .missingUnit:
      (
        "Number without a unit",
        """
        Quantities are texts with their unit, as "15m", "20GiB", "100Mbps" or "70%", \
        because a bare number has been misread in every tool that accepts one.
        """
      )
    case .wrongUnit:
      (
        "Unit of another quantity",
        """
        The unit is unknown, or belongs to another quantity: a duration where a size is needed, or \
        a size where a rate is. Durations: d h m s ms us ns. Sizes: PiB TiB GiB MiB KiB B, PB TB \
        GB MB kB. Rates: Tbps Gbps Mbps kbps bps, GB/s MB/s kB/s GiB/s MiB/s KiB/s B/s. Shares: % \
        ppm ppb.
        """
      )
    case .invalidQuantity:
      (
        "Value out of range",
        """
        The quantity cannot be read, or has a value that makes no sense here: negative, zero, a \
        fraction of its smallest unit, or beyond the bound of the key.
        """
      )
    case .unknownWord:
      (
        "Unknown word",
        """
        The key takes one of a few words, and this is none of them.
        """
      )
    case .invalidName:
      (
        "Malformed name or pattern",
        """
        Names are not empty, begin and end without a blank, and hold none of / * { } = , " or \
        control characters, since these have a meaning in paths, selectors and patterns. Where \
        virtual machines are created, {01..08} stands for 01, 02 to 08; where they are selected, * \
        stands for any characters.
        """
      )
    case .invalidDate:
      (
        "Malformed point in time",
        """
        Points in time are written as 2025-03-03T00:00:00Z: universal time, to the second, a day \
        that exists.
        """
      )
    case .invalidCount:
      (
        "Not a whole number in range",
        """
        The key takes a whole number within bounds, written without quotes and without a fraction.
        """
      )
    case .wrongCount:
      (
        "Wrong number of elements",
        """
        The list has too few or too many elements.
        """
      )
    case .newerFormat:
      (
        "File of another format",
        """
        The key "format" names the version of the file format; this program reads format 1. A \
        file with a higher number needs a newer program.
        """
      )
    case .invalidSkew:
      (
        "Malformed skew",
        """
        A skew is written "80/20": 80 % of the writes go to 20 % of the space. The first number \
        is the larger one, both are above 0 and below 100.
        """
      )
    default: preconditionFailure("\(rawValue) is not about values")
    }
  }

  /// The texts of the codes about keys and names.
  var textOfNames: (title: String, explanation: String) {
    switch self {
    case .missingKey:
      (
        "Missing key",
        """
        The object lacks a key that it cannot do without.
        """
      )
    case .duplicateKey:
      (
        "Key given twice",
        """
        An object has each key at most once. Programs differ in which of two values they believe, \
        so none is chosen.
        """
      )
    case .misplacedKey:
      (
        "Key of another kind",
        """
        The key exists, but not together with this value of "model", "do" or "initialSync". \
        It would have no effect, so it is not accepted.
        """
      )
    case .conflictingKeys:
      (
        "Keys that exclude each other",
        """
        A timeline entry has either "at", or "after" with an optional "delay".
        """
      )
    case .unknownKey:
      (
        "Unknown key",
        """
        The object has no such key. Unknown keys are errors, because a misspelt one would silently \
        leave a default in force. Remarks go into "why", which every object may have.
        """
      )
    case .duplicateName:
      (
        "Name given twice",
        """
        Two things of one kind have the same name, so that a reference could mean either.
        """
      )
    case .patternCollision:
      (
        "Patterns that overlap",
        """
        After the patterns were expanded, two virtual machines have the same name.
        """
      )
    case .unknownName:
      (
        "Unknown name",
        """
        The name refers to something that the scenario does not define.
        """
      )
    case .emptySelector:
      (
        "Selector without a match",
        """
        No virtual machine has a name that fits the selector. A * stands for any number of any \
        characters.
        """
      )
    case .invalidMoment:
      (
        "Malformed reference to an entry",
        """
        "after" takes the id of a timeline entry, or the id with .start or .end behind it; \
        without either it means the end.
        """
      )
    default: preconditionFailure("\(rawValue) is not about keys and names")
    }
  }

  /// The texts of the codes about overrides.
  var textOfOverrides: (title: String, explanation: String) {
    switch self {
    case .invalidPath:
      (
        "Malformed path",
        """
        The path of an override begins with / and has a name between every two: \
        /links/wan/bandwidth.
        """
      )
    case .unknownPath:
      (
        "Path that leads nowhere",
        """
        Elements of lists are addressed by their name as it is written, patterns too (a \
        replication by its "vm", a timeline entry by its "id"), or by their index from 0 where \
        they have none. No such element exists, or the path goes on behind a value that has no \
        parts.
        """
      )
    default: preconditionFailure("\(rawValue) is not about overrides")
    }
  }
}
