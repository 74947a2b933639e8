/**
 * Sense codes: what a command that ends with CHECK CONDITION says of its reason.
 *
 * @module
 */

/** One reason: sense key, additional sense code and qualifier, with the name that the standard prints. */
export interface SenseCode {
  /** Sense key, 0 to 15 (SPC-5 §4.4.8). */
  readonly key: number;
  /** Additional sense code, 0 to 255. */
  readonly asc: number;
  /** Additional sense code qualifier, 0 to 255. */
  readonly ascq: number;
  readonly name: string;
}

/** Sense keys (SPC-5 §4.4.8). */
export const senseKey = {
  noSense: 0x0,
  recoveredError: 0x1,
  notReady: 0x2,
  mediumError: 0x3,
  hardwareError: 0x4,
  illegalRequest: 0x5,
  unitAttention: 0x6,
  dataProtect: 0x7,
  blankCheck: 0x8,
  copyAborted: 0xa,
  abortedCommand: 0xb,
  volumeOverflow: 0xd,
  miscompare: 0xe,
} as const;

/** The sense codes that this device server sends (SPC-5 §4.4.8). */
export const sense = {
  noSense: code(0x0, 0x00, 0x00, "NO ADDITIONAL SENSE INFORMATION"),

  initializingCommandRequired: code(0x2, 0x04, 0x02, "LOGICAL UNIT NOT READY, INITIALIZING COMMAND REQUIRED"),
  manualInterventionRequired: code(0x2, 0x04, 0x03, "LOGICAL UNIT NOT READY, MANUAL INTERVENTION REQUIRED"),
  formatInProgress: code(0x2, 0x04, 0x04, "LOGICAL UNIT NOT READY, FORMAT IN PROGRESS"),
  sanitizeInProgress: code(0x2, 0x04, 0x1b, "LOGICAL UNIT NOT READY, SANITIZE IN PROGRESS"),
  selfTestInProgress: code(0x2, 0x04, 0x09, "LOGICAL UNIT NOT READY, SELF-TEST IN PROGRESS"),
  portInTransition: code(0x2, 0x04, 0x0a, "LOGICAL UNIT NOT ACCESSIBLE, ASYMMETRIC ACCESS STATE TRANSITION"),
  portInStandby: code(0x2, 0x04, 0x0b, "LOGICAL UNIT NOT ACCESSIBLE, TARGET PORT IN STANDBY STATE"),
  portUnavailable: code(0x2, 0x04, 0x0c, "LOGICAL UNIT NOT ACCESSIBLE, TARGET PORT IN UNAVAILABLE STATE"),
  mediumNotPresent: code(0x2, 0x3a, 0x00, "MEDIUM NOT PRESENT"),
  mediumNotPresentTrayOpen: code(0x2, 0x3a, 0x02, "MEDIUM NOT PRESENT - TRAY OPEN"),

  writeError: code(0x3, 0x0c, 0x00, "WRITE ERROR"),
  unrecoveredReadError: code(0x3, 0x11, 0x00, "UNRECOVERED READ ERROR"),
  mediumFormatCorrupted: code(0x3, 0x31, 0x00, "MEDIUM FORMAT CORRUPTED"),
  sanitizeCommandFailed: code(0x3, 0x31, 0x03, "SANITIZE COMMAND FAILED"),

  logicalUnitFailedSelfTest: code(0x4, 0x3e, 0x03, "LOGICAL UNIT FAILED SELF-TEST"),
  internalTargetFailure: code(0x4, 0x44, 0x00, "INTERNAL TARGET FAILURE"),

  parameterListLengthError: code(0x5, 0x1a, 0x00, "PARAMETER LIST LENGTH ERROR"),
  invalidCommandOperationCode: code(0x5, 0x20, 0x00, "INVALID COMMAND OPERATION CODE"),
  logicalBlockAddressOutOfRange: code(0x5, 0x21, 0x00, "LOGICAL BLOCK ADDRESS OUT OF RANGE"),
  invalidFieldInCdb: code(0x5, 0x24, 0x00, "INVALID FIELD IN CDB"),
  logicalUnitNotSupported: code(0x5, 0x25, 0x00, "LOGICAL UNIT NOT SUPPORTED"),
  invalidFieldInParameterList: code(0x5, 0x26, 0x00, "INVALID FIELD IN PARAMETER LIST"),
  tooManyTargetDescriptors: code(0x5, 0x26, 0x06, "TOO MANY TARGET DESCRIPTORS"),
  unsupportedTargetDescriptor: code(0x5, 0x26, 0x07, "UNSUPPORTED TARGET DESCRIPTOR TYPE CODE"),
  tooManySegmentDescriptors: code(0x5, 0x26, 0x08, "TOO MANY SEGMENT DESCRIPTORS"),
  unsupportedSegmentDescriptor: code(0x5, 0x26, 0x09, "UNSUPPORTED SEGMENT DESCRIPTOR TYPE CODE"),
  operationInProgress: code(0x5, 0x00, 0x16, "OPERATION IN PROGRESS"),
  invalidTokenOperation: code(0x5, 0x23, 0x00, "INVALID TOKEN OPERATION, CAUSE NOT REPORTABLE"),
  invalidTokenType: code(0x5, 0x23, 0x01, "INVALID TOKEN OPERATION, UNSUPPORTED TOKEN TYPE"),
  invalidTokenUnknown: code(0x5, 0x23, 0x04, "INVALID TOKEN OPERATION, TOKEN UNKNOWN"),
  invalidTokenCorrupt: code(0x5, 0x23, 0x05, "INVALID TOKEN OPERATION, TOKEN CORRUPT"),
  invalidTokenRevoked: code(0x5, 0x23, 0x06, "INVALID TOKEN OPERATION, TOKEN REVOKED"),
  invalidTokenExpired: code(0x5, 0x23, 0x07, "INVALID TOKEN OPERATION, TOKEN EXPIRED"),
  invalidTokenDeleted: code(0x5, 0x23, 0x09, "INVALID TOKEN OPERATION, TOKEN DELETED"),
  invalidTokenLength: code(0x5, 0x23, 0x0a, "INVALID TOKEN OPERATION, INVALID TOKEN LENGTH"),
  copyAborted: code(0xa, 0x00, 0x00, "NO ADDITIONAL SENSE INFORMATION"),
  thirdPartyDeviceFailure: code(0xa, 0x0d, 0x01, "THIRD PARTY DEVICE FAILURE"),
  copyTargetUnreachable: code(0xa, 0x0d, 0x02, "COPY TARGET DEVICE NOT REACHABLE"),
  incorrectCopyTargetType: code(0xa, 0x0d, 0x03, "INCORRECT COPY TARGET DEVICE TYPE"),
  invalidSegment: code(0xa, 0x26, 0x00, "INVALID FIELD IN PARAMETER LIST"),
  unexpectedInexactSegment: code(0xa, 0x26, 0x0a, "UNEXPECTED INEXACT SEGMENT"),
  invalidReleaseOfPersistentReservation: code(0x5, 0x26, 0x04, "INVALID RELEASE OF PERSISTENT RESERVATION"),
  orWriteGenerationDoesNotMatch: code(0x5, 0x2c, 0x0c, "ORWRITE GENERATION DOES NOT MATCH"),
  commandSequenceError: code(0x5, 0x2c, 0x00, "COMMAND SEQUENCE ERROR"),
  savingParametersNotSupported: code(0x5, 0x39, 0x00, "SAVING PARAMETERS NOT SUPPORTED"),
  invalidFieldInCommandInformationUnit: code(0x5, 0x0e, 0x03, "INVALID FIELD IN COMMAND INFORMATION UNIT"),
  invalidMessageError: code(0x5, 0x49, 0x00, "INVALID MESSAGE ERROR"),
  incompatibleFormat: code(0x5, 0x30, 0x02, "CANNOT READ MEDIUM - INCOMPATIBLE FORMAT"),
  illegalModeForThisTrack: code(0x5, 0x64, 0x00, "ILLEGAL MODE FOR THIS TRACK"),
  mediumRemovalPrevented: code(0x5, 0x53, 0x02, "MEDIUM REMOVAL PREVENTED"),
  setPortGroupsFailed: code(0x5, 0x67, 0x0a, "SET TARGET PORT GROUPS COMMAND FAILED"),
  insufficientRegistrationResources: code(0x5, 0x55, 0x04, "INSUFFICIENT REGISTRATION RESOURCES"),

  mediumMayHaveChanged: code(0x6, 0x28, 0x00, "NOT READY TO READY CHANGE, MEDIUM MAY HAVE CHANGED"),
  powerOnOrReset: code(0x6, 0x29, 0x00, "POWER ON, RESET, OR BUS DEVICE RESET OCCURRED"),
  powerOn: code(0x6, 0x29, 0x01, "POWER ON OCCURRED"),
  scsiBusReset: code(0x6, 0x29, 0x02, "SCSI BUS RESET OCCURRED"),
  busDeviceReset: code(0x6, 0x29, 0x03, "BUS DEVICE RESET FUNCTION OCCURRED"),
  deviceInternalReset: code(0x6, 0x29, 0x04, "DEVICE INTERNAL RESET"),
  nexusLoss: code(0x6, 0x29, 0x07, "I_T NEXUS LOSS OCCURRED"),
  modeParametersChanged: code(0x6, 0x2a, 0x01, "MODE PARAMETERS CHANGED"),
  reservationsPreempted: code(0x6, 0x2a, 0x03, "RESERVATIONS PREEMPTED"),
  reservationsReleased: code(0x6, 0x2a, 0x04, "RESERVATIONS RELEASED"),
  registrationsPreempted: code(0x6, 0x2a, 0x05, "REGISTRATIONS PREEMPTED"),
  logParametersChanged: code(0x6, 0x2a, 0x02, "LOG PARAMETERS CHANGED"),
  accessStateChanged: code(0x6, 0x2a, 0x06, "ASYMMETRIC ACCESS STATE CHANGED"),
  timestampChanged: code(0x6, 0x2a, 0x10, "TIMESTAMP CHANGED"),
  capacityDataHasChanged: code(0x6, 0x2a, 0x09, "CAPACITY DATA HAS CHANGED"),
  someCommandsCleared: code(0x6, 0x47, 0x7f, "SOME COMMANDS CLEARED BY ISCSI PROTOCOL EVENT"),
  commandsClearedByAnotherInitiator: code(0x6, 0x2f, 0x00, "COMMANDS CLEARED BY ANOTHER INITIATOR"),
  thinProvisioningSoftThresholdReached: code(0x6, 0x38, 0x07, "THIN PROVISIONING SOFT THRESHOLD REACHED"),
  inquiryDataHasChanged: code(0x6, 0x3f, 0x03, "INQUIRY DATA HAS CHANGED"),
  deviceIdentifierChanged: code(0x6, 0x3f, 0x05, "DEVICE IDENTIFIER CHANGED"),
  reportedLunsDataHasChanged: code(0x6, 0x3f, 0x0e, "REPORTED LUNS DATA HAS CHANGED"),

  writeProtected: code(0x7, 0x27, 0x00, "WRITE PROTECTED"),
  softwareWriteProtected: code(0x7, 0x27, 0x02, "LOGICAL UNIT SOFTWARE WRITE PROTECTED"),
  spaceAllocationFailedWriteProtect: code(0x7, 0x27, 0x07, "SPACE ALLOCATION FAILED WRITE PROTECT"),

  miscompareDuringVerify: code(0xe, 0x1d, 0x00, "MISCOMPARE DURING VERIFY OPERATION"),
} as const satisfies Record<string, SenseCode>;

function code(key: number, asc: number, ascq: number, name: string): SenseCode {
  return { key, asc, ascq, name };
}
