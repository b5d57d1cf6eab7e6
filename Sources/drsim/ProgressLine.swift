import Foundation
import Quantities
import Reporting
import SiteSimulation

/// One line on the terminal that tells how far a run is: simulated time, share, events per second, speed, rest.
///
/// It is written only where standard error is a terminal, a few times a second, and erased at the end.
final class ProgressLine {
  private let console: Console
  private let end: Instant
  private let isShown: Bool
  private let begin = ContinuousClock.now
  private var next = ContinuousClock.now + .milliseconds(300)

  init(console: Console, end: Instant, isQuiet: Bool) {
    self.console = console
    self.end = end
    isShown = console.isErrorTerminal && !isQuiet
  }

  func update(time: Instant, eventCount: UInt64) {
    guard isShown, ContinuousClock.now >= next else { return }
    next = ContinuousClock.now + .milliseconds(200)
    let wall = (ContinuousClock.now - begin) / .seconds(1)
    let share = Double(time.nanoseconds) / Double(max(1, end.nanoseconds))
    let rest = share > 0 ? wall / share - wall : 0
    let line =
      "\(Readable.instant(time)) of \(Readable.instant(end))  \(Int(share * 100)) %  "
      + "\(Readable.count(UInt64(Double(eventCount) / wall))) events/s  "
      + "\(Readable.count(Int64((time - .zero).inSeconds / wall)))x real time  \(Int(rest.rounded(.up))) s left"
    console.writeDiagnostic("\r\u{1b}[K\(line)")
  }

  func clear() {
    if isShown { console.writeDiagnostic("\r\u{1b}[K") }
  }

  /// How long the program has been at it.
  var wallTime: TimeSpan {
    let (seconds, attoseconds) = (ContinuousClock.now - begin).components
    return TimeSpan(nanoseconds: seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
  }
}
