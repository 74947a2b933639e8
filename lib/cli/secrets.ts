/**
 * Where commands get secrets from on a real machine.
 *
 * @module
 */

import { promptSecret } from "@std/cli/prompt-secret";
import type { SecretSources } from "./chap.ts";
import { readSecretFile } from "./secret_file.ts";

/** Files and the terminal; the environment is the host's. */
export const machineSecrets: Omit<SecretSources, "env"> = { readSecretFile, askSecret };

function askSecret(question: string): string | undefined {
  return promptSecret(question, { clear: true }) ?? undefined;
}
