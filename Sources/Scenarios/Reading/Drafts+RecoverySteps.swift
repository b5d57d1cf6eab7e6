import Quantities
import RecoveryCore

/// What prompts and commands have in common, wherever they stand.
protocol StepDraft: Draft {
  var type: Field<Callout.Kind> { get set }
  var name: Field<String> { get set }
  var text: Field<String> { get set }
  var command: Field<String> { get set }
  var timeout: Field<TimeSpan> { get set }
  var takes: Field<TimeSpan> { get set }
  var exitCode: Field<Int> { get set }
}

extension StepDraft {
  static var discriminator: String? { "type" }

  /// The keys of every prompt and command.
  static var stepKeys: [Key<Self>] {
    let commands = [Callout.Kind.runOnVM, .runOnServer].map(\.rawValue)
    return [
      .required("type", \.type, .word, "What it does: show a message, or run a command."),
      .required("name", \.name, .text, "What reports call the step."),
      .required("text", \.text, .text, for: [Callout.Kind.prompt.rawValue], "The message."),
      .required("command", \.command, .text, for: commands, "The command with its arguments."),
      .optional(
        "timeout", \.timeout, .duration(unit: "s"), default: "5m", for: commands,
        "How long it may run before it counts as failed."),
      .optional(
        "takes", \.takes, .duration(unit: "s"), default: "10s", for: commands,
        "How long it runs; the same for every command of the name. An assumption."),
      .optional(
        "exitCode", \.exitCode, .count(0...255), default: 0, for: commands,
        "What it ends with; anything but 0 is a failure, the same for every command of the name."),
    ]
  }
}

struct MachineStepDraft: StepDraft {
  static let noun = "step of a virtual machine"

  var span: SourceSpan?
  var type = Field<Callout.Kind>()
  var name = Field<String>()
  var text = Field<String>()
  var command = Field<String>()
  var timeout = Field<TimeSpan>()
  var takes = Field<TimeSpan>()
  var exitCode = Field<Int>()

  static let keys: [Key<Self>] = stepKeys
}

struct PlanStepDraft: StepDraft {
  static let noun = "step of a plan"

  var span: SourceSpan?
  var at = Field<PlanCalloutPosition>()
  var before = Field<PowerOnStep>()
  var after = Field<PowerOnStep>()
  var type = Field<Callout.Kind>()
  var name = Field<String>()
  var text = Field<String>()
  var command = Field<String>()
  var timeout = Field<TimeSpan>()
  var takes = Field<TimeSpan>()
  var exitCode = Field<Int>()

  /// The step of a plan that powers on the machines of a priority.
  enum PowerOnStep: String, CaseIterable {
    case p1 = "power-on:P1"
    case p2 = "power-on:P2"
    case p3 = "power-on:P3"
    case p4 = "power-on:P4"
    case p5 = "power-on:P5"

    /// The place in front of it.
    var before: PlanCalloutPosition {
      switch self {
      case .p1: .beforeRecoverPriority1VMs
      case .p2: .beforeRecoverPriority2VMs
      case .p3: .beforeRecoverPriority3VMs
      case .p4: .beforeRecoverPriority4VMs
      case .p5: .beforeRecoverPriority5VMs
      }
    }

    /// The place behind it.
    var after: PlanCalloutPosition {
      switch self {
      case .p1: .beforeRecoverPriority2VMs
      case .p2: .beforeRecoverPriority3VMs
      case .p3: .beforeRecoverPriority4VMs
      case .p4: .beforeRecoverPriority5VMs
      case .p5: .atEnd
      }
    }
  }

  static let keys: [Key<Self>] =
    [
      .optional(
        "at", \.at, .position,
        "Where it stands, by the word of the interface; a place that a workflow does not have is left out."),
      .optional("before", \.before, .word, "Instead of \"at\": the step before which it stands."),
      .optional("after", \.after, .word, "Instead of \"at\": the step after which it stands."),
    ] + stepKeys
}

extension ValueType where Value == PlanCalloutPosition {
  /// A place by the word of the interface, in small letters and with hyphens, as `before-sync-storage`.
  static let position: ValueType = {
    @Sendable func word(_ position: PlanCalloutPosition) -> String {
      position.rawValue.lowercased().replacing("_", with: "-")
    }
    let words = PlanCalloutPosition.allCases.map(word)
    let shape = Shape.word(words)
    return ValueType(shape: shape) { node, subject, log in
      guard case .string(let text) = node.value else {
        log.reportWrongType(
          node, subject: subject, expected: "the place of a step such as \"before-sync-storage\"")
        return nil
      }
      guard let position = PlanCalloutPosition.allCases.first(where: { word($0) == text }) else {
        let suggestion = closest(to: text, among: words)
        log.report(
          .unknownWord, "\(subject) knows no \(quoted(text))", at: node.span,
          suggestion: suggestion.map { quoted($0) }, help: "known: \(words.joined(separator: ", "))")
        return nil
      }
      return position
    }
  }()
}
