package import Quantities

/// How long a recovery's operations take, and how many go on at a time.
///
/// What depends on the virtual machines is not here: a guest's boot and shutdown are its own, and a synchronisation takes as
/// long as its data needs.
///
/// - Source: The performance papers of Site Recovery Manager 4.0 to 8.x give tables of such times, which are not public any
///   more. Every value here is an *unverified* assumption, to be calibrated with a site's own history reports.
package struct RecoveryTimes: Sendable, Hashable {
  /// From the command until a host in standby runs; hosts that run already take none of it.
  package var hostWake = TimeSpan.minutes(5)
  /// Preparing the storage of a protection group, before its machines: an image, making it writable or read-only.
  package var groupStorage = TimeSpan.seconds(10)
  /// The same for each machine.
  package var machineStorage = TimeSpan.seconds(3)
  /// Registering a machine in place of its placeholder, or the reverse.
  package var registration = TimeSpan.seconds(5)
  /// Connecting a machine to a network.
  package var networkChange = TimeSpan.seconds(2)
  /// Making an isolated network on a host.
  package var networkCreation = TimeSpan.seconds(5)
  /// What vCenter Server needs to power a machine on, before its guest boots.
  package var powerOn = TimeSpan.seconds(4)
  package var powerOff = TimeSpan.seconds(2)
  package var suspension = TimeSpan.seconds(20)
  package var resumption = TimeSpan.seconds(20)
  /// Writing the addresses into a guest, between the boot and the shutdown that it takes.
  package var guestCustomization = TimeSpan.seconds(60)
  /// Taking a machine of the protected site out of use.
  package var migrationPreparation = TimeSpan.seconds(3)
  /// Configuring the replication of a machine in the other direction, before its data is compared.
  package var replicationReversal = TimeSpan.seconds(5)
  /// Making a placeholder and protecting the machine behind it.
  package var placeholderCreation = TimeSpan.seconds(3)
  /// What the servers of the two sites need to agree on a step that both take part in.
  package var remoteCall = TimeSpan.seconds(1)
  /// Machines that a host powers on at a time, boots of guests not counted.
  package var powerOnsPerHost = 2
  /// Operations that a vCenter Server carries out at a time; the rest waits in its queue.
  package var operationsPerVCenter = 32

  package init() {}
}
