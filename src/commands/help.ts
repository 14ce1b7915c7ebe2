import { atLeast, powerName } from '../core/power.js';
import { choice, optional } from './command.js';
import type { CommandOf } from './command.js';
import { defineCommand } from './define.js';
import type { Access } from '../access/access.js';

const topics = {
  times: 'How to type times',
  defaults: 'Default libraries',
  proof: 'What the audit channel tells',
  drift: 'When Plex was edited by hand',
  power: 'Who may do what',
} as const;

const texts: Readonly<Record<keyof typeof topics, string>> = {
  times: [
    '**How to type times**',
    '`7d`, `2w3d`, `1mo` · `friday 20:00` · `end of month` · `24 Dec 20:00` · `2026-12-24`',
    'Choose the suggestion: it shows the exact instant. "until 24 Dec" includes the 24th. Nothing typed means from now, or until you take it away.',
  ].join('\n'),
  defaults: [
    '**Default libraries**',
    'What everybody managed keeps, so that nobody drops off the server when their last other library ends. Without one, they leave the server then.',
  ].join('\n'),
  proof: [
    '**What the audit channel tells**',
    'Each change is a numbered case. *Recorded*: it waits for Plex, and is tried until it is done. *Seen in Plex*, *Gone from Plex*: Plex itself showed it. An end says when it was due, written and gone.',
  ].join('\n'),
  drift: [
    '**When Plex was edited by hand**',
    'Usher tells it in the audit channel and changes nothing, unless an Admin chose otherwise in /settings show. There, *Adopt* takes it as given here, *Revert* restores what was given here, *Ignore* leaves it and asks no more.',
  ].join('\n'),
  power: [
    '**Who may do what**',
    'Auditors look. Moderators give and take access. Admins also change settings. The owner of this Discord server and holders of Administrator are always Admin.',
  ].join('\n'),
};

/** What the asker may do here, over all other commands. */
export const helpOver = (commands: readonly CommandOf<Access>[]) =>
  defineCommand({
    name: 'help',
    description: 'Show what you may do here, and how',
    allow: 'everyone',
    private: true,
    options: {
      topic: optional(
        choice<Access, typeof topics>('Choose a topic; empty means what you may do', topics),
      ),
    },
    async run({ values, actor, access }) {
      if (values.topic !== null) return { tone: 'neutral', text: texts[values.topic] };
      const mention = await access.mentions();
      const lines = commands
        .filter((command) => atLeast(actor.power, command.allow))
        .map((command) => `${mention(command.name)} · ${command.description}`);
      const you =
        actor.power === 'everyone'
          ? 'You can look at your own access. Ask a moderator for more.'
          : `You are ${powerName[actor.power]} here. You can:`;
      return { tone: 'neutral', text: [you, ...lines].join('\n') };
    },
  });
