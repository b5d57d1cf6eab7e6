/// How one TCP connection answers random loss.
package enum CongestionControl: Sendable, Hashable, CaseIterable {
  case reno
  /// What ESXi's replication uses.
  case cubic

  /// The mean window in segments while losses come one by one.
  ///
  /// - Source: Reno: Padhye et al., SIGCOMM 1998, every segment acknowledged. CUBIC: RFC 8312, section 5.2
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
  ///     rate = MSS / ( RTT / window + T0 · min(1, 3·√(3p/8)) · p · (1 + 32p²) )
  ///
  /// The second term is the time spent in retransmission time-outs. It is the one of PFTK for both
  /// kinds: CUBIC's published window knows no time-outs and promises four times too much at 1 % loss.
  ///
  /// Against packets (30 MB over 100 Mbit/s, `wan-loss.json`) the model rate, capped by the link, is
  /// within a factor of 2 for CUBIC and of 1.6 for Reno at 0.1 % and 1 %. At 0.01 % and a round
  /// trip of 100 ms it is far too low for a transfer that sees fewer than ten losses: such a transfer
  /// is over before the steady state. So it errs towards late.
  ///
  /// - Parameters:
  ///   - timeout: T0, the first retransmission time-out in seconds.
  ///   - segment: MSS in bytes.
  /// - Source: Padhye et al., "Modeling TCP Throughput", SIGCOMM 1998, equation 30.
  package func lossBound(
    roundTripSeconds: Double, loss: Double, timeout: Double, segment: Double
  ) -> Double {
    guard loss > 0 else { return .infinity }
    let pace = roundTripSeconds / window(roundTripSeconds: roundTripSeconds, loss: loss)
    let timeouts =
      timeout * min(1, 3 * (3 * loss / 8).squareRoot()) * loss * (1 + 32 * loss * loss)
    return segment / (pace + timeouts)
  }
}
