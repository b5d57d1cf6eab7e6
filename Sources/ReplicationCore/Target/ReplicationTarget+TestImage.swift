package import Quantities

extension ReplicationTarget {
  struct TestImageState {
    /// The position of the chain that the image lies over; it and all below are not written.
    var position: Int
    let record: InstanceRecord
    let disks: [TestImageDisk]
  }

  /// The disks of the test image, or `nil` if there is none.
  package var testImageDisks: [TestImageDisk]? { testImage?.disks }

  /// The instance below the test image, or `nil` if there is none.
  package var testedInstance: Instance? { testImage?.record.instance }

  /// Puts a writable image over an instance, for a test failover.
  ///
  /// Base disks and logs up to the instance are frozen until ``testImageRemoved()``. Replication goes on:
  /// younger instances merge into the first log above, which grows. The instance stays frozen even
  /// when the retention policy lets it go meanwhile.
  ///
  /// - Parameter pointInTime: Of the instance; the newest if `nil`.
  /// - Returns: The image's disks. They are written by the driver, for the machine that runs from them.
  /// - Source: Listings of a replica during a test failover and its clean-up (virtuallyhyper.com, 2012).
  package mutating func beginTestImage(
    pointInTime: Instant? = nil
  ) throws(TargetRequestError) -> [TestImageDisk] {
    try checkRequest()
    let position = try requestedPosition(pointInTime)
    guard let record = record(at: position) else { throw .nothingRecoverable }
    let images = disks.indices.map { TestImageDisk(over: image(ofDisk: $0, at: mergedCount(upTo: position))) }
    testImage = TestImageState(position: position, record: record, disks: images)
    noteSpaceUse()
    return images
  }

  /// Cleans up after a test: the image is thrown away, and the logs above the frozen chain can be merged into it.
  ///
  /// Possible also while the server is down or the datastore out of reach, as far as this side remembers it.
  package mutating func removeTestImage() throws(TargetRequestError) {
    guard testImage != nil else { throw .noTestImage }
    noteSpaceUse()
    testImage = nil
  }

  /// What stands against adding, growing or testing disks now, or `nil` if nothing does.
  package var obstacle: TargetRequestError? {
    do throws(TargetRequestError) {
      try checkRequest()
      return nil
    } catch {
      return error
    }
  }

  /// Throws what stands against a test or a recovery.
  func checkRequest() throws(TargetRequestError) {
    guard lifecycle == .replicating else { throw .notReplicating }
    guard canAct else { throw .unavailable }
    guard testImage == nil else { throw .testImageInUse }
  }

  func requestedPosition(_ pointInTime: Instant?) throws(TargetRequestError) -> Int {
    guard newestInstance != nil else { throw .nothingRecoverable }
    guard let pointInTime else { return levels.count }
    guard let position = position(of: pointInTime) else { throw .unknownPointInTime(pointInTime) }
    return position
  }
}
