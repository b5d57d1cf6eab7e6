import Foundation

/// Whether what the tests call runs some fifty times as fast as in a debug build.
package let isOptimisedBuild: Bool = {
  #if DEBUG
    false
  #else
    true
  #endif
}()

/// Whether tests that take minutes look at everything (`make exhaustive`), instead of at some of each kind.
package let isExhaustive = isOptimisedBuild && ProcessInfo.processInfo.environment["DRSIM_EXHAUSTIVE"] != nil
