package import Quantities

extension ProductProfile {
  /// When a loss is noticed, and how the source tries again.
  package struct Connection: Sendable, Hashable {
    /// How long a host has no connection before it says so with an event.
    package var noConnectionAfter = TimeSpan.seconds(60)
    /// What each failed attempt to connect adds to the wait before the next.
    package var reconnectDelayStep = TimeSpan.seconds(10)
    /// The longest wait before the next attempt to connect.
    package var reconnectDelayMaximum = TimeSpan.seconds(90)
    /// The wait before the transfer of a full sync goes on after an error.
    package var syncRetryDelay = TimeSpan.seconds(5)
    /// The wait before a request that failed, such as a delta that was given up, is tried again for the first time.
    package var requestRetryMinimum = TimeSpan.seconds(1)
    /// The longest wait before such a request is tried again.
    package var requestRetryMaximum: TimeSpan
    /// The congestion control of the connection.
    package var congestionControl = "CUBIC"

    init(_ release: ProductRelease) {
      requestRetryMaximum = release >= .v8_0U3 ? .seconds(5) : .seconds(60)
    }

    static let constants: [ProductConstant] = [
      ProductConstant(
        "connection.noConnectionAfter", \.connection.noConnectionAfter,
        "How long a host has no connection before it says so with an event.",
        source: ProductSource.options + ".", assumedFor: [.v5_0]),
      ProductConstant(
        "connection.reconnectDelayStep", \.connection.reconnectDelayStep,
        "What each failed attempt to connect adds to the wait before the next.",
        source: ProductSource.options + ".", assumedFor: [.v5_0]),
      ProductConstant(
        "connection.reconnectDelayMaximum", \.connection.reconnectDelayMaximum,
        "The longest wait before the next attempt to connect.",
        source: ProductSource.options + ".", assumedFor: [.v5_0]),
      ProductConstant(
        "connection.syncRetryDelay", \.connection.syncRetryDelay,
        "The wait before the transfer of a full sync goes on after an error.",
        source: ProductSource.option("SyncTransferRetrySleepSecs"), assumedFor: [.v5_0]),
      ProductConstant(
        "connection.requestRetryMinimum", \.connection.requestRetryMinimum,
        "The wait before a request that failed, such as a delta that was given up, is tried again for the first time.",
        source: ProductSource.options + ".", assumedFor: [.v5_0]),
      ProductConstant(
        "connection.requestRetryMaximum", \.connection.requestRetryMaximum,
        "The longest wait before such a request is tried again.",
        source: ProductSource.options + ".", assumedFor: [.v5_0],
        note: "60 s; 5 s from 8.0U3 on. That each failure doubles the wait is inferred."),
      ProductConstant(
        "connection.congestionControl", \.connection.congestionControl,
        "The congestion control of the connection.",
        source: ProductSource.options + ".", assumedFor: [.v5_0]),
    ]
  }
}
