/**
 * Completions for Windows PowerShell 5.1 and PowerShell 7.
 *
 * @module
 */

import type { CompletedCommand, CompletedOption, CompletionModel } from "./completion_model.ts";

/** The script. */
export function powershellCompletions(model: CompletionModel): string {
  return `# Completes lunbox in PowerShell. For this session: lunbox completions powershell | Out-String | Invoke-Expression
# For all: put that line into the file that $PROFILE names.
Register-ArgumentCompleter -Native -CommandName lunbox -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $commands = [ordered]@{
${model.commands.map(({ name, summary }) => `    ${quoted(name)} = ${quoted(summary)}`).join("\n")}
  }
  $program = [ordered]@{
${model.options.map(description).map((line) => `    ${line}`).join("\n")}
  }
  $options = @{
${model.commands.map((command) => table(command, description)).join("\n")}
  }
  $values = @{
${model.commands.map((command) => table(command, values)).join("\n")}
  }
  $operands = @{
${model.commands.flatMap(operands).join("\n")}
  }
  $before = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
    ForEach-Object { $_.Extent.Text })
  $command = $before | Select-Object -Skip 1 | Where-Object { $_ -notlike '-*' } | Select-Object -First 1
  $last = $before | Select-Object -Last 1
  $found = if (-not $command) { $commands, $program }
  elseif ($values[$command] -and $values[$command].Contains($last)) { $values[$command][$last] }
  elseif ($wordToComplete -like '-*') { $options[$command] }
  else { $operands[$command] }
  foreach ($one in @($found)) {
    if ($one -is [System.Collections.IDictionary]) {
      $one.GetEnumerator() | Where-Object { $_.Key -like "$wordToComplete*" } | ForEach-Object {
        [System.Management.Automation.CompletionResult]::new($_.Key, $_.Key, 'ParameterName', $_.Value)
      }
    }
    elseif ($one -like "$wordToComplete*") {
      [System.Management.Automation.CompletionResult]::new($one, $one, 'ParameterValue', $one)
    }
  }
}
`;
}

/** A part of a table of tables: what `entry` makes of the options of a command. */
function table({ name, options }: CompletedCommand, entry: (option: CompletedOption) => string): string {
  const lines = options.map(entry).filter((line) => line !== "").map((line) => `      ${line}`);
  return [`    ${quoted(name)} = [ordered]@{`, ...lines, "    }"].join("\n");
}

function description({ long, description }: CompletedOption): string {
  return `${quoted(`--${long}`)} = ${quoted(description)}`;
}

// Where nothing is offered PowerShell completes names of files by itself.
function values({ long, candidates }: CompletedOption): string {
  return typeof candidates === "string" ? "" : `${quoted(`--${long}`)} = @(${candidates.map(quoted).join(", ")})`;
}

function operands({ name, operand }: CompletedCommand): string[] {
  if (operand === undefined || typeof operand === "string") return [];
  return [`    ${quoted(name)} = @(${operand.map(quoted).join(", ")})`];
}

function quoted(words: string): string {
  return `'${words.replaceAll("'", "''")}'`;
}
