/**
 * The rules of this house that `deno lint` does not know: what the core may touch, and how citations and errors read.
 * One rule per file in `scripts/lint/`; an exception is `// deno-lint-ignore lunbox/RULE -- why`.
 *
 * @module
 */

import { citationForm } from "./lint/citation_form.ts";
import { coreIsPure } from "./lint/core_is_pure.ts";
import { denoInItsPlace } from "./lint/deno_in_its_place.ts";
import { errorMessage } from "./lint/error_message.ts";
import { noBigintOnDataPath } from "./lint/no_bigint_on_data_path.ts";
import { noEnum } from "./lint/no_enum.ts";

const plugin: Deno.lint.Plugin = {
  name: "lunbox",
  rules: {
    "citation-form": citationForm,
    "core-is-pure": coreIsPure,
    "deno-in-its-place": denoInItsPlace,
    "error-message": errorMessage,
    "no-bigint-on-data-path": noBigintOnDataPath,
    "no-enum": noEnum,
  },
};

export default plugin;
