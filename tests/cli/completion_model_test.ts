import { assert, assertEquals } from "@std/assert";
import { commands, programOptions } from "../../lib/cli/commands.ts";
import { completionModel } from "../../lib/cli/completion_model.ts";

const model = completionModel(commands, programOptions);
const serve = model.commands.find(({ name }) => name === "serve");

Deno.test("completionModel() has every command with every option", () => {
  assertEquals(
    model.commands.map(({ name, options }) => [name, options.length]),
    commands.map(({ name, options }) => [name, options.length]),
  );
});

Deno.test("completionModel() knows what stands for the value of an option", () => {
  const candidates = Object.fromEntries(serve?.options.map((option) => [option.long, option.candidates]) ?? []);
  assertEquals(candidates["image"], "files");
  assertEquals(candidates["size"], "unknown");
  assertEquals(candidates["log-format"], ["text", "json"]);
});

Deno.test("completionModel() knows what follows the path of an image", () => {
  const image = serve?.options.find(({ long }) => long === "image");
  assert(image?.suffixes.includes("size=") && image.suffixes.includes("ro") && image.repeatable);
  assertEquals(serve?.options.filter(({ suffixes }) => suffixes.length > 0).length, 1);
});

Deno.test("completionModel() knows the operands", () => {
  const operands = Object.fromEntries(model.commands.map(({ name, operand }) => [name, operand]));
  assertEquals(operands["serve"], undefined);
  assertEquals(operands["create"], "files");
  assertEquals(operands["discover"], "unknown");
  assertEquals(operands["completions"], ["bash", "fish", "powershell", "zsh"]);
  assertEquals(operands["help"], commands.map(({ name }) => name));
});
