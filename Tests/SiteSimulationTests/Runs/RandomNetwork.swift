import RandomStreams
import Scenarios

/// A tiny scenario with a network drawn from a seed: one or two links to each of two sites, circuits, schedules, other
/// traffic, and faults of every verb of links and circuits.
///
/// All faults are over after ``faultsEnd``, and no guest writes after ``quietFrom``, so that at the end every replication
/// must be in order again. Data flows from site `hub` to the others, or from them to it.
struct RandomNetwork {
  static let faultsEnd = 240
  static let quietFrom = 420
  static let end = 600

  private var random: RandomStream
  private(set) var isFromHub = false
  private(set) var countsBytes = true
  private(set) var text = ""
  private var links: [String] = []
  private var linkNames: [String] = []
  private var circuitNames: [String] = []
  private var machines: [String] = []
  private var replications: [String] = []
  private var timeline: [String] = []

  init(seed: UInt64) {
    random = RandomStream(seed: seed, name: "random-network")
    isFromHub = pick(2) == 0
    countsBytes = pick(4) > 0
    let model = countsBytes ? ["bare", "fluid"][pick(2)] : ["CM02", "LV08"][pick(2)]
    let sites = ["hub", "east", "west"].map { name in
      var text = #"{ "name": "\#(name)", "hosts": 2, "datastores": [{ "name": "ds-\#(name)" }]"#
      if pick(2) == 0 || name == "hub" {
        circuitNames.append("er-\(name)")
        text += #", "circuit": { "name": "er-\#(name)", "bandwidth": "\#(1 << pick(3))MiB/s" }"#
      }
      return text + " }"
    }
    for spoke in ["east", "west"] {
      for number in 0..<1 + pick(2) { addLink("\(spoke)-\(number)", to: spoke) }
      addMachine(spoke)
    }
    for _ in 0..<2 + pick(10) { addFault() }
    timeline.append(#""at": "\#(Self.quietFrom)s", "do": "workload.scale", "vm": "*", "factor": "0%""#)
    let product = ["5.0", "8.0", "8.0U3", "enhanced"][pick(4)]
    text = """
      { "format": 1, "name": "network", "seed": \(seed), "limits": "relaxed",
        "clock": { "start": "2025-03-03T07:5\(pick(10)):00Z", "duration": "\(Self.end)s" },
        "sites": [\(sites.joined(separator: ","))], "links": [\(links.joined(separator: ",\n"))],
        "network": { "model": "\(model)" },
        "workloads": { "w": { "model": "uniform", "write": "\(1 + pick(40))KiB/s", "blockSize": "4KiB" } },
        "vms": [\(machines.joined(separator: ","))], "replications": [\(replications.joined(separator: ","))],
        "timeline": [\(timeline.map { "{ \($0) }" }.joined(separator: ",\n"))],
        "profile": { "product": "\(product)", "transferChunk": "\(64 << pick(4))KiB",
                     "routeConvergence": "\(1 + pick(90))s", "routeReturn": "\(1 + pick(60))s" } }
      """
  }

  private mutating func pick(_ count: Int) -> Int { Int(random.next(below: UInt64(count))) }

  private mutating func addLink(_ name: String, to spoke: String) {
    let ends = pick(2) == 0 ? #""hub", "\#(spoke)""# : #""\#(spoke)", "hub""#
    var link = #"{ "name": "\#(name)", "between": [\#(ends)], "latency": "\#([0, 1, 20, 50][pick(4)])ms""#
    let isOverCircuit = pick(2) == 0
    if isOverCircuit { link += #", "over": "circuit""# }
    if !isOverCircuit || pick(3) == 0 { link += #", "bandwidth": "\#(1 << pick(3))MiB/s""# }
    link += #", "jitter": "\#(pick(3) * 10)ms", "loss": "\#(["0%", "0.01%", "0.1%"][pick(3)])""#
    link += #", "window": "\#(64 << pick(5))KiB", "preference": \#(1 + pick(2))"#
    if pick(2) == 0 {
      link +=
        #", "schedule": [{ "days": "Mon", "from": "08:0\#(pick(3))", "to": "08:0\#(3 + pick(3))", "bandwidth": "512KiB/s" }]"#
    }
    if pick(2) == 0 { link += #", "background": \#(background())"# }
    linkNames.append(name)
    links.append(link + " }")
  }

  private mutating func background() -> String {
    var text = pick(2) == 0 ? #"{ "rate": "\#(64 << pick(3))KiB/s""# : #"{ "share": "\#(1 + pick(50))%""#
    text += #", "connections": \#(1 + pick(3))"#
    if pick(2) == 0 { text += #", "on": "\#(1 + pick(20))s", "off": "\#(1 + pick(20))s""# }
    if pick(3) == 0 { text += #", "schedule": [{ "from": "07:59", "to": "08:0\#(pick(6))" }]"# }
    return text + " }"
  }

  private mutating func addMachine(_ spoke: String) {
    let (source, target) = isFromHub ? ("hub", spoke) : (spoke, "hub")
    machines.append(
      #"{ "name": "vm-\#(spoke)", "site": "\#(source)", "datastore": "ds-\#(source)", "disks": [{ "name": "d", "size": "\#(2 + pick(6))MiB", "workload": "w" }] }"#
    )
    let sync = ["done", "full", "seeded"][pick(3)]
    replications.append(
      #"{ "vm": "vm-\#(spoke)", "to": "\#(target)", "datastore": "ds-\#(target)", "rpo": "\#(20 + pick(60))s", "initialSync": "\#(sync)" }"#
    )
  }

  private mutating func addFault() {
    let begin = pick(Self.faultsEnd)
    let length = 1 + pick(Self.faultsEnd - begin)
    let link = linkNames[pick(linkNames.count)]
    let circuit = circuitNames[pick(circuitNames.count)]
    let fault =
      switch pick(12) {
      case 0, 1: #""do": "link.down", "link": "\#(link)""#
      case 2: #""do": "link.limit", "link": "\#(link)", "bandwidth": "\#(8 + pick(100))KiB/s""#
      case 3:
        #""do": "link.latency", "link": "\#(link)", "latency": "\#(pick(300))ms", "jitter": "\#(pick(90))ms""#
      case 4: #""do": "link.loss", "link": "\#(link)", "loss": "\#(1 + pick(9))%""#
      case 5:
        #""do": "link.flap", "link": "\#(link)", "down": "\#(1 + pick(90))s", "up": "\#(1 + pick(30))s""#
      case 6: #""do": "link.brownout", "link": "\#(link)", "share": "\#(pick(60))%", "loss": "\#(pick(3))%""#
      case 7: #""do": "link.background", "link": "\#(link)", "background": \#(background())"#
      case 8, 9: #""do": "link.corrupt", "link": "\#(link)", "share": "\#(1 + pick(40))%""#
      case 10: #""do": "circuit.down", "circuit": "\#(circuit)""#
      default: #""do": "circuit.limit", "circuit": "\#(circuit)", "bandwidth": "\#(8 + pick(100))KiB/s""#
      }
    timeline.append(#""at": "\#(begin)s", \#(fault), "for": "\#(length)s""#)
    if pick(6) == 0 {
      timeline.append(#""at": "\#(pick(Self.faultsEnd))s", "do": "link.restore", "link": "\#(link)""#)
    }
  }
}
