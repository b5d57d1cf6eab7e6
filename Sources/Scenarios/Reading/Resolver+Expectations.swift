import Expectations
import Measurements
import Quantities
import RecoveryCore

/// What a scenario expects of its run.
extension Resolver {
  mutating func resolveExpectations() {
    for located in draft.steadyState.known ?? [] {
      let state = located.value
      let moment = state.by.located.flatMap { self.moment($0.value, at: $0.span) }
      guard let text = state.expect.located, let expression = expression(text), let moment else { continue }
      expectations.append(
        Expectation(
          kind: .steadyState, expression: expression, when: .by(moment), whenText: state.by.value,
          line: line(of: text.span)))
    }
    var ids = NameTable("assertion")
    for (index, located) in (draft.assertions.known ?? []).enumerated() {
      let assertion = located.value
      if let id = assertion.id.located { ids.define(id, as: index, log: &log) }
      let when = when(of: assertion)
      guard let text = assertion.expect.located, let expression = expression(text), let when else { continue }
      checkGrace(of: assertion)
      expectations.append(
        Expectation(
          id: assertion.id.known, expression: expression, when: when, whenText: whenText(of: assertion),
          severity: assertion.severity.known ?? .error,
          abortsOnFailure: assertion.abortOnFail.known ?? false, grace: assertion.grace.known ?? .zero,
          line: line(of: text.span)))
    }
  }

  private func line(of span: SourceSpan) -> Expectation.Line {
    Expectation.Line(span.source == 0 ? log.sources[0].line(at: span.range.lowerBound) : nil)
  }

  private func whenText(of assertion: AssertionDraft) -> String {
    let main = assertion.at.known.map { "at \($0)" } ?? assertion.during.known
    let except = (assertion.except.known ?? []).map(\.value)
    return ([main].compactMap { $0 } + (except.isEmpty ? [] : ["except \(except.joined(separator: ", "))"]))
      .joined(separator: " ")
  }

  // MARK: Moments

  private mutating func when(of assertion: AssertionDraft) -> Expectation.When? {
    if let at = assertion.at.located {
      for (key, other) in [
        ("during", assertion.during.located?.span), ("except", assertion.except.known?.first?.span),
      ] {
        guard let other else { continue }
        log.report(
          .conflictingKeys, "\"at\" and \(quoted(key)) exclude each other", at: other,
          help: "\"at\" is one moment, \"during\" and \"except\" are windows")
        return nil
      }
      return moment(at.value, at: at.span).map { .at($0) }
    }
    guard !assertion.at.isGiven else { return nil }
    var window: Expectation.Window?
    if let during = assertion.during.located {
      guard let known = self.window(during) else { return nil }
      window = known
    }
    let except = (assertion.except.known ?? []).map { self.window($0) }
    let known = except.compactMap { $0 }
    return known.count == except.count ? .during(window, except: known) : nil
  }

  private mutating func window(_ text: Located<String>) -> Expectation.Window? {
    guard let dots = text.value.firstRange(of: "..") else {
      log.report(
        .invalidMoment, "\(quoted(text.value)) is no window", at: text.span,
        help: "write two moments with two points between, as \"6h..9h\"")
      return nil
    }
    let from = moment(String(text.value[..<dots.lowerBound]), at: text.span)
    let to = moment(String(text.value[dots.upperBound...]), at: text.span)
    guard let from, let to else { return nil }
    if case .time(let start) = from, case .time(let end) = to, end <= start {
      log.report(
        .invalidMoment, "the window \(quoted(text.value)) ends before it begins", at: text.span,
        help: "write the earlier moment first")
      return nil
    }
    return Expectation.Window(from: from, to: to)
  }

  /// A time, `end`, or a moment of a timeline entry.
  private mutating func moment(_ text: String, at span: SourceSpan) -> Expectation.Moment? {
    if text == "end" { return .end }
    if text.first?.isNumber == true, let time = try? TimeSpan(parsing: text) {
      if let duration = draft.clock.known?.duration.known, time > duration {
        log.report(
          .invalidMoment, "\(text) is after the end of the run at \(duration)", at: span,
          help: "write a time of the run, or \"end\"")
        return nil
      }
      return .time(.zero + time)
    }
    guard let point = text.lastIndex(of: "."), [".start", ".end"].contains(text[point...]) else {
      log.report(
        .invalidMoment, "\(quoted(text)) is no moment of the run", at: span,
        suggestion: entryIDs.contains(text) ? quoted(text + ".end") : nil,
        help: "write a time such as 9h40m, \"end\", or \"ID.start\" or \"ID.end\" of a timeline entry")
      return nil
    }
    let id = String(text[..<point])
    let isEnd = text[point...] == ".end"
    guard let entry = entries.first(where: { $0.draft.id.known == id }) else {
      report(unknown: id, noun: "timeline entry", among: entryIDs, at: span)
      return nil
    }
    if isEnd, entry.draft.duration.located == nil, let verb = entry.draft.verb.known,
      Scenario.TimelineEntry.Verb.lasting.contains(verb)
    {
      log.report(
        .endlessEntry, "\(quoted(id)) has no end, since it has no \"for\"", at: span,
        suggestion: quoted(id + ".start"))
      return nil
    }
    return .event(id: id, isEnd: isEnd)
  }

