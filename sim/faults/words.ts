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
