import RandomStreams

/// What is said beside of what stands in the world: kinds of datastores, regions, gateways, memory and priorities of machines,
/// and constants that seldom matter.
extension Feature {
  /// Comes behind everything, and changes no draw of another feature.
  static let details =
    [
      // Which cannot tell what of a disk is allocated.
      Feature("nfs", share: 25) { sketch, random in
        for site in sketch.draft.sites.indices where random.pick(3) > 0 {
          for index in sketch.draft.sites[site].datastores.indices
          where sketch.draft.sites[site].datastores[index].word("name")
            == "ds-\(sketch.draft.sites[site].name)"
          {
            guard sketch.draft.sites[site].datastores[index]["vsan"] == nil else { continue }
            sketch.draft.sites[site].datastores[index]["type"] = quoted("nfs")
          }
        }
      },
      Feature("restart-priority", share: 50) { sketch, random in
        guard sketch.draft.sites.contains(where: \.isModelled) else { return }
        for index in sketch.draft.machines.indices where random.pick(4) > 0 {
          sketch.draft.machines[index].settings["restartPriority"] =
            quoted(random.pick(from: ["lowest", "low", "medium", "high", "highest"]))
        }
      },
      // All of a machine's 8 GiB or some; hosts may promise more memory than they have, or as much as anybody asks for.
      Feature("memory-reservation", share: 50) { sketch, random in
        guard sketch.draft.sites.contains(where: { $0.cluster?["hostType"] != nil }) else { return }
        for index in sketch.draft.machines.indices where random.pick(4) > 0 {
          sketch.draft.machines[index].settings["memoryReservation"] =
            quoted("\(random.pick(2) == 0 ? 8 : 1 + random.pick(8))GiB")
        }
        for index in sketch.draft.sites.indices {
          switch random.pick(3) {
          case 0: sketch.draft.sites[index].promiseMemory(nil)
          case 1: sketch.draft.sites[index].promiseMemory("\(110 + random.pick(100))%")
          default: break
          }
        }
      },
      Feature("gateway", share: 50) { sketch, random in
        for index in sketch.draft.sites.indices {
          guard let circuit = sketch.draft.sites[index].settings["circuit"], random.pick(4) > 0 else {
            continue
          }
          let gateway = #", "gateway": "\#(128 << random.pick(6))KiB/s" }"#
          sketch.draft.sites[index].settings["circuit"] = circuit.dropLast(2) + gateway
        }
      },
      // Two sites in regions need no latency of the link between them.
      Feature("regions", share: 20) { sketch, random in
        // Private clouds know neither arrays nor virtual volumes.
        guard sketch.draft.storageSystems.isEmpty else { return }
        let regions = ["francecentral", "westeurope", "northeurope", "uksouth", "eastus"]
        let isOutside = random.pick(3) == 0 ? random.pick(sketch.draft.sites.count) : nil
        for index in sketch.draft.sites.indices where index != isOutside {
          sketch.draft.sites[index].settings["region"] = quoted(random.pick(from: regions))
        }
        if random.pick(2) == 0 { sketch.draft.settings["platform"] = quoted("avs") }
        guard isOutside == nil else { return }
        for index in sketch.draft.links.indices where random.pick(4) > 0 {
          sketch.draft.links[index]["latency"] = random.pick(2) == 0 ? nil : quoted("azure")
        }
      },
      constant("collidingUnmap", share: 35) {
        quoted($0.pick(from: ["preserve", "refuse", "ignore", "free-the-rest"]))
      },
      constant("unmapOptimization", share: 30) { _ in "true" },
      constant("demandLogCapacity", share: 20) { quoted("\(64 << $0.pick(8))KiB") },
      constant("diskReadLatency", share: 25) { quoted("\(1 + $0.pick(20))ms") },
      constant("regionRequestsInFlight") { "\(1 + $0.pick(8))" },
      constant("serverTakeover", share: 30) { quoted("\(1 + $0.pick(30))s") },
      constant("configurationDuration", share: 30) { quoted("\(1 + $0.pick(30))s") },
      constant("serverDecompressionRate") { quoted("\(1 + $0.pick(4))MiB/s") },
    ]
}

extension WorldDraft.Site {
  /// How much memory hosts of limited memory promise, per memory that they have: as much as anybody asks for with `nil`.
  fileprivate mutating func promiseMemory(_ factor: String?) {
    guard let settings = cluster?["ha"] else { return }
    let member = #", "memoryOvercommitment": "100%""#
    cluster?["ha"] = settings.replacing(
      member, with: factor.map { #", "memoryOvercommitment": "\#($0)""# } ?? "", maxReplacements: 1)
  }
}
