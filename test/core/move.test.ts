import { describe, expect, test } from 'vitest';
import { hasLeft, moveGrant } from '../../src/core/move.js';
import type { GrantId } from '../../src/core/model.js';
import { FILMS, KIDS, SHOWS, aGrant, aRead, aShare, at, noShare } from './builders.js';

const id = (name: string) => name as GrantId;
const move = { from: FILMS, to: SHOWS };
const NOW = at(0);
const old = aGrant({ id: id('old'), endsAt: at(500) });

describe('the grant of a deleted library', () => {
  test('keeps its times, its giver and its number when it moves', () => {
    const kids = aGrant({ id: id('kids'), section: KIDS });
    const moved = moveGrant([old, kids], move, NOW);
    expect(moved).toMatchObject({ how: 'now', closed: [] });
    expect(moved?.grants).toEqual([{ ...old, section: SHOWS }, kids]);
  });

  test('moves also when its time lies ahead', () => {
    const ahead = { ...old, startsAt: at(100) };
    expect(moveGrant([ahead], move, NOW)).toMatchObject({
      how: 'later',
      changed: { section: SHOWS, startsAt: at(100), endsAt: at(500) },
    });
  });

  test('stays where it is once it is over', () => {
    expect(moveGrant([{ ...old, endsAt: NOW }], move, NOW)).toBeNull();
    expect(moveGrant([{ ...old, revokedAt: at(-5) }], move, NOW)).toBeNull();
  });

  test.each([
    ['a longer one', { endsAt: at(900) }, { startsAt: at(-9000), endsAt: at(900) }],
    ['a shorter one', { endsAt: at(100) }, { startsAt: at(-9000), endsAt: at(500) }],
    ['one without end', { endsAt: null }, { startsAt: at(-9000), endsAt: null }],
    [
      'one that begins as it ends',
      { startsAt: at(500), endsAt: at(900) },
      { startsAt: at(-9000), endsAt: at(900) },
    ],
  ])('joins %s of the other library, so that nobody loses an hour', (_, span, expected) => {
    const other = aGrant({ id: id('other'), section: SHOWS, source: 'import', ...span });
    const moved = moveGrant([old, other], move, NOW);
    expect(moved).toMatchObject({ how: 'joined', closed: [old] });
    expect(moved?.grants).toEqual([{ ...other, ...expected }]);
  });

  test('does not fill a gap that nobody gave', () => {
    const other = aGrant({ id: id('other'), section: SHOWS, startsAt: at(600), endsAt: null });
    const moved = moveGrant([old, other], move, NOW);
    expect(moved).toMatchObject({ how: 'apart', changed: null, closed: [] });
    expect(moved?.grants).toEqual([old, other]);
  });

  test('takes the place of one that is over and was not taken yet', () => {
    const over = aGrant({ id: id('over'), section: SHOWS, endsAt: at(-1) });
    expect(moveGrant([old, over], move, NOW)).toMatchObject({ how: 'now', closed: [over] });
  });
});

describe('somebody without a share', () => {
  test('left when something else of theirs should be in it', () => {
    expect(hasLeft(aShare({ observed: noShare() }), [KIDS])).toBe(true);
  });

  test('did not leave when nothing but the deleted library was in it', () => {
    expect(hasLeft(aShare({ observed: noShare() }), [])).toBe(false);
    expect(hasLeft(aShare({ observed: aRead() }), [KIDS])).toBe(false);
    expect(hasLeft(aShare({ observed: null }), [KIDS])).toBe(false);
  });
});
