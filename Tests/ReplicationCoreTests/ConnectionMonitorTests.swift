import Quantities
import ReplicationCore
import Testing

@Suite struct ConnectionMonitorTests {
  @Test func `A gap shorter than a minute goes unnoticed`() {
    var monitor = ConnectionMonitor(parameters: ReplicationParameters())
    monitor.pathBroke(at: seconds(10))
    #expect(!monitor.isConnected && !monitor.isLost)
    #expect(monitor.deadline == seconds(70))
    monitor.pathReturned()
    #expect(monitor.isConnected && monitor.deadline == nil)
    monitor.pathBroke(at: seconds(69))
    #expect(monitor.deadline == seconds(129), "every gap is counted from its own start")
  }

  @Test func `Attempts to reconnect follow after 10 s more each time up to 90 s`() throws {
    var monitor = ConnectionMonitor(parameters: ReplicationParameters())
    monitor.pathBroke(at: seconds(0))
    #expect(monitor.deadlinePassed(at: seconds(60)) == .lost)
    #expect(monitor.isLost)
    var attempts: [Instant] = []
    for _ in 0..<11 {
      let attempt = try #require(monitor.deadline)
      attempts.append(attempt)
      #expect(monitor.deadlinePassed(at: attempt) == .stillLost)
    }
    // 60 + 10, + 20, … + 90, + 90, + 90.
    #expect(attempts == [70, 90, 120, 160, 210, 270, 340, 420, 510, 600, 690].map { seconds($0) })
  }

  @Test func `A path that returned is found by the next attempt`() {
    var monitor = ConnectionMonitor(parameters: ReplicationParameters())
    monitor.pathBroke(at: seconds(0))
    _ = monitor.deadlinePassed(at: seconds(60))
    monitor.pathReturned()
    #expect(!monitor.isConnected, "nobody has tried yet")
    #expect(monitor.deadlinePassed(at: seconds(70)) == .reconnected)
    #expect(monitor.isConnected && monitor.deadline == nil)
  }

  @Test func `A path that returns and breaks between two attempts stays lost`() {
    var monitor = ConnectionMonitor(parameters: ReplicationParameters())
    monitor.pathBroke(at: seconds(0))
    _ = monitor.deadlinePassed(at: seconds(60))
    monitor.pathReturned()
    monitor.pathBroke(at: seconds(65))
    #expect(monitor.deadlinePassed(at: seconds(70)) == .stillLost)
    #expect(monitor.deadline == seconds(90))
  }
}
