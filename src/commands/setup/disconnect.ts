import { z } from 'zod';
import type { Access } from '../../access/access.js';
import type { DisconnectWish } from '../../access/disconnect.js';
import { defineButton } from '../define.js';
import type { Reply } from '../reply.js';
import { above, back, home, orAgain, press } from './panel.js';

/** Which server is to be let go of. */
export const setupLetGo = defineButton({
  name: 'setup-let-go',
  allow: 'admin',
  run: async ({ access }) => {
    const { servers } = await access.setup.state();
    const [only] = servers;
    if (!only) return home(access);
    if (servers.length === 1) return letGo(access, { server: only.id, confirmed: null });
    return {
      tone: 'neutral',
      lives: 'panel',
      text: 'Choose the server that Usher is to let go of.',
      menus: [
        {
          kind: 'words',
          placeholder: 'Let go of …',
          options: servers.slice(0, 25).map(({ id, name }) => ({ label: name, value: id })),
          press: press('setup-let-go-of'),
        },
      ],
      buttons: [back],
    };
  },
});

const stored = z.object({
  server: z.string(),
  confirmed: z.object({ ends: z.number(), open: z.number() }),
});

/** A server that was chosen, or what letting go of it means was shown. */
export const setupLetGoOf = defineButton({
  name: 'setup-let-go-of',
  allow: 'admin',
  run: ({ payload, chosen, access }) => {
    const [server] = chosen;
    return letGo(
      access,
      server === undefined ? stored.parse(payload) : { server, confirmed: null },
    );
  },
});

const letGo = (access: Access, wish: DisconnectWish): Promise<Reply> =>
  orAgain(
    async () => {
      const outcome = await access.setup.disconnect(wish);
      if (outcome.kind === 'done') return above(outcome.told, await home(access));
      const { text, confirmed } = outcome;
      return {
        tone: 'attention',
        text,
        buttons: [
          {
            label: 'Disconnect',
            style: 'danger',
            press: press('setup-let-go-of', { server: wish.server, confirmed: { ...confirmed } }),
          },
          { ...back, label: 'Cancel' },
        ],
      };
    },
    () => home(access),
  );
