import Scenarios

/// The verbs of the timeline, from the description that the reader works by.
extension Explanation {
  /// What a word of `do` asks for, and its keys; `nil` if there is no such verb.
  ///
  ///     group.configure  (a verb of the timeline)
  ///       Configure All: …
  ///       group  (a name; required)
  static func verbText(about topic: String) -> String? {
    let verb = Scenario.TimelineEntry.Verb.allCases.first { $0.rawValue == topic.lowercased() }
    guard let verb else { return nil }
    var text = "\(verb.rawValue)  (a verb of the timeline: \"do\": \"\(verb.rawValue)\")\n"
    if let remark = remark(on: verb) { text += "    \(remark)\n" }
    for object in FormatDescription.current.objects where object.discriminator == "do" {
      for key in object.keys where key.kinds?.contains(verb.rawValue) == true {
        let isOptional = !key.isRequired || key.optionalKinds.contains(verb.rawValue)
        text +=
          "  \(key.name)  (\(key.form); \(isOptional ? "optional" : "required"))\n      \(key.summary)\n"
      }
    }
    return text
  }

  /// What the keys do not show.
  private static func remark(on verb: Scenario.TimelineEntry.Verb) -> String? {
    switch verb {
    case .map:
      """
      Makes mappings. Members of groups that no plan works on and that had no place without them are configured at once \
      (inferred: the product waits until somebody chooses Configure All); for other groups, group.configure does it later.
      """
    case .placePlaceholders:
      """
      Names the placeholder datastores of a site. Members of groups that no plan works on and that had no placeholder for \
      want of one are configured at once (inferred, as with mapping.add); for other groups, group.configure does it later.
      """
    case .configureGroup:
      """
      Configure All: members of a group that are not protected get their placeholders, by the mappings as they are now. \
      Refused while a plan works on the group or has tested or recovered it.
      """
    case .restorePlaceholders:
      """
      Makes the placeholders of a group again that were deleted, could not be made, or were not brought back by a forced \
      clean-up. Refused while a plan works on the group or has tested or recovered it.
      """
    default: nil
    }
  }
}
