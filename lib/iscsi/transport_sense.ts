/**
 * Sense data for what goes wrong between the initiator and the device server (RFC 7143 §11.4.7.2), in fixed format.
 *
 * @module
 */

/** ABORTED COMMAND with the additional sense codes that RFC 7143 §11.4.7.2 names. */
export const transportSense: {
  readonly unexpectedUnsolicitedData: Uint8Array;
  readonly incorrectAmountOfData: Uint8Array;
  readonly protocolServiceCrcError: Uint8Array;
  readonly snackRejected: Uint8Array;
} = {
  unexpectedUnsolicitedData: abortedCommand(0x0c, 0x0c),
  incorrectAmountOfData: abortedCommand(0x0c, 0x0d),
  protocolServiceCrcError: abortedCommand(0x47, 0x05),
  snackRejected: abortedCommand(0x11, 0x13),
};

function abortedCommand(code: number, qualifier: number): Uint8Array {
  const sense = new Uint8Array(18);
  sense[0] = 0x70;
  sense[2] = 0x0b;
  sense[7] = 10;
  sense[12] = code;
  sense[13] = qualifier;
  return sense;
}
