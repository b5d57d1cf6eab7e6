import Inventory
import Quantities
import RecoveryCore

/// Inventory mappings, test networks and placeholder datastores.
extension Resolver {
  mutating func resolveMappings() {
    if draft.mappings.isGiven {
      for located in draft.mappings.known ?? [] { resolve(located.value, at: located.span) }
    } else {
      for pair in recovery.pairs.indices {
        map(
          MappingsDraft(), pair: pair, recovery.pairs[pair].direction, at: recovery.pairs[pair].direction.from
        )
      }
    }
    for index in recovery.pairs.indices { completeReverses(ofPair: index) }
    completePlaceholders()
  }

  private mutating func resolve(_ mappings: MappingsDraft, at span: SourceSpan) {
    var direction = direction(from: mappings.from.located, to: mappings.to.located)
    if direction == nil, !mappings.from.isGiven, !mappings.to.isGiven {
      direction = recovery.pairs.count == 1 ? recovery.pairs[0].direction : nil
      if direction == nil, !log.hasErrors {
        log.report(
          .noPair, "nothing says between which sites the mappings are", at: span.start,
          help: "write \"from\" and \"to\"")
      }
    }
    guard let direction, let pair = recovery.pair(of: direction.from, direction.to) else { return }
    map(mappings, pair: pair, direction, at: direction.from)
    resolveTestNetworks(of: mappings, pair: pair, at: direction.to)
    resolvePlaceholders(of: mappings, pair: pair)
  }

  /// Adds the mappings of all kinds from one site of a pair.
  private mutating func map(
    _ mappings: MappingsDraft, pair: Int, _ direction: PlannedRecovery.Direction, at site: Int
  ) {
    guard let side = recovery.pairs[pair].side(of: site) else { return }
    for word in MappingWord.allCases {
      let sources = objectNames(word, at: direction.from)
      let targets = objectNames(word, at: direction.to)
      func add(_ source: Int, _ target: Int) {
        recovery.pairs[pair].mappings.append(
          PlannedRecovery.Mapping(
            word: word, from: side, source: source, target: target, wantsReverse: mappings.isReversed(word)))
      }
      func isMapped(_ source: Int) -> Bool {
        recovery.pairs[pair].mappings.contains { $0.from == side && $0.source == source }
      }
      let (sourceOffset, targetOffset) = (
        objectOffset(word, at: direction.from), objectOffset(word, at: direction.to)
      )
      switch mappings.map(word) {
      case .second(let names)?:
        for (name, reference) in names {
          let source = resolveObject(word, name, at: direction.from)
          let target = resolveObject(word, reference, at: direction.to)
          guard let source, let target else { continue }
          if isMapped(source) {
            log.report(.mappedTwice, "\(quoted(name.value)) is mapped already", at: name.span)
          } else {
            add(source, target)
          }
        }
      case .first?:
        for (index, name) in sources.enumerated() where !isMapped(sourceOffset + index) {
          if let target = targets.firstIndex(of: name) { add(sourceOffset + index, targetOffset + target) }
        }
      case nil where mappings.isGiven(word): break
      case nil:
        let takesAny = word == .folders || word == .resources
        for (index, name) in sources.enumerated() where !isMapped(sourceOffset + index) {
          if targets.count == 1, sources.count == 1 || takesAny {
            add(sourceOffset + index, targetOffset)
          } else if let target = targets.firstIndex(of: name) {
            add(sourceOffset + index, targetOffset + target)
          }
        }
      }
    }
    resolveAddressRules(of: mappings, pair: pair, side, direction)
  }

  /// Maps targets back, each to the first source that wants it, where nothing else is said of them.
  private mutating func completeReverses(ofPair pair: Int) {
    var taken = BothSides<Set<Int>>([])
    for mapping in recovery.pairs[pair].mappings { taken[mapping.from].insert(mapping.source) }
    for index in recovery.pairs[pair].mappings.indices {
      let mapping = recovery.pairs[pair].mappings[index]
      guard mapping.wantsReverse, taken[mapping.from.other].insert(mapping.target).inserted else { continue }
      recovery.pairs[pair].mappings[index].isReversed = true
    }
  }

  // MARK: Networks

