import { tellPoint } from '../kill/sites.js';
import type { Command, Move } from './moves.js';
import type { Cast } from './stage.js';

const seconds = (ms: number): string => `${ms / 1000} s`;

const whatOf = (move: Command): string => {
  const { library } = move;
  if (move.kind === 'revoke') return `/revoke ${library === 'all' ? 'all' : library} from`;
  if (move.kind === 'extend') return `/extend ${library} to ${seconds(move.until)} from now for`;
  const from = move.from === null ? '' : ` from in ${seconds(move.from)}`;
  const until = move.until === null ? '' : ` until in ${seconds(move.until)}`;
  return `/grant ${library}${from}${until} to`;
};

const GUEST = {
  accepts: 'accepts the invitation, if there is one',
  declines: 'declines the invitation, if there is one',
  leaves: 'leaves the server, if they are on it',
} as const;

const PEOPLE_COMMANDS = {
  'hands off': (name: string) => `/people manage ${name}: hands off`,
  'hands on': (name: string) => `/people manage ${name}: look after`,
  remove: (name: string) => `/people remove ${name}`,
} as const;

/** A move in words that somebody understands who has only these. */
export function tellMove(move: Move, cast: readonly Cast[]): string {
  const name = 'who' in move ? (cast[move.who]?.name ?? 'somebody') : '';
  switch (move.kind) {
    case 'grant':
    case 'revoke':
    case 'extend':
      return `${whatOf(move)} ${name}${move.isRushed ? ', without waiting' : ''}`;
    case 'hand adds':
      return `${move.library} is given to ${name} in Plex by hand`;
    case 'hand removes':
      return `${move.library} is taken from ${name} in Plex by hand`;
    case 'hand drops':
      return `the share of ${name} is deleted in Plex by hand`;
    case 'hand gives all':
      return `all libraries are shared with ${name} in Plex by hand`;
    case 'hand unfriends':
      return `${name} is removed from the friends in Plex by hand`;
    case 'guest':
      return `${name} ${GUEST[move.how]}`;
    case 'library':
      return `${move.library} ${move.how} in Plex by hand`;
    case 'people':
      return PEOPLE_COMMANDS[move.how](name);
    case 'panel': {
      const until = move.until === null ? '' : ` until in ${seconds(move.until)}`;
      const ends = move.ends.length === 0 ? '' : `, and ends ${move.ends.join(', ')}`;
      return `/access manage ${name}: gives ${move.gives.join(', ')}${until}${ends}`;
    }
    case 'channel':
      return `the audit channel ${move.how}`;
    case 'store':
      return `PostgreSQL ${move.how}`;
    case 'weather':
      return `plex.tv: ${move.weather}`;
    case 'default':
      return `${move.library} ${move.isDefault ? 'becomes' : 'is no longer'} a default library`;
    case 'policy':
      return `the end policy becomes ${move.policy}`;
    case 'wait':
      return `${seconds(move.ms)} pass`;
    case 'kill':
      return `the bot is killed, and started ${seconds(move.ms)} later`;
    case 'die':
      return `the bot is killed ${tellPoint(move.at)}`;
    case 'posts fail':
      return `posts to the audit channel fail: ${move.how}`;
    case 'gateway':
      return `the gateway: ${move.how}`;
    case 'heal':
      return 'plex.tv is well again';
    case 'sweep':
    case 'sync':
      return `/${move.kind}`;
    case 'calm':
      return 'all becomes quiet';
  }
}
