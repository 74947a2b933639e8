import { STORY_PROGRAMS, tellLinuxStory } from "../support/linux_story.ts";
import { requires } from "../support/requires.ts";

Deno.test({
  name: "Linux makes file systems on two LUNs, and its data survives unmount, dropped caches and logout",
  ...requires(...STORY_PROGRAMS),
  fn: () => tellLinuxStory(),
});
