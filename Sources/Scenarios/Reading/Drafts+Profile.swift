import Quantities

struct ProfileDraft: Draft {
  static let noun = "profile"

  var span: SourceSpan?
  var profile = Profile()

  static let keys: [Key<Self>] = Profile.parameters.map { parameter in
    var key = key(of: parameter)
    key.documentedDefault = (parameter.defaultText, parameter.source)
    return key
  }

  private static func key(of parameter: Profile.Parameter) -> Key<Self> {
    switch parameter.place {
    case .duration(let path):
      .override(parameter.key, .positiveDuration(unit: "s"), parameter.summary) {
        $0.profile[keyPath: path] = $1
      }
    case .durationOrNone(let path):
      .override(parameter.key, .duration(unit: "s"), parameter.summary) {
        $0.profile[keyPath: path] = $1
      }
    case .size(let path):
      .override(parameter.key, .positiveSize, parameter.summary) { $0.profile[keyPath: path] = $1 }
    case .sizeOrNone(let path):
      .override(parameter.key, .size, parameter.summary) { $0.profile[keyPath: path] = $1 }
    case .rate(let path):
      .override(parameter.key, .positiveRate(unit: "MB/s"), parameter.summary) {
        $0.profile[keyPath: path] = $1
      }
    case .count(let path):
      .override(parameter.key, .count(1...1_000), parameter.summary) { $0.profile[keyPath: path] = $1 }
    case .optionalCount(let path):
      .override(parameter.key, .count(1...65_536), parameter.summary) { $0.profile[keyPath: path] = $1 }
    case .share(let path):
      .override(parameter.key, .share, parameter.summary) { $0.profile[keyPath: path] = $1 }
    case .optionalRate(let path):
      .override(parameter.key, .positiveRate(unit: "MB/s"), parameter.summary) {
        $0.profile[keyPath: path] = $1
      }
    case .product(let path):
      .override(parameter.key, .word, parameter.summary) { $0.profile[keyPath: path] = $1 }
    case .windowBlock(let path):
      .override(parameter.key, .word, parameter.summary) { $0.profile[keyPath: path] = $1 }
    case .collidingUnmap(let path):
      .override(parameter.key, .word, parameter.summary) { $0.profile[keyPath: path] = $1 }
    case .optionalSize(let path):
      .override(parameter.key, .size, parameter.summary) { $0.profile[keyPath: path] = $1 }
    case .flag(let path):
      .override(parameter.key, .flag, parameter.summary) { $0.profile[keyPath: path] = $1 }
    }
  }
}
