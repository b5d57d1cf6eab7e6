import ClusterModels
package import Inventory
package import Quantities

/// What a checker may ask of vSAN datastores between two steps; nothing of it changes anything.
extension World {
  /// The components that are being copied, each as the tag of its flow says it, with what is to be copied of it.
  package func runningResyncs(on datastore: DatastoreID) -> [(index: Int, size: ByteCount)] {
    guard let vsan = datastores[datastore.index].vsan else { return [] }
    return vsan.copies.compactMap { number, _ in
      vsan.cluster.sizeOfRunningResync(number).map { (Int(number) << 16 | datastore.index, $0) }
    }
  }

  /// What is counted as copied on a vSAN datastore, of components that are whole now.
  package func resyncedSize(on datastore: DatastoreID) -> ByteCount {
    datastores[datastore.index].vsan?.cluster.resyncedSize ?? .zero
  }
}
