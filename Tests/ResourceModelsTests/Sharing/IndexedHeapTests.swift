import RandomStreams
import Testing

@testable import ResourceModels

@Suite struct IndexedHeapTests {
  @Test(arguments: 0..<50 as Range<UInt64>)
  func `A heap agrees with a sorted list`(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "indexed-heap")
    var heap = IndexedHeap<Int>()
    var positions = Array(repeating: IndexedHeap<Int>.absent, count: 40)
    var model: [Int: Int] = [:]

    for _ in 0..<400 {
      let id = Int(random.next(below: 40))
      let key = Int(random.next(below: 30))
      if model[id] == nil {
        heap.insert(id, key: key, positions: &positions)
        model[id] = key
      } else if random.next(below: 3) == 0 {
        heap.remove(id, positions: &positions)
        model[id] = nil
      } else {
        heap.update(id, key: key, positions: &positions)
        model[id] = key
      }
      #expect(heap.count == model.count)
      #expect(heap.first?.key == model.values.min())
      if let first = heap.first { #expect(model[Int(first.id)] == first.key) }
      for (position, entry) in heap.entries.enumerated() {
        #expect(positions[Int(entry.id)] == Int32(position))
      }
      #expect(positions.count { $0 != IndexedHeap<Int>.absent } == model.count)
    }
  }
}
