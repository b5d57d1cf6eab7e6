/// How one TCP connection answers random loss.
package enum CongestionControl: Sendable, Hashable, CaseIterable {
  case reno
  /// What ESXi's replication uses.
  case cubic

  /// The mean window in segments while losses come one by one.
  ///
  /// - Source: Reno: Mathis et al., CCR 27(3), 1997, every segment acknowledged. CUBIC: RFC 8312, section 5.2
  ///   and its TCP-friendly region, so never below Reno's √(3/2p).
  func window(roundTripSeconds: Double, loss: Double) -> Double {
    let reno = (1.5 / loss).squareRoot()
    guard self == .cubic else { return reno }
    // (RTT/p)^0.75 by square roots, which are exact on every machine.
    let ratio = roundTripSeconds / loss
    let root = ratio.squareRoot()
    return max(reno, 1.054 * root * root.squareRoot())
  }

  /// The steady rate of one connection under random loss, in bytes/s; infinite without loss.
  ///
  ///     rate = MSS / ( RTT / window + timeouts )
  ///     timeouts = T0 · min(1, 3·√(3p/8)) · p · (1 + 32p²) with CUBIC, 0 with Reno
  ///
  /// For Reno with selective acknowledgements this is Mathis' formula: time-outs are rare. CUBIC's
  /// published window promises four times too much at 1 % loss, so the time-outs of PFTK come on top.
  ///
  /// Against packets (30 MB over 100 Mbit/s, round trips of 20 and 100 ms, `wan-loss.json`), capped by the
  /// link: from 0.1 % to 1 % within a factor of 1.4 for Reno and of 2 for CUBIC, mean |ln| 0.18 and
  /// 0.41. At 0.01 % and 100 ms it is 3.4 times too low for CUBIC, for a transfer that is over after two
  /// losses, before the steady state. So it errs towards late for small transfers.
  ///
  /// - Parameters:
  ///   - timeout: T0, the first retransmission time-out in seconds.
  ///   - segment: MSS in bytes.
  /// - Source: Mathis et al., CCR 27(3), 1997; Padhye et al., "Modeling TCP Throughput", SIGCOMM 1998, eq. 30.
  package func lossBound(
    roundTripSeconds: Double, loss: Double, timeout: Double, segment: Double
  ) -> Double {
    guard loss > 0 else { return .infinity }
    let pace = roundTripSeconds / window(roundTripSeconds: roundTripSeconds, loss: loss)
    guard self == .cubic else { return segment / pace }
    let timeouts = timeout * min(1, 3 * (3 * loss / 8).squareRoot()) * loss * (1 + 32 * loss * loss)
    return segment / (pace + timeouts)
  }
}