  private mutating func checkGrace(of assertion: AssertionDraft) {
    guard let grace = assertion.grace.located, grace.value > .zero, assertion.at.located == nil else {
      return
    }
    log.report(
      .conflictingKeys, "\"grace\" has no meaning without \"at\"", at: grace.span,
      help: "it is how long after a moment the claim may still become true")
  }

  // MARK: Expressions

  private mutating func expression(_ text: Located<String>) -> Expression? {
    let expression: Expression
    do throws(ExpressionError) {
      expression = try Expression(parsing: text.value)
    } catch {
      let code: DiagnosticCode =
        switch error.kind {
        case .malformed: .invalidExpression
        case .unknown: .unknownInExpression
        case .unfitting: .unfittingExpression
        }
      let marked = String(decoding: Array(text.value.utf8)[error.range], as: UTF8.self)
      let suggestion =
        error.candidates.count == 1
        ? error.candidates[0] : marked.isEmpty ? nil : closest(to: marked, among: error.candidates)
      log.report(
        code, error.message, at: part(error.range, of: text), suggestion: suggestion, help: error.help)
      return nil
    }
    let problemCount = log.problemCount
    for (name, reference, range) in expression.names {
      check(name, reference, at: part(range, of: text))
    }
    return log.problemCount == problemCount ? expression : nil
  }

  /// A part of a text, or all of it where escapes make offsets uncertain.
  private func part(_ range: Range<Int>, of text: Located<String>) -> SourceSpan {
    let span = text.span
    guard span.range.count == text.value.utf8.count + 2, span.source == 0 else { return span }
    let start = span.range.lowerBound + 1
    return SourceSpan(source: 0, range: start + range.lowerBound..<start + range.upperBound)
  }

  private var entryIDs: [String] { entries.compactMap(\.draft.id.known) }

  /// Checks that a name of an expression, which may hold `*`, is the name of something.
  private mutating func check(_ name: String, _ reference: Reference, at span: SourceSpan) {
    let noun: String
    let known: [String]
    var isCertain = true
    switch reference {
    case .virtualMachine:
      (noun, known, isCertain) = ("virtual machine", machines.map(\.name), !hasUnknownMachines)
    case .link: (noun, known, isCertain) = ("link", linkNames.names, !linkNames.hasUnknownNames)
    case .site: (noun, known, isCertain) = ("site", siteNames.names, !siteNames.hasUnknownNames)
    case .event: (noun, known) = ("timeline entry", entryIDs)
    case .run:
      noun = "timeline entry that runs a plan"
      known = entries.filter { entry in
        entry.draft.verb.known.map(Self.runVerbs.contains) ?? false
      }.compactMap(\.draft.id.known)
    case .plan:
      (noun, known) = (recovery.planNames.noun, recovery.planNames.names)
      isCertain = !recovery.planNames.hasUnknownNames
    case .group:
      (noun, known) = (recovery.groupNames.noun, recovery.groupNames.names)
      isCertain = !recovery.groupNames.hasUnknownNames
    case .network:
      (noun, known) = ("network", networkNames.flatMap(\.names) + [Metric.isolatedNetwork])
      isCertain = !networkNames.contains(where: \.hasUnknownNames)
    case .address:
      guard IPv4Address(name) == nil else { return }
      log.report(
        .unfittingExpression, "\(quoted(name)) is no address", at: span,
        help: "it needs an address such as 10.20.0.5")
      return
    }
    guard isCertain, !known.contains(where: { NamePattern.selects(name, $0) }) else { return }
    if name.contains("*") {
      log.report(
        .emptySelector, "no \(noun) fits the selector \(quoted(name))", at: span,
        help: known.isEmpty ? "the scenario has no \(noun)" : "known: \(abridged(known))")
    } else {
      report(unknown: name, noun: noun, among: known, at: span)
    }
  }

  private static let runVerbs: [Scenario.TimelineEntry.Verb] = [
    .testPlan, .cleanUpPlan, .recoverPlan, .reprotectPlan,
  ]

  private mutating func report(unknown name: String, noun: String, among known: [String], at span: SourceSpan)
  {
    let suggestion = log.wantsSuggestions ? closest(to: name, among: known) : nil
    let help = known.isEmpty ? "the scenario has no \(noun)" : "known: \(abridged(known))"
    log.report(
      .unknownName, "no \(noun) is named \(quoted(name))", at: span, suggestion: suggestion,
      help: suggestion == nil ? help : nil)
  }
}
