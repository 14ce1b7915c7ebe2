import type { Point } from '../kill/sites.js';

/** Libraries of the server on which all histories play; the last is the default at the start. */
export const LIBRARIES = ['Films', 'Shows', 'Kids', 'Default'] as const;
export type Library = (typeof LIBRARIES)[number];
export type Policy = 'keep-default' | 'unshare' | 'remove';

/** How many people a history is about. */
export const PEOPLE = 2;

/** What befalls the next calls, until somebody heals them or they have befallen often enough. */
export const WEATHERS = [
  'busy',
  'failing',
  'hanging reads',
  'hanging writes',
  'reset writes',
  'lost write',
  'lost creation',
  'late write',
  'late and unheard write',
  'landed and unheard write',
  'slow write',
  'old lists',
  'short list',
  'dead token',
  'retired calls',
  'forbidden calls',
] as const;
export type Weather = (typeof WEATHERS)[number];

/** One thing that happens. Instants are ms from when it happens. */
export type Move = Command | PeopleMove | HandMove | SettingMove | Trouble | Errand;

/** What somebody orders for one library by a command; `isRushed`: nobody waits for what comes of it. */
export type Command =
  | {
      readonly kind: 'grant';
      readonly who: number;
      readonly library: Library;
      readonly from: number | null;
      readonly until: number | null;
      readonly isRushed: boolean;
    }
  | {
      readonly kind: 'revoke';
      readonly who: number;
      readonly library: Library | 'all';
      readonly isRushed: boolean;
    }
  | {
      readonly kind: 'extend';
      readonly who: number;
      readonly library: Library;
      readonly until: number;
      readonly isRushed: boolean;
    };

/** What somebody orders for all that a person has. */
export type PeopleMove =
  | {
      readonly kind: 'people';
      readonly who: number;
      readonly how: 'hands off' | 'hands on' | 'remove';
    }
  /** Several libraries saved at once in the panel of a person. */
  | {
      readonly kind: 'panel';
      readonly who: number;
      readonly gives: readonly Library[];
      readonly until: number | null;
      readonly ends: readonly Library[];
    };

/** What is done in Plex itself, by its owner or by the person. */
export type HandMove =
  | {
      readonly kind: 'hand adds' | 'hand removes';
      readonly who: number;
      readonly library: Library;
    }
  /** The share is deleted, or made one of everything, or the friendship ended. */
  | { readonly kind: 'hand drops' | 'hand gives all' | 'hand unfriends'; readonly who: number }
  | {
      readonly kind: 'guest';
      readonly who: number;
      readonly how: 'accepts' | 'declines' | 'leaves';
    }
  | {
      readonly kind: 'library';
      readonly library: Library;
      readonly how: 'is deleted' | 'is made anew' | 'is renamed';
    };

/** What is chosen for the whole server. */
export type SettingMove =
  | { readonly kind: 'default'; readonly library: Library; readonly isDefault: boolean }
  | { readonly kind: 'policy'; readonly policy: Policy };

/** What goes wrong around the bot, or with it. */
export type Trouble =
  | { readonly kind: 'weather'; readonly weather: Weather }
  /** Killed, and started again after so long. */
  | { readonly kind: 'kill'; readonly ms: number }
  /** Killed as soon as it comes by this place, and started again at once. */
  | { readonly kind: 'die'; readonly at: Point }
  | { readonly kind: 'posts fail'; readonly how: 'status' | 'drop' | 'unheard' | 'hang' | 'limit' }
  | {
      readonly kind: 'gateway';
      readonly how: 'drop' | 'reconnect' | 'invalidate' | 'duplicateNext' | 'delayNext';
    }
  /** Until all is quiet. */
  | { readonly kind: 'channel'; readonly how: 'is closed' | 'is deleted' }
  | {
      readonly kind: 'store';
      readonly how: 'restarts' | 'loses its alarms' | 'loses its job table';
    };

export type Errand =
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'sweep' | 'sync' | 'calm' | 'heal' };
