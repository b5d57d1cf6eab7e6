/// A capacity of one ``SharingSystem``: a direction of a link, a datastore's writes, a host's uplink.
package struct ResourceID: Sendable, Hashable {
  /// Counts from zero in the order of creation.
  package let index: Int
}

/// A way through resources that flows of one ``SharingSystem`` may take.
package struct RouteID: Sendable, Hashable {
  /// Counts from zero in the order of creation.
  package let index: Int
}

/// How much of a resource a route consumes for each byte that a flow delivers.
package struct ResourceUse: Sendable, Hashable {
  package let resource: ResourceID
  /// 1 for the data itself, 2 for a mirrored write, 0.05 for acknowledgements on the way back.
  package let factor: Double

  /// - Precondition: `factor` is positive and finite.
  package init(_ resource: ResourceID, factor: Double = 1) {
    precondition(factor > 0 && factor.isFinite, "a route consumes a positive share of its resources")
    self.resource = resource
    self.factor = factor
  }
}
