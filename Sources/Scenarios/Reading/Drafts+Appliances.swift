import Inventory
import Quantities

/// The appliances of a site.
struct AppliancesDraft: Draft {
  static let noun = "list of appliances"

  var span: SourceSpan?
  var siteRecovery = Field<ApplianceDraft>()
  var management = Field<ApplianceDraft>()
  var servers = Field<[Located<ApplianceDraft>]>()

  static let keys: [Key<Self>] = [
    .optional(
      "srm", \.siteRecovery, .object(), "Site Recovery Manager, named SITE-srm; not modelled if left out."),
    .optional(
      "vrms", \.management, .object(),
      "The management server of vSphere Replication, named SITE-vrms; not modelled if left out."),
    .optional(
      "servers", \.servers, .list(of: .object(), count: 1...(.max)),
      "The vSphere Replication servers, at most ten, named SITE-vrs-01 and so on, instead of \"replicationServers\"; outside of the hosts if left out."
    ),
  ]
}

struct ApplianceDraft: Draft {
  static let noun = "appliance"

  var span: SourceSpan?
  var name = Field<String>()
  var host = Field<String>()
  var cpuCount = Field<Int>()
  var memory = Field<ByteCount>()
  var boot = Field<TimeSpan>()

  static let keys: [Key<Self>] = [
    .optional("name", \.name, .name, "Its name; made of the site's if left out."),
    .optional("host", \.host, .name, "The host where it runs first; one with room if left out."),
    .optional("cpu", \.cpuCount, .count(1...64), "Its virtual processors; those of the product if left out."),
    .optional("memory", \.memory, .memorySize, "Its memory; that of the product if left out."),
    .optional(
      "boot", \.boot, .duration(unit: "m"), default: "5m", "From power-on until it serves. An assumption."),
  ]
}
