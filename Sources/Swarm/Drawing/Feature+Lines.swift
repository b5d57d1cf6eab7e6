import RandomStreams

/// What lines share and how they are chosen, and what befalls them beyond cuts and limits.
extension Feature {
  static let lines = [
    // Replications of the two first sites choose their link by its preference.
    Feature("failover", share: 25) { sketch, random in
      if !sketch.draft.links.contains(where: { $0.word("name") == "backup" }) {
        sketch.draft.links.append(
          ScenarioObject([
            "name": quoted("backup"), "between": #"["lisbon", "madrid"]"#,
            "bandwidth": quoted("\(1 + random.pick(3))MiB/s"), "latency": quoted("\(1 + random.pick(20))ms"),
            "usable": quoted("100%"),
          ]))
      }
      for index in sketch.draft.links.indices {
        sketch.draft.links[index]["preference"] = "\(1 + random.pick(3))"
      }
      for index in sketch.draft.machines.indices where random.pick(4) > 0 {
        sketch.draft.machines[index].replication?["via"] = nil
      }
      sketch.draft.profile["routeConvergence"] = quoted("\(1 + random.pick(40))s")
      sketch.draft.profile["routeReturn"] = quoted("\(1 + random.pick(40))s")
    },
    Feature("circuit", share: 25) { sketch, random in
      for index in sketch.draft.sites.indices where random.pick(2) == 0 {
        let name = sketch.draft.sites[index].name
        sketch.draft.sites[index].settings["circuit"] =
          ScenarioObject([
            "name": quoted("circuit-\(name)"), "bandwidth": quoted("\(256 << random.pick(5))KiB/s"),
            "usable": quoted("100%"),
          ]).text
        for link in sketch.draft.links.indices
        where sketch.draft.links[link]["between"]?.contains(quoted(name)) == true && random.pick(4) > 0 {
          sketch.draft.links[link]["over"] = quoted("circuit")
        }
      }
    },
    Feature("jitter", share: 20) { sketch, random in
      let link = random.pick(sketch.draft.links.count)
      sketch.draft.links[link]["jitter"] = quoted("\(1 + random.pick(10))ms")
    },
    Feature("background", share: 20) { sketch, random in
      let link = random.pick(sketch.draft.links.count)
      sketch.draft.links[link]["background"] = sketch.background(&random)
    },
    // The run begins on a Monday at midnight.
    Feature("link-schedule", share: 20) { sketch, random in
      let link = random.pick(sketch.draft.links.count)
      let minutes = (0..<3).map { _ in 1 + random.pick(8 * sketch.unitSeconds) }
      let rules = minutes.map { minute in
        let end = minute + 1 + random.pick(3 * sketch.unitSeconds)
        return #"{ "from": "\#(timeOfDay(minute))", "to": "\#(timeOfDay(end))", "bandwidth": "#
          + quoted("\(64 << random.pick(5))KiB/s") + " }"
      }
      sketch.draft.links[link]["schedule"] = "[" + rules.joined(separator: ", ") + "]"
    },
  ]

  static let lineFaults = [
    verb("link.flap", share: 25, lasts: true) { sketch, random in
      ScenarioObject([
        "link": quoted(sketch.link(&random)), "down": sketch.seconds(1 + random.pick(10)),
        "up": sketch.seconds(1 + random.pick(20)),
      ])
    },
    verb("link.brownout", share: 25, lasts: true) { sketch, random in
      var entry = ScenarioObject([
        "link": quoted(sketch.link(&random)), "share": quoted("\(5 + random.pick(90))%"),
      ])
      if random.pick(2) == 0 { entry["loss"] = quoted("0.1%") }
      return entry
    },
    verb("link.background", share: 25, lasts: true) { sketch, random in
      ScenarioObject(["link": quoted(sketch.link(&random)), "background": sketch.background(&random)])
    },
    verb("link.corrupt", share: 30, lasts: true) { sketch, random in
      ScenarioObject([
        "link": quoted(sketch.link(&random)), "share": quoted(["0.5%", "5%", "20%"][random.pick(3)]),
      ])
    },
    verb("circuit.down", share: 50, lasts: true) { sketch, random in
      sketch.circuit(&random).map { ScenarioObject(["circuit": quoted($0)]) }
    },
    verb("circuit.limit", share: 50, lasts: true) { sketch, random in
      sketch.circuit(&random).map {
        ScenarioObject(["circuit": quoted($0), "bandwidth": quoted("\(32 << random.pick(5))KiB/s")])
      }
    },
    verb("circuit.restore", share: 20) { sketch, random in
      sketch.circuit(&random).map { ScenarioObject(["circuit": quoted($0)]) }
    },
  ]

  private static func timeOfDay(_ minute: Int) -> String {
    let (hours, minutes) = (minute / 60 % 24, minute % 60)
    return "\(hours / 10)\(hours % 10):\(minutes / 10)\(minutes % 10)"
  }
}

extension WorldSketch {
  /// Other traffic: steady or in bursts, a rate or a share, as one to three connections.
  fileprivate func background(_ random: inout RandomStream) -> String {
    var traffic = ScenarioObject()
    if random.pick(2) == 0 {
      traffic["share"] = quoted("\(5 + random.pick(70))%")
    } else {
      traffic["rate"] = quoted("\(16 + random.pick(200))KiB/s")
    }
    traffic["connections"] = "\(1 + random.pick(3))"
    if random.pick(2) == 0 {
      traffic["on"] = seconds(1 + random.pick(20))
      traffic["off"] = seconds(1 + random.pick(20))
    }
    return traffic.text
  }
}
