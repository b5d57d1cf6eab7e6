/// Whether tests run some fifty times as fast as in a debug build, and can afford to look at everything.
package let isOptimisedBuild: Bool = {
  #if DEBUG
    false
  #else
    true
  #endif
}()
