import RandomStreams

/// How machines are replicated, and what the product is like.
extension Feature {
  static let replications = [
    option("initial.full", share: 40) { machine, _, _ in
      machine.replication?["initialSync"] = quoted("full")
    },
    option("initial.seeded") { machine, _, random in
      machine.replication?["initialSync"] = quoted("seeded")
      machine.replication?["differing"] = quoted("\(random.pick(60))%")
    },
    option("policy.fixed") { machine, _, _ in machine.replication?["policy"] = quoted("fixed") },
    option("first-sync") { machine, sketch, random in
      machine.replication?["firstSync"] = sketch.seconds(random.pick(60))
    },
    option("safety-factor", share: 20) { machine, _, random in
      machine.replication?["safetyFactor"] = quoted("\(100 + random.pick(200))%")
    },
    option("excluded-disk", share: 25) { machine, _, _ in
      guard machine.disks.count > 1, let name = machine.disks.last?["name"] else { return }
      machine.replication?["exclude"] = "[\(name)]"
    },
    option("points-in-time", share: 40) { machine, _, random in
      machine.replication?["pointsInTime"] = #"{ "perDay": \#(1 + random.pick(24)), "days": 1 }"#
    },
    option("compression") { machine, _, _ in machine.replication?["compression"] = "true" },
    option("encryption") { machine, _, _ in machine.replication?["encryption"] = "true" },
    option("quiescing", share: 60) { machine, sketch, random in
      guard sketch.unitSeconds >= 60 else { return }
      machine.replication?["quiescing"] = quoted(random.pick(from: ["file-system", "application"]))
    },
  ]

  static let product = [
    constant("product", share: 50) {
      quoted($0.pick(from: ["5.0", "6.x", "7.0", "8.0", "8.0U3", "enhanced"]))
    },
    constant("windowBlock") { quoted($0.pick(from: ["extent", "update"])) },
    constant("hostContexts") { "\(1 + $0.pick(4))" },
    constant("fullSyncLimit") { "\(1 + $0.pick(3))" },
    constant("blocksInFlight") { "\(16 << $0.pick(5))" },
    constant("earlyStartShare") { quoted("\($0.pick(50))%") },
    constant("estimateHistory") { "\(1 + $0.pick(20))" },
    constant("targetHostDetection", share: 80) { quoted("\(1 + $0.pick(20))s") },
    constant("rebalanceInterval", share: 50) { quoted("\(10 + $0.pick(60))s") },
    constant("migrationDuration", share: 90) { quoted("\(1 + $0.pick(20))s") },
    constant("quiescingDuration", share: 80) { quoted("\(1 + $0.pick(30))s") },
    constant("connectionTimeout", share: 90) { quoted("\(5 + $0.pick(30))s") },
    constant("reconnectDelayStep") { quoted("\(1 + $0.pick(20))s") },
    constant("reconnectDelayMaximum", share: 90) { quoted("\(10 + $0.pick(30))s") },
    constant("configurationSize", share: 40) { quoted("\($0.pick(3) * 6000)B") },
    constant("checksumRate", share: 40) { quoted("\(2 + $0.pick(6))MiB/s") },
    constant("serverRate") { quoted("\(1 + $0.pick(3))MiB/s") },
    constant("hostRate") { quoted("\(1 + $0.pick(3))MiB/s") },
  ]
}
