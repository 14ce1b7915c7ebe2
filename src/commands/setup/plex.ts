import { z } from 'zod';
import type { Access } from '../../access/access.js';
import type { LoginStep } from '../../access/setupLogin.js';
import type { ServerOutcome, ServerWish, Was } from '../../access/setupServer.js';
import type { AccountId, MachineId } from '../../core/model.js';
import { bold, dateTime } from '../../core/text.js';
import { defineButton } from '../define.js';
import type { Reply } from '../reply.js';
import { above, back, home, orAgain, press, troubleOf } from './panel.js';

const newCode = { label: 'New code', style: 'secondary', press: press('setup-plex') } as const;

/** Log-in at plex.tv: the panel shows where, waits, and goes on by itself. */
export const setupPlex = defineButton({
  name: 'setup-plex',
  allow: 'admin',
  async *run({ access }) {
    try {
      for await (const step of access.setup.logIn()) yield await login(access, step);
    } catch (error) {
      yield above(troubleOf(error), await home(access));
    }
  },
});

async function login(access: Access, step: LoginStep): Promise<Reply> {
  if (step.kind === 'open') {
    return {
      tone: 'waiting',
      lives: 'panel',
      text:
        'Open Plex, log in as the owner of the server, and allow **Usher**. ' +
        `I wait until ${dateTime(step.until)}, and go on by myself.`,
      links: [{ label: 'Open Plex', url: step.url }],
      buttons: [newCode, back],
    };
  }
  if (step.kind === 'expired') {
    return {
      tone: 'attention',
      lives: 'panel',
      text: 'Nobody allowed Usher in time. Take a new code, and open Plex with it.',
      buttons: [newCode, back],
    };
  }
  const told = { tone: 'done', text: `Connected to Plex as ${bold(step.account)}.` } as const;
  const who = { ownerId: step.ownerId, hasLoggedIn: true };
  const next = await orAgain(
    () => servers(access, who),
    () => home(access),
  );
  return above(told, next);
}

/** A form whose values are tried before they are stored, and never shown again. */
export const setupToken = defineButton({
  name: 'setup-token',
  allow: 'admin',
  modal: () => ({
    title: 'Connect a Plex server by token',
    fields: {
      url: {
        label: 'Address of the server',
        description: 'As the machine that Usher runs on reaches it',
        placeholder: 'http://192.168.1.10:32400',
        maxLength: 300,
      },
      token: {
        label: "Token of the server's owner",
        description: 'Stored encrypted, and never shown again',
        maxLength: 300,
      },
    },
  }),
  run: ({ fields, access }) =>
    orAgain(
      async () => {
        const { url = '', token = '' } = fields;
        return outcome(access, await access.setup.connectByToken({ url, token }), null);
      },
      () => home(access),
    ),
});

interface Who {
  readonly ownerId: AccountId;
  readonly hasLoggedIn: boolean;
}

/** Discord's limit on lines of a menu. */
const MOST = 25;

async function servers(access: Access, who: Who): Promise<Reply> {
  const all = await access.setup.listServers(who.ownerId);
  if (all.length === 0) {
    return {
      tone: 'attention',
      lives: 'panel',
      text: 'Plex lists no server that belongs to this account. Check that your server is signed in to it, then choose again.',
      buttons: [{ label: 'Choose server', style: 'primary', press: press('setup-servers') }, back],
    };
  }
  return {
    tone: 'neutral',
    lives: 'panel',
    text: 'Which Plex server is this Discord server for? Choose another one later to add it.',
    menus: [
      {
        kind: 'words',
        placeholder: 'Choose the server',
        options: all.slice(0, MOST).map(({ machineId, name, isConnected }) => ({
          label: name || 'A server without a name',
          value: machineId,
          ...(isConnected && { description: 'connected; looks for its address again' }),
        })),
        press: press('setup-server', { ...who }),
      },
    ],
    buttons: [back],
  };
}

export const setupServers = defineButton({
  name: 'setup-servers',
  allow: 'admin',
  run: ({ access }) =>
    orAgain(
      async () => {
        const { account } = await access.setup.state();
        if (account === null) return home(access);
        return servers(access, { ownerId: account.ownerId, hasLoggedIn: false });
      },
      () => home(access),
    ),
});

const stored = z.object({
  ownerId: z.number().int(),
  hasLoggedIn: z.boolean(),
  machineId: z.string().optional(),
  plainHttp: z.boolean().default(false),
  takeOver: z.boolean().default(false),
});

export const setupServer = defineButton({
  name: 'setup-server',
  allow: 'admin',
  run: ({ payload, chosen, access }) => {
    const asked = stored.parse(payload);
    const wish: ServerWish = {
      ...asked,
      ownerId: asked.ownerId as AccountId,
      machineId: (chosen[0] ?? asked.machineId ?? '') as MachineId,
    };
    return orAgain(
      async () => outcome(access, await access.setup.chooseServer(wish), wish),
      () => home(access),
    );
  },
});

const TOLD: Readonly<Record<Was, (name: string) => string>> = {
  new: (name) => `${name} is connected. Read it next: nothing is changed in Plex by that.`,
  elsewhere: (name) => `${name} is asked at its new address from now on.`,
  same: (name) => `${name} answers where it did, and is asked with this account from now on.`,
  'taken-over': (name) => `${name} now belongs to this Discord server, with its grants and people.`,
};

/** What came of it, or the question that comes first. */
async function outcome(
  access: Access,
  done: ServerOutcome,
  wish: ServerWish | null,
): Promise<Reply> {
  if (done.kind === 'connected') {
    const { server, was } = done;
    return home(access, { tone: 'done', text: TOLD[was](bold(server.name)) });
  }
  const again = (label: string, more: Partial<ServerWish>) =>
    ({ label, style: 'primary', press: press('setup-server', { ...wish, ...more }) }) as const;
  const isPlain = done.kind === 'plain';
  return {
    tone: 'attention',
    lives: 'panel',
    text: isPlain
      ? `${bold(done.name)} answers only without encryption, inside your network. Whoever is in that network could read its token.`
      : `${bold(done.name)} was set up for another Discord server, which Usher has left. Taking it over brings its people, grants and ends here.`,
    buttons: [
      isPlain
        ? again('Use plain HTTP', { plainHttp: true })
        : again('Take it over', { takeOver: true }),
      back,
    ],
  };
}
