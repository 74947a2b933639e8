import { assert, assertEquals } from "@std/assert";
import { crossKeyRules, keyRow, keys } from "../../lib/iscsi/keys.ts";
import { defaultLocalParameters } from "../../lib/iscsi/parameters.ts";

Deno.test("keyRow() finds each key by its name, and nothing else", () => {
  for (const row of keys) assertEquals(keyRow(row.name), row);
  assertEquals(new Set(keys.map(({ name }) => name)).size, keys.length);
  for (const name of ["headerdigest", "X-com.example.key", "RDMAExtensions", "constructor", ""]) {
    assertEquals(keyRow(name), undefined, name);
  }
});

Deno.test("keys have the columns that RFC 7143 prints", () => {
  // name, use, senders, scope, kind, least, most, default, irrelevant in discovery
  const printed = [
    ["HeaderDigest", "IO", "both", "CO", "list", "-", "-", "None", false],
    ["DataDigest", "IO", "both", "CO", "list", "-", "-", "None", false],
    ["MaxConnections", "LO", "both", "SW", "min", 1, 65535, 1, true],
    ["SendTargets", "FFPO", "initiator", "SW", "query", "-", "-", "-", false],
    ["InitialR2T", "LO", "both", "SW", "or", "-", "-", true, true],
    ["ImmediateData", "LO", "both", "SW", "and", "-", "-", true, true],
    ["MaxRecvDataSegmentLength", "ALL", "both", "CO", "declares", 512, 16777215, 8192, false],
    ["MaxBurstLength", "LO", "both", "SW", "min", 512, 16777215, 262144, true],
    ["FirstBurstLength", "LO", "both", "SW", "min", 512, 16777215, 65536, true],
    ["DefaultTime2Wait", "LO", "both", "SW", "max", 0, 3600, 2, false],
    ["DefaultTime2Retain", "LO", "both", "SW", "min", 0, 3600, 20, false],
    ["MaxOutstandingR2T", "LO", "both", "SW", "min", 1, 65535, 1, true],
    ["DataPDUInOrder", "LO", "both", "SW", "or", "-", "-", true, true],
    ["DataSequenceInOrder", "LO", "both", "SW", "or", "-", "-", true, true],
    ["ErrorRecoveryLevel", "LO", "both", "SW", "min", 0, 2, 0, false],
    ["SessionType", "LO", "initiator", "SW", "declarative", "-", "-", "-", false],
    ["TaskReporting", "LO", "both", "SW", "list", "-", "-", "RFC3720", true],
    ["iSCSIProtocolLevel", "LO", "both", "SW", "min", 0, 31, 1, true],
  ];
  for (const columns of printed) {
    const row = keyRow(String(columns[0]));
    assert(row !== undefined);
    const range = "least" in row ? [row.least, row.most] : ["-", "-"];
    const standard = "default" in row ? row.default : "-";
    const irrelevant = row.irrelevantWhen === "Discovery";
    assertEquals([row.name, row.use, row.senders, row.scope, row.kind, ...range, standard, irrelevant], columns);
  }
});

Deno.test("keys are citable and have values of ours inside their range", () => {
  for (const row of keys) {
    assert(/^RFC 7143 §1[23](\.\d+)+$/.test(row.spec), row.spec);
    if (!("least" in row)) continue;
    const own = defaultLocalParameters[row.own];
    assert(row.least <= own && own <= row.most, row.name);
    assert(row.least <= row.default && row.default <= row.most, row.name);
  }
});

Deno.test("crossKeyRules bind keys that exist", () => {
  for (const rule of crossKeyRules) assert(keyRow(rule.key) !== undefined && keyRow(rule.atMost) !== undefined);
});
