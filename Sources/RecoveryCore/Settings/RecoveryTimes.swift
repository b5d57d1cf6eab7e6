package import Quantities

/// How long a recovery's operations take, and how many go on at a time.
///
/// What depends on the virtual machines is not here: a guest's boot and shutdown are its own, and a synchronisation takes as
/// long as its data needs.
///
/// The performance papers of Site Recovery Manager 4.0 to 8.x give tables of such times, which are not public any more. Where a
/// value is said to be *assumed* nothing that is published gives one: it is to be calibrated with a site's own history reports.
package struct RecoveryTimes: Sendable, Hashable {
  /// From the command until a host in standby runs; hosts that run already take none of it.
  ///
  /// - Source: That vSphere DPM's hosts are woken: Site Recovery Manager administration guides 5.0 and 5.5. The value is
  ///   *assumed*: the boot of a server.
  package var hostWake = TimeSpan.minutes(5)
  /// Preparing the storage of a protection group, before its machines: an image, making it writable or read-only.
  ///
  /// Of an array-based group what comes after the calls of its adapter: rescans, mounting, resignaturing.
  ///
  /// - Source: *Assumed*. That hosts are rescanned up to three times is a practitioner's setting (SRM 5.8 with IBM SVC).
  package var groupStorage = TimeSpan.seconds(10)
  /// The same for each machine.
  ///
  /// - Source: *Assumed*.
  package var machineStorage = TimeSpan.seconds(3)
  /// Registering a machine in place of its placeholder, or the reverse.
  ///
  /// - Source: *Assumed*: two operations of a vCenter Server.
  package var registration = TimeSpan.seconds(5)
  /// Connecting a machine to a network.
  ///
  /// - Source: *Assumed*: one operation of a vCenter Server.
  package var networkChange = TimeSpan.seconds(2)
  /// Making an isolated network on a host.
  ///
  /// - Source: *Assumed*.
  package var networkCreation = TimeSpan.seconds(5)
  /// What vCenter Server needs to power a machine on, before its guest boots.
  ///
  /// - Source: *Assumed*.
  package var powerOn = TimeSpan.seconds(4)
  /// - Source: *Assumed*.
  package var powerOff = TimeSpan.seconds(2)
  /// Writing a machine's memory to its datastore.
  ///
  /// - Source: *Assumed*, whatever memory the machine has.
  package var suspension = TimeSpan.seconds(20)
  /// Reading it back.
  ///
  /// - Source: *Assumed*, as ``suspension``.
  package var resumption = TimeSpan.seconds(20)
  /// Writing the addresses into a guest, between the boot and the shutdown that it takes.
  ///
  /// - Source: *Assumed*; it may take `recovery.customizationTimeout`, whose 600 s are unverified.
  package var guestCustomization = TimeSpan.seconds(60)
  /// Taking a machine of the protected site out of use.
  ///
  /// - Source: *Assumed*.
  package var migrationPreparation = TimeSpan.seconds(3)
  /// Configuring the replication of a machine in the other direction, before its data is compared.
  ///
  /// - Source: *Assumed*.
  package var replicationReversal = TimeSpan.seconds(5)
  /// Making a placeholder and protecting the machine behind it, or the reverse.
  ///
  /// - Source: *Assumed*.
  package var placeholderCreation = TimeSpan.seconds(3)
  /// What the servers of the two sites need to agree on a step that both take part in.
  ///
  /// - Source: *Assumed*: some round trips between the sites, and a database.
  package var remoteCall = TimeSpan.seconds(1)
  /// One call of a storage replication adapter; every step of an array-based group makes one or two for each pair of arrays.
  ///
  /// - Source: Which calls a step makes: a published log of an adapter, "How does SRM communicate with the array?", 2012. What
  ///   one takes is *assumed*.
  package var adapterCommand = TimeSpan.seconds(5)
  /// How long such a call may take; one that takes longer fails.
  ///
  /// - Source: Advanced setting `storage.commandTimeout`; the value of 300 s is unverified (a practitioner sets 30,000).
  package var storageCommandTimeout = TimeSpan.seconds(300)
  /// How often the devices of arrays are looked at, from the start of the run.
  ///
  /// - Source: That they are looked at periodically is *inferred* from the same log; the interval of a day is unverified.
  package var deviceDiscovery = TimeSpan.hours(24)
  /// Machines that a host powers on at a time, boots of guests not counted.
  ///
  /// - Source: *Assumed*. Site Recovery Manager 4.1 never powered on more than 20 machines at a time; later ones leave it to
  ///   vCenter Server.
  package var powerOnsPerHost = 2
  /// Operations that a vCenter Server carries out at a time; the rest waits in its queue.
  ///
  /// - Source: *Assumed*.
  package var operationsPerVCenter = 32

  package init() {}
}
