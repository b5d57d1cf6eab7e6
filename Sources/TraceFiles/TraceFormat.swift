/// A file format for recordings of block I/O.
///
/// Any of them may be compressed with gzip.
package enum TraceFormat: String, Sendable, Hashable, CaseIterable {
  /// VMware's binary command trace, version 1: see ``VSCSIRecord``.
  case vscsi
  /// Text with the header `t_us,op,dev,offset,length`: see ``CSVDecoder``.
  case csv
}
