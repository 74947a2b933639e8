/**
 * What can go wrong with a store. Whoever sits above tells the kinds apart by `code`, so that it need not import this.
 *
 * @module
 */

/**
 * The kind of a failure:
 * - `out-of-space`: no room for what was to be written (a full disk, a quota, a limit);
 * - `medium`: the bytes cannot be read or written where they are, now or ever;
 * - `read-only`: a change was asked of something that cannot be changed;
 * - `gone`: the store was closed, or what is behind it is not there any more;
 * - `io`: anything else.
 */
export type StoreErrorCode = "out-of-space" | "medium" | "read-only" | "gone" | "io";

/** What a store was doing when it failed. */
export type StoreOperation = "read" | "write" | "flush" | "unmap" | "zero" | "extents";

/** A failed operation on a store. */
export class StoreError extends Error {
  override readonly name: string = "StoreError";
  readonly code: StoreErrorCode;

  /** `message` reads "Cannot <verb> <what>: <state>". */
  constructor(message: string, code: StoreErrorCode, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** There is no room for what was to be written. */
export class OutOfSpaceError extends StoreError {
  override readonly name = "OutOfSpaceError";

  constructor(message: string, cause?: unknown) {
    super(message, "out-of-space", cause);
  }
}

/** Where a {@link MediumError} is. */
export interface MediumFault {
  /** The first byte of the store that is known to be bad. */
  readonly at: number;
  readonly operation: StoreOperation;
  readonly cause?: unknown;
}

/** Bytes that cannot be read or written. */
export class MediumError extends StoreError {
  override readonly name = "MediumError";
  /** The first byte of the store that is known to be bad. */
  readonly at: number;
  readonly operation: StoreOperation;

  constructor(message: string, fault: MediumFault) {
    super(message, "medium", fault.cause);
    this.at = fault.at;
    this.operation = fault.operation;
  }
}

/** A change was asked of a store that cannot be changed. */
export class ReadOnlyError extends StoreError {
  override readonly name = "ReadOnlyError";

  constructor(message: string, cause?: unknown) {
    super(message, "read-only", cause);
  }
}

/** What is behind the store is not there any more: a device was unplugged, a file server is lost. */
export class StoreGoneError extends StoreError {
  override readonly name: string = "StoreGoneError";

  constructor(message: string, cause?: unknown) {
    super(message, "gone", cause);
  }
}

/** A call came after `close`. */
export class StoreClosedError extends StoreGoneError {
  override readonly name = "StoreClosedError";
}

/** Why a store could not be opened. */
export type StoreOpenReason = "missing" | "exists" | "busy" | "permission" | "size" | "kind" | "spec" | "io";

/** A store that could not be opened or created; the message says how to go on. */
export class StoreOpenError extends Error {
  override readonly name = "StoreOpenError";
  readonly reason: StoreOpenReason;

  constructor(message: string, reason: StoreOpenReason, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.reason = reason;
  }
}

/** What a store was doing, for {@link storeError}. */
export interface FailedOperation {
  readonly operation: StoreOperation;
  /** The store as people know it. */
  readonly name: string;
  /** The first byte of the range that was asked for. */
  readonly at: number;
}

/** Makes a {@link StoreError} of what the operating system or the runtime threw; one that is one already stays. */
export function storeError(error: unknown, failed: FailedOperation): StoreError {
  if (error instanceof StoreError) return error;
  const { operation, name, at } = failed;
  const message = `Cannot ${operation} ${name} at byte ${at}: ${reasonOf(error)}`;
  switch (errorCode(error)) {
    case "out-of-space":
      return new OutOfSpaceError(message, error);
    case "medium":
      return new MediumError(message, { at, operation, cause: error });
    case "read-only":
      return new ReadOnlyError(message, error);
    case "gone":
      return new StoreGoneError(message, error);
    case "io":
      return new StoreError(message, "io", error);
  }
}

/** The words of an error, without the number that the operating system adds. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const words = text.replace(/ \(os error \d+\).*$/, "");
  return words.length === 0 ? "unknown reason" : `${words.charAt(0).toLowerCase()}${words.slice(1)}`;
}

function errorCode(error: unknown): StoreErrorCode {
  if (!(error instanceof Error)) return "io";
  const { code } = error as { code?: unknown };
  return (typeof code === "string" ? codesOfSystem[code] : undefined) ?? codesOfRuntime[error.name] ?? "io";
}

const codesOfSystem: Readonly<Record<string, StoreErrorCode>> = {
  ENOSPC: "out-of-space",
  EDQUOT: "out-of-space",
  EFBIG: "out-of-space",
  EIO: "medium",
  EILSEQ: "medium",
  EBADMSG: "medium",
  EUCLEAN: "medium",
  EROFS: "read-only",
  EACCES: "read-only",
  EPERM: "read-only",
  EBADF: "read-only",
  ENXIO: "gone",
  ENODEV: "gone",
  ENOENT: "gone",
  ESTALE: "gone",
  ENOTCONN: "gone",
  ENOMEDIUM: "gone",
};

const codesOfRuntime: Readonly<Record<string, StoreErrorCode>> = {
  BadResource: "gone",
  NotFound: "gone",
  PermissionDenied: "read-only",
  NotCapable: "read-only",
};
