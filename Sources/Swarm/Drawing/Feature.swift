import RandomStreams

/// One thing that a drawn world can have or not: an option, a model, a verb of the timeline.
///
/// Each seed switches every feature on or off by itself, and each draws from a stream of its own: a new feature
/// changes no world in which it is off. Swarm testing (Groce et al., 2012) finds more with random subsets of
/// features than with all of them at once, since features hide each other's defects.
///
/// To add one, write it in one of the `Feature+….swift` files and append it to ``all``.
package struct Feature: Sendable {
  package let name: String
  /// In how many of a hundred worlds it is.
  let share: UInt64
  let apply: @Sendable (inout WorldSketch, inout RandomStream) -> Void

  init(
    _ name: String, share: UInt64 = 50,
    apply: @escaping @Sendable (inout WorldSketch, inout RandomStream) -> Void
  ) {
    self.name = name
    self.share = share
    self.apply = apply
  }

  /// A feature that gives each replication the option or not, by the toss of a coin.
  static func option(
    _ name: String, share: UInt64 = 30,
    _ apply: @escaping @Sendable (inout WorldDraft.Machine, WorldSketch, inout RandomStream) -> Void
  ) -> Feature {
    Feature(name, share: share) { sketch, random in
      for index in sketch.draft.machines.indices
      where sketch.draft.machines[index].replication != nil && random.pick(2) == 0 {
        var machine = sketch.draft.machines[index]
        apply(&machine, sketch, &random)
        sketch.draft.machines[index] = machine
      }
    }
  }

  /// A feature that sets one of the product's constants.
  static func constant(
    _ key: String, share: UInt64 = 25, _ value: @escaping @Sendable (inout RandomStream) -> String
  ) -> Feature {
    Feature("profile.\(key)", share: share) { sketch, random in sketch.draft.profile[key] = value(&random) }
  }

  /// A feature that puts one to four entries with a verb on the timeline.
  ///
  /// - Parameters:
  ///   - lasts: Whether the entries end by themselves.
  ///   - entry: What else an entry has; `nil` where the world has nothing for it.
  static func verb(
    _ verb: String, share: UInt64 = 35, lasts: Bool = false,
    _ entry: @escaping @Sendable (WorldSketch, inout RandomStream) -> ScenarioObject?
  ) -> Feature {
    Feature(verb, share: share) { sketch, random in
      for _ in 0..<1 + random.pick(4) {
        guard let settings = entry(sketch, &random) else { return }
        sketch.schedule(verb, settings, lasts: lasts, &random)
      }
    }
  }

  /// Every feature, in the order in which they are applied: the world, its machines, then what happens to them.
  package static let all: [Feature] =
    layout + clusters + network + lines + workloads + replications + product + faults + changes
    + disasters + lineFaults + clusterFaults + storage + storageCopies + processors + recovery
    + administration + details

  /// A number that is another one, as good as surely, where any feature has another name, share or place.
  ///
  /// What a feature does under the same name is not in it.
  ///
  /// - Source: FNV-1a with 64 bits over the UTF-8 of names and shares (Fowler, Noll and Vo; RFC 9923).
  package static var fingerprint: UInt64 {
    all.flatMap { "\($0.name):\($0.share);".utf8 }.reduce(0xcbf2_9ce4_8422_2325) { hash, byte in
      (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }
  }
}

extension RandomStream {
  /// A draw from `0..<count`.
  mutating func pick(_ count: Int) -> Int { Int(next(below: UInt64(count))) }

  mutating func pick<Element>(from elements: [Element]) -> Element { elements[pick(elements.count)] }
}
