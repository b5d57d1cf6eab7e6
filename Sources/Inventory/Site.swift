/// A place with hosts and datastores that a disaster may take as a whole.
package struct Site: Sendable, Hashable {
  package let name: String

  package init(name: String) { self.name = name }
}
