package import BlockStorage
import RandomStreams

/// What every storage must do as long as nothing fails, whatever it is made of.
///
/// The same suite is run over the memory that crashes and over real files, so that what is proved over the one holds for the
/// other.
package struct StorageContract<Folder: StorageFolder> where Folder.File.Failure == Folder.Failure {
  /// The breaches found, as sentences.
  package private(set) var breaches: [String] = []
  private let open: () throws -> Folder
  private var current: Folder?

  /// - Parameter open: Opens the folder, which is empty at first; what it gave before has been let go then.
  package init(opening open: @escaping () throws -> Folder) throws {
    self.open = open
    current = try open()
  }

  private var folder: Folder {
    guard let current else { preconditionFailure("the folder is open, but while it is opened anew") }
    return current
  }

  private mutating func expect(_ isTrue: Bool, _ sentence: String) {
    if !isTrue { breaches.append(sentence) }
  }

  private func content(of file: Folder.File) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try file.read(0..<file.byteCount, appendingTo: &bytes)
    return bytes
  }

  // MARK: Rules

  /// Rules for files, one by one.
  package mutating func checkFiles() throws {
    let file = try folder.create("file")
    expect(file.byteCount == 0, "a new file is empty")
    try file.write([UInt8]([1, 2]).span.bytes, at: 3)
    expect(try content(of: file) == [0, 0, 0, 1, 2], "a gap before a write holds zeros")
    try file.write([UInt8]([9]).span.bytes, at: 4)
    try file.append([UInt8]([7]).span.bytes)
    expect(try content(of: file) == [0, 0, 0, 1, 9, 7], "a write replaces, an append adds")
    try file.write([UInt8]().span.bytes, at: 100)
    expect(file.byteCount == 6, "nothing written does not lengthen a file")
    try file.resize(to: 4)
    try file.resize(to: 6)
    expect(try content(of: file) == [0, 0, 0, 1, 0, 0], "what was cut off is zero when the file grows again")
    var bytes: [UInt8] = [5]
    try file.read(2..<4, appendingTo: &bytes)
    try file.read(6..<6, appendingTo: &bytes)
    expect(bytes == [5, 0, 1], "a read appends the bytes of its range")
    try file.sync()
    expect(try content(of: folder.open("file")) == [0, 0, 0, 1, 0, 0], "a file opened again is the same")
    try folder.remove("file")
  }

  /// Rules for names, one by one.
  package mutating func checkNames() throws {
    let one = try folder.create("b")
    try one.append([UInt8]([1]).span.bytes)
    try folder.create("a").append([UInt8]([2]).span.bytes)
    expect(folder.names == ["a", "b"], "names are ascending")
    expect(isRefused { folder in _ = try folder.create("a") }, "a name that exists is not created")
    expect(isRefused { folder in _ = try folder.open("c") }, "a name that does not exist is not opened")
    expect(isRefused { folder in try folder.remove("c") }, "a name that does not exist is not removed")
    expect(
      isRefused { folder in try folder.rename("c", to: "d") }, "a name that does not exist is not renamed")
    expect(folder.names == ["a", "b"], "what is refused changes nothing")
    try folder.rename("b", to: "a")
    expect(folder.names == ["a"], "a rename replaces")
    expect(try content(of: folder.open("a")) == [1], "a renamed file keeps its content")
    try one.append([UInt8]([3]).span.bytes)
    expect(try content(of: folder.open("a")) == [1, 3], "a file that was open stays open across a rename")
    try folder.rename("a", to: "a")
    expect(folder.names == ["a"], "a rename to the same name changes nothing")
    try folder.remove("a")
    try folder.create("a").sync()
    try one.append([UInt8]([4]).span.bytes)
    expect(try content(of: one) == [1, 3, 4], "a file that was removed while open goes on")
    expect(try folder.open("a").byteCount == 0, "a file made under an old name is new")
    try folder.sync()
    try folder.remove("a")
    expect(folder.names.isEmpty, "what was removed has no name")
  }

  private func isRefused(_ body: (Folder) throws -> Void) -> Bool {
    do { try body(folder) } catch { return true }
    return false
  }

  // MARK: Histories

  /// A random history against a dictionary of contents, in which the folder is opened anew again and again.
  package mutating func checkHistory(seed: UInt64) throws {
    var random = RandomStream(seed: seed, name: "storage-contract")
    var model: [String: [UInt8]] = [:]
    let names = ["a", "b.new", "c-flat.vmdk", "d"]
    for step in 0..<80 {
      let name = names[Int(random.next(below: UInt64(names.count)))]
      switch (model[name], random.next(below: 12)) {
      case (nil, _):
        _ = try folder.create(name)
        model[name] = []
      case (let bytes?, 0..<5):
        let offset = Int(random.next(below: UInt64(bytes.count + 300)))
        let written = [UInt8](repeating: UInt8(step + 1), count: Int(random.next(below: 5_000)))
        try folder.open(name).write(written.span.bytes, at: UInt64(offset))
        model[name] = written.isEmpty ? bytes : Self.bytes(bytes, with: written, at: offset)
      case (let bytes?, 5..<7):
        let count = Int(random.next(below: UInt64(2 * bytes.count + 10)))
        try folder.open(name).resize(to: UInt64(count))
        model[name] = Array((bytes + [UInt8](repeating: 0, count: count)).prefix(count))
      case (let bytes?, 7):
        let newName = names[Int(random.next(below: UInt64(names.count)))]
        try folder.rename(name, to: newName)
        model[name] = nil
        model[newName] = bytes
      case (_?, 8):
        try folder.remove(name)
        model[name] = nil
      case (_?, 9):
        try folder.open(name).sync()
        try folder.sync()
      case (_?, 10):
        current = nil
        current = try open()
      case (let bytes?, _):
        expect(try content(of: folder.open(name)) == bytes, "seed \(seed), step \(step): \(name) differs")
      }
      expect(folder.names == model.keys.sorted(), "seed \(seed), step \(step): names differ")
    }
    for name in model.keys.sorted() {
      expect(
        try content(of: folder.open(name)) == model[name] ?? [], "seed \(seed): \(name) differs in the end")
      try folder.remove(name)
    }
  }

  private static func bytes(_ bytes: [UInt8], with written: [UInt8], at offset: Int) -> [UInt8] {
    var result = bytes
    let end = offset + written.count
    if end > result.count { result.append(contentsOf: repeatElement(0, count: end - result.count)) }
    result.replaceSubrange(offset..<end, with: written)
    return result
  }
}
