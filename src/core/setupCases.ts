import type { ChannelId } from './model.js';
import { bold, counted } from './text.js';

/** What changed in how a guild is set up. Addresses and tokens are told to nobody. */
export type SetupFacts =
  | { readonly type: 'plex.connected'; readonly account: string }
  | {
      /** moved: another address, which is told to nobody. */
      readonly type: 'server.connected' | 'server.moved';
      readonly server: string;
    }
  | {
      /** From a guild that Usher is no longer in. */
      readonly type: 'server.taken-over';
      readonly server: string;
      readonly people: number;
    }
  | {
      /** Nothing was changed in Plex. */
      readonly type: 'server.disconnected';
      readonly server: string;
      readonly people: number;
      /** Planned ends that do not come any more. */
      readonly ends: number;
    }
  | { readonly type: 'audit-channel.set'; readonly channel: ChannelId };

type Facts<K extends SetupFacts['type']> = SetupFacts & { readonly type: K };

/** Each in one sentence. */
export const setupWording = {
  'plex.connected': (f) => `Usher works with the Plex account ${bold(f.account)} from now on.`,
  'server.connected': (f) => `${bold(f.server)} is connected to this Discord server.`,
  'server.moved': (f) => `${bold(f.server)} is asked at another address from now on.`,
  'server.taken-over': (f) =>
    `${bold(f.server)} now belongs to this Discord server, with its grants and ` +
    `${counted(f.people, 'person', 'people')}. Its owner moved it here from one that Usher has left.`,
  'server.disconnected': (f) =>
    `${bold(f.server)} is no longer connected here, and nothing was changed in Plex: ` +
    `${counted(f.people, 'person keeps', 'people keep')} what they have there.` +
    (f.ends === 0
      ? ''
      : ` ${counted(f.ends, 'end that was planned does', 'ends that were planned do')} not come.`),
  'audit-channel.set': (f) => `Every change is told in <#${f.channel}> from now on.`,
} satisfies { readonly [K in SetupFacts['type']]: (facts: Facts<K>) => string };
