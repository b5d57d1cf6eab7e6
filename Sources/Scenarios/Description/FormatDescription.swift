/// The keys of every object of a scenario, as the reader knows them: for documentation, for
/// printed defaults and for a schema.
package struct FormatDescription: Sendable {
  package let objects: [Object]

  /// One kind of object.
  package struct Object: Sendable {
    /// What messages call it.
    package let noun: String
    package let keys: [Key]
  }

  /// One key of an object.
  package struct Key: Sendable {
    package let name: String
    package let isRequired: Bool
    /// The default as JSON, or `nil` where there is none.
    package let defaultText: String?
    /// The words of `model`, `do` or `initialSync` with which the key makes sense; `nil` for all.
    package let kinds: [String]?
    /// What the value has to be, in words.
    package let form: String
    package let summary: String
    let shape: Shape
  }

  /// Everything this program reads, from the outermost object inwards.
  package static let current = FormatDescription(objects: [
    describe(ScenarioDraft.self), describe(ClockDraft.self), describe(SiteDraft.self),
    describe(HostDraft.self), describe(ClusterDraft.self), describe(HostCapacityDraft.self),
    describe(HighAvailabilityDraft.self), describe(AdmissionDraft.self), describe(MonitoringDraft.self),
    describe(AppliancesDraft.self), describe(ApplianceDraft.self), describe(RampDraft.self),
    describe(DatastoreDraft.self), describe(LinkDraft.self), describe(DirectedBandwidthDraft.self),
    describe(CircuitDraft.self), describe(LinkRuleDraft.self), describe(BackgroundDraft.self),
    describe(WeeklyWindowDraft.self),
    describe(NetworkDraft.self), describe(WorkloadDraft.self), describe(VirtualMachineDraft.self),
    describe(DiskDraft.self), describe(ReplicationDraft.self), describe(TimelineEntryDraft.self),
    describe(ProfileDraft.self), describe(VSANDraft.self), describe(MappingsDraft.self),
    describe(NetworkMappingDraft.self), describe(SubnetRuleDraft.self), describe(ProtectionGroupDraft.self),
    describe(RecoveryPlanDraft.self), describe(PlanMachineDraft.self), describe(PlaceDraft.self),
    describe(MachineStepDraft.self), describe(PlanStepDraft.self), describe(IPCustomizationDraft.self),
    describe(NICDraft.self), describe(RecoveryDraft.self), describe(RecoveryTimesDraft.self),
    describe(RecoveryDefaultsDraft.self), describe(DismissalDraft.self), describe(PointInTimeDraft.self),
    describe(SteadyStateDraft.self), describe(AssertionDraft.self),
  ])

  private static func describe<Owner: Draft>(_ draft: Owner.Type) -> Object {
    let span = SourceSpan(source: 0, range: 0..<0)
    return Object(
      noun: draft.noun,
      keys: draft.keys.map { key in
        Key(
          name: key.name, isRequired: key.isRequired,
          defaultText: key.defaultValue.map { JSONNode(value: $0, span: span).canonicalText() },
          kinds: key.kinds, form: key.shape.noun, summary: key.summary,
          shape: key.shape)
      })
  }
}
