/// The kinds of problems, each with a stable code.
///
/// E00 is text that is no JSON, E01 a value, E02 a key or a name, E03 a rule of the domain, E04 an
/// override. Codes are never given a new meaning; W stands for warnings.
package enum DiagnosticCode: String, Sendable, Hashable, CaseIterable {
  // MARK: Not JSON

  case unexpectedText = "E0001"
  case trailingComma = "E0002"
  case missingComma = "E0003"
  case missingColon = "E0004"
  case unterminatedString = "E0005"
  case invalidEscape = "E0006"
  case loneSurrogate = "E0007"
  case controlCharacter = "E0008"
  case invalidNumber = "E0009"
  case bareWord = "E0010"
  case singleQuotes = "E0011"
  case comment = "E0012"
  case byteOrderMark = "E0013"
  case nestingTooDeep = "E0014"
  case notClosed = "E0015"
  case textAfterEnd = "E0016"
  case emptyFile = "E0017"
  case notUTF8 = "E0018"

  // MARK: Values

  case wrongType = "E0101"
  case missingUnit = "E0102"
  case wrongUnit = "E0103"
  case invalidQuantity = "E0104"
  case unknownWord = "E0105"
  case invalidName = "E0106"
  case invalidDate = "E0107"
  case invalidCount = "E0108"
  case wrongCount = "E0109"
  case newerFormat = "E0110"
  case invalidSkew = "E0111"

  // MARK: Keys and names

  case missingKey = "E0201"
  case duplicateKey = "E0202"
  case misplacedKey = "E0203"
  case conflictingKeys = "E0204"
  case unknownKey = "E0207"
  case duplicateName = "E0208"
  case patternCollision = "E0209"
  case unknownName = "E0211"
  case emptySelector = "E0212"
  case invalidMoment = "E0213"

  // MARK: Rules of the domain

  case rpoOutOfRange = "E0301"
  case replicationToOwnSite = "E0302"
  case noLink = "E0303"
  // E0304 was: several links join two sites and none is chosen. They stand by for each other now.
  case usedAboveSize = "E0305"
  case outsideDisk = "E0306"
  case nothingAfterWarmup = "E0307"
  case replicatedTwice = "E0308"
  case linkToItself = "E0309"
  case timelineCycle = "E0310"
  case endlessEntry = "E0311"
  case wrongSite = "E0312"
  case linkElsewhere = "E0313"
  case notReplicated = "E0314"
  case nothingReplicated = "E0315"
  case diskShrinks = "E0316"
  case tooManyPointsInTime = "E0317"
  case quiescingTooOften = "E0318"
  case unlimitedDatastore = "E0319"
  case notWithFiles = "E0360"
  case invalidWeekTime = "E0320"
  case unknownLatency = "E0321"
  case noCircuit = "E0322"
  case tooManyReplications = "E0323"
  case tooManyServers = "E0324"
  case tooManyShortObjectives = "E0325"
  case diskTooLarge = "E0326"
  case tooManyHosts = "E0327"
  case platformLimit = "E0328"

  case policyNeedsHosts = "E0345"
  case devicesTooSmall = "E0346"
  case vsanBesidePlain = "E0347"
  case noVSAN = "E0348"
  case hostsSharedByVSAN = "E0349"
  case unknownDiskGroup = "E0350"
  case hostOutsideVSAN = "E0351"
  case hostsTooSmall = "E0330"
  case noWorkAtAll = "E0331"
  case noCluster = "E0333"

  // MARK: Warnings

  case churnAboveLink = "W0301"
  case unusedWorkload = "W0302"
  case unusedLink = "W0303"
  case afterTheEnd = "W0304"
  case datastoreTooSmall = "W0305"
  case aboveSlackSpace = "W0320"

  // MARK: Overrides

  case invalidPath = "E0401"
  case unknownPath = "E0402"

  /// Told from the first letter of the code.
  package var severity: Diagnostic.Severity { rawValue.hasPrefix("W") ? .warning : .error }

  /// The kind of problem in a few words.
  package var title: String { text.title }

  /// What the problem means and how it is put right, in a few sentences.
  package var explanation: String { text.explanation }

  private var text: (title: String, explanation: String) {
    switch self {
    case .unexpectedText:
      (
        "Unexpected text",
        """
        What stands here is not what JSON allows at this point: a value, a key, a comma or a \
        closing bracket was expected. Look just before the mark: a quotation mark, a comma or a \
        bracket is often missing there.
        """
      )
    case .trailingComma:
      (
        "Comma before a closing bracket",
        """
        JSON has commas between the elements of a list or an object, none after the last. Remove \
        the marked comma.
        """
      )
    case .missingComma:
      (
        "Missing comma",
        """
        Two elements follow each other without a comma. Insert one at the mark.
        """
      )
    case .missingColon:
      (
        "Missing colon or value",
        """
        A member of an object is written "key": value. Here the colon or the value is missing.
        """
      )
    case .unterminatedString:
      (
        "Text without an end",
        """
        A text begins with a quotation mark and the line ends before the closing one. A line break \
        within a text is written \\n.
        """
      )
    case .invalidEscape:
      (
        "Unknown escape",
        """
        Within a text a backslash begins an escape: \\" \\\\ \\/ \\b \\f \\n \\r \\t or \\u and \
        four hexadecimal digits. A backslash itself, as in a Windows path, is written \\\\.
        """
      )
    case .loneSurrogate:
      (
        "Half a character",
        """
        Characters beyond U+FFFF are escaped as two halves, as in \\ud83d\\ude00. One of the \
        halves is missing. The character may also be written directly.
        """
      )
    case .controlCharacter:
      (
        "Control character in a text",
        """
        A text may not hold tabs or other control characters directly. Write \\t for a tab.
        """
      )
    case .invalidNumber:
      (
        "Malformed number",
        """
        JSON writes numbers as in 7, -2, 0.5 or 1e6: no leading plus or zeros, digits on both \
        sides of the point, no hexadecimal digits.
        """
      )
    case .bareWord:
      (
        "Text without quotes",
        """
        JSON knows three words without quotes: true, false and null. Everything else that is no \
        number stands in double quotes, quantities with units too: "100Mbps".
        """
      )
    case .singleQuotes:
      (
        "Single quotes",
        """
        JSON has double quotes only.
        """
      )
    case .comment:
      (
        "Comment",
        """
        JSON has no comments. Every object of a scenario may have a "why" key, which is kept and \
        shown in reports.
        """
      )
    case .byteOrderMark:
      (
        "Byte order mark",
        """
        The file begins with the bytes EF BB BF, which some editors write in front of UTF-8. JSON \
        forbids them.
        """
      )
    case .nestingTooDeep:
      (
        "Too many open brackets",
        """
        Brackets are nested more than 100 deep, which no scenario needs.
        """
      )
    case .notClosed:
      (
        "Bracket without a partner",
        """
        A { or [ has no matching } or ]. The mark shows the innermost one that is open; the \
        forgotten bracket may belong to one inside it that was closed by its partner's.
        """
      )
    case .textAfterEnd:
      (
        "Text after the end",
        """
        The first value of the file is complete, yet more follows. Either a bracket too many \
        closes it early, or two documents were pasted together.
        """
      )
    case .emptyFile:
      (
        "Empty file",
        """
        The file holds no value. The smallest scenario has the keys format, name, clock and sites.
        """
      )
    case .notUTF8:
      (
        "Not UTF-8",
        """
        The bytes of the file are not UTF-8 text. It may be in UTF-16 or a Windows code page, or \
        no text at all.
        """
      )
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
    case .rpoOutOfRange:
      (
        "RPO outside the product's range",
        """
        vSphere Replication accepts recovery point objectives of whole minutes from 5 minutes to \
        24 hours; release 5.0 from 15 minutes, enhanced replication from 1 minute. To explore others, \
        write "limits": "relaxed" at the top of the scenario.
        """
      )
    case .replicationToOwnSite:
      (
        "Replication to its own site",
        """
        The target of a replication is another site than the virtual machine's.
        """
      )
    case .noLink:
      (
        "Sites without a link",
        """
        No link joins the site of the virtual machine with the target.
        """
      )
    case .usedAboveSize:
      (
        "More data than disk",
        """
        "used" says how much of the disk holds data at the start; it cannot be more than its \
        size.
        """
      )
    case .outsideDisk:
      (
        "Writes beyond the disk",
        """
        The workload writes to a part of the disk, from "offset" on, that ends behind the end of \
        the disk, or its blocks are larger than that part.
        """
      )
    case .nothingAfterWarmup:
      (
        "Warm-up without a run",
        """
        Statistics begin after the warm-up. It must end before the run does.
        """
      )
    case .replicatedTwice:
      (
        "Replicated twice",
        """
        A virtual machine has at most one replication; selectors of several replications match it.
        """
      )
    case .linkToItself:
      (
        "Link with one end",
        """
        A link joins two different sites.
        """
      )
    case .timelineCycle:
      (
        "Entries that wait for each other",
        """
        Following "after" from entry to entry leads back to the first, so that none of them has \
        a time.
        """
      )
    case .endlessEntry:
      (
        "End of something endless",
        """
        The entry referred to has no "for" and so never ends by itself. Refer to its start, or \
        give it a duration.
        """
      )
    case .wrongSite:
      (
        "At another site",
        """
        The host or datastore exists, but at another site than the one that is needed here.
        """
      )
    case .linkElsewhere:
      (
        "Link between other sites",
        """
        The link named by "via" does not join the site of the virtual machine with the target.
        """
      )
    case .notReplicated:
      (
        "Not replicated",
        """
        The action concerns the replication of a virtual machine, and none of the selected ones \
        has any.
        """
      )
    case .nothingReplicated:
      (
        "No disk left",
        """
        Every disk of the virtual machine is excluded, so that nothing would be replicated.
        """
      )
    case .diskShrinks:
      (
        "Disk made smaller",
        """
        A virtual disk can grow, never shrink: "size" must be at least what the disk has at the start.
        """
      )
    case .tooManyPointsInTime:
      (
        "Too many points in time",
        """
        vSphere Replication keeps at most 24 points in time beside the latest instance: "perDay" \
        times "days" must not exceed 24 (VMware's configuration maximums). "limits": "relaxed" turns this off.
        """
      )
    case .quiescingTooOften:
      (
        "Quiescing at a short RPO",
        """
        vSphere Replication does not quiesce guests with an RPO below 15 minutes. Choose a longer \
        one, or "quiescing": "none". (Documentation of 9.0.) "limits": "relaxed" turns this off.
        """
      )
    case .unlimitedDatastore:
      (
        "Slowing a datastore without limits",
        """
        "datastore.slow" multiplies the throughput of a datastore. Without "read" and "write" it is \
        never the bottleneck, and stays so at any factor.
        """
      )
    case .notWithFiles:
      (
        "Not with files",
        """
        With "storage": "files" a run keeps every replica as the files of its base disks and redo logs. \
        Those of test images and of disks that are added or grow are not among them. Leave the entry out, or \
        keep replicas in memory.
        """
      )
    case .invalidWeekTime:
      (
        "Time of the week",
        """
        "days" names days and ranges of days, such as "Mon-Fri" or "Sat,Sun"; "from" and "to" are \
        times of day in universal time, from "00:00" to "24:00".
        """
      )
    case .unknownLatency:
      (
        "No known latency",
        """
        Half of the published round trip between the Azure regions of both sites is the latency of \
        a link that gives "azure" or no latency. A site has no "region", or no figure is known for \
        the two; "drsim explain azure" lists those that are.
        """
      )
    case .noCircuit:
      (
        "Over no circuit",
        """
        The link goes "over" the circuits of its sites, and neither site has one.
        """
      )
    case .tooManyReplications:
      (
        "Too many replications",
        """
        A replication server receives at most 200 replications, an appliance with all its servers \
        2,000 (VMware, vSphere Replication operational limits). "limits": "relaxed" turns this off.
        """
      )
    case .tooManyServers:
      (
        "Too many replication servers",
        """
        A site has at most 10 replication servers, the appliance's own included (VMware, vSphere \
        Replication operational limits). "limits": "relaxed" turns this off.
        """
      )
    case .tooManyShortObjectives:
      (
        "Too many short RPOs",
        """
        At most 100 virtual machines may have an RPO below 15 minutes in vSphere Replication 6.x \
        (documentation of 6.5), 500 in later releases (quoted from that of 9.0; from which release \
        on is not verified), and 50 on vVols, which are not told apart here. "limits": "relaxed" \
        turns this off.
        """
      )
    case .diskTooLarge:
      (
        "Disk too large",
        """
        A replicated disk has at most 62 TiB, before ESXi 5.5 2 TiB (VMware, vSphere Replication \
        limitations; the second is not verified). "limits": "relaxed" turns this off.
        """
      )
    case .tooManyHosts:
      (
        "Too many hosts in a cluster",
        """
        A vSphere cluster has at most 96 hosts (VMware configuration maximums of vSphere 8; not \
        verified). "limits": "relaxed" turns this off.
        """
      )
    case .platformLimit:
      (
        "Beyond the platform",
        """
        Azure VMware Solution has 3 to 16 hosts in a cluster, 12 clusters and 96 hosts in a private \
        cloud, an ExpressRoute port of 10 Gbit/s (Microsoft, Azure VMware Solution limits), and its \
        disaster recovery replicates to one other site only (Microsoft, about Site Recovery Manager \
        on Azure VMware Solution). These hold for sites with a "region". "limits": "relaxed" turns \
        this off.
        """
      )
    case .aboveSlackSpace:
      (
        "Less slack than agreed",
        """
        Azure VMware Solution asks for a quarter of a vSAN datastore to be free for its service \
        level, and alerts at 75 % (Microsoft, Azure VMware Solution storage concepts).
        """
      )
    case .policyNeedsHosts:
      (
        "Storage policy that needs more hosts",
        """
        Each copy, parity part and witness of an object stands in a fault domain of its own. RAID-1 needs \
        3, 5 or 7 of them for 1, 2 or 3 failures, RAID-5 four (three in the express architecture, five from six \
        hosts on), RAID-6 six. Without "faultDomains" each host is one.
        """
      )
    case .devicesTooSmall:
      (
        "vSAN datastore too small",
        """
        The disks and replicas that are on the datastore at the start need more than its devices hold, with \
        the copies or parity of their storage policies and the overhead of the architecture.
        """
      )
    case .vsanBesidePlain:
      (
        "vSAN beside the keys of a plain datastore",
        """
        A vSAN datastore has the capacity and the throughput of its hosts' devices, which "vsan" describes. \
        "capacity", "read", "write" and "type" are for plain datastores.
        """
      )
    case .noVSAN:
      (
        "No vSAN",
        """
        Storage policies, disk groups and checksums that find damaged extents belong to vSAN datastores: those \
        with the key "vsan".
        """
      )
    case .hostsSharedByVSAN:
      (
        "Hosts of two vSAN datastores",
        """
        A cluster has one vSAN datastore, made of all its devices.
        """
      )
    case .unknownDiskGroup:
      (
        "No such disk group",
        """
        Disk groups are counted from 1 to "diskGroups"; the express architecture has one storage pool per host.
        """
      )
    case .hostOutsideVSAN:
      (
        "Host outside of the vSAN cluster",
        """
        A vSAN datastore is mounted by the hosts of its cluster. A machine with disks on it runs on one of \
        them; machines that name no host are placed there.
        """
      )
    case .hostsTooSmall:
      (
        "No room on the hosts",
        """
        The hosts have cores and memory, and the machines placed on them need more. A host runs four \
        virtual processors per core unless "cpuOvercommitment" says otherwise, and never more memory \
        than it has. Use more or larger hosts, or smaller machines.
        """
      )
    case .noWorkAtAll:
      (
        "No work in any hour",
        """
        The weights of "daily" say how work falls on the hours of a day. At least one must be above zero.
        """
      )
    case .noCluster:
      (
        "Cluster not modelled",
        """
        The action needs to know what runs on the hosts of the cluster. Give the cluster "ha" or a \
        "hostType", or the site "appliances".
        """
      )
    case .churnAboveLink:
      (
        "More changes than the link carries",
        """
        On average the workloads of the replicated disks change more data than the link carries, \
        so that recovery point objectives will be missed. Counted is every write, with the whole \
        extent of 8 KiB where a smaller block is written at random, but within an RPO no more \
        than the working set. The link carries the share of its bandwidth that "usable" gives, \
        but no more than the headers of packets leave, and in the model "fluid" 90 % of that where \
        several replications compete for it.
        """
      )
    case .unusedWorkload:
      (
        "Unused workload",
        """
        No disk has this workload.
        """
      )
    case .unusedLink:
      (
        "Unused link",
        """
        No replication uses this link.
        """
      )
    case .afterTheEnd:
      (
        "After the end",
        """
        This never happens: its time is not before the end of the run.
        """
      )
    case .datastoreTooSmall:
      (
        "Datastore too small",
        """
        The data of the disks and replicas on the datastore is more than its capacity.
        """
      )
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
    }
  }
}
