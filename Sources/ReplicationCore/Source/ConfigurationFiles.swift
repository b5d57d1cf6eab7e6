package import Quantities

/// The files of the virtual machine's configuration (vmx, vmxf and nvram) that travel with every instance.
package struct ConfigurationFiles: Sendable, Hashable {
  /// The bytes of the files.
  package let size: ByteCount
  /// What the product counts beside them.
  package let overhead: ByteCount

  package init(size: ByteCount, overhead: ByteCount) { (self.size, self.overhead) = (size, overhead) }

  /// None is sent.
  package static let none = ConfigurationFiles(size: .zero, overhead: .zero)

  /// Those that a target stores by default, of an idle virtual machine: 12,143 bytes, for which 12,599 were reported.
  ///
  /// The 456 bytes in between are *inferred* to be overhead of their messages.
  /// - Source: Trace of vSphere 5.0 (virtuallyhyper.com, 2012); see ``TargetParameters/configurationFiles``.
  package static let traced = ConfigurationFiles(of: TargetParameters())

  /// Those that a target with these parameters stores with every instance.
  package init(of target: TargetParameters) {
    self.init(
      size: target.configurationSize,
      overhead: target.configurationTransferSize - target.configurationSize)
  }

  package var wireSize: ByteCount { size + overhead }
}
