/**
 * `citation-form`: standards are cited in one form, "RFC 7143 §11.12", "SPC-5 §6.6", so that a citation can be searched
 * for, and a reader knows which edition is meant. `spec` values must be citations; comments that cite keep to the form.
 * A standard of SCSI may stand alone where the number of the section is not known for sure: none is better than a wrong
 * one.
 *
 * @module
 */

import { placeOf } from "./place.ts";

const section = "§[\\dA-Z]+(\\.\\d+)*";
const citation = new RegExp(`^(RFC \\d{3,5} ${section}|(SPC|SBC|SAM|SSC|MMC|SMC|SES|SAT)-\\d( ${section})?)$`);

/** Rooms in which `spec` means a citation. */
const cited = /^lib\/(bytes|iscsi|scsi|initiator)\//;

/** Forms that are near to a citation and are none, with what to write instead. */
const slips: readonly { readonly form: RegExp; readonly hint: string }[] = [
  { form: /\bRFC(?=[-_]?\d{3,5}\b)[-_]?\d+/g, hint: 'Write "RFC 7143", with a space' },
  { form: /\b(SPC|SBC|SAM)[ _]?\d\b/g, hint: 'Write "SPC-5", with a hyphen and the edition' },
  {
    form: /\b(RFC \d{3,5}|(SPC|SBC|SAM)-\d)('s)?,?\s+(\(|in |at )?([Ss]ections?|[Ss]ec\.|[Cc]hapter|[Cc]lause)\s+\d/g,
    hint: 'Write "RFC 7143 §11.12"',
  },
  { form: /\b(RFC \d{3,5}|(SPC|SBC|SAM)-\d)(, ?§|§| § |,? §§|,? \d+\.\d+)/g, hint: 'Write "RFC 7143 §11.12"' },
];

/** Reports `spec` values and comments that cite in another form. Several citations are joined by ", ". */
export const citationForm: Deno.lint.Rule = {
  create(context) {
    const checkSpec = cited.test(placeOf(context.filename));
    function check(node: Deno.lint.Node): void {
      if (!checkSpec || node.type !== "Literal" || typeof node.value !== "string") return;
      if (node.value.split(", ").every((one) => citation.test(one))) return;
      context.report({
        node,
        message: `"${node.value}" is not a citation`,
        hint: 'Write "RFC 7143 §11.12", "SPC-5 §6.6", "SBC-4 §5.16"; join several by ", "',
      });
    }
    return {
      Program(): void {
        for (const comment of context.sourceCode.getAllComments()) {
          for (const { form, hint } of slips) {
            for (const { 0: slip, index } of comment.value.matchAll(form)) {
              // The comment's range includes its opening slashes or slash and star.
              const start = comment.range[0] + 2 + index;
              context.report({ range: [start, start + slip.length], message: `"${slip}" is not a citation`, hint });
            }
          }
        }
      },
      Property(node): void {
        const named = node.key.type === "Identifier" ? node.key.name : undefined;
        if (named === "spec" && !node.computed) check(node.value);
      },
      CallExpression(node): void {
        const first = node.arguments[0];
        if (node.callee.type === "Identifier" && node.callee.name === "layout" && first !== undefined) check(first);
      },
    };
  },
};
