import BlockStorage

/// Tells the moments of a folder's history apart by what is done and by what a crash could undo.
///
/// Two moments of one kind differ in numbers only. So a test that cannot afford every moment looks at one of each kind
/// and passes over no combination of an operation and the changes that wait for a sync.
final class StorageMoments {
  private let folder: CrashableFolder
  /// What is being done to the folder.
  var activity = "resting" {
    didSet { changeCount = 0 }
  }
  /// The changes that the activity has made or is about to make.
  private var changeCount = 0
  /// The kinds of all moments so far, in order.
  private(set) var kinds: [String] = []
  /// The kinds of all syncs so far.
  private(set) var syncKinds: Set<String> = []
  /// Called with the kind of every moment.
  var look: ((String) -> Void)?
  /// The kind of sync that makes nothing durable.
  var lyingSync: String?

  /// - Parameter recordsKinds: Whether moments are told apart at all, which takes time.
  init(
    of folder: CrashableFolder, activity: String = "resting", lyingSync: String? = nil,
    recordsKinds: Bool = true
  ) {
    self.folder = folder
    self.activity = activity
    self.lyingSync = lyingSync
    folder.storage.willChange = { [unowned self] change in
      changeCount += 1
      if !recordsKinds { return }
      let kind = kind(of: change)
      kinds.append(kind)
      if change.kind == .sync || change.kind == .folderSync { syncKinds.insert(syncKind(of: change)) }
      look?(kind)
    }
    folder.storage.isSyncLying = { [unowned self] change in
      self.lyingSync != nil && syncKind(of: change) == self.lyingSync
    }
  }

  /// What is about to happen, and what is not synced yet.
  private func kind(of change: StorageChange) -> String {
    let operations = folder.unsyncedOperations.map { "\($0.kind) \(role(of: $0.name))" }
    let files = folder.unsyncedFiles.map { role(of: $0.name) }.sorted()
    return "\(activity): \(change.kind) \(role(of: change.name)), unsynced \(operations) \(files)"
  }

  /// The place in the code that a sync is called from.
  private func syncKind(of change: StorageChange) -> String {
    if change.kind == .sync {
      let role = role(of: change.name)
      return "\(activity): \(role.hasSuffix("log") ? "log" : role)"
    }
    if changeCount == 1, activity == "opening" { return "opening: names at first" }
    func has(_ kind: StorageChange.Kind, _ role: String? = nil) -> Bool {
      folder.unsyncedOperations.contains {
        $0.kind == kind && (role == nil || self.role(of: $0.name) == role)
      }
    }
    if has(.rename) { return "\(activity): names with the descriptor" }
    if has(.remove, "descriptor") { return "\(activity): names without the descriptor" }
    return "\(activity): names after \(has(.create) ? "create" : "remove")"
  }

  private func role(of name: String) -> String {
    if name.hasPrefix("hbrgrp") { return name.hasSuffix(".new") ? "new descriptor" : "descriptor" }
    if name.hasPrefix("hbr-persistent") { return name.hasSuffix(".new") ? "new state file" : "state file" }
    if name.hasSuffix("-flat.vmdk") { return "base" }
    if name.contains(".merged") { return "merged log" }
    if name.contains(".fullsync") { return "full sync log" }
    return name.isEmpty ? "" : "log"
  }
}
