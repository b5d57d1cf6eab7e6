import BlockStorage
import RandomStreams
import Testing

@Suite struct CrashableFolderTests {
  @Test func `A replacement is there whole or not at all`() throws {
    for keepsRename in [false, true] {
      let folder = CrashableFolder(on: CrashableStorage())
      try folder.create("state").append([UInt8]([1]).span.bytes)
      try folder.open("state").sync()
      try folder.sync()
      let replacement = try folder.create("state.new")
      try replacement.append([UInt8]([2]).span.bytes)
      try replacement.sync()
      try folder.rename("state.new", to: "state")

      var chooser = keepsRename ? UniformCrash.keepingAll : .keepingNothing
      folder.crash(choosing: &chooser)

      #expect(try folder.open("state").bytes == (keepsRename ? [2] : [1]))
      #expect(folder.names == ["state"])
    }
  }

  @Test func `A synced file without a synced name can be lost`() throws {
    let folder = CrashableFolder(on: CrashableStorage())
    try folder.create("log").sync()
    #expect(folder.unsyncedOperationCount == 1)
    var chooser = UniformCrash.keepingNothing
    folder.crash(choosing: &chooser)
    #expect(folder.names.isEmpty)
    #expect(throws: StorageFault.noSuchFile(name: "log")) { _ = try folder.open("log") }
  }

  @Test func `A synced folder keeps its names and not what the files hold`() throws {
    let folder = CrashableFolder(on: CrashableStorage())
    try folder.create("b").append([UInt8]([1]).span.bytes)
    _ = try folder.create("a")
    try folder.sync()
    try folder.remove("a")
    #expect(throws: StorageFault.fileExists(name: "b")) { _ = try folder.create("b") }
    var chooser = UniformCrash.keepingNothing
    folder.crash(choosing: &chooser)
    #expect(folder.names == ["a", "b"])
    #expect(try folder.open("b").byteCount == 0)
  }

  @Test func `A removed file that comes back holds what was synced`() throws {
    let folder = CrashableFolder(on: CrashableStorage())
    let file = try folder.create("a")
    try file.append([UInt8]([1, 2]).span.bytes)
    try file.sync()
    try folder.sync()
    try folder.remove("a")
    _ = try folder.create("a")
    var chooser = UniformCrash.keepingNothing
    folder.crash(choosing: &chooser)
    #expect(try folder.open("a").bytes == [1, 2])
  }
}
