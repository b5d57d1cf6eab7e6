extension DiagnosticCode {
  /// The texts of the codes about text that is no JSON.
  var textOfJSON: (title: String, explanation: String) {
    switch self {
    case .unexpectedText:
      (
        "Unexpected text",
        """
        What stands here is not what JSON allows at this point: a value, a key, a comma or a \
        closing bracket was expected. Look just before the mark: a quotation mark, a comma or a \
        bracket is often missing there.
        """
      )
    case .trailingComma:
      (
        "Comma before a closing bracket",
        """
        JSON has commas between the elements of a list or an object, none after the last. Remove \
        the marked comma.
        """
      )
    case .missingComma:
      (
        "Missing comma",
        """
        Two elements follow each other without a comma. Insert one at the mark.
        """
      )
    case .missingColon:
      (
        "Missing colon or value",
        """
        A member of an object is written "key": value. Here the colon or the value is missing.
        """
      )
    case .unterminatedString:
      (
        "Text without an end",
        """
        A text begins with a quotation mark and the line ends before the closing one. A line break \
        within a text is written \\n.
        """
      )
    case .invalidEscape:
      (
        "Unknown escape",
        """
        Within a text a backslash begins an escape: \\" \\\\ \\/ \\b \\f \\n \\r \\t or \\u and \
        four hexadecimal digits. A backslash itself, as in a Windows path, is written \\\\.
        """
      )
    case .loneSurrogate:
      (
        "Half a character",
        """
        Characters beyond U+FFFF are escaped as two halves, as in \\ud83d\\ude00. One of the \
        halves is missing. The character may also be written directly.
        """
      )
    case .controlCharacter:
      (
        "Control character in a text",
        """
        A text may not hold tabs or other control characters directly. Write \\t for a tab.
        """
      )
    case .invalidNumber:
      (
        "Malformed number",
        """
        JSON writes numbers as in 7, -2, 0.5 or 1e6: no leading plus or zeros, digits on both \
        sides of the point, no hexadecimal digits.
        """
      )
    case .bareWord:
      (
        "Text without quotes",
        """
        JSON knows three words without quotes: true, false and null. Everything else that is no \
        number stands in double quotes, quantities with units too: "100Mbps".
        """
      )
    case .singleQuotes:
      (
        "Single quotes",
        """
        JSON has double quotes only.
        """
      )
    case .comment:
      (
        "Comment",
        """
        JSON has no comments. Every object of a scenario may have a "why" key, which is kept and \
        shown in reports.
        """
      )
    case .byteOrderMark:
      (
        "Byte order mark",
        """
        The file begins with the bytes EF BB BF, which some editors write in front of UTF-8. JSON \
        forbids them.
        """
      )
    case .nestingTooDeep:
      (
        "Too many open brackets",
        """
        Brackets are nested more than 100 deep, which no scenario needs.
        """
      )
    case .notClosed:
      (
        "Bracket without a partner",
        """
        A { or [ has no matching } or ]. The mark shows the innermost one that is open; the \
        forgotten bracket may belong to one inside it that was closed by its partner's.
        """
      )
    case .textAfterEnd:
      (
        "Text after the end",
        """
        The first value of the file is complete, yet more follows. Either a bracket too many \
        closes it early, or two documents were pasted together.
        """
      )
    case .emptyFile:
      (
        "Empty file",
        """
        The file holds no value. The smallest scenario has the keys format, name, clock and sites.
        """
      )
    case .notUTF8:
      (
        "Not UTF-8",
        """
        The bytes of the file are not UTF-8 text. It may be in UTF-16 or a Windows code page, or \
        no text at all.
        """
      )
    default: preconditionFailure("\(rawValue) is not about text that is no JSON")
    }
  }
}
