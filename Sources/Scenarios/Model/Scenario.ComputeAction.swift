package import Inventory

extension Scenario {
  /// What the timeline does to hosts, sites, appliances and guests.
  ///
  /// | Action            | What it may do                                                                                      |
  /// |-------------------|-----------------------------------------------------------------------------------------------------|
  /// | `hostIsolate`     | The host reaches no other; its machines run on and replicate; vSphere HA responds after its delay    |
  /// | `hostDisconnect`  | vCenter loses the host; all on it runs on, and it is given no machine                                |
  /// | `hostMaintenance` | The host's machines move to others; refused if they do not fit                                       |
  /// | `siteFail`        | Power is gone: all hosts and appliances of the sites stop at once, machines unclean                  |
  /// | `siteIsolate`     | Every link of the site carries nothing; everything at the site runs on                               |
  /// | `applianceFail`   | The appliance is off, what it had in memory is gone; when it lifts, it boots                         |
  /// | `applianceHang`   | The appliance answers nobody and forgets nothing                                                     |
  /// | `applianceMove`   | vMotion to another host of the site, without interruption                                            |
  /// | `machineCrash`    | The guest stops: no heartbeat, no writes, until its machine is reset or powered on again             |
  /// | `machineHang`     | The same, but the guest goes on at the end of `for`                                                  |
  package enum ComputeAction: Sendable, Hashable {
    case hostIsolate(HostID)
    case hostDisconnect(HostID)
    case hostMaintenance(HostID)
    /// Ascending: the site and those that share its fate.
    case siteFail([SiteID])
    case siteRestore(SiteID)
    case siteIsolate(SiteID)
    case applianceFail(ApplianceID)
    case applianceHang(ApplianceID)
    case applianceRestore(ApplianceID)
    case applianceMove(ApplianceID, HostID)
    case machineCrash([VirtualMachineID])
    case machineHang([VirtualMachineID])

    package var verb: TimelineEntry.Verb {
      switch self {
      case .hostIsolate: .hostIsolate
      case .hostDisconnect: .hostDisconnect
      case .hostMaintenance: .hostMaintenance
      case .siteFail: .siteFail
      case .siteRestore: .siteRestore
      case .siteIsolate: .siteIsolate
      case .applianceFail: .applianceFail
      case .applianceHang: .applianceHang
      case .applianceRestore: .applianceRestore
      case .applianceMove: .applianceMove
      case .machineCrash: .machineCrash
      case .machineHang: .machineHang
      }
    }
  }
}
