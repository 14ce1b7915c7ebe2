import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startWorld, type TestWorld } from '../support/world.js';

let story: TestWorld;

beforeEach(async () => {
  story = await startWorld();
});
afterEach(() => story.world.stop());

const ask = (path: string) => fetch(`${story.world.discord.url}/api/v10${path}`);

describe('a story', () => {
  test('fails when the bot asked for a route that is not simulated', async () => {
    await ask('/nothing');
    await expect(story.stop()).rejects.toThrow('discord does not know GET /api/v10/nothing');
  });

  test('fails when a simulator refused something that was not announced', async () => {
    await ask('/users/@me');
    await expect(story.stop()).rejects.toThrow('discord refused with 0 (GET /api/v10/users/@me)');
  });

  test('passes when the refusal was announced', async () => {
    story.forgive(/discord refused with 0 \(GET \S+\/users\/@me\)/);
    await ask('/users/@me');
    await expect(story.stop()).resolves.toBeUndefined();
  });

  test('fails when a refusal was announced and never came', async () => {
    story.forgive(/refused with 50013/);
    await expect(story.stop()).rejects.toThrow('nothing to forgive: /refused with 50013/');
  });
});
