import Inventory
import Quantities
import RecoveryCore

/// What is shown when something is refused.
extension RecoveryConductor {
  func text(_ refusal: PlanRefusal) -> String {
    switch refusal {
    case .notAllowed(_, let status): "the plan is \(status.rawValue)"
    case .notAtRecoverySite: "it must be started at the recovery site"
    case .sitesApart: "the sites cannot reach each other"
    case .serverDown(let side): "the Site Recovery Manager server of site \(siteNames[side]) does not answer"
    case .tooManyRunningPlans(let maximum): "\(maximum) plans are running already"
    case .dependencyCycle(let vms): "\(vms.count) virtual machines wait for each other"
    case .forcedRecoveryDisabled: "recovery.forceRecovery is not set at the recovery site"
    case .pointInTimeNotAllowed: "it takes no point in time"
    case .optionsFixed(let isForced):
      "it goes on from one that was \(isForced ? "forced" : "not forced") and must be the same"
    case .noSuchPrompt: "no prompt is shown"
    case .directionFollowsGroups: "the direction of a plan follows its groups"
    case .invalid(.unnamed): "the plan has no name"
    case .invalid(.duplicateGroup): "the plan lists a protection group twice"
    case .invalid(.callout(let name, _)): "custom step \"\(name)\" cannot be used there"
    case .limit(let exceeded): text(exceeded)
    case .groupInUse: "a plan lists the protection group"
    }
  }

  /// - Parameter user: Who was refused, where it is not an administrator.
  func text(_ refusal: OperationRefusal, at side: PairSide, user: String? = nil) -> String {
    switch refusal {
    case .notLoggedIn: "nobody is logged in at site \(siteNames[side])"
    case .serverNotRunning:
      "the Site Recovery Manager server of site \(siteNames[side]) does not answer"
    case .notPaired: "the sites are not paired"
    case .notAuthenticatedAtRemoteSite: "nobody is logged in at site \(siteNames[side.other])"
    case .remoteServerDown: "site \(siteNames[side.other]) does not answer"
    case .privilegesMissing(let privileges):
      "\(user ?? "the user") lacks \(privileges.map(\.rawValue).joined(separator: ", "))"
    }
  }

  func text(_ refusal: PairingRefusal) -> String {
    switch refusal {
    case .alreadyPaired: "the sites are paired already"
    case .notPaired: "the sites are not paired"
    case .noService: "no service was chosen"
    case .notInstalled(let addOn, let side): "\(addOn.name) is not installed at site \(siteNames[side])"
    case .serverDown(let role, let side): "\(role.name) of site \(siteNames[side]) does not answer"
    case .unreachable: "the sites cannot reach each other"
    case .certificateNotAccepted: "a certificate was not accepted"
    case .inUse: "the pairing is in use"
    }
  }

  func text(_ refusal: AddOnRefusal) -> String {
    switch refusal {
    case .alreadyBegun: "an installation is under way"
    case .alreadyInstalled: "it is installed already"
    case .notInstalled: "it is not installed"
    case .replicationServerCount(let count, let maximum): "\(count) replication servers of at most \(maximum)"
    case .stillPaired: "the sites are paired"
    }
  }

  func text(_ refusal: MappingRefusal) -> String {
    switch refusal {
    case .noSuchObject: "there is no such object"
    case .differentKinds: "the objects are of different kinds"
    case .alreadyMapped: "it is mapped already"
    case .reverseAlreadyMapped: "the target is mapped to another object"
    case .notMapped: "it is not mapped"
    case .datastoreNotVisible: "no cluster of the site sees the datastore"
    }
  }

  func text(_ refusal: ProtectionRefusal) -> String {
    switch refusal {
    case .noSuchGroup: "the protection group does not exist"
    case .unnamed: "the protection group has no name"
    case .nameTaken: "a protection group of this name exists"
    case .limit(let exceeded): text(exceeded)
    case .typeExcluded(let type): "groups of type \(type.rawValue) are not available here"
    case .notEditable(let status): "the protection group is \(status.rawValue)"
    case .notIdle: "the protection group is in use"
    case .alreadyProtected: "a virtual machine is in another protection group"
    case .notProtected: "a virtual machine is in no protection group"
    case .busy: "something else is being done to a virtual machine"
    }
  }

  func text(_ exceeded: LimitExceeded) -> String {
    "\(exceeded.count) \(exceeded.limit), at most \(exceeded.maximum) are supported"
  }

  func text(_ refusal: ReplicationRefusal) -> String {
    switch refusal {
    case .noSuchUnit: "the virtual machine is not replicated"
    case .wrongState(_, let state): "its replication is in state \(state)"
    case .siteDown(let side): "site \(siteNames[side]) does not answer"
    case .cannotChooseInstance: "only the newest instance can be recovered"
    case .noInstance: "no complete copy is old enough, or there is none"
    case .broken(_, let text): text
    }
  }

  /// Why a machine cannot be protected, in the words of the product.
  func text(_ problem: PlaceholderProblem, at side: PairSide) -> String {
    switch problem {
    case .mapping(.missing(let objects)):
      "Mapping Missing: "
        + objects.map { mappings.objects[side][$0].name }.joined(separator: ", ")
    case .mapping(.conflict): "Mapping Conflict: folder and resource are in different datacenters"
    case .noDatastore: "no placeholder datastore is visible where the virtual machine would run"
    case .creationFailed(let text): text
    case .originalNotFound: "Original protected VM not found"
    }
  }
}

extension AddOn {
  fileprivate var name: String {
    switch self {
    case .siteRecoveryManager: "Site Recovery Manager"
    case .vSphereReplication: "vSphere Replication"
    }
  }
}

extension ServerRole {
  var name: String {
    switch self {
    case .vCenter: "the vCenter Server"
    case .siteRecoveryManager: "the Site Recovery Manager server"
    case .replicationManagement: "the vSphere Replication management server"
    }
  }
}
