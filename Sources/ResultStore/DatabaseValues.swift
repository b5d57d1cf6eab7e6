// `public`, since an `@usableFromInline` type conforms here.
public import GRDB
import Inventory
package import Quantities

// Quantities are stored as whole numbers in their base unit. A number that is none of theirs reads as no value, which
// GRDB reports with table and column.

extension Instant: DatabaseValueConvertible {
  package var databaseValue: DatabaseValue { nanoseconds.databaseValue }

  package static func fromDatabaseValue(_ value: DatabaseValue) -> Instant? {
    Int64.fromDatabaseValue(value).map { Instant(nanoseconds: $0) }
  }
}

extension TimeSpan: DatabaseValueConvertible {
  package var databaseValue: DatabaseValue { nanoseconds.databaseValue }

  package static func fromDatabaseValue(_ value: DatabaseValue) -> TimeSpan? {
    Int64.fromDatabaseValue(value).flatMap { $0 < 0 ? nil : TimeSpan(nanoseconds: $0) }
  }
}

extension ByteCount: DatabaseValueConvertible {
  package var databaseValue: DatabaseValue { Int64(bytes).databaseValue }

  package static func fromDatabaseValue(_ value: DatabaseValue) -> ByteCount? {
    Int64.fromDatabaseValue(value).flatMap { $0 < 0 ? nil : ByteCount(bytes: UInt64($0)) }
  }
}

extension DataRate: DatabaseValueConvertible {
  package var databaseValue: DatabaseValue { Int64(bitsPerSecond).databaseValue }

  package static func fromDatabaseValue(_ value: DatabaseValue) -> DataRate? {
    Int64.fromDatabaseValue(value).flatMap { $0 < 0 ? nil : DataRate(bitsPerSecond: UInt64($0)) }
  }
}

extension Link.Direction {
  var databaseName: String {
    switch self {
    case .forward: "forward"
    case .backward: "backward"
    }
  }

  init?(databaseName: String) {
    guard let direction = Self.allCases.first(where: { $0.databaseName == databaseName }) else { return nil }
    self = direction
  }
}
