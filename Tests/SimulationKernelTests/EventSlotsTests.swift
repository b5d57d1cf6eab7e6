import Testing

@testable import SimulationKernel

@Suite struct EventSlotsTests {
  @Test func `A token names nothing once its slot is given back, also when it is used again`() {
    var slots = EventSlots()
    let first = slots.acquire()
    #expect(slots.release(first) == true)
    let second = slots.acquire()

    #expect(second.slot == first.slot)
    #expect(slots.isPending(first) == false)
    #expect(slots.release(first) == false)
    #expect(slots.isPending(second) == true)
    #expect(slots.liveCount == 1)
  }

  @Test func `Slots grow with the number of pending events`() {
    var slots = EventSlots(capacity: 1)
    let tokens = (0..<100).map { _ in slots.acquire() }
    #expect(Set(tokens).count == 100)
    #expect(slots.liveCount == 100)
    #expect(tokens.allSatisfy { slots.release($0) })
    #expect(slots.liveCount == 0)
  }

  @Test func `A slot that has used up its generations serves no more`() {
    var slots = EventSlots()
    _ = slots.release(slots.acquire())
    slots.generations[0] = .max - 1
    let last = slots.acquire()
    #expect(last.slot == 0 && last.generation == .max - 1)

    #expect(slots.release(last) == true)

    #expect(slots.isPending(last) == false)
    #expect(slots.liveCount == 0)
    #expect(slots.acquire().slot == 1)
  }

  @Test func `A token of another queue is not pending`() {
    let slots = EventSlots()
    #expect(slots.isPending(EventToken(slot: 5, generation: 0)) == false)
  }
}
