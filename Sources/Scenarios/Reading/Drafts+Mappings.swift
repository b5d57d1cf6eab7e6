import Quantities
import RecoveryCore

/// The kinds of mappings, by the key that holds them.
enum MappingWord: String, CaseIterable {
  case networks
  case folders
  case resources
  case storagePolicies

  var kind: MappingKind {
    switch self {
    case .networks: .network
    case .folders: .folder
    case .resources: .resource
    case .storagePolicies: .storagePolicy
    }
  }
}

/// What is mapped by name instead of one by one.
enum SameNames: String, CaseIterable {
  case sameNames = "same-names"
}

typealias NamedNames = [(name: Located<String>, value: Located<String>)]

/// Mappings of one kind: each source with its target, or all that have the same name at both sites.
typealias MapDraft = Either<SameNames, NamedNames>

/// Where a network goes: to another one, with what else is said of it.
typealias NetworkTargetDraft = Either<Located<String>, NetworkMappingDraft>

typealias NetworkMapDraft = Either<SameNames, [(name: Located<String>, value: NetworkTargetDraft)]>

extension ValueType {
  /// A value with the place where it stands.
  static func located<Inner>(_ inner: ValueType<Inner>) -> ValueType where Value == Located<Inner> {
    ValueType(shape: inner.shape) { node, subject, log in
      inner.decode(node, subject, &log).map { Located(value: $0, span: node.span) }
    }
  }
}

extension ValueType where Value == NamedNames {
  static var namedNames: ValueType { .named(.located(.name)) }
}

extension ValueType where Value == MapDraft {
  static var map: ValueType {
    .either(.word, or: .namedNames) { if case .object = $0 { false } else { true } }
  }
}

extension ValueType where Value == NetworkMapDraft {
  static var networkMap: ValueType {
    .either(
      .word,
      or: .named(.either(.located(.name), or: .object()) { if case .object = $0 { false } else { true } })
    ) { if case .object = $0 { false } else { true } }
  }
}

/// One name or a list of names.
typealias NamesDraft = Either<Located<String>, [Located<String>]>

extension ValueType where Value == NamesDraft {
  static var names: ValueType {
    .either(.located(.name), or: .list(of: .name)) { if case .list = $0 { false } else { true } }
  }
}

/// All kinds of mappings, or the words of some.
typealias MappingWordsDraft = Either<Bool, [Located<MappingWord>]>

extension ValueType where Value == MappingWordsDraft {
  static var reversed: ValueType {
    .either(.flag, or: .list(of: .word)) { if case .list = $0 { false } else { true } }
  }
}

extension ValueType where Value == [Located<MappingsDraft>] {
  /// `"same-names"`, the mappings of one pair of sites, or a list of such mappings.
  static var mappings: ValueType {
    let words = ValueType<SameNames>.word
    let object = ValueType<MappingsDraft>.object()
    let list = ValueType.list(of: object)
    return ValueType(shape: .either(words.shape, .either(object.shape, list.shape))) { node, subject, log in
      switch node.value {
      case .list: return list.decode(node, subject, &log)
      case .string:
        guard words.decode(node, subject, &log) != nil else { return nil }
        var draft = MappingsDraft()
        draft.span = node.span
        let all = Located(value: MapDraft.first(.sameNames), span: node.span)
        draft.networks = Field(located: Located(value: .first(.sameNames), span: node.span), isGiven: true)
        draft.folders = Field(located: all, isGiven: true)
        draft.resources = Field(located: all, isGiven: true)
        draft.storagePolicies = Field(located: all, isGiven: true)
        return [Located(value: draft, span: node.span)]
      default: return object.decode(node, subject, &log).map { [Located(value: $0, span: node.span)] }
      }
    }
  }
}

struct MappingsDraft: Draft {
  static let noun = "mappings"
  static let isUncountable = true

  var span: SourceSpan?
  var from = Field<String>()
  var to = Field<String>()
  var networks = Field<NetworkMapDraft>()
  var folders = Field<MapDraft>()
  var resources = Field<MapDraft>()
  var storagePolicies = Field<MapDraft>()
  var testNetworks = Field<NamedNames>()
  var placeholders = Field<NamesDraft>()
  var reverse = Field<MappingWordsDraft>()

  private static let byDefault =
    "\"same-names\", or an object of names; if left out the only one of the target site, else those of the same name."

