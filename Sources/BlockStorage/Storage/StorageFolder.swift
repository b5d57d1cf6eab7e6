/// A folder of files by name, whose own changes survive a crash once it is synced.
///
/// Creating, removing and renaming change the folder and not the file: syncing a new file does not make its name
/// durable, syncing the folder does not make its content durable. Of the operations since the last ``sync()``
/// a crash keeps any; each happens whole or not at all. So what must change at once is written to a new file,
/// synced, renamed over the old one, and the folder synced.
package protocol StorageFolder {
  associatedtype File: StorageFile
  associatedtype Failure: Error

  /// The names of all files, ascending.
  var names: [String] { get }

  /// Makes an empty file; one of that name must not exist.
  func create(_ name: String) throws(Failure) -> File

  func open(_ name: String) throws(Failure) -> File

  func remove(_ name: String) throws(Failure)

  /// Gives a file another name; a file that had it is replaced in one step.
  func rename(_ name: String, to newName: String) throws(Failure)

  /// Returns when all names are safe from a crash.
  func sync() throws(Failure)
}
