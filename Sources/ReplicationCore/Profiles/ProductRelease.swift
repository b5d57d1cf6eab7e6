/// A generation of vSphere Replication, as a scenario names it.
///
/// A name stands for a host release together with the replication appliance usually paired with it.
/// Published settings lists and documents change within a line, so each name stands for one member of it:
///
/// | Name       | Host taken            | Appliance | Why this member                                 |
/// |------------|-----------------------|-----------|-------------------------------------------------|
/// | `5.0`      | ESXi 5.0              | 5.0       | the first release; the published traces         |
/// | `6.x`      | ESXi 6.5              | 6.5       | the appliance's guide with most figures         |
/// | `7.0`      | ESXi 7.0              | 8.3       | the name says no update, as in `8.0`            |
/// | `8.0`      | ESXi 8.0 to Update 2  | 8.6–8.8   | also the options of ESXi 7.0 Update 3           |
/// | `8.0U3`    | ESXi 8.0 Update 3     | 9.0       | windows and contexts grew                       |
/// | `enhanced` | ESXi 8.0 Update 3     | 9.0       | the same hosts with enhanced replication        |
///
/// Which appliance belongs to which host release is inferred from their dates. Where another member of a line
/// is known to differ, the note of the ``ProductConstant`` says so.
package enum ProductRelease: String, Sendable, Hashable, CaseIterable {
  case v5_0 = "5.0"
  case v6 = "6.x"
  case v7_0 = "7.0"
  case v8_0 = "8.0"
  case v8_0U3 = "8.0U3"
  /// Source hosts send straight to the hosts of the target cluster, without a replication server.
  case enhanced

  /// Its place in the table of releases, from the oldest on.
  var column: Int {
    switch self {
    case .v5_0: 0
    case .v6: 1
    case .v7_0: 2
    case .v8_0: 3
    case .v8_0U3: 4
    case .enhanced: 5
    }
  }

  /// The value of this release out of a row of the table of releases, oldest first.
  func pick<Value>(
    _ v5_0: Value, _ v6: Value, _ v7_0: Value, _ v8_0: Value, _ v8_0U3: Value, _ enhanced: Value
  ) -> Value {
    switch self {
    case .v5_0: v5_0
    case .v6: v6
    case .v7_0: v7_0
    case .v8_0: v8_0
    case .v8_0U3: v8_0U3
    case .enhanced: enhanced
    }
  }
}

extension ProductRelease: Comparable {
  package static func < (left: ProductRelease, right: ProductRelease) -> Bool { left.column < right.column }
}