  static let keys: [Key<Self>] = [
    .optional("from", \.from, .name, "The site that is mapped; as the plans go if left out."),
    .optional("to", \.to, .name, "The site where the targets are; as the plans go if left out."),
    .optional(
      "networks", \.networks, .networkMap,
      "Which network stands for which: \"same-names\", or an object of names; if left out the only ones of both sites, else those of the same name."
    ),
    .optional("folders", \.folders, .map, "Which folder stands for which: \(byDefault)"),
    .optional("resources", \.resources, .map, "Which cluster stands for which: \(byDefault)"),
    .optional(
      "storagePolicies", \.storagePolicies, .map,
      "Which storage policy stands for which: \"same-names\", or an object of names; \"same-names\" if left out."
    ),
    .optional(
      "testNetworks", \.testNetworks, .namedNames,
      "The network that tests use in place of a network of the target site; an isolated one, made for the test, where left out."
    ),
    .optional(
      "placeholders", \.placeholders, .names,
      "The datastores for placeholders, of either site, in the order in which they are tried; a site of which none is named uses its first datastore, and none at all with []."
    ),
    .optional(
      "reverse", \.reverse, .reversed, default: true,
      "Whether each target is mapped back to the first source that is mapped to it: all kinds, none, or a list of kinds."
    ),
  ]

  /// What is said of one kind; `nil` if nothing is or it was wrong.
  func map(_ word: MappingWord) -> MapDraft? {
    switch word {
    case .networks:
      switch networks.known {
      case .first(let word): .first(word)
      case .second(let targets):
        .second(
          targets.compactMap { name, target in
            switch target {
            case .first(let reference): (name, reference)
            case .second(let draft): draft.target.located.map { (name, $0) }
            }
          })
      case nil: nil
      }
    case .folders: folders.known
    case .resources: resources.known
    case .storagePolicies: storagePolicies.known
    }
  }

  func isGiven(_ word: MappingWord) -> Bool {
    switch word {
    case .networks: networks.isGiven
    case .folders: folders.isGiven
    case .resources: resources.isGiven
    case .storagePolicies: storagePolicies.isGiven
    }
  }

  func isReversed(_ word: MappingWord) -> Bool {
    switch reverse.known {
    case .first(let flag): flag
    case .second(let words): words.contains { $0.value == word }
    case nil: !reverse.isGiven
    }
  }
}

struct NetworkMappingDraft: Draft {
  static let noun = "network mapping"

  var span: SourceSpan?
  var target = Field<String>()
  var test = Field<String>()
  var rules = Field<[Located<SubnetRuleDraft>]>()

  static let keys: [Key<Self>] = [
    .required("to", \.target, .name, "The network at the other site."),
    .optional(
      "test", \.test, .name, "The network that tests use in place of the target; see \"testNetworks\"."),
    .optional(
      "rules", \.rules, .list(of: .object()), default: .list([]),
      "How addresses change; the first rule whose subnet holds an address counts."),
  ]
}

struct SubnetRuleDraft: Draft {
  static let noun = "subnet rule"

  var span: SourceSpan?
  var name = Field<String>()
  var from = Field<IPv4Subnet>()
  var to = Field<IPv4Subnet>()
  var gateway = Field<IPv4Address>()
  var alternateGateway = Field<IPv4Address>()
  var nameServers = Field<[Located<IPAddress>]>()
  var suffixes = Field<[Located<String>]>()
  var winsServers = Field<[Located<IPv4Address>]>()

  static let keys: [Key<Self>] = [
    .optional("name", \.name, .text, "What the rule is called; as \"10.1.0.0/16\" if left out."),
    .required("from", \.from, .subnet, "The subnet at the protected site."),
    .required(
      "to", \.to, .subnet, "The subnet at the recovery site, of the same size; the host part is kept."),
    .optional("gateway", \.gateway, .ipv4Address, "The default gateway there; none if left out."),
    .optional(
      "alternateGateway", \.alternateGateway, .ipv4Address,
      "A second way out, tried after the default; none if left out."),
    .optional(
      "dns", \.nameServers, .list(of: .ipAddress), default: .list([]), "The name servers there, at most two."),
    .optional(
      "suffixes", \.suffixes, .list(of: .text(like: "example.org")), default: .list([]),
      "The suffixes for names without a dot, in their order."),
    .optional(
      "wins", \.winsServers, .list(of: .ipv4Address), default: .list([]),
      "The Windows name servers there, at most two."),
  ]
}
