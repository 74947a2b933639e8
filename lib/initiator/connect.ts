/**
 * TCP connections to a target.
 *
 * @module
 */

import { ISCSI_PORT } from "../iscsi/constants.ts";
import type { Transport } from "./channel.ts";
import { AnswerTimeoutError } from "./errors.ts";

/** Where to connect. */
export interface ConnectOptions {
  /** A name, an IPv4 address, or an IPv6 address without brackets. */
  readonly hostname: string;
  /** 1 to 65535; 3260 by default. */
  readonly port?: number;
  /** Milliseconds; 10000 by default. */
  readonly timeout?: number;
}

/**
 * Connects.
 *
 * @throws {AnswerTimeoutError} nobody answers.
 * @throws {Error} what the operating system says otherwise: connection refused, no such name.
 */
export async function connect(options: ConnectOptions): Promise<Transport> {
  const { hostname, port = ISCSI_PORT, timeout = 10_000 } = options;
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), timeout);
  try {
    const connection = await Deno.connect({ hostname, port, signal: controller.signal });
    connection.setNoDelay(true);
    return connection;
  } catch (error) {
    if (!controller.signal.aborted) throw error;
    throw new AnswerTimeoutError(`Cannot connect to ${hostname} port ${port}: no answer within ${timeout} ms`);
  } finally {
    clearTimeout(timer);
  }
}
