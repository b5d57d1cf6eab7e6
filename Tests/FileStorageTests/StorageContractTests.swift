import BlockStorage
import FileStorage
import StorageTesting
import Testing

/// One contract over files and over the memory that crashes.
@Suite struct StorageContractTests {
  private func breaches<Folder: StorageFolder>(opening open: @escaping () throws -> Folder) throws -> [String]
  where Folder.File.Failure == Folder.Failure {
    var contract = try StorageContract(opening: open)
    try contract.checkFiles()
    try contract.checkNames()
    for seed in 0..<30 as Range<UInt64> { try contract.checkHistory(seed: seed) }
    return contract.breaches
  }

  @Test func `Real files keep the contract of storage`() throws {
    let scratch = try ScratchFolder()
    #expect(try breaches { try FileFolder(creatingAt: "\(scratch.path)/replica") } == [])
  }

  @Test func `The memory that crashes keeps the contract of storage`() throws {
    let folder = CrashableFolder(on: CrashableStorage())
    #expect(try breaches { folder } == [])
  }
}
