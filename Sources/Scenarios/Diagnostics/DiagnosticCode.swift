/// The kinds of problems, each with a stable code.
///
/// E00 is text that is no JSON, E01 a value, E02 a key or a name, E03 a rule of the domain, E040 an
/// override, E041 and E042 a rule of recoveries. Codes are never given a new meaning; W stands for warnings.
package enum DiagnosticCode: String, Sendable, Hashable, CaseIterable {
  // MARK: Not JSON

  case unexpectedText = "E0001"
  case trailingComma = "E0002"
  case missingComma = "E0003"
  case missingColon = "E0004"
  case unterminatedString = "E0005"
  case invalidEscape = "E0006"
  case loneSurrogate = "E0007"
  case controlCharacter = "E0008"
  case invalidNumber = "E0009"
  case bareWord = "E0010"
  case singleQuotes = "E0011"
  case comment = "E0012"
  case byteOrderMark = "E0013"
  case nestingTooDeep = "E0014"
  case notClosed = "E0015"
  case textAfterEnd = "E0016"
  case emptyFile = "E0017"
  case notUTF8 = "E0018"

  // MARK: Values

  case wrongType = "E0101"
  case missingUnit = "E0102"
  case wrongUnit = "E0103"
  case invalidQuantity = "E0104"
  case unknownWord = "E0105"
  case invalidName = "E0106"
  case invalidDate = "E0107"
  case invalidCount = "E0108"
  case wrongCount = "E0109"
  case newerFormat = "E0110"
  case invalidSkew = "E0111"
  case invalidAddress = "E0112"

  // MARK: Keys and names

  case missingKey = "E0201"
  case duplicateKey = "E0202"
  case misplacedKey = "E0203"
  case conflictingKeys = "E0204"
  case unknownKey = "E0207"
  case duplicateName = "E0208"
  case patternCollision = "E0209"
  case unknownName = "E0211"
  case emptySelector = "E0212"
  case invalidMoment = "E0213"

  // MARK: Rules of the domain

  case rpoOutOfRange = "E0301"
  case replicationToOwnSite = "E0302"
  case noLink = "E0303"
  // E0304 was: several links join two sites and none is chosen. They stand by for each other now.
  case usedAboveSize = "E0305"
  case outsideDisk = "E0306"
  case nothingAfterWarmup = "E0307"
  case replicatedTwice = "E0308"
  case linkToItself = "E0309"
  case timelineCycle = "E0310"
  case endlessEntry = "E0311"
  case wrongSite = "E0312"
  case linkElsewhere = "E0313"
  case notReplicated = "E0314"
  case nothingReplicated = "E0315"
  case diskShrinks = "E0316"
  case tooManyPointsInTime = "E0317"
  case quiescingTooOften = "E0318"
  case unlimitedDatastore = "E0319"
  case notWithFiles = "E0360"
  case notInRelease = "E0361"
  case invalidWeekTime = "E0320"
  case unknownLatency = "E0321"
  case noCircuit = "E0322"
  case tooManyReplications = "E0323"
  case tooManyServers = "E0324"
  case tooManyShortObjectives = "E0325"
  case diskTooLarge = "E0326"
  case tooManyHosts = "E0327"
  case platformLimit = "E0328"

  case policyNeedsHosts = "E0345"
  case devicesTooSmall = "E0346"
  case vsanBesidePlain = "E0347"
  case noVSAN = "E0348"
  case hostsSharedByVSAN = "E0349"
  case unknownDiskGroup = "E0350"
  case hostOutsideVSAN = "E0351"
  case hostsTooSmall = "E0330"
  case noWorkAtAll = "E0331"
  case noCluster = "E0333"
  case unfitStandby = "E0334"
  case nothingToEncrypt = "E0490"

  // MARK: Warnings

  case churnAboveLink = "W0301"
  case unusedWorkload = "W0302"
  case unusedLink = "W0303"
  case afterTheEnd = "W0304"
  case datastoreTooSmall = "W0305"
  case serverNotInPath = "W0306"
  case idleWorkload = "W0307"
  case noEffect = "W0308"
  case emptySlots = "W0309"
  case aboveSlackSpace = "W0320"
  case mappingMissing = "W0310"
  case ignoredDependency = "W0311"
  case forcedNotAllowed = "W0312"
  case noReverseMapping = "W0313"
  case planWithoutGroups = "W0314"
  case instantGuests = "W0315"
  case customizationWithoutTools = "W0340"
  case addressOfSeveral = "W0341"
  case fewFailuresTolerated = "W0350"
  case replicatedBeforeInstallation = "W0356"

  // MARK: Overrides

  case invalidPath = "E0401"
  case unknownPath = "E0402"

  // MARK: Rules of recoveries

  case inTwoGroups = "E0410"
  case directionsDiffer = "E0411"
  case groupTypeNotModelled = "E0412"
  case noPair = "E0413"
  case mappedTwice = "E0414"
  case settingsDiffer = "E0415"
  case dependencyCycle = "E0416"
  case notProtected = "E0417"
  case timeoutTooLong = "E0418"
  case impossibleStep = "E0419"
  case commandsDiffer = "E0420"
  case suspendsProtected = "E0421"
  case notMadeYet = "E0422"
  case recoveryLimit = "E0423"
  case notOnDevice = "E0424"
  case datastoresApart = "E0425"
  case unfitDevice = "E0426"
  case replicatedByStorage = "E0427"
  case onCopy = "E0428"
  case noSuchCard = "E0465"
  case settingWithoutAddress = "E0466"
  case unreadableTable = "E0467"
  case invalidTable = "E0468"
  case noTableTool = "E0469"

  // MARK: Expectations

  case invalidExpression = "E0501"
  case unknownInExpression = "E0502"
  case unfittingExpression = "E0503"

  /// Told from the first letter of the code.
  package var severity: Diagnostic.Severity { rawValue.hasPrefix("W") ? .warning : .error }

  /// The kind of problem in a few words.
  package var title: String { text.title }

  /// What the problem means and how it is put right, in a few sentences.
  package var explanation: String { text.explanation }

  private var text: (title: String, explanation: String) {
    switch self {
    case .unexpectedText, .trailingComma, .missingComma, .missingColon, .unterminatedString,
      .invalidEscape, .loneSurrogate, .controlCharacter, .invalidNumber, .bareWord, .singleQuotes,
      .comment, .byteOrderMark, .nestingTooDeep, .notClosed, .textAfterEnd, .emptyFile, .notUTF8:
      textOfJSON
    case .wrongType, .missingUnit, .wrongUnit, .invalidQuantity, .unknownWord, .invalidName,
      .invalidDate, .invalidCount, .wrongCount, .newerFormat, .invalidSkew:
      textOfValues
    case .missingKey, .duplicateKey, .misplacedKey, .conflictingKeys, .unknownKey, .duplicateName,
      .patternCollision, .unknownName, .emptySelector, .invalidMoment:
      textOfNames
    case .invalidPath, .unknownPath:
      textOfOverrides
    case .rpoOutOfRange, .replicationToOwnSite, .noLink, .usedAboveSize, .outsideDisk,
      .nothingAfterWarmup, .replicatedTwice, .linkToItself, .timelineCycle, .endlessEntry, .wrongSite,
      .linkElsewhere, .notReplicated, .nothingReplicated, .diskShrinks, .tooManyPointsInTime,
      .quiescingTooOften, .unlimitedDatastore, .notWithFiles, .notInRelease, .invalidWeekTime,
      .unknownLatency,
      .noCircuit, .tooManyReplications, .tooManyServers, .tooManyShortObjectives, .diskTooLarge,
      .tooManyHosts, .platformLimit, .hostsTooSmall, .noWorkAtAll, .noCluster, .unfitStandby,
      .churnAboveLink,
      .unusedWorkload, .unusedLink, .afterTheEnd, .datastoreTooSmall, .serverNotInPath,
      .idleWorkload, .noEffect, .emptySlots, .nothingToEncrypt:
      textOfDomain
    case .aboveSlackSpace, .policyNeedsHosts, .devicesTooSmall, .vsanBesidePlain, .noVSAN,
      .hostsSharedByVSAN, .unknownDiskGroup, .hostOutsideVSAN, .fewFailuresTolerated:
      textOfVSAN
    case .invalidAddress, .mappingMissing, .ignoredDependency, .forcedNotAllowed, .noReverseMapping,
      .inTwoGroups, .directionsDiffer, .groupTypeNotModelled, .noPair, .mappedTwice, .settingsDiffer,
      .dependencyCycle, .notProtected, .timeoutTooLong, .impossibleStep, .commandsDiffer, .suspendsProtected,
      .notMadeYet, .recoveryLimit, .planWithoutGroups, .instantGuests, .replicatedBeforeInstallation:
      textOfRecoveries
    case .noSuchCard, .settingWithoutAddress, .unreadableTable, .invalidTable, .noTableTool,
      .customizationWithoutTools, .addressOfSeveral:
      textOfCustomization
    case .notOnDevice, .datastoresApart, .unfitDevice, .replicatedByStorage, .onCopy:
      textOfStorageReplication
    case .invalidExpression, .unknownInExpression, .unfittingExpression:
      textOfExpectations
    }
  }
}
