/**
 * The software bill of materials of an executable, in CycloneDX 1.6: what is in it, by version and checksum.
 *
 * @module
 */

/** What is known of an executable. */
export interface BillOptions {
  /** The name of the file. */
  readonly file: string;
  /** With build metadata. */
  readonly version: string;
  /** SHA-256 of the executable, in hexadecimal. */
  readonly sha256: string;
  /** The version of Deno whose runtime is in it. */
  readonly deno: string;
  /** The version of V8 that belongs to that. */
  readonly v8: string;
  /** When the sources were committed, as RFC 3339 has it. */
  readonly timestamp: string;
}

/** The bill, as a JSON document. The same executable always has the same. */
export function bill({ file, version, sha256, deno, v8, timestamp }: BillOptions): string {
  const own = {
    type: "application",
    "bom-ref": "lunbox",
    name: "lunbox",
    version,
    description: `iSCSI target, as the executable ${file}`,
    hashes: [{ alg: "SHA-256", content: sha256 }],
    licenses: [{ license: { id: "MIT" } }],
  };
  const components = [
    {
      type: "framework",
      "bom-ref": "deno",
      name: "deno",
      version: deno,
      description: "Runtime (denort); what it is made of in turn is in its own bill",
      purl: `pkg:github/denoland/deno@v${deno}`,
      licenses: [{ license: { id: "MIT" } }],
    },
    {
      type: "library",
      "bom-ref": "v8",
      name: "v8",
      version: v8,
      description: "JavaScript engine, part of the runtime",
      licenses: [{ license: { id: "BSD-3-Clause" } }],
    },
  ];
  return JSON.stringify(
    {
      $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
      bomFormat: "CycloneDX",
      specVersion: "1.6",
      serialNumber: `urn:uuid:${uuidOf(sha256)}`,
      version: 1,
      metadata: { timestamp, component: own },
      components,
      // Nothing else is embedded: the packages in lib/std are our own code.
      dependencies: [
        { ref: "lunbox", dependsOn: ["deno"] },
        { ref: "deno", dependsOn: ["v8"] },
        { ref: "v8", dependsOn: [] },
      ],
    },
    undefined,
    2,
  ) + "\n";
}

/** A UUID of version 8 (RFC 9562 §5.8) made from a checksum. */
function uuidOf(sha256: string): string {
  const digits = `${sha256.slice(0, 12)}8${sha256.slice(13, 16)}a${sha256.slice(17, 32)}`;
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
