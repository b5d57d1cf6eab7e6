/// Why a result database could not be written or read.
///
/// Each description says what was attempted, on what file, why it failed and, where there is one, the way out.
package enum ResultStoreError: Error, Hashable, Sendable {
  /// What stands at the place of the results is something else and is left alone.
  case notAResultDatabase(path: String)
  /// Another program has the old results open for writing, so that they must not be replaced.
  case inUse(path: String, by: String)
  case cannotWrite(path: String, reason: String)
  case cannotRead(path: String, reason: String)
  /// The database was written by a program whose schema this one does not know.
  case unsupportedVersion(path: String, found: Int, supported: Int)
  case noSuchRun(path: String, run: Int64)
}

extension ResultStoreError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notAResultDatabase(let path):
      "\(path) is not a drsim result database; choose another place or move it away"
    case .inUse(let path, let by):
      "cannot replace \(path): \(by) beside it shows that another program writes it; close that program"
    case .cannotWrite(let path, let reason): "cannot write results to \(path): \(reason)"
    case .cannotRead(let path, let reason): "cannot read results from \(path): \(reason)"
    case .unsupportedVersion(let path, let found, let supported):
      "\(path) has result schema \(found), this drsim reads \(supported); run the scenario again to make it anew"
    case .noSuchRun(let path, let run): "\(path) holds no run \(run)"
    }
  }
}