  private mutating func resolveTestNetworks(of mappings: MappingsDraft, pair: Int, at site: Int) {
    var named = mappings.testNetworks.known ?? []
    if case .second(let targets)? = mappings.networks.known {
      for case (_, .second(let target)) in targets {
        if let network = target.target.located, let test = target.test.located {
          named.append((network, test))
        }
      }
    }
    guard let side = recovery.pairs[pair].side(of: site) else { return }
    for (name, reference) in named {
      let network = resolveObject(.networks, name, at: site)
      let test = resolveObject(.networks, reference, at: site)
      guard let network, let test else { continue }
      let earlier = recovery.pairs[pair].testNetworks.first { $0.side == side && $0.network == network }
      if let earlier {
        guard earlier.test != test else { continue }
        log.report(
          .mappedTwice, "the network \(quoted(name.value)) has a test network already", at: reference.span,
          notes: ["the first one is on \(log.location(of: earlier.span))"])
      } else {
        recovery.pairs[pair].testNetworks.append(
          PlannedRecovery.TestNetwork(side: side, network: network, test: test, span: reference.span))
      }
    }
  }

  private mutating func resolveAddressRules(
    of mappings: MappingsDraft, pair: Int, _ side: PairSide, _ direction: PlannedRecovery.Direction
  ) {
    guard case .second(let targets)? = mappings.networks.known else { return }
    for case (let name, .second(let target)) in targets {
      let drafts = target.rules.known ?? []
      let rules = drafts.compactMap { subnetRule($0) }
      guard !drafts.isEmpty, rules.count == drafts.count,
        let source = networkNames[direction.from].index(of: name.value),
        let index = recovery.pairs[pair].mappings.firstIndex(where: {
          $0.word == .networks && $0.from == side && $0.source == source
        })
      else { continue }
      recovery.pairs[pair].mappings[index].addressRules = IPMapping(name: name.value, rules: rules)
    }
  }

  private mutating func subnetRule(_ located: Located<SubnetRuleDraft>) -> SubnetRule? {
    let draft = located.value
    guard let local = draft.from.known, let remote = draft.to.located else { return nil }
    do throws(SubnetRuleProblem) {
      return try SubnetRule(
        name: draft.name.known ?? "\(local)", local: local, remote: remote.value,
        defaultGateway: draft.gateway.known, alternateGateway: draft.alternateGateway.known,
        nameServers: draft.nameServers.known?.map(\.value) ?? [],
        nameSuffixes: draft.suffixes.known?.map(\.value) ?? [],
        winsServers: draft.winsServers.known?.map(\.value) ?? [])
    } catch {
      let text =
        switch error {
        case .unnamed: "the rule has an empty name"
        case .differentSizes: "the subnets \(local) and \(remote.value) differ in size"
        case .gatewayOutside(let gateway, let subnet): "the gateway \(gateway) is not in the subnet \(subnet)"
        case .tooManyNameServers(let count): "\(count) name servers are more than two"
        case .tooManyWINSServers(let count): "\(count) Windows name servers are more than two"
        }
      log.report(.invalidAddress, text, at: remote.span)
      return nil
    }
  }

  // MARK: Placeholders

  private mutating func resolvePlaceholders(of mappings: MappingsDraft, pair: Int) {
    guard let placeholders = mappings.placeholders.known else { return }
    var references: [Located<String>]
    switch placeholders {
    case .first(let name): references = [name]
    case .second(let names):
      references = names
      if names.isEmpty { recovery.pairs[pair].hasNoPlaceholders = true }
    }
    for reference in references {
      guard let datastore = datastoreNames.resolve(reference, log: &log) else { continue }
      guard let side = recovery.pairs[pair].side(of: datastores[datastore].site) else {
        let sites = recovery.pairs[pair].sites
        log.report(
          .wrongSite,
          "the datastore \(quoted(reference.value)) is at site \(quoted(siteName(datastores[datastore].site))), not at \(quoted(siteName(sites.first))) or \(quoted(siteName(sites.second)))",
          at: reference.span)
        continue
      }
      guard isNoCopy(datastore, at: reference, "placeholders") else { continue }
      if !recovery.pairs[pair].placeholders[side].contains(datastore) {
        recovery.pairs[pair].placeholders[side].append(datastore)
      }
    }
  }

  private mutating func completePlaceholders() {
    guard draft.mappings.known?.isEmpty != true else { return }
    for index in recovery.pairs.indices where !recovery.pairs[index].hasNoPlaceholders {
      for side in PairSide.allCases where recovery.pairs[index].placeholders[side].isEmpty {
        let site = recovery.pairs[index].sites[side]
        let free = datastores.indices.first {
          datastores[$0].site == site && storage.deviceOfCopy[$0] == nil
        }
        if let first = free {
          recovery.pairs[index].placeholders[side] = [first]
        }
      }
    }
  }
}
