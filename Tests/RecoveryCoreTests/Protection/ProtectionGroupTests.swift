import RecoveryCore
import Testing

@Suite struct ProtectionGroupTests {
  @Test func `A group is called by its name`() {
    #expect(ProtectionGroup(name: "PG-Web").name == "PG-Web")
  }
}
