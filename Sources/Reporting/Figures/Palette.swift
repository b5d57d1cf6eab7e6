/// The colours of the figures, told apart also by people who see few.
///
/// - Source: Okabe and Ito, "Color Universal Design" (2008); the greys are ours.
enum Palette {
  static let orange = "#E69F00"
  static let green = "#009E73"
  static let blue = "#0072B2"
  static let vermillion = "#D55E00"
  static let purple = "#CC79A7"
  /// Purple dark enough for letters.
  static let purpleText = "#8A3D66"
  /// Vermillion dark enough for letters.
  static let vermillionText = "#B34700"
  static let paper = "#FFFFFF"
  static let panel = "#FAFAFA"
  static let ink = "#222222"
  static let faintInk = "#666666"
  static let grid = "#E2E2E2"
  static let frame = "#BBBBBB"
}
